"""Conditions as indicators: 1 where a relation of indices or of values holds, else 0."""

from __future__ import annotations

from dataclasses import replace

from ...algebra import expressions as e
from ...algebra.index import Index, Slot
from ..statement import RelationSign
from ..syntax import tree as s
from .elaborate import elaborate, matched, read
from .names import kronecker
from .positions import has_index, is_position, place, shifted, slot_of
from .reader import Reader
from .terms import Term


@elaborate.register
def _(node: s.Indicator, reader: Reader) -> Term:
    result: Term | None = None
    for condition in node.conditions:
        term = replace(holds(condition, reader), start=condition.start, end=condition.end)
        if result is None or not result.axes:
            result = term if result is None else replace(term, expr=e.mul(result.expr, term.expr))
        else:
            entry = (
                term.expr if not term.axes else matched(result, term, reader, "these conditions do not fit together")
            )
            result = replace(result, expr=e.mul(result.expr, entry))
    assert result is not None
    return result


def holds(node: s.Syntax, reader: Reader) -> Term:
    """The indicator of a condition, a chain of relations."""
    while isinstance(node, s.Group):
        node = node.body
    if isinstance(node, s.Indicator):
        return elaborate(node, reader)
    if not isinstance(node, s.Relation):
        raise reader.unreadable(node, f"{reader.source(node)} is not a condition", expected="a relation such as u > 0")
    result: Term | None = None
    for left, sign, right in zip(node.sides, node.signs, node.sides[1:], strict=False):
        term = _relation(left, sign, right, node, reader)
        result = term if result is None else replace(result, expr=e.mul(result.expr, _same(result, term, reader)))
    assert result is not None
    return result


def _same(result: Term, term: Term, reader: Reader) -> e.Expr:
    return matched(result, term, reader, "these conditions do not fit together") if term.axes else term.expr


def _relation(left: s.Syntax, sign: RelationSign, right: s.Syntax, node: s.Syntax, reader: Reader) -> Term:
    position = is_position(left, reader) and is_position(right, reader)
    if position and (has_index(left, reader) or has_index(right, reader)):
        return Term(order(slot_of(left, reader), sign, slot_of(right, reader), node, reader))
    chosen = _chosen(left, sign, right, reader) or _chosen(right, sign, left, reader)
    if chosen is not None:
        return chosen
    one, other = read(left, reader), read(right, reader)
    shaped = one if one.axes else other
    if one.axes and other.axes:
        second = matched(one, other, reader, "these cannot be compared")
    else:
        second = other.expr
        if (one.axes or other.axes) and not (other if one.axes else one).plain:
            raise reader.ill_formed(node, "an array is compared with a scalar", hint="compare entries, as in x_i > a")
    return replace(shaped, expr=compare(one.expr, sign, second, node, reader), plain=False, body_axes=0)


def compare(left: e.Expr, sign: RelationSign, right: e.Expr, node: s.Syntax, reader: Reader) -> e.Expr:
    """The indicator of a relation between two values."""
    if sign == ">" or sign == ">=" or sign == "=" or sign == "!=":
        return e.Compare(sign, left, right)
    if sign == "<":
        return e.Compare(">", right, left)
    if sign == "<=":
        return e.Compare(">=", right, left)
    raise reader.unreadable(node, f"{sign} is not a condition", expected="=, !=, <, <=, > or >=")


def order(left: Slot, sign: RelationSign, right: Slot, node: s.Syntax, reader: Reader) -> e.Expr:
    """The indicator of a relation between two positions."""
    if sign == "=" or sign == "!=":
        equal = kronecker(left, right, reader)
        return equal if sign == "=" else e.add(e.UNIT, e.negate(equal))
    kronecker(left, right, reader)
    if sign == "<=":
        return e.at_most(left, right)
    if sign == "<":
        return e.at_most(shifted(left, 1), right)
    if sign == ">=":
        return e.at_most(right, left)
    if sign == ">":
        return e.at_most(shifted(right, 1), left)
    raise reader.unreadable(node, f"{sign} is not a relation of positions", expected="=, !=, <, <=, > or >=")


def _chosen(left: s.Syntax, sign: RelationSign, right: s.Syntax, reader: Reader) -> Term | None:
    """K = argmax_j z_j: the entry at k is the largest."""
    if not (isinstance(right, s.Big) and right.operation in ("argmax", "argmin")) or sign not in ("=", "!="):
        return None
    binder = reader.binders.get(id(right))
    if binder is None or len(binder.indices) != 1 or not is_position(left, reader):
        raise reader.unreadable(right, "this choice is not read", hint="write it as j = \\arg\\max_k z_k")
    index = binder.indices[0]
    saved = reader.scope
    reader.scope = {**saved, **binder.slots}
    body = read(right.body, reader)
    reader.scope = saved
    best = e.Extremum("max" if right.operation == "argmax" else "min", (index,), body.expr)
    chosen = slot_of(left, reader)
    if isinstance(chosen, Index):
        place(chosen, index.dim, left, "what is chosen from", reader)
    here = e.substitute(e.fresh_binders(body.expr), {index: chosen})
    equal = e.Compare("=", here, best)
    return Term(equal if sign == "=" else e.add(e.UNIT, e.negate(equal)))


@elaborate.register
def _(node: s.Cases, reader: Reader) -> Term:
    """Each branch weighted by its condition and by none of the ones before holding."""
    left: e.Expr = e.UNIT
    result: Term | None = None
    for value, condition in node.branches:
        term = read(value, reader)
        weight = left
        if condition is not None:
            test = elaborate(condition, reader)
            if test.axes:
                raise reader.ill_formed(condition, "the condition of a case must be about scalars")
            weight = e.mul(left, test.expr)
            left = e.mul(e.fresh_binders(left), e.add(e.UNIT, e.negate(e.fresh_binders(test.expr))))
        part = e.mul(weight, term.expr)
        if result is None:
            result = replace(term, expr=part, plain=False)
        elif not result.axes and term.axes:
            raise reader.ill_formed(value, "the cases have different shapes")
        else:
            entry = (
                matched(result, term, reader, "the cases have different shapes")
                if term.axes or result.axes
                else term.expr
            )
            result = replace(result, expr=e.add(result.expr, e.mul(weight, entry)))
    assert result is not None
    return result
