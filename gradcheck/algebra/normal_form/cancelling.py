"""Sums that stand above and below the line of one product, put together before anything is multiplied out.

u * u^-1 = 1 wherever the product is defined. Multiplied out, u would be several terms over u, and inside a sum over
indices these are not put over one denominator again.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..expressions import Add, Expr, Mul, Num, Number, Pow, Sum, power
from ..signs.knowledge import Knowledge
from . import normal as nf


def met(factors: tuple[Expr, ...], known: Knowledge) -> tuple[Expr, ...]:
    """The factors with sums that stand above and below the line put together, before a sum is multiplied out."""
    flat = [power for f in factors for power in _powers(f, Fraction(1))]
    if not any(isinstance(base, Add | Sum) and e < 0 for base, e in flat) or len(flat) < 2:
        return factors
    found: dict[object, tuple[Expr, Fraction]] = {}
    for n, (base, e) in enumerate(flat):
        poly = nf.normal(base, known) if isinstance(base, Add | Sum) else {}
        name: object = frozenset((m, t.coefficient) for m, t in poly.items()) if poly else n
        found[name] = (base, e + found[name][1]) if name in found else (base, e)
    if len(found) == len(flat):
        return factors
    return tuple(power(base, Num(_number(e))) for base, e in found.values() if e)


def _powers(factor: Expr, outer: Fraction) -> Iterator[tuple[Expr, Fraction]]:
    """A factor as bases with exponents; (ab)^k and (u^a)^k are taken apart for a whole k."""
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num):
        e = Fraction(factor.exponent.value) * outer
        if e.denominator == 1 and Fraction(factor.exponent.value).denominator == 1:
            yield from _powers(factor.base, e)
        else:
            yield factor, outer
    elif isinstance(factor, Mul) and outer.denominator == 1:
        for f in factor.factors:
            yield from _powers(f, outer)
    else:
        yield factor, outer


def _number(e: Fraction) -> Number:
    return e.numerator if e.denominator == 1 else e
