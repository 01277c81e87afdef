"""What happens when roots of numbers, or a sum and its own inverse, meet in one product.

A sum of several terms under a negative exponent is one atom. Its leading term cancels against it:
with u = c·m + r, the product m·u^e becomes (u^(e+1) - r·u^e)/c, so u·u^(-1) = 1 however u is expanded.
"""

from __future__ import annotations

from fractions import Fraction

from ..expressions import Add, Mul, Num, Pow, power
from ..polynomials import Factor, Poly, Term, joined, leading, plus
from ..signs.knowledge import Knowledge
from . import normal as nf
from . import products


def meeting(coefficient: Fraction, factors: tuple[Factor, ...], known: Knowledge) -> Poly | None:
    """What happens when roots of numbers, or a sum and its own inverse, meet in one product."""
    for n, (k, a, e) in enumerate(factors):
        others = factors[:n] + factors[n + 1 :]
        if isinstance(a, Num) and not 0 < e < 1:
            whole = e.numerator // e.denominator
            left: tuple[Factor, ...] = ((k, a, e - whole),) if e != whole else ()
            number = Fraction(a.value) ** whole
            return products.settled(coefficient * number, tuple(sorted((*others, *left))), known)
        if isinstance(a, Add | Mul) and e >= 1:
            whole = e.numerator // e.denominator
            left = ((k, a, e - whole),) if e != whole else ()
            rest = products.settled(coefficient, tuple(sorted((*others, *left))), known)
            return products.times(rest, nf.normal(power(a, Num(whole)), known), known)
        if isinstance(a, Add) and e < 0:
            cancelled = _cancelled(coefficient, others, (k, a, e), known) or _parted(
                coefficient, others, (k, a, e), known
            )
            if cancelled is not None:
                return cancelled
        if isinstance(a, Pow) and isinstance(a.exponent, Num):
            inner = Fraction(a.exponent.value) * e  # |a|^(2q) kept as (a²)^q
            if inner.denominator == 1 and inner.numerator % 2 == 0:
                rest = products.settled(coefficient, others, known)
                return products.times(rest, nf.normal(power(a.base, Num(inner)), known), known)
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
    first = products.settled(coefficient / lead.coefficient, tuple(sorted((*left, *up))), known)
    outer = Term(-coefficient / lead.coefficient, tuple(sorted((*left, under))))
    second = products.times({outer.monomial: outer}, rest, known)
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
        first = products.settled(scale, tuple(sorted((*others, *up))), known)
        outer = Term(-scale, tuple(sorted((*joined(others, ((name, g, Fraction(1)),)), under))))
        lessened = [Term(t.coefficient, joined(t.factors, ((name, g, Fraction(-1)),))) for t in rest]
        second = products.times({outer.monomial: outer}, plus(*({t.monomial: t} for t in lessened)), known)
        return plus(first, second)
    return None
