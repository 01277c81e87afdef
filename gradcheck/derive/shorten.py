"""Shorter ways to write a derived formula: names of nodes for what they are, and what cancels cancelled."""

from __future__ import annotations

import itertools

from ..algebra.expressions import Add, Elem, Expr, Mul, Num, Pow, add, mul, power, walk
from ..declare.network import Network
from .recognise import recognised
from .tidy import alike, tidy

MOST_TERMS = 24
"""A product of sums with more terms than that is not multiplied out."""


def shortened(network: Network, expr: Expr, join: bool = True) -> Expr:
    """The same formula in terms of the network's nodes, multiplied out where that cancels so much that it gets shorter.

    >>> from gradcheck.algebra.index import Tensor
    >>> h, y = Elem(Tensor("h")), Elem(Tensor("y"))
    >>> shortened(Network("net"), ((1 - y) / (1 - h) - y / h) * h * (1 - h))
    (h + -1*y)
    """
    current = tidy(expr, join)
    for _ in range(4):
        named = tidy(recognised(network, current), join)
        cancelled = tidy(_cancelled(named), join)
        after = cancelled if _length(cancelled) < _length(named) else named
        if after == current:
            break
        current = after
    return current


def _length(expr: Expr) -> int:
    return sum(1 for _ in walk(expr))


def _cancelled(expr: Expr) -> Expr:
    """Sums of quotients multiplied out with the factors beside them that divide; common factors in front."""
    children = expr.children()
    if children and not isinstance(expr, Elem):
        changed = tuple([_cancelled(child) for child in children])
        if any(a is not b for a, b in zip(children, changed, strict=True)):
            expr = expr.rebuild(changed)
    if not isinstance(expr, Mul):
        return _common_first(expr)
    for factor in expr.factors:
        if not isinstance(factor, Add):
            continue
        divisors = {alike(f.base) for term in factor.terms for f in _factors(term) if _divides(f)}  # type: ignore[attr-defined]
        met = [f for f in expr.factors if f is not factor and alike(_base(f)) in divisors]
        if met:
            rest = [f for f in expr.factors if f is not factor and not any(f is m for m in met)]
            met_terms = tidy(add(*[tidy(mul(term, *met)) for term in factor.terms]))
            return mul(*rest, _common_first(_multiplied_out(met_terms)))
    return expr


def _factors(expr: Expr) -> tuple[Expr, ...]:
    return expr.factors if isinstance(expr, Mul) else (expr,)


def _divides(factor: Expr) -> bool:
    return isinstance(factor, Pow) and isinstance(factor.exponent, Num) and factor.exponent.value < 0


def _base(factor: Expr) -> Expr:
    return factor.base if isinstance(factor, Pow) else factor


def _multiplied_out(expr: Expr) -> Expr:
    """Products over sums as sums of products, powers of one base joined."""
    for _ in range(3):
        terms = expr.terms if isinstance(expr, Add) else (expr,)
        spread = [piece for term in terms for piece in _spread(tidy(term))]
        if len(spread) == len(terms) or len(spread) > MOST_TERMS:
            return tidy(expr)
        expr = tidy(add(*spread))
    return expr


def _spread(term: Expr) -> list[Expr]:
    choices = [f.terms if isinstance(f, Add) else (f,) for f in _factors(term)]
    return [tidy(mul(*chosen)) for chosen in itertools.islice(itertools.product(*choices), MOST_TERMS + 1)]


def _common_first(expr: Expr) -> Expr:
    """A sum with the factors that all its terms share in front of it."""
    if not isinstance(expr, Add):
        return expr
    first, *others = [_factors(term) for term in expr.terms]
    shared = [f for f in first if not isinstance(f, Num) and all(_has(f, term) for term in others)]
    if not shared:
        return expr
    inverse = [_inverse(f) for f in shared]
    return mul(*shared, add(*[tidy(mul(term, *inverse)) for term in expr.terms]))


def _inverse(factor: Expr) -> Expr:
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num):
        return power(factor.base, Num(-factor.exponent.value))
    return power(factor, Num(-1))


def _has(factor: Expr, factors: tuple[Expr, ...]) -> bool:
    return any(alike(factor) == alike(f) for f in factors)
