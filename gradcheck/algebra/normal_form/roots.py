"""Roots in the normal form: what is known not to be negative is drawn out, numbers become roots of primes."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from ..expressions import Apply, Expr, Num, Pow, power
from ..functions import ABS
from ..keys import key
from ..polynomials import ONE_POLY, Poly, Term, atom, content, expression, single, value
from ..signs.knowledge import Knowledge
from ..signs.sign import Sign
from ..signs.terms import atom_sign
from . import normal as nf
from . import powers, products

LARGEST_FACTORED = 10**9


def root(base: Poly, exponent: Fraction, known: Knowledge) -> Poly:
    """base^exponent for a fractional exponent, where base is not negative."""
    squared = _denested(base, exponent)
    if squared is not None:
        return nf.normal(squared, known)
    common, rest = content(base)
    outside, inside = _split_by_sign(common, exponent, known)
    number = common.coefficient
    if number < 0:
        inside = Term(Fraction(-1), inside.factors)
        number = -number
    remaining = products.times({inside.monomial: inside}, rest, known)
    out = products.times(outside, _number_root(number, exponent), known)
    if value(remaining) == 1:
        return out
    lone = single(remaining)
    if lone is not None and lone.coefficient == 1 and len(lone.factors) == 1 and lone.factors[0][2] == 1:
        return products.times(out, atom(lone.factors[0][1], exponent), known)
    scale, primitive = content(remaining)
    if scale.coefficient > 0 and not scale.factors:
        remaining = primitive
        out = products.times(out, _number_root(scale.coefficient, exponent), known)
    return products.times(out, atom(expression(remaining), exponent), known)


def _split_by_sign(common: Term, exponent: Fraction, known: Knowledge) -> tuple[Poly, Term]:
    """Draw factors out of a root: those known not to be negative, and even powers as absolute values."""
    outside, inside = ONE_POLY, []
    for k, a, e in common.factors:
        sign = atom_sign(a, known)
        if sign in (Sign.POSITIVE, Sign.NONNEGATIVE) or e.denominator > 1:
            outside = products.times(outside, products.settled(Fraction(1), ((k, a, e * exponent),), known), known)
        elif e.numerator % 2 == 0:
            size = nf.normal(Apply(ABS, a), known)
            outside = (
                products.times(outside, powers.raised(size, e * exponent, known), known)
                if (e * exponent).denominator == 1
                else (products.times(outside, atom(Pow(a, Num(2)), e * exponent / 2), known))
            )
        else:
            inside.append((k, a, e))
    return outside, Term(Fraction(1), tuple(inside))


def _number_root(number: Fraction, exponent: Fraction) -> Poly:
    """A positive rational to a fractional power, over roots of primes."""
    if number == 1:
        return ONE_POLY
    top, bottom = number.numerator, number.denominator
    if max(top, bottom) > LARGEST_FACTORED:
        return atom(Num(number), exponent)
    powers: dict[int, Fraction] = {}
    for n, sign in ((top, 1), (bottom, -1)):
        for p, m in prime_factors(n):
            powers[p] = powers.get(p, Fraction(0)) + sign * m * exponent
    rational, roots = Fraction(1), []
    for p, e in sorted(powers.items()):
        whole = e.numerator // e.denominator
        rational *= Fraction(p) ** whole
        if e != whole:
            roots.append((key(Num(p), {}), Num(p), e - whole))
    term = Term(rational, tuple(sorted(roots)))
    return {term.monomial: term}


def prime_factors(n: int) -> list[tuple[int, int]]:
    """The primes that divide a number, with their multiplicities."""
    out, p = [], 2
    while p * p <= n:
        m = 0
        while n % p == 0:
            n //= p
            m += 1
        if m:
            out.append((p, m))
        p += 1
    return [*out, (n, 1)] if n > 1 else out


def _denested(base: Poly, exponent: Fraction) -> Expr | None:
    """sqrt(a + b sqrt(c)) = sqrt((a+d)/2) ± sqrt((a-d)/2) where d = sqrt(a² - b²c) is rational."""
    if exponent != Fraction(1, 2) or len(base) != 2 or "" not in base:
        return None
    other = next(t for m, t in base.items() if m)
    if not all(isinstance(a, Num) and e == Fraction(1, 2) for _, a, e in other.factors):
        return None
    a, b = base[""].coefficient, other.coefficient
    c = Fraction(1)
    for _, n, _ in other.factors:
        assert isinstance(n, Num)
        c *= Fraction(n.value)
    d = _rational_sqrt(a * a - b * b * c)
    if d is None or a - d < 0:
        return None
    half = Num(Fraction(1, 2))
    small = power(Num((a - d) / 2), half)
    return power(Num((a + d) / 2), half) + (small if b > 0 else -small)


def _rational_sqrt(q: Fraction) -> Fraction | None:
    if q < 0:
        return None
    top, bottom = isqrt(q.numerator), isqrt(q.denominator)
    return Fraction(top, bottom) if top * top == q.numerator and bottom * bottom == q.denominator else None
