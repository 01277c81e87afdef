"""The derivative rules, one per kind of expression, written as pullbacks.

A rule gets an expression and a cotangent, the factor by which a change of the expression counts, and
hands each sub-expression its own cotangent. What arrives at a tensor entry is a use of that tensor:
the derivative of the whole with respect to an entry is the sum of its uses. Nothing is expanded, and
nothing but the expression at hand is entered, so the cost is that of one walk over a node's equation.

Scope is the tuple of indices over which a use is to be summed: those of the node and those bound on
the way down.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy

from ..algebra.expressions import (
    MINUS_ONE,
    PI,
    UNIT,
    Add,
    Apply,
    Binder,
    Compare,
    Derivative,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Pow,
    Product,
    Sum,
    add,
    delta,
    fresh_binders,
    mul,
    negate,
    power,
    substitute,
    total,
    walk,
)
from ..algebra.functions import BUILT_IN, LOG, Function, T
from ..algebra.index import Index, Slot

Scope = tuple[Index, ...]
Sink = Callable[[Elem, Expr, Scope], None]
Rule = Callable[..., None]


def pull_back(expr: Expr, cotangent: Expr, scope: Scope, sink: Sink) -> None:
    """Hand `sink` every use of a tensor entry in `expr`, with its cotangent and the scope it stands in.

    Indicators, deltas, sizes and numbers have derivative 0 (indicators: away from their boundary).
    """
    rule = _RULES.get(type(expr))
    if rule is not None:
        rule(expr, cotangent, scope, sink)


def _through_sum_of_terms(expr: Add, cotangent: Expr, scope: Scope, sink: Sink) -> None:
    for term in expr.terms:
        pull_back(term, cotangent, scope, sink)


def _through_product_of_factors(expr: Mul, cotangent: Expr, scope: Scope, sink: Sink) -> None:
    factors = expr.factors
    # Entering one factor's sum while another copy of that sum stands in the cotangent would give one
    # index two meanings, so the copies get indices of their own.
    clash = sum(map(_has_binder, factors)) > 1
    for k, factor in enumerate(factors):
        if type(factor) in _RULES:
            others = factors[:k] + factors[k + 1 :]
            if clash:
                others = tuple(map(fresh_binders, others))
            pull_back(factor, mul(cotangent, *others), scope, sink)


def _through_power(expr: Pow, cotangent: Expr, scope: Scope, sink: Sink) -> None:
    base, exponent = _copy(expr.base), _copy(expr.exponent)
    pull_back(expr.base, mul(cotangent, exponent, power(base, add(exponent, MINUS_ONE))), scope, sink)
    if type(exponent) in _RULES and any(type(node) is Elem for node in walk(exponent)):
        pull_back(expr.exponent, mul(cotangent, power(base, exponent), Apply(LOG, _copy(base))), scope, sink)


def _through_function(expr: Apply, cotangent: Expr, scope: Scope, sink: Sink) -> None:
    slope = function_slope(expr.function, expr.order, _copy(expr.argument))
    if not (isinstance(slope, Num) and not slope.value):
        pull_back(expr.argument, mul(cotangent, slope), scope, sink)


def _through_sum(expr: Sum, cotangent: Expr, scope: Scope, sink: Sink) -> None:
    pull_back(expr.body, cotangent, scope + expr.indices, sink)


def _through_product(expr: Product, cotangent: Expr, scope: Scope, sink: Sink) -> None:
    # The product of all the others, written as a polynomial so that it is right where a factor is 0.
    renamed: dict[Index, Slot] = {i: i.fresh() for i in expr.indices}
    fresh = tuple(i for i in renamed.values() if isinstance(i, Index))
    here = mul(*(delta(i, renamed[i]) for i in expr.indices))
    other = fresh_binders(substitute(expr.body, renamed))
    rest = Product(fresh, add(mul(other, add(UNIT, negate(here))), here))
    pull_back(expr.body, mul(cotangent, rest), scope + expr.indices, sink)


def _through_extremum(expr: Extremum, cotangent: Expr, scope: Scope, sink: Sink) -> None:
    # Away from ties one position is chosen; dividing by the number of winners is the declared choice on ties.
    chosen = Compare("=", _copy(expr.body), fresh_binders(expr))
    renamed: dict[Index, Slot] = {i: i.fresh() for i in expr.indices}
    fresh = tuple(i for i in renamed.values() if isinstance(i, Index))
    winners = total(fresh, fresh_binders(substitute(chosen, renamed)))
    pull_back(expr.body, mul(cotangent, chosen, power(winners, MINUS_ONE)), scope + expr.indices, sink)


def _into_entry(expr: Elem, cotangent: Expr, scope: Scope, sink: Sink) -> None:
    sink(expr, cotangent, scope)


def _unresolved(*_: object) -> None:
    raise AssertionError("a derivative inside an expression is resolved before the expression is derived")


_RULES: dict[type[Expr], Rule] = {
    Elem: _into_entry,
    Add: _through_sum_of_terms,
    Mul: _through_product_of_factors,
    Pow: _through_power,
    Apply: _through_function,
    Sum: _through_sum,
    Product: _through_product,
    Extremum: _through_extremum,
    Derivative: _unresolved,
}


def function_slope(function: Function, order: int, argument: Expr) -> Expr:
    """The derivative of f^(order) at `argument`.

    A primitive's is spelled out (exp' = exp, log' = 1/u, as SymPy derives them), a piecewise constant
    one's is 0, and every other stays a function application of one order more.

    >>> from gradcheck.algebra.functions import EXP, RELU
    >>> from gradcheck.algebra.index import Tensor
    >>> u = Elem(Tensor("u"))
    >>> function_slope(EXP, 0, u), function_slope(LOG, 0, u), function_slope(RELU, 0, u), function_slope(RELU, 1, u)
    (exp(u), (u)^(-1), relu'(u), 0)
    """
    if function.primitive:
        return _from_sympy(function.derivative(order + 1), argument)
    if function.has_kink and function.derivative(order + 1) == 0 == function.derivative(order + 1, above=False):
        return Num(0)
    return Apply(function, argument, order + 1)


def _from_sympy(formula: object, argument: Expr) -> Expr:
    """A SymPy expression in T, made of sums, products, powers and primitives, at `argument`."""
    if formula == T:
        return fresh_binders(argument)
    if isinstance(formula, sympy.Rational):
        return Num(formula.p) if formula.q == 1 else Num(formula.p) / formula.q
    if formula is sympy.pi:
        return PI
    assert isinstance(formula, sympy.Basic)
    parts = [_from_sympy(part, argument) for part in formula.args]
    if isinstance(formula, sympy.Add):
        return add(*parts)
    if isinstance(formula, sympy.Mul):
        return mul(*parts)
    if isinstance(formula, sympy.Pow):
        return power(parts[0], parts[1])
    for known in BUILT_IN:
        if known.primitive and formula.func == known.definition.func:
            return Apply(known, parts[0])
    raise NotImplementedError(f"no primitive for {formula}")


def _has_binder(expr: Expr) -> bool:
    return type(expr) is not Elem and any(isinstance(node, Binder) for node in walk(expr))


def _copy(expr: Expr) -> Expr:
    """The same expression, its bound indices (if any) fresh, for a second place in the same formula."""
    return expr if type(expr) is Elem or type(expr) is Num else fresh_binders(expr)
