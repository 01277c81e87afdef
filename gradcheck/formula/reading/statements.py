"""From the text of a formula to a statement: sides with common axes, relations, conditions, and how it was read."""

from __future__ import annotations

from dataclasses import replace

from ...algebra import expressions as e
from ...algebra.index import Index
from ..meaning import arrays, calls, derivatives, names, products, sums
from ..meaning.derivatives import named_variable
from ..meaning.dotted import is_dotted, written
from ..meaning.elaborate import matched, read, single_entry
from ..meaning.positions import dim_of
from ..meaning.ranges import gather
from ..meaning.reader import Reader
from ..meaning.terms import Term, Turn
from ..statement import RelationSign, Statement, Value
from ..syntax import tree as s
from .clauses import is_real_space, name_common_value, remarks, use_clauses

_RULES = (arrays, calls, derivatives, names, products, sums)


def statement_once(formula: s.Formula, reader: Reader, follows: Statement | None = None) -> Statement:
    """The statement under exactly the reader's reading; `follows` has the left side of one that begins with =."""
    reader.root = formula
    space = formula.chain.sides[-1]
    stated = len(formula.chain.signs) > 1 and formula.chain.signs[-1] == "in" and is_real_space(space)
    if stated:
        chain = formula.chain
        formula = replace(formula, chain=replace(chain, sides=chain.sides[:-1], signs=chain.signs[:-1]))
    if "in" in formula.chain.signs:
        raise reader.unreadable(
            formula, "membership in a set is not read", hint="declare the shape or the range instead"
        )
    left = follows if formula.continues is not None else None
    if left is not None:
        reader.free.update({index.name: index for index in left.free})
    for note in formula.repairs:
        reader.note(note)
    restated, clauses = remarks(formula.clauses, reader)
    rest = use_clauses(clauses, reader)
    sides, conditions = _evaluated(formula.chain.sides)
    for condition in conditions:
        if isinstance(condition, s.Relation):
            name_common_value(condition, reader)
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
    if stated:
        _check_space(space, values[-1], reader)
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
        also=tuple(_remark(chain, reader) for chain in restated),
        syntax=formula,
    )


def _remark(chain: s.Relation, reader: Reader) -> Statement:
    """What a formula says beside itself, read on its own."""
    alone = s.Formula(chain.start, chain.end, chain)
    return statement_once(alone, Reader(reader.text, reader.notation, reader.reading), None)


def _check_space(space: s.Syntax, value: Value, reader: Reader) -> None:
    r"""Compare the shape stated behind a formula, \in \mathbb{R}^{N \times D}, with its own."""
    exponent = space.exponent if isinstance(space, s.Power) else None
    while isinstance(exponent, s.Group):
        exponent = exponent.body
    factors = exponent.factors if isinstance(exponent, s.Product) else (exponent,) if exponent is not None else ()
    stated = [dim for dim in (dim_of(factor, reader) for factor in factors) if dim.literal != 1]
    found = [axis.dim for axis in value.axes if axis.dim.literal != 1]
    if stated != found:
        raise reader.ill_formed(
            space, "the shape stated here is not that of the formula",
            got=" × ".join(map(str, stated)) or "a scalar", expected=" × ".join(map(str, found)) or "a scalar",
        )  # fmt: skip


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
    """The x of k'(x) = …, what a prime on a bracket further on means."""
    first = sides[0]
    if (
        isinstance(first, s.Call)
        and first.order
        and len(first.arguments) == 1
        and isinstance(first.arguments[0], s.Symbol)
    ):
        return first.arguments[0]
    return named_variable(first)


def _signs(formula: s.Formula, terms: list[Term], reader: Reader) -> tuple[RelationSign, ...]:
    """The relations; an equation of a parameter with itself and a step is an update.

    That of an input is not: data are not updated, and x = x + y - y is an identity.
    """
    signs = formula.chain.signs
    if not signs or signs[0] not in ("=", ":=") or formula.continues is not None or len(terms) < 2:
        return signs
    left, right = terms[0].expr, terms[1].expr
    if not isinstance(left, e.Elem) or not isinstance(right, e.Add) or not isinstance(formula.chain.sides[1], s.Add):
        return signs
    entries = reader.notation.entries.values()
    if signs[0] == "=" and any(entry.tensor == left.tensor and entry.role == "input" for entry in entries):
        return signs
    moved = e.substitute(right, dict(zip(terms[1].axes, terms[0].axes, strict=False)))
    if isinstance(moved, e.Add) and left in moved.terms:
        reader.note(f"{signs[0]} is read as an update of {reader.source(terms[0])}")
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
            if term.expr != e.ZERO and not order and not single_entry(first):
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
