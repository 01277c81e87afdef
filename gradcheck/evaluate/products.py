"""Products and sums of products: numbers, what is divided by, and the factors that a sum contracts."""

from __future__ import annotations

from collections.abc import Sequence

from ..algebra.expressions import Add, Expr, Mul, Num, Pow, Size, Sum, negate, power
from .arrays import Graph
from .contract import product, summed_product, union
from .exponentials import ratio_of
from .lowering import Lowering, Order
from .stable import is_exponential_sum, one_plus_exp, pair_exponentials
from .values import Labelled, Value


def lower_product(low: Lowering, expr: Mul, want: Order) -> Labelled:
    """The array of a product."""
    return _multiplied(low, expr.factors, (), want)


def lower_sum(low: Lowering, expr: Sum, want: Order) -> Labelled:
    """The array of a sum over indices."""
    body = expr.body
    if isinstance(body, Add) and _better_apart(body, expr.indices):
        return low.lower(Add(tuple([_summed(term, expr.indices) for term in body.terms])), want)
    factors = body.factors if isinstance(body, Mul) else (body,)
    return _multiplied(low, factors, expr.indices, want)


def _summed(term: Expr, indices: Order) -> Expr:
    inside = tuple([i for i in indices if i in term.free])
    repeated = [Size(i.dim) for i in indices if i not in term.free]
    minus, term = sign_split(term)
    if isinstance(term, Sum):
        inside, term = (*inside, *term.indices), term.body
    inner: Expr = Sum(inside, term) if inside else term
    inner = negate(inner) if minus else inner
    return Mul((*repeated, *(inner.factors if isinstance(inner, Mul) else (inner,)))) if repeated else inner


def _better_apart(body: Add, indices: Order) -> bool:
    """Whether summing term by term saves an array over all indices: one is missing, or a product appears."""
    for term in body.terms:
        if not term.free.issuperset(indices) or isinstance(sign_split(term)[1], Sum):
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
    items: list[Labelled] = [ratio_of(low, ratio, want) for ratio in ratios]
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
    out = summed_product(graph, inner, bound, want) if inner else None
    if out is None:
        scalars.extend([graph.size(i.dim) for i in bound])
    out = _scaled(graph, out, scalars, outer, want)
    return _divided(graph, out, below, want)


def _scaled(graph: Graph, out: Labelled | None, scalars: list[Value], outer: list[Labelled], want: Order) -> Labelled:
    """The summed part times what stands outside of the sum, the numbers on the smallest factor."""
    parts = sorted(outer if out is None else [*outer, out], key=lambda item: len(item.axes))
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
    """What to divide by for a factor that is a negative power."""
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num) and factor.exponent.value < 0:
        if is_exponential_sum(factor.base) or one_plus_exp(factor.base) is not None:
            return None  # has a form of its own that cannot overflow
        return power(factor.base, Num(-factor.exponent.value))
    return None


def sign_split(term: Expr) -> tuple[bool, Expr]:
    """Whether a term carries a minus sign, and the term without it."""
    if isinstance(term, Num) and term.value < 0:
        return True, Num(-term.value)
    if isinstance(term, Mul) and isinstance(term.factors[0], Num) and term.factors[0].value < 0:
        number, *rest = term.factors
        assert isinstance(number, Num)
        kept = rest if number.value == -1 else [Num(-number.value), *rest]
        return True, kept[0] if len(kept) == 1 else Mul(tuple(kept))
    return False, term
