"""From the text of a formula to a statement: sides with common axes, relations, conditions, and how it was read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from ..algebra import expressions as e
from ..algebra.index import Index
from ..errors import IllFormedError
from . import (
    elaborate_arrays,
    elaborate_calls,
    elaborate_derivatives,
    elaborate_names,
    elaborate_products,
    elaborate_sums,
)
from . import syntax as s
from .dotted import is_dotted, written
from .elaborate import matched, read
from .notation import Notation
from .parser import parse, parse_lines
from .positions import bare, dim_of
from .ranges import gather
from .reader import Reader
from .readings import PLAIN, Reading, describe
from .statement import RelationSign, Statement, Value
from .terms import Term, Turn

_RULES = (elaborate_arrays, elaborate_calls, elaborate_derivatives, elaborate_names, elaborate_products, elaborate_sums)
_CHOICES = {"vectors": ("column", "row"), "product": ("dot", "elementwise"), "square": ("elementwise", "sum")}


def fresh_reader(text: str, reader: Reader) -> Reader:
    """A reader for another text under the same notation and reading."""
    return Reader(text, reader.notation, reader.reading)


def read_statement(
    text: str, notation: Notation, reading: Reading = PLAIN, follows: Statement | None = None
) -> Statement:
    """What one formula says. See `gradcheck.formula.read`."""
    formula = parse(text, notation, reading)
    return first_fit(text, formula, notation, reading, follows)


def read_statements(text: str, notation: Notation, reading: Reading = PLAIN) -> tuple[Statement, ...]:
    """What each equation of a text says; an aligned block may hold several."""
    formulas = parse_lines(text, notation, reading)
    return tuple(first_fit(text, formula, notation, reading) for formula in formulas)


def first_fit(
    text: str, formula: s.Formula, notation: Notation, reading: Reading, follows: Statement | None = None
) -> Statement:
    """The statement under the first reading in which the shapes fit.

    Raises the error of the plain reading if none fits.
    """
    reader = Reader(text, notation, reading)
    try:
        return statement_once(formula, reader, follows)
    except IllFormedError as plain:
        for other in alternatives(reader.met, reading):
            attempt = Reader(text, notation, other)
            try:
                found = statement_once(formula, attempt, follows)
            except IllFormedError:
                continue
            return replace(found, readings=(*found.readings, *describe(other)))
        raise plain


def alternatives(met: set[str], reading: Reading) -> Iterator[Reading]:
    """The other readings of what was met and not decided, the likelier ones first."""
    open_names = [name for name in ("product", "square", "vectors") if name in met and getattr(reading, name) is None]
    choices = [_CHOICES[name] for name in open_names]
    ordered = sorted(itertools.product(*(range(len(c)) for c in choices)), key=sum)
    for picks in ordered[1:]:
        changes = {name: _CHOICES[name][pick] for name, pick in zip(open_names, picks, strict=True)}
        yield replace(reading, **changes)  # type: ignore[arg-type]


def statement_once(formula: s.Formula, reader: Reader, follows: Statement | None = None) -> Statement:
    """The statement under exactly the reader's reading; `follows` has the left side of one that begins with =."""
    reader.root = formula
    if "in" in formula.chain.signs:
        raise reader.unreadable(
            formula, "membership in a set is not read", hint="declare the shape or the range instead"
        )
    left = follows if formula.continues is not None else None
    if left is not None:
        reader.free.update({index.name: index for index in left.free})
    for note in formula.repairs:
        reader.note(note)
    rest = use_clauses(formula.clauses, reader)
    sides, conditions = _evaluated(formula.chain.sides)
    reader.variable = _primed_variable(sides)
    for side in sides:
        gather(side, reader)
    for side in conditions:
        gather(side, reader)
    terms = [read(side, reader) for side in sides if not is_dotted(side)]
    signs = _signs(formula, terms, reader)
    if left is not None and formula.continues is not None:
        terms.insert(0, _as_term(left.sides[0]))
        signs = (formula.continues, *signs)
    values = _aligned(terms, signs, reader)
    if len(terms) < len(signs) + 1:
        values = _with_dotted(sides, values, len(terms) - len(sides) + sum(map(is_dotted, sides)), reader)
    where = tuple(_condition(condition, reader) for condition in (*conditions, *rest))
    _check_known(values, formula, reader)
    used = frozenset().union(*(v.expr.free for v in values), *(v.expr.free for w in where for v in w.sides))
    free = tuple(index for index in reader.free.values() if index in used)
    return Statement(
        text=reader.text,
        sides=values,
        signs=signs,
        continues=formula.continues is not None,
        free=free,
        readings=tuple(reader.notes),
        tag=formula.tag,
        where=where,
        syntax=formula,
    )


def _with_dotted(sides: list[s.Syntax], values: tuple[Value, ...], ahead: int, reader: Reader) -> tuple[Value, ...]:
    """All sides, the matrices with left-out entries among them; every side is taken at the written entries only.

    `ahead` is how many of the values stand before the first side of this formula.
    """
    axes = values[0].axes if values else ()
    rest = iter(values)
    out: list[Value] = [next(rest) for _ in range(ahead)]
    masks: list[e.Expr] = []
    for side in sides:
        if is_dotted(side):
            entries = written(side, axes, reader)
            masks.append(entries.mask)
            out.append(Value(entries.values, axes, False, side.start, side.end))
        else:
            out.append(next(rest))
    return tuple(replace(value, expr=e.mul(*masks, value.expr)) for value in out)


def _as_term(value: Value) -> Term:
    """The left side of an earlier formula, for one that goes on from it."""
    turn = Turn("row" if value.row else None) if len(value.axes) == 1 else None
    return Term(value.expr, value.axes, turn, start=0, end=0)


def _evaluated(sides: tuple[s.Syntax, ...]) -> tuple[list[s.Syntax], list[s.Syntax]]:
    """The sides without their evaluation bars, and the conditions of those."""
    plain: list[s.Syntax] = []
    conditions: list[s.Syntax] = []
    for side in sides:
        if isinstance(side, s.At):
            plain.append(side.body)
            conditions.extend(side.conditions)
        else:
            plain.append(side)
    return plain, conditions


def _primed_variable(sides: list[s.Syntax]) -> s.Syntax | None:
    """X in k'(x) = …, what a prime on a bracket further on means."""
    first = sides[0]
    if (
        isinstance(first, s.Call)
        and first.order
        and len(first.arguments) == 1
        and isinstance(first.arguments[0], s.Symbol)
    ):
        return first.arguments[0]
    return None


def use_clauses(clauses: tuple[s.Clause, ...], reader: Reader) -> list[s.Syntax]:
    """Use the clauses that define names or state ranges; the others, conditions, are returned."""
    rest: list[s.Syntax] = []
    for clause in clauses:
        body = clause.body
        if isinstance(body, s.Relation) and _is_range(body):
            _set_range(body, reader)
        elif isinstance(body, s.Relation) and clause.word in (",", "where") and _defines(body, reader):
            _define_local(body, reader)
        elif isinstance(body, s.Relation):
            rest.append(body)
        elif clause.word in ("for", ","):
            names = body.items if isinstance(body, s.Listing) else (body,)
            if not all(bare(name) for name in names):
                raise reader.unreadable(body, f"{reader.source(body)} is not a condition")
        else:
            raise reader.unreadable(body, f"{reader.source(body)} is not a condition", expected="a relation")
    return rest


def _is_range(body: s.Relation) -> bool:
    last = body.sides[-1]
    return body.signs == ("=",) and isinstance(last, s.Listing) and any(isinstance(i, s.Dots) for i in last.items)


def _set_range(body: s.Relation, reader: Reader) -> None:
    r"""J = 1, \dots, n behind a formula: the range of a free index."""
    left, listing = body.sides
    assert isinstance(listing, s.Listing)
    names = left.items if isinstance(left, s.Listing) else (left,)
    first, last = listing.items[0], listing.items[-1]
    if not (isinstance(first, s.Number) and first.value == 1) or isinstance(last, s.Dots):
        raise reader.unreadable(listing, "this range is not read", expected="1, …, n")
    dim = dim_of(last, reader)
    for name in names:
        if not (isinstance(name, s.Symbol) and bare(name)):
            raise reader.unreadable(name, f"{reader.source(name)} is not an index", expected="one letter")
        reader.free[name.name] = Index(name.name, dim)


def _defines(body: s.Relation, reader: Reader) -> bool:
    left = body.sides[0]
    if body.signs[0] not in ("=", ":=") or not isinstance(left, s.Symbol) or left.kind != "unknown":
        return False
    return reader.index_slot(left.name) is None and left.base != r"\delta"


def _define_local(body: s.Relation, reader: Reader) -> None:
    """P = softmax(z) behind a formula: p stands for that."""
    left, right = body.sides[0], body.sides[-1]
    assert isinstance(left, s.Symbol)
    gather(right, reader)
    term = read(right, reader)
    items = left.indices
    if items:
        names = [item.name for item in items if isinstance(item, s.Symbol) and bare(item)]
        indices = [reader.free.get(name) for name in names]
        if len(names) != len(items) or None in indices or term.axes:
            raise reader.unreadable(left, f"{reader.source(left)} is not a name to define")
        axes = tuple(index.fresh() for index in indices if index is not None)
        expr = e.substitute(term.expr, {i: a for i, a in zip(indices, axes, strict=True) if i is not None})
        for name in names:
            del reader.free[name]
        term = Term(expr, axes)
    reader.local[left.name] = term


def _signs(formula: s.Formula, terms: list[Term], reader: Reader) -> tuple[RelationSign, ...]:
    """The relations; an equation of a parameter with itself and a step is an update."""
    signs = formula.chain.signs
    if not signs or signs[0] != "=" or formula.continues is not None or len(terms) < 2:
        return signs
    left, right = terms[0].expr, terms[1].expr
    if not isinstance(left, e.Elem) or not isinstance(right, e.Add):
        return signs
    moved = e.substitute(right, dict(zip(terms[1].axes, terms[0].axes, strict=False)))
    if isinstance(moved, e.Add) and left in moved.terms:
        reader.note(f"= is read as an update of {reader.source(terms[0])}")
        return ("<-", *signs[1:])
    return signs


def _aligned(terms: list[Term], signs: tuple[RelationSign, ...], reader: Reader) -> tuple[Value, ...]:
    """The sides over common axes."""
    first = next((t for t in terms if t.axes), None)
    if first is None:
        return tuple(_value(t, t.expr, ()) for t in terms)
    _name_apart(first.axes)
    values: list[Value] = []
    for number, term in enumerate(terms):
        if not term.axes:
            order = all(sign in ("<", "<=", ">", ">=", "!=") for sign in signs) and term.plain
            if term.expr != e.ZERO and not order:
                shaped, number_of = (first, term) if number else (terms[1], term)
                raise reader.ill_formed(
                    number_of, "one side is an array, the other a scalar", got=f"{_axes(shaped)} and a scalar",
                    expected="equal shapes",
                )  # fmt: skip
            values.append(_value(term, term.expr, first.axes, first))
        else:
            values.append(_value(term, matched(first, term, reader, "the sides have different shapes"), first.axes))
    return tuple(values)


def _name_apart(axes: tuple[Index, ...]) -> None:
    """Give the axes of a statement different names, for whoever prints them."""
    for number, axis in enumerate(axes):
        if any(axis.name == other.name for other in axes[:number]):
            taken = {other.name for other in axes}
            axis.name = next(letter for letter in "uvwrst" if letter not in taken)


def _axes(term: Term) -> str:
    return " × ".join(str(axis.dim) for axis in term.axes) or "a scalar"


def _value(term: Term, expr: e.Expr, axes: tuple[Index, ...], shaped: Term | None = None) -> Value:
    turn = (shaped or term).turn
    row = turn is not None and turn.side() == "row"
    return Value(expr, axes, row, term.start, term.end)


def _condition(node: s.Syntax, reader: Reader) -> Statement:
    """A condition behind the formula, as a statement of its own."""
    chain = node if isinstance(node, s.Relation) else s.Relation(node.start, node.end, (node,), ())
    for side in chain.sides:
        gather(side, reader)
    terms = [read(side, reader) for side in chain.sides]
    values = _aligned(terms, chain.signs, reader)
    return Statement(reader.source(node), values, chain.signs, syntax=node)


def _check_known(values: tuple[Value, ...], formula: s.Formula, reader: Reader) -> None:
    """Every index that is left must have a range."""
    for value in values:
        for index in sorted(value.expr.free | set(value.axes), key=lambda i: i.serial):
            if reader.is_open(index.dim):
                raise reader.unreadable(
                    formula, f"the range of {index.name} is not known", hint=f"declare `index {index.name} = 1..n`"
                )  # fmt: skip
