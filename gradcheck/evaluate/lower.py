"""From entries to arrays: an expression over indices becomes operations on whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from ..algebra.expressions import (
    Add, Apply, AtMost, Compare, Const, Delta, Elem, Expr, Extremum, Mul, Num, Ordinal, Pow, Product, Size, Sum, mul, negate, power,
)  # fmt: skip
from ..algebra.functions import LOG
from ..algebra.index import Index, Slot, Tensor
from ..errors import FormulaError
from .arrays import Graph, Labelled, Value
from .contract import contract, product, union
from .positions import entries, position_values
from .scalars import applied, positive, raised
from .stable import Ratio, is_exponential_sum, log_parts, one_plus_exp, pair_exponentials, sum_of_exponentials

_RELATIONS = {">": "greater", ">=": "greater_equal", "=": "equal", "!=": "not_equal"}
Order = tuple[Index, ...]


class Lowering:
    """Lowers expressions into one graph; `arrays` holds the value of every tensor met so far."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.arrays: dict[Tensor, Value] = {}
        self.formulas: dict[Tensor, tuple[Order, Expr]] = {}

    def define(self, tensor: Tensor, indices: Order, formula: Expr) -> Value:
        """The array of tensor[indices] = formula."""
        self.formulas[tensor] = (indices, formula)
        item = self.lower(formula, indices)
        value = self.graph.align(item, indices)
        value = self.graph.spread(value, tensor.dims)
        self.arrays[tensor] = value
        return value

    def lower(self, expr: Expr, want: Order = ()) -> Labelled:
        """The array of an expression, its axes in the order of `want` where that costs nothing."""
        rule = _RULES.get(type(expr))
        if rule is None:
            raise FormulaError(f"cannot evaluate {type(expr).__name__}", hint="resolve derivatives first")
        return rule(self, expr, want)

    def value(self, expr: Expr, axes: Order) -> Value:
        """The array of an expression, aligned to these axes."""
        return self.graph.align(self.lower(expr, axes), axes)


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
    signed = [_sign_split(term) for term in expr.terms]
    items = [(minus, low.lower(term, want)) for minus, term in signed]
    axes = union([item for _, item in items], want)
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
    common = tuple([f for f in first if _is_scale(f) and all(isinstance(t, Mul) and f in t.factors for t in terms)])
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


def _sign_split(term: Expr) -> tuple[bool, Expr]:
    """Whether a term carries a minus sign, and the term without it."""
    if isinstance(term, Num) and term.value < 0:
        return True, Num(-term.value)
    if isinstance(term, Mul) and isinstance(term.factors[0], Num) and term.factors[0].value < 0:
        number, *rest = term.factors
        assert isinstance(number, Num)
        kept = rest if number.value == -1 else [Num(-number.value), *rest]
        return True, kept[0] if len(kept) == 1 else Mul(tuple(kept))
    return False, term


def _mul(low: Lowering, expr: Mul, want: Order) -> Labelled:
    return _multiplied(low, expr.factors, (), want)


def _sum(low: Lowering, expr: Sum, want: Order) -> Labelled:
    body = expr.body
    if isinstance(body, Add) and _better_apart(body, expr.indices):
        return low.lower(Add(tuple([_summed(term, expr.indices) for term in body.terms])), want)
    factors = body.factors if isinstance(body, Mul) else (body,)
    return _multiplied(low, factors, expr.indices, want)


def _summed(term: Expr, indices: Order) -> Expr:
    inside = tuple([i for i in indices if i in term.free])
    repeated = [Size(i.dim) for i in indices if i not in term.free]
    minus, term = _sign_split(term)
    if isinstance(term, Sum):
        inside, term = (*inside, *term.indices), term.body
    inner: Expr = Sum(inside, term) if inside else term
    inner = negate(inner) if minus else inner
    return Mul((*repeated, *(inner.factors if isinstance(inner, Mul) else (inner,)))) if repeated else inner


def _better_apart(body: Add, indices: Order) -> bool:
    """Whether summing term by term saves an array over all indices: one is missing, or a longer sum or product appears."""
    for term in body.terms:
        if not term.free.issuperset(indices) or isinstance(_sign_split(term)[1], Sum):
            return True
        if isinstance(term, Mul) and sum(1 for f in term.factors if f.free) > 1:
            return any(f.free and f.free != term.free for f in term.factors)
    return False


def _multiplied(low: Lowering, factors: Sequence[Expr], bound: Order, want: Order) -> Labelled:
    """The product of the factors, summed over `bound`."""
    graph = low.graph
    parts, ratios = pair_exponentials(_spelled_out(factors, bound))
    scalars: list[Value] = []
    below: list[Labelled] = []
    items: list[Labelled] = [_ratio(low, ratio, want) for ratio in ratios]
    for factor in parts:
        bottom = _denominator(factor)
        if bottom is not None and bottom.free.isdisjoint(bound):
            below.append(low.lower(bottom, want))
            continue
        item = low.lower(factor, want)
        if item.value.static and not item.axes:
            scalars.append(item.value)
        else:
            items.append(item)
    inner = [item for item in items if not bound or any(i in bound for i in item.axes)]
    outer = [item for item in items if bound and not any(i in bound for i in item.axes)]
    out = _contracted(graph, inner, bound, want) if inner else None
    if out is None:
        scalars.extend([graph.size(i.dim) for i in bound])
    out = _scaled(graph, out, scalars, [*outer], want)
    return _divided(graph, out, below, want)


def _contracted(graph: Graph, items: list[Labelled], bound: Order, want: Order) -> Labelled:
    missing = [i for i in bound if all(i not in item.axes for item in items)]
    out = contract(graph, items, [i for i in bound if i not in missing], want)
    for index in missing:
        out = product(graph, Labelled(graph.size(index.dim), ()), out)
    return out


def _scaled(graph: Graph, out: Labelled | None, scalars: list[Value], outer: list[Labelled], want: Order) -> Labelled:
    """The contracted part times what stands outside of the sum, the numbers on the smallest factor."""
    parts = sorted([*outer, *([out] if out is not None else [])], key=lambda item: len(item.axes))
    factor: Value | None = None
    for scalar in scalars:
        factor = scalar if factor is None else graph.map("multiply", factor, scalar)
    if factor is not None:
        parts.insert(0, Labelled(factor, ()))
    if not parts:
        return Labelled(graph.number(1), ())
    result = parts[0]
    for item in parts[1:]:
        result = product(graph, result, item, want)
    return result


def _divided(graph: Graph, out: Labelled, below: list[Labelled], want: Order) -> Labelled:
    if not below:
        return out
    bottom = below[0]
    for item in below[1:]:
        bottom = product(graph, bottom, item, want)
    axes = union([out, bottom], want)
    return Labelled(graph.map("divide", graph.align(out, axes), graph.align(bottom, axes)), axes)


def _spelled_out(factors: Sequence[Expr], bound: Order) -> list[Expr]:
    """Squares of what is summed over as two factors (so that they become one product), nested products flat."""
    out: list[Expr] = []
    for factor in factors:
        if isinstance(factor, Mul):
            out.extend(_spelled_out(factor.factors, bound))
        elif bound and isinstance(factor, Pow) and factor.exponent == Num(2) and not factor.base.free.isdisjoint(bound):
            out += [factor.base, factor.base]
        else:
            out.append(factor)
    return out


def _denominator(factor: Expr) -> Expr | None:
    """What a factor divides by, if it is a negative power."""
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num) and factor.exponent.value < 0:
        return power(factor.base, Num(-factor.exponent.value))
    return None


def _ratio(low: Lowering, ratio: Ratio, want: Order) -> Labelled:
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
    return top, _contracted(graph, items, below.indices, ())


def _pow(low: Lowering, expr: Pow, want: Order) -> Labelled:
    graph = low.graph
    plus = one_plus_exp(expr.base)
    if plus is not None and isinstance(expr.exponent, Num) and expr.exponent.value < 0:
        item = low.lower(-plus, want)
        small = graph.map("sigmoid", item.value)
        return Labelled(raised(graph, small, graph.number(Fraction(-expr.exponent.value))), item.axes)
    base, exponent = low.lower(expr.base, want), low.lower(expr.exponent, want)
    axes = union([base, exponent], want)
    return Labelled(raised(graph, graph.align(base, axes), graph.align(exponent, axes)), axes)


def _apply(low: Lowering, expr: Apply, want: Order) -> Labelled:
    if expr.function == LOG and expr.order == 0:
        if is_exponential_sum(expr.argument) or one_plus_exp(expr.argument) is not None:
            return _log_sum(low, expr.argument, want)
        parts = log_parts(expr.argument, low.formulas)
        if parts is not None:
            return _log(low, *parts, want)
    item = low.lower(expr.argument, want)
    return Labelled(applied(low.graph, expr.function, expr.order, item.value), item.axes)


def _log(low: Lowering, exponents: list[Expr], below: list[Expr], want: Order) -> Labelled:
    """The log of exp(a) exp(b) ... / (S T ...), each S a sum of exponentials or 1 + exp(u), without forming them."""
    terms = [(False, low.lower(e, want)) for e in exponents]
    terms += [(True, _log_sum(low, s, want)) for s in below]
    return _joined(low.graph, terms, want)


def _joined(graph: Graph, terms: list[tuple[bool, Labelled]], want: Order) -> Labelled:
    axes = union([item for _, item in terms], want)
    minus, first = terms[0]
    out = graph.align(first, axes)
    out = graph.map("negative", out) if minus else out
    for minus, item in terms[1:]:
        out = graph.map("subtract" if minus else "add", out, graph.align(item, axes))
    return Labelled(out, axes)


def _log_sum(low: Lowering, below: Expr, want: Order) -> Labelled:
    graph = low.graph
    plus = one_plus_exp(below)
    if plus is not None:
        item = low.lower(plus, want)
        return Labelled(graph.map("softplus", item.value), item.axes)
    assert isinstance(below, Sum)
    top, total = _shifted(low, below)
    return Labelled(graph.map("add", graph.map("log", total.value), graph.align(top, total.axes)), total.axes)


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


_RULES: dict[type[Expr], Callable[[Lowering, Any, Order], Labelled]] = {
    Num: _number, Const: _const, Size: _size, Ordinal: _ordinal, Elem: _elem, Add: _add, Mul: _mul, Sum: _sum,
    Pow: _pow, Apply: _apply, Product: _product, Extremum: _extremum, Compare: _compare, Delta: _delta, AtMost: _at_most,
}  # fmt: skip
