"""Powers and inverses in the normal form: the denominators of an inverse cleared, what its terms share drawn out."""

from __future__ import annotations

from fractions import Fraction

from ..expressions import Add, Apply, Delta, Expr, Num, Pow, power
from ..functions import ABS, EXP, LOG
from ..keys import TooLargeError, key
from ..polynomials import MAX_POWER, ONE_POLY, Poly, atom, content, denominators, expression, plus, single, value
from ..signs.knowledge import Knowledge
from ..signs.sign import Sign
from ..signs.sums import sign_of
from . import normal as nf
from . import products, roots


class UndefinedError(Exception):
    """The expression is undefined everywhere: a denominator is identically zero."""


def powered(expr: Pow, known: Knowledge) -> Poly:
    """base^exponent."""
    exponent = value(nf.normal(expr.exponent, known))
    if exponent is None:
        # b^e = exp(e log b): for a real exponent a power is defined for b > 0 only
        base = nf.normal(expr.base, known)
        if sign_of(base, known) is Sign.POSITIVE:
            return nf.normal(Apply(EXP, expr.exponent * Apply(LOG, expr.base)), known)
        normal_exponent = expression(nf.normal(expr.exponent, known))
        return atom(Pow(expression(base), normal_exponent))
    if exponent.denominator % 2 == 0 and (even := _even_power(expr.base, exponent)) is not None:
        return nf.normal(even, known)
    base = nf.normal(expr.base, known)
    return raised(base, exponent, known)


def _even_power(base: Expr, exponent: Fraction) -> Expr | None:
    """(u^k)^e = |u|^(ke) for an even k; None for another base."""
    if not isinstance(base, Pow) or not isinstance(base.exponent, Num) or not isinstance(base.base, Add):
        return None
    k = Fraction(base.exponent.value)
    if k.denominator != 1 or k % 2:
        return None
    whole = k * exponent
    number = Num(whole.numerator if whole.denominator == 1 else whole)
    return power(base.base if whole.denominator == 1 and whole % 2 == 0 else Apply(ABS, base.base), number)


def raised(base: Poly, exponent: Fraction, known: Knowledge) -> Poly:
    """A polynomial to a rational power."""
    if exponent.denominator == 1:
        n = int(exponent)
        if n < 0:
            return raised(inverse(base, known), Fraction(-n), known)
        term = single(base)
        if term is not None and not any(isinstance(a, Add | Delta) for _, a, _ in term.factors):
            if n > 10_000:
                raise TooLargeError(f"the power {n}")
            factors = tuple((k, a, e * n) for k, a, e in term.factors)
            return products.settled(term.coefficient**n, factors, known)
        if n > MAX_POWER:
            raise TooLargeError(f"a sum to the power {n}")
        out = ONE_POLY
        for _ in range(n):
            out = products.times(out, base, known)
        return out
    if not base:
        if exponent > 0:
            return {}
        raise UndefinedError("a power of 0 with a negative exponent")
    return roots.root(base, exponent, known)


def inverse(base: Poly, known: Knowledge) -> Poly:
    """1/base, its own denominators cleared first, common factors drawn out."""
    if nf.is_zero(expression(base), known):
        raise UndefinedError("a denominator is identically zero")
    head = ONE_POLY
    for bottom, exponent in denominators(base):
        base = cleared(base, bottom, exponent, known)
        head = products.times(head, nf.normal(power(bottom, Num(exponent)), known), known)
    common, rest = content(base)
    inverted = tuple((k, a, -e) for k, a, e in common.factors)
    out = products.settled(1 / common.coefficient, inverted, known)
    if value(rest) != 1:
        out = products.times(out, atom(expression(rest), -1), known)
    return products.times(head, out, known)


def cleared(poly: Poly, base: Expr, exponent: Fraction, known: Knowledge) -> Poly:
    """The polynomial times base^exponent, what stands under a negative exponent taken away exactly."""
    name = key(base, {})
    parts = []
    for term in poly.values():
        under = next((e for k, _, e in term.factors if k == name), Fraction(0))
        left = exponent + min(under, Fraction(0))
        rest = tuple(f for f in term.factors if f[0] != name or under > 0)
        whole = products.settled(term.coefficient, rest, known)
        parts.append(products.times(whole, nf.normal(power(base, Num(left)), known), known) if left else whole)
    return plus(*parts)
