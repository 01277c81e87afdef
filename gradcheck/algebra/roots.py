"""Powers, inverses and roots in the normal form.

A sum of several terms under a negative exponent is one atom. Its leading term cancels against it:
with u = c·m + r, the product m·u^e becomes (u^(e+1) - r·u^e)/c, so u·u^(-1) = 1 however u is expanded.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from . import normal as nf
from .expressions import Add, Apply, Delta, Expr, Mul, Num, Pow, power
from .functions import ABS, EXP, LOG
from .keys import TooLargeError, key
from .polynomials import (
    ONE_POLY,
    Factor,
    Poly,
    Term,
    atom,
    expression,
    joined,
    leading,
    plus,
    single,
    value,
)
from .signs import Knowledge, Sign, atom_sign, sign_of

LARGEST_FACTORED = 10**9


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
            return nf.settled(term.coefficient**n, factors, known)
        if n > nf.MAX_POWER:
            raise TooLargeError(f"a sum to the power {n}")
        out = ONE_POLY
        for _ in range(n):
            out = nf.times(out, base, known)
        return out
    if not base:
        if exponent > 0:
            return {}
        raise UndefinedError("a power of 0 with a negative exponent")
    return _root(base, exponent, known)


# Inverses -----------------------------------------------------------------------------------------------


def inverse(base: Poly, known: Knowledge) -> Poly:
    """1/base, its own denominators cleared first, common factors drawn out."""
    if nf.is_zero(expression(base), known):
        raise UndefinedError("a denominator is identically zero")
    head = ONE_POLY
    for bottom, exponent in denominators(base):
        base = cleared(base, bottom, exponent, known)
        head = nf.times(head, nf.normal(power(bottom, Num(exponent)), known), known)
    common, rest = content(base)
    inverted = tuple((k, a, -e) for k, a, e in common.factors)
    out = nf.settled(1 / common.coefficient, inverted, known)
    if value(rest) != 1:
        out = nf.times(out, atom(expression(rest), -1), known)
    return nf.times(head, out, known)


def denominators(poly: Poly) -> list[tuple[Expr, Fraction]]:
    """The sums that stand under a negative exponent at the top of a polynomial, with the power needed."""
    worst: dict[str, tuple[Expr, Fraction]] = {}
    for term in poly.values():
        for k, a, e in term.factors:
            if e < 0 and isinstance(a, Add) and (k not in worst or worst[k][1] < -e):
                worst[k] = (a, -e)
    return [worst[k] for k in sorted(worst)]


def cleared(poly: Poly, base: Expr, exponent: Fraction, known: Knowledge) -> Poly:
    """The polynomial times base^exponent, what stands under a negative exponent taken away exactly."""
    name = key(base, {})
    parts = []
    for term in poly.values():
        under = next((e for k, _, e in term.factors if k == name), Fraction(0))
        left = exponent + min(under, Fraction(0))
        rest = tuple(f for f in term.factors if f[0] != name or under > 0)
        whole = nf.settled(term.coefficient, rest, known)
        parts.append(nf.times(whole, nf.normal(power(base, Num(left)), known), known) if left else whole)
    return plus(*parts)


def content(poly: Poly) -> tuple[Term, Poly]:
    """The common factor (with the leading coefficient) of all terms, and what is left; rest leads with 1."""
    terms = list(poly.values())
    lowest: dict[str, tuple[Expr, Fraction]] = {k: (a, e) for k, a, e in terms[0].factors}
    for term in terms[1:]:
        here = {k: e for k, _, e in term.factors}
        for k, a, e in term.factors:
            if e < 0 and k not in lowest:
                lowest[k] = (a, Fraction(0))
        lowest = {k: (a, min(e, here.get(k, Fraction(0)))) for k, (a, e) in lowest.items()}
    common = tuple((k, a, e) for k, (a, e) in sorted(lowest.items()) if e)
    undo = tuple((k, a, -e) for k, a, e in common)
    rest: Poly = {}
    for term in terms:
        left = Term(term.coefficient, joined(term.factors, undo))
        rest[left.monomial] = left
    lead = leading(rest).coefficient  # of the rest: what it is a multiple of must not turn its sign
    return Term(lead, common), {m: Term(t.coefficient / lead, t.factors) for m, t in rest.items()}


# Roots --------------------------------------------------------------------------------------------------


def _root(base: Poly, exponent: Fraction, known: Knowledge) -> Poly:
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
    remaining = nf.times({inside.monomial: inside}, rest, known)
    out = nf.times(outside, _number_root(number, exponent), known)
    if value(remaining) == 1:
        return out
    lone = single(remaining)
    if lone is not None and lone.coefficient == 1 and len(lone.factors) == 1 and lone.factors[0][2] == 1:
        return nf.times(out, atom(lone.factors[0][1], exponent), known)
    scale, primitive = content(remaining)
    if scale.coefficient > 0 and not scale.factors:
        remaining = primitive
        out = nf.times(out, _number_root(scale.coefficient, exponent), known)
    return nf.times(out, atom(expression(remaining), exponent), known)


def _split_by_sign(common: Term, exponent: Fraction, known: Knowledge) -> tuple[Poly, Term]:
    """Draw factors out of a root: those known not to be negative, and even powers as absolute values."""
    outside, inside = ONE_POLY, []
    for k, a, e in common.factors:
        sign = atom_sign(a, known)
        if sign in (Sign.POSITIVE, Sign.NONNEGATIVE) or e.denominator > 1:
            outside = nf.times(outside, nf.settled(Fraction(1), ((k, a, e * exponent),), known), known)
        elif e.numerator % 2 == 0:
            size = nf.normal(Apply(ABS, a), known)
            outside = (
                nf.times(outside, raised(size, e * exponent, known), known)
                if (e * exponent).denominator == 1
                else (nf.times(outside, atom(Pow(a, Num(2)), e * exponent / 2), known))
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
        for p, m in _factored(n):
            powers[p] = powers.get(p, Fraction(0)) + sign * m * exponent
    rational, roots = Fraction(1), []
    for p, e in sorted(powers.items()):
        whole = e.numerator // e.denominator
        rational *= Fraction(p) ** whole
        if e != whole:
            roots.append((key(Num(p), {}), Num(p), e - whole))
    term = Term(rational, tuple(sorted(roots)))
    return {term.monomial: term}


def _factored(n: int) -> list[tuple[int, int]]:
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


# Meetings -----------------------------------------------------------------------------------------------


def meeting(coefficient: Fraction, factors: tuple[Factor, ...], known: Knowledge) -> Poly | None:
    """What happens when roots of numbers, or a sum and its own inverse, meet in one product."""
    for n, (k, a, e) in enumerate(factors):
        others = factors[:n] + factors[n + 1 :]
        if isinstance(a, Num) and not 0 < e < 1:
            whole = e.numerator // e.denominator
            left: tuple[Factor, ...] = ((k, a, e - whole),) if e != whole else ()
            number = Fraction(a.value) ** whole
            return nf.settled(coefficient * number, tuple(sorted((*others, *left))), known)
        if isinstance(a, Add | Mul) and e >= 1:
            whole = e.numerator // e.denominator
            left = ((k, a, e - whole),) if e != whole else ()
            rest = nf.settled(coefficient, tuple(sorted((*others, *left))), known)
            return nf.times(rest, nf.normal(power(a, Num(whole)), known), known)
        if isinstance(a, Add) and e < 0:
            cancelled = _cancelled(coefficient, others, (k, a, e), known) or _parted(
                coefficient, others, (k, a, e), known
            )
            if cancelled is not None:
                return cancelled
        if isinstance(a, Pow) and isinstance(a.exponent, Num):
            inner = Fraction(a.exponent.value) * e  # |a|^(2q) kept as (a²)^q
            if inner.denominator == 1 and inner.numerator % 2 == 0:
                rest = nf.settled(coefficient, others, known)
                return nf.times(rest, nf.normal(power(a.base, Num(inner)), known), known)
    return None


def _cancelled(coefficient: Fraction, others: tuple[Factor, ...], under: Factor, known: Knowledge) -> Poly | None:
    """m·u^e = (u^(e+1) - r·u^e)/c, if the leading monomial m of u divides the other factors."""
    k, a, e = under
    poly = nf.normal(a, known)
    lead = leading(poly)
    if not lead.factors:
        return None
    have = {name: q for name, _, q in others}
    if not all(have.get(name, Fraction(0)) >= q for name, _, q in lead.factors):
        return None
    left = joined(others, tuple((name, x, -q) for name, x, q in lead.factors))
    rest = {m: t for m, t in poly.items() if t is not lead}
    up = ((k, a, e + 1),) if e != -1 else ()
    first = nf.settled(coefficient / lead.coefficient, tuple(sorted((*left, *up))), known)
    outer = Term(-coefficient / lead.coefficient, tuple(sorted((*left, under))))
    second = nf.times({outer.monomial: outer}, rest, known)
    return plus(first, second)


def _parted(coefficient: Fraction, others: tuple[Factor, ...], under: Factor, known: Knowledge) -> Poly | None:
    """Partial fractions at the low end: with u = c + g·r, g^-1·u^e = (g^-1·u^(e+1) - r·u^e)/c."""
    k, a, e = under
    below = [name for name, _, q in others if q <= -1 and q.denominator == 1]
    if not below:
        return None
    poly = nf.normal(a, known)
    constant_term = poly.get("")
    if constant_term is None:
        return None
    rest = [t for m, t in poly.items() if m]
    for name in below:
        if not all(any(f == name and q >= 1 for f, _, q in t.factors) for t in rest):
            continue
        g = next(x for f, x, _ in others if f == name)
        up = ((k, a, e + 1),) if e != -1 else ()
        scale = coefficient / constant_term.coefficient
        first = nf.settled(scale, tuple(sorted((*others, *up))), known)
        outer = Term(-scale, tuple(sorted((*joined(others, ((name, g, Fraction(1)),)), under))))
        lessened = [Term(t.coefficient, joined(t.factors, ((name, g, Fraction(-1)),))) for t in rest]
        second = nf.times({outer.monomial: outer}, plus(*({t.monomial: t} for t in lessened)), known)
        return plus(first, second)
    return None
