"""Reading texts: statements, values, sizes, and the readings that a formula admits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from ...algebra.dims import Dim
from ...algebra.index import slot_offset, slot_terms
from ...errors import FormulaError, GradcheckError, IllFormedError
from ..meaning.positions import MAX_RANGE, slot_of
from ..meaning.reader import Reader
from ..notation import Notation
from ..readings import PLAIN, Reading
from ..statement import Statement, Value
from ..syntax import tree as s
from ..syntax.parser import parse
from ..text.places import place_of, unreadable
from .defining import as_value, definition
from .fitting import alternatives, first_fit, read_statement, read_statements
from .statements import statement_once


def read(
    text: str,
    notation: Notation,
    *,
    reading: Reading = PLAIN,
    defines: bool = False,
    follows: Statement | None = None,
) -> Statement:
    r"""What one formula says under the declared names.

    Where the formula is ambiguous, the first reading under which the shapes fit is taken and named in
    `readings` of the result. With `defines` the left side is a name that the equation defines. A formula
    that begins with = goes on from the statement that it `follows`: that one's first side becomes the
    first side here, with the same free indices.
    Raises FormulaError (with line, column and the nearest declared name) if it cannot be read, and
    IllFormedError if shapes or indices cannot match; its hint names what would fit.

    >>> from gradcheck.algebra.index import Tensor
    >>> from gradcheck.formula import Entry, Notation, read
    >>> names = ("l", "x_3", "y")
    >>> notation = Notation(entries={name: Entry(Tensor(name), "input") for name in names})
    >>> read(r"\frac{dl}{dx_3} = x_3 - y", notation).sides[1].expr
    (x_3 + -1*y)
    """
    if not defines:
        return read_statement(text, notation, reading, follows)
    found = definition(text, notation, reading=reading)
    right = Value(found.formula, found.indices)
    return Statement(text, (as_value(found), right), ("=",), free=found.samples, readings=found.readings)


def read_all(text: str, notation: Notation, *, reading: Reading = PLAIN) -> tuple[Statement, ...]:
    """What each equation of a text says: one, or several in an aligned block."""
    return read_statements(text, notation, reading)


def read_expression(text: str, notation: Notation, *, reading: Reading = PLAIN) -> Value:
    """The value of one expression without relations; a definition behind it is used.

    Raises as `read` does.
    """
    statement = read_statement(text, notation, reading)
    if statement.signs or statement.continues:
        raise unreadable(text, 0, len(text), "this is a relation", expected="one expression")
    return statement.sides[0]


_DIGITS_BELOW = re.compile(r"_[0-9]{2,}")


def read_dim(text: str, dims: Mapping[str, int] | None = None) -> Dim:
    """A size as people write it: "n+1", "2n", "n^{[2]}", "d_0", "3".

    Names that are not among `dims` are sizes too, so that a declaration may use them first.

    >>> read_dim("n+1"), read_dim("2 n^{[2]} - 1")
    (Dim(n+1), Dim(2n^{[2]}-1))
    """
    known = dict(dims or {})
    digits = _DIGITS_BELOW.search(text)
    if digits:
        raise unreadable(
            text, digits.start(), digits.end(), f"{digits[0]} reads as a subscript {digits[0][1]} and a factor",
            hint=f"write _{{{digits[0][1:]}}}",
        )  # fmt: skip
    formula = parse(text, Notation(dims=known))
    tree = formula.chain
    if tree.signs or formula.clauses or formula.trailing or formula.continues:
        raise unreadable(text, 0, len(text), f"{text.strip()!r} is not a size", expected="a size such as n+1")
    unknown = {_whole_name(node) for node in s.walk(tree) if isinstance(node, s.Symbol) and node.kind == "unknown"}
    if unknown:
        known.update(dict.fromkeys(unknown, 1))
        tree = parse(text, Notation(dims=known)).chain
    notation = Notation(dims=known)
    try:
        slot = slot_of(tree.sides[0], Reader(text, notation, PLAIN))
    except GradcheckError as error:
        raise FormulaError(
            f"{text.strip()!r} is not a size",
            place=place_of(text, 0, len(text)),
            expected="a size such as n, n+1 or 2n",
        ) from error
    if slot_terms(slot):
        raise unreadable(text, 0, len(text), f"{text.strip()!r} is not a size", expected="a size such as n, n+1 or 2n")
    dim = slot_offset(slot)
    if any(abs(number) > MAX_RANGE for number in (dim.constant, *(c for _, c in dim.terms))):
        raise unreadable(text, 0, len(text), "this size is too large", expected=f"numbers up to {MAX_RANGE}")
    return dim


def _whole_name(node: s.Symbol) -> str:
    from ..names import join

    return join(node.base, node.subscript, [*node.labels, *node.parens])


def readings(text: str, notation: Notation) -> tuple[Reading, ...]:
    """The readings that a formula admits: those under which its shapes fit, the default one first.

    They differ in what is ambiguous in this formula: total or partial derivatives, their layout, how
    far an operator reaches, dot or elementwise products, squares of vectors, columns or rows.
    Raises as `read` does if there is none.
    """
    read_statement(text, notation)
    out: list[Reading] = [PLAIN]
    formula = parse(text, notation)
    reader = Reader(text, notation, PLAIN)
    plain, met = _met(formula, reader)
    candidates = list(alternatives(met, PLAIN))
    if not plain:
        candidates.append(Reading(mend="elementwise"))
    if "derivative" in met:
        candidates.append(Reading(derivative="partial"))
        if {"d", "partial"} <= met:
            candidates.append(Reading(derivative="written"))
    if "layout" in met:
        candidates.append(Reading(layout=_other_layout(notation, PLAIN)))
    written = _without_spans(formula.chain)
    candidates += [other for other in _OTHER_PARSES if _parsed(text, notation, other) not in (None, written)]
    out += [candidate for candidate in candidates if _fits(text, notation, candidate)]
    return tuple(out)


def _other_layout(notation: Notation, reading: Reading) -> Literal["numerator", "denominator"]:
    return "numerator" if (reading.layout or notation.layout) == "denominator" else "denominator"


def mends(text: str, notation: Notation, reading: Reading = PLAIN) -> tuple[Reading, ...]:
    """For a formula that is ill-formed under a reading the changes that would make it well formed, likelier ones first.

    Other layouts, and products with the transpose that fits; none is ever taken unasked.
    """
    if _fits(text, notation, reading):
        return ()
    other = replace(reading, layout=_other_layout(notation, reading))
    single = [other, *(replace(reading, mend=mend) for mend in ("outer", "transpose", "elementwise", "dot"))]
    found = tuple(candidate for candidate in single if _fits(text, notation, candidate))
    if found:
        return found
    double = [
        replace(other, mend="outer"),
        replace(other, mend="transpose"),
        replace(reading, product="elementwise", mend="transpose"),
    ]
    return tuple(candidate for candidate in double if _fits(text, notation, candidate))


def _met(formula: s.Formula, reader: Reader) -> tuple[bool, set[str]]:
    """Whether the shapes fit under exactly the plain reading, and what was ambiguous."""
    try:
        statement_once(formula, reader)
    except IllFormedError:
        return False, reader.met
    return True, reader.met


def _fits(text: str, notation: Notation, reading: Reading) -> bool:
    try:
        formula = parse(text, notation, reading)
        first_fit(text, formula, notation, reading)
    except GradcheckError:
        return False
    return True


_OTHER_PARSES = (
    *(Reading(extent=extent) for extent in ("terms", "factors")),
    *(Reading(scope=scope) for scope in ("first", "wide", "terms")),
    Reading(division="run"),
    *(Reading(reach=reach) for reach in ("factor", "quotient")),
    Reading(arguments="product"),
)


def _parsed(text: str, notation: Notation, reading: Reading) -> object:
    try:
        return _without_spans(parse(text, notation, reading).chain)
    except FormulaError:
        return None


def _without_spans(node: object) -> object:
    """A tree without its offsets, for comparing two ways of parsing."""
    if isinstance(node, s.Syntax):
        fields = [f for f in node.__dataclass_fields__ if f not in ("start", "end")]
        return (type(node).__name__, *(_without_spans(getattr(node, f)) for f in fields))
    if isinstance(node, tuple):
        return tuple(map(_without_spans, node))
    return node
