"""The normal form: equal normal forms prove equality, different ones say nothing.

Every rewrite made here is an identity at every size and at every point where the rewritten expression
is defined (gates and absolute values: off their kinks). Sums are opened, deltas substituted, sums split
into connected components; everything exponential is written in exp, everything piecewise in gates.
"""

from __future__ import annotations

from ..expressions import (
    Add,
    Apply,
    AtMost,
    Compare,
    Const,
    Delta,
    Derivative,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Ordinal,
    Pow,
    Product,
    Rank,
    Size,
    Sum,
)
from ..index import slot_offset, slot_terms
from ..polynomials import ONE_POLY, Poly, atom, constant, denominators, expression, plus, scaled
from ..signs.knowledge import Knowledge
from . import cancelling, constraints, elementary, gates, positions, powers, products, sums


def normal(expr: Expr, known: Knowledge) -> Poly:
    """The normal form of an expression under what is known about signs.

    Raises TooLargeError when the work exceeds the budget, UndefinedError when the expression is
    undefined everywhere (a denominator that is identically zero).
    """
    found = known.cache.get(expr)
    if found is None:
        found = known.cache[expr] = _normal(expr, known)
    return found


def _normal(expr: Expr, known: Knowledge) -> Poly:
    if isinstance(expr, Num):
        return constant(expr.value)
    if isinstance(expr, Elem):
        return constraints.entry(expr, known)
    if isinstance(expr, Add):
        return plus(*(normal(t, known) for t in expr.terms))
    if isinstance(expr, Mul):
        out = ONE_POLY
        for f in cancelling.met(expr.factors, known):
            if out or isinstance(f, Pow):  # 0 times what is undefined is undefined
                out = products.times(out, normal(f, known), known)
        return out
    if isinstance(expr, Pow):
        return powers.powered(expr, known)
    if isinstance(expr, Apply):
        return elementary.applied(expr, known)
    if isinstance(expr, Sum):
        return sums.total(expr, known)
    return _other(expr, known)


def _other(expr: Expr, known: Knowledge) -> Poly:
    if isinstance(expr, Size):
        return positions.dim(expr.dim)
    if isinstance(expr, Ordinal):
        offset = positions.dim(slot_offset(expr.slot))
        return plus(offset, *(scaled(atom(Ordinal(i)), c) for i, c in slot_terms(expr.slot)))
    if isinstance(expr, Compare):
        return gates.compared(expr, known)
    if isinstance(expr, Delta):
        return positions.coinciding(expr, known)
    if isinstance(expr, AtMost):
        return positions.ordered(expr, known)
    if isinstance(expr, Product):
        return elementary.product(expr, known)
    if isinstance(expr, Extremum):
        return gates.extremum(expr, known)
    if isinstance(expr, Const):
        return atom(expr)
    if isinstance(expr, Rank):
        return atom(Rank(expr.indices, expression(normal(expr.body, known))))
    if isinstance(expr, Derivative):
        raise TypeError("a derivative must be resolved before its normal form is taken")
    raise TypeError(f"no normal form for {type(expr).__name__}")


def is_zero(expr: Expr, known: Knowledge) -> bool:
    """Whether the normal form of an expression is zero, denominators cleared. False says nothing."""
    poly = normal(expr, known)
    for _ in range(12):
        if not poly:
            return True
        under = denominators(poly)
        if not under:
            return False
        for base, exponent in under:
            poly = powers.cleared(poly, base, exponent, known)
    return False
