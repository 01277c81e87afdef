"""Softmax, sigmoid, log-sum-exp and their kin as array operations that cannot overflow."""

from __future__ import annotations

from fractions import Fraction

from ..algebra.expressions import Add, Expr, Num, Pow, Sum, negate
from .contract import summed_product, union
from .lowering import Lowering, Order
from .scalars import raised
from .stable import Ratio, is_exponential_sum, one_plus_exp, sum_of_exponentials
from .values import Labelled


def ratio_of(low: Lowering, ratio: Ratio, want: Order) -> Labelled:
    """exp(u) / sum of exp(v), or exp(u)/(1 + exp(u)): the softmax or sigmoid, with the maximum taken out."""
    graph = low.graph
    if isinstance(ratio.below, Add):
        item = low.lower(ratio.argument, want)
        return Labelled(graph.map("sigmoid", item.value), item.axes)
    assert isinstance(ratio.below, Sum)
    top, total = _shifted(low, ratio.below)
    item = low.lower(ratio.argument, want)
    axes = union([item, top], want)
    grown = graph.map("exp", graph.map("subtract", graph.align(item, axes), graph.align(top, axes)))
    return Labelled(graph.map("divide", grown, graph.align(total, axes)), axes)


def _shifted(low: Lowering, below: Sum) -> tuple[Labelled, Labelled]:
    """The maximum m of the exponents of a sum of exponentials, and the sum with every exponent lowered by m."""
    graph = low.graph
    argument, others = sum_of_exponentials(below)
    item = low.lower(argument)
    top = graph.reduce("max", item, below.indices)
    lowered = graph.map("exp", graph.map("subtract", item.value, graph.align(top, item.axes)))
    items = [Labelled(lowered, item.axes), *[low.lower(factor) for factor in others]]
    return top, summed_product(graph, items, below.indices, ())


def log_sum(low: Lowering, below: Expr, want: Order) -> Labelled:
    """The log of a sum of exponentials or of 1 + exp(u)."""
    graph = low.graph
    plus = one_plus_exp(below)
    if plus is not None:
        item = low.lower(plus, want)
        return Labelled(graph.map("softplus", item.value), item.axes)
    assert isinstance(below, Sum)
    top, total = _shifted(low, below)
    return Labelled(graph.map("add", graph.map("log", total.value), graph.align(top, total.axes)), total.axes)


def small_power(low: Lowering, expr: Pow, want: Order) -> Labelled | None:
    """(1 + exp(u))^-k as a power of the sigmoid of -u, S^-k as exp(-k log S); None for another power."""
    graph = low.graph
    if not isinstance(expr.exponent, Num) or expr.exponent.value >= 0:
        return None
    k = Fraction(-expr.exponent.value)
    plus = one_plus_exp(expr.base)
    if plus is not None:
        item = low.lower(negate(plus), want)
        return Labelled(raised(graph, graph.map("sigmoid", item.value), graph.number(k)), item.axes)
    if is_exponential_sum(expr.base):
        item = log_sum(low, expr.base, want)
        return Labelled(graph.map("exp", graph.map("multiply", graph.number(-k), item.value)), item.axes)
    return None
