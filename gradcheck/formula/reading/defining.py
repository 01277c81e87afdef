"""Equations that define a name: what a network's node equation says."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace

from ...algebra import expressions as e
from ...algebra.dims import Dim
from ...algebra.index import Index, Tensor
from ...errors import FormulaError, GradcheckError, IllFormedError
from ..meaning.elaborate import read
from ..meaning.ranges import gather
from ..meaning.reader import Reader
from ..meaning.terms import Side, Term, shape
from ..names import flat, join, name_parts
from ..notation import Notation
from ..readings import PLAIN, Reading, describe
from ..statement import Value
from ..syntax import tree as s
from ..syntax.parser import parse
from ..text.commands import LOST_COMMANDS
from ..text.tokens import tokenize
from .clauses import use_clauses
from .fitting import alternatives


@dataclass(frozen=True)
class Definition:
    """A name and the formula that defines it.

    samples: the indices written as superscripts, the tensor's leading axes. indices: the other axes,
    as written below the name or, for a vector or matrix equation, those of the right side.
    formula: the entry over samples + indices. arguments: the names in l(y, x_3), as written.
    readings: sentences on how something ambiguous or damaged was read. vectors: whether its products make
    the vectors that it names columns or rows, where they all agree.
    """

    name: str
    samples: tuple[Index, ...]
    indices: tuple[Index, ...]
    formula: e.Expr
    arguments: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    vectors: Side | None = None

    @property
    def axes(self) -> tuple[Index, ...]:
        """All axes of the tensor, samples first."""
        return self.samples + self.indices

    @property
    def dims(self) -> tuple[Dim, ...]:
        """The sizes of all axes."""
        return tuple(axis.dim for axis in self.axes)

    @property
    def tensor(self) -> Tensor:
        """The tensor that is defined."""
        return Tensor(self.name, self.dims)


def definition(text: str, notation: Notation, *, reading: Reading = PLAIN) -> Definition:
    r"""The name that an equation such as y_j^{(i)} = \sum_k W_{jk} x_k^{(i)} defines, and its entry.

    A letter below the name is an index where it is one on the right side (or is declared as one), and
    a part of the name elsewhere: x_2 = …, s_h = …. The left side may carry arguments, l(y, x_3) = ….
    Raises FormulaError if the equation cannot be read, a symbol on the right is not declared or an
    index stands on the right only; IllFormedError if shapes or indices cannot match.

    >>> from gradcheck.algebra.dims import Dim
    >>> from gradcheck.algebra.index import Tensor
    >>> from gradcheck.formula import Entry, Notation, definition
    >>> n, m = Dim.symbol("n"), Dim.symbol("m")
    >>> notation = Notation(
    ...     entries={"W": Entry(Tensor("W", (m, n)), "parameter"), "x": Entry(Tensor("x", (n,)), "input")},
    ...     dims={"n": 1, "m": 1},
    ... )
    >>> definition("a = W x", notation).tensor, definition(r"a_j = \sum_k W_{jk} x_k", notation).tensor
    (a[m], a[m])
    """
    notation = _with_new_word(text, notation)
    if r"\sum" not in text or reading.extent != "term":
        return _first_fit(text, notation, reading)
    wide = replace(reading, extent="terms")  # where a sum seems to bind its index too early, brackets were forgotten
    found = None
    with contextlib.suppress(FormulaError):
        found = _first_fit(text, notation, reading)
    if found is None or found.samples:
        with contextlib.suppress(GradcheckError):
            other = _first_fit(text, notation, wide)
            if found is None or len(other.samples) < len(found.samples):
                return replace(other, readings=(*other.readings, *describe(wide)))
    return found if found is not None else _first_fit(text, notation, reading)


def _first_fit(text: str, notation: Notation, reading: Reading) -> Definition:
    """The definition under the first reading in which the shapes fit."""
    formula = parse(text, notation, reading)
    reader = Reader(text, notation, reading)
    try:
        return _definition(formula, reader)
    except IllFormedError as plain:
        for other in alternatives(reader.met, reading):
            try:
                found = _definition(formula, Reader(text, notation, other))
            except IllFormedError:
                continue
            return replace(found, readings=(*found.readings, *describe(other)))
        raise plain


_WORD = re.compile(r"\s*(?:\\(?:text|textrm|textit|mathrm|mathit|operatorname)\{)?([A-Za-z]{2,})")


def _with_new_word(text: str, notation: Notation) -> Notation:
    """The notation with the letters at the beginning of the text as one name, for it is being declared here."""
    found = _WORD.match(text)
    if found is None or found.group(1) in notation.bases or found.group(1) in LOST_COMMANDS:
        return notation
    return replace(notation, words=notation.words | {found.group(1)})


def _definition(formula: s.Formula, reader: Reader) -> Definition:
    reader.root = formula
    for note in formula.repairs:
        reader.note(note)
    chain = formula.chain
    if formula.continues or formula.trailing or chain.signs not in (("=",), (":=",)):
        raise reader.unreadable(formula, "this does not define a name", expected="one equation, name = formula")
    rest = use_clauses(formula.clauses, reader)
    if rest:
        raise reader.unreadable(rest[0], "a definition has no conditions", hint="put conditions into the claims")
    left, right = chain.sides
    symbol, arguments = _left(left, reader)
    gather(right, reader)
    term = read(right, reader)
    name, samples, indices = _named(symbol, term, _samples_inside(left), reader)
    if indices and term.axes:
        raise reader.ill_formed(
            right, "the left side is an entry, the right side an array", got=shape(term), expected="a scalar",
            hint=f"drop the index on the left, {name} = …, or put it on the arrays on the right",
        )  # fmt: skip
    _all_used(term, samples, indices, right, reader)
    sides = {turn.side() for turn in reader.turns.values()} - {None}
    vectors = sides.pop() if len(sides) == 1 else None
    return Definition(name, samples, (*indices, *term.axes), term.expr, arguments, tuple(reader.notes), vectors)


def _left(node: s.Syntax, reader: Reader) -> tuple[s.Symbol, tuple[str, ...]]:
    """The name on the left, and its arguments as written."""
    if isinstance(node, s.Named):
        return node.symbol, tuple(reader.source(a) for a in node.arguments)
    if isinstance(node, s.Product) and node.signs == ("",) and isinstance(node.factors[0], s.Symbol):
        inside = node.factors[1]
        if isinstance(inside, s.Group | s.Listing):
            items = inside.items if isinstance(inside, s.Listing) else (inside.body,)
            return node.factors[0], tuple(reader.source(a) for a in items)
    if isinstance(node, s.Symbol):
        return node, ()
    power = node if isinstance(node, s.Power) and isinstance(node.exponent, s.Number) else None
    if power and isinstance(power.base, s.Symbol) and power.base.kind == "unknown":
        # a name such as \sigma_B^2, with the power as a part of it
        return replace(power.base, end=power.end), ()
    raise reader.unreadable(node, f"{reader.source(node)} is not a name to define", expected="a name on the left of =")


def _samples_inside(left: s.Syntax) -> list[str]:
    r"""The samples that the arguments on the left are written at, i in h_\theta(x^{(i)})."""
    symbols = [n for n in s.walk(left) if isinstance(n, s.Symbol) and n is not left]
    return [item.name for n in symbols for item in n.samples if isinstance(item, s.Symbol)]


def _named(
    symbol: s.Symbol, term: Term, at: list[str], reader: Reader
) -> tuple[str, tuple[Index, ...], tuple[Index, ...]]:
    """The canonical name on the left and the indices that stand on it."""
    parts = name_parts(reader.source(symbol))
    free = term.expr.free
    known = {name: index for name, index in reader.free.items() if index in free}
    samples: list[Index] = []
    labels: list[str] = []
    for text in parts.superscripts:
        inside = text[1:-1] if text.startswith("(") else None
        index = known.get(inside) or reader.notation.indices.get(inside) if inside else None
        if index is not None:
            samples.append(index)
        else:
            labels.append(text)
    for name in (*at, *reader.samples):
        if name in known and known[name] not in samples:
            samples.append(known[name])
    indices: list[Index] = []
    subscript = parts.subscript
    if subscript:
        pieces = [flat([t]) for t in tokenize(subscript)[:-1] if t.text != ","]
        found = [known.get(p) or reader.notation.indices.get(p) for p in pieces]
        if all(index is not None for index in found):
            indices, subscript = [index for index in found if index is not None], None
    if len(set(samples + indices)) < len(samples + indices):
        raise reader.unreadable(symbol, "an index stands twice on the name", expected="different indices")
    return join(parts.base, subscript, labels, parts.primes), tuple(samples), tuple(indices)


def _all_used(
    term: Term, samples: tuple[Index, ...], indices: tuple[Index, ...], right: s.Syntax, reader: Reader
) -> None:
    """Every free index of the right side stands on the left, and every range is known."""
    for index in sorted(term.expr.free, key=lambda i: i.serial):
        if index not in samples and index not in indices and index not in term.axes:
            raise reader.unreadable(
                right, f"the index {index.name} stands on the right side only",
                hint=f"sum over {index.name}, or put it on the name on the left",
            )  # fmt: skip
    for index in (*samples, *indices, *term.axes):
        if reader.is_open(index.dim):
            raise reader.unreadable(
                right, f"the range of {index.name} is not known", hint=f"declare `index {index.name} = 1..n`"
            )


def as_value(found: Definition) -> Value:
    """The left side of a definition as a value: the entry of the tensor that it defines."""
    return Value(e.Elem(found.tensor, found.axes), found.indices)
