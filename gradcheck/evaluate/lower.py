"""From entries to arrays: an expression over indices becomes operations on whole arrays."""

from __future__ import annotations

from fractions import Fraction

from ..algebra.expressions import (
    Add,
    Apply,
    AtMost,
    Compare,
    Const,
    Delta,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Ordinal,
    Pow,
    Product,
    Size,
    Sum,
    mul,
)  # fmt: skip
from ..algebra.functions import LOG
from ..algebra.index import Slot
from .arrays import Graph
from .contract import union
from .exponentials import log_sum, small_power
from .lowering import Lowering, Order, Rule
from .positions import entries, position_values
from .products import lower_product, lower_sum, sign_split
from .scalars import applied, positive, raised
from .stable import is_exponential_sum, one_plus_exp
from .values import Labelled

_RELATIONS = {">": "greater", ">=": "greater_equal", "=": "equal", "!=": "not_equal"}


def lowering(graph: Graph) -> Lowering:
    """A lowering into this graph, with nothing defined yet."""
    return Lowering(graph, _RULES)


def _number(low: Lowering, expr: Num, _: Order) -> Labelled:
    return Labelled(low.graph.number(Fraction(expr.value)), ())


def _const(low: Lowering, expr: Const, _: Order) -> Labelled:
    return Labelled(low.graph.make("number", (), expr.name, ()), ())


def _size(low: Lowering, expr: Size, _: Order) -> Labelled:
    return Labelled(low.graph.size(expr.dim), ())


def _ordinal(low: Lowering, expr: Ordinal, _: Order) -> Labelled:
    item = position_values(low.graph, expr.slot)
    return Labelled(low.graph.map("real", low.graph.map("add", item.value, low.graph.number(1))), item.axes)


def _elem(low: Lowering, expr: Elem, _: Order) -> Labelled:
    value = low.arrays.get(expr.tensor)
    if value is None:
        value = low.arrays[expr.tensor] = low.graph.leaf(expr.tensor)
    return entries(low.graph, value, expr.tensor, expr.slots)


def _add(low: Lowering, expr: Add, want: Order) -> Labelled:
    common, rest = _common_scale(expr.terms)
    if common:
        return low.lower(Mul((*common, Add(rest))), want)
    signed = [sign_split(term) for term in expr.terms]
    items = [(minus, low.lower(term, want)) for minus, term in signed]
    axes = union([item for _, item in items], want)
    if len(items) > 2:  # small arrays first: they are not repeated then
        items.sort(key=lambda pair: len(pair[1].axes))
    items.sort(key=lambda pair: pair[0])
    minus, first = items[0]
    out = low.graph.align(first, axes)
    if minus:
        out = low.graph.map("negative", out)
    for minus, item in items[1:]:
        out = low.graph.map("subtract" if minus else "add", out, low.graph.align(item, axes))
    return Labelled(out, axes)


def _common_scale(terms: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """The factors made of sizes that every term has, as the 1/n of p/n - y/n, and the terms without them."""
    first = terms[0].factors if isinstance(terms[0], Mul) else ()
    scales = dict.fromkeys(f for f in first if _is_scale(f))
    common = tuple([f for f in scales if all(isinstance(t, Mul) and f in t.factors for t in terms)])
    if not common:
        return (), terms
    return common, tuple([mul(*_without(t.factors, common)) for t in terms if isinstance(t, Mul)])


def _is_scale(factor: Expr) -> bool:
    return isinstance(factor, Size) or (isinstance(factor, Pow) and isinstance(factor.base, Size))


def _without(factors: tuple[Expr, ...], gone: tuple[Expr, ...]) -> list[Expr]:
    left = list(factors)
    for factor in gone:
        left.remove(factor)
    return left


def _pow(low: Lowering, expr: Pow, want: Order) -> Labelled:
    graph = low.graph
    small = small_power(low, expr, want)
    if small is not None:
        return small
    base, exponent = low.lower(expr.base, want), low.lower(expr.exponent, want)
    axes = union([base, exponent], want)
    return Labelled(raised(graph, graph.align(base, axes), graph.align(exponent, axes)), axes)


def _apply(low: Lowering, expr: Apply, want: Order) -> Labelled:
    grown = is_exponential_sum(expr.argument) or one_plus_exp(expr.argument) is not None
    if grown and expr.function == LOG and expr.order == 0:
        return log_sum(low, expr.argument, want)
    item = low.lower(expr.argument, want)
    return Labelled(applied(low.graph, expr.function, expr.order, item.value), item.axes)


def _product(low: Lowering, expr: Product, _: Order) -> Labelled:
    item = low.lower(expr.body)
    for index in expr.indices:
        if index not in item.axes:
            item = Labelled(raised(low.graph, item.value, low.graph.size(index.dim)), item.axes)
    return low.graph.reduce("prod", item, expr.indices)


def _extremum(low: Lowering, expr: Extremum, _: Order) -> Labelled:
    return low.graph.reduce(expr.kind, low.lower(expr.body), expr.indices)


def _compare(low: Lowering, expr: Compare, want: Order) -> Labelled:
    graph = low.graph
    left, right = low.lower(expr.left, want), low.lower(expr.right, want)
    if expr.relation == ">" and expr.right == Num(0):
        return Labelled(positive(graph, left.value), left.axes)
    return _indicator(graph, _RELATIONS[expr.relation], left, right, want)


def _delta(low: Lowering, expr: Delta, want: Order) -> Labelled:
    return _ordered(low.graph, "equal", expr.left, expr.right, want)


def _at_most(low: Lowering, expr: AtMost, want: Order) -> Labelled:
    return _ordered(low.graph, "greater_equal", expr.right, expr.left, want)


def _ordered(graph: Graph, op: str, left: Slot, right: Slot, want: Order) -> Labelled:
    return _indicator(graph, op, position_values(graph, left), position_values(graph, right), want)


def _indicator(graph: Graph, op: str, left: Labelled, right: Labelled, want: Order) -> Labelled:
    axes = union([left, right], want)
    return Labelled(graph.map(op, graph.align(left, axes), graph.align(right, axes)), axes)


_RULES: dict[type[Expr], Rule] = {
    Num: _number, Const: _const, Size: _size, Ordinal: _ordinal, Elem: _elem, Add: _add, Mul: lower_product,
    Sum: lower_sum, Pow: _pow, Apply: _apply, Product: _product, Extremum: _extremum, Compare: _compare,
    Delta: _delta, AtMost: _at_most,
}  # fmt: skip
