"""Signs that follow from inequalities known of sums, such as a > 2/k: a multiple of the sum and a rest alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ..expressions import Apply, Compare, Elem, Expr, Size, Sum, walk
from ..polynomials import Poly, Term, joined, plus, scaled
from .knowledge import Knowledge
from .sign import Sign, product
from .sums import sign_of
from .terms import power_sign, term_sign

_MOST, _LONGEST = 8, 4
_STRICT = (Sign.POSITIVE, Sign.NEGATIVE)


def by_known_sums(poly: Poly, known: Knowledge) -> Sign:
    """The sign of c·a + r, where the sum a is known to be positive, and so are c and r (or c·a and r negative)."""
    if any(isinstance(b, Compare) for t in poly.values() for _, b, _ in t.factors):
        return Sign.UNKNOWN  # gates are decided first, each side with what is known there
    for n, (a, sign) in enumerate(known.sums[:_MOST]):
        fewer = replace(known, sums=known.sums[:n] + known.sums[n + 1 :], cache={}, decided={})
        for factor, rest in _as_multiple(poly, a, known):
            if not rest:
                return product(sign_of(factor, fewer), sign)
            first = product(sign_of(factor, fewer), sign)
            if first is Sign.UNKNOWN:
                continue
            second = sign_of(rest, fewer)
            for strict, weak in ((Sign.POSITIVE, Sign.NONNEGATIVE), (Sign.NEGATIVE, Sign.NONPOSITIVE)):
                if {first, second} <= {strict, weak, Sign.ZERO}:
                    return strict if strict in (first, second) else weak
    return Sign.UNKNOWN


def _as_multiple(poly: Poly, a: Poly, known: Knowledge) -> Iterator[tuple[Poly, Poly]]:
    """Each way to write a polynomial as factor·a + rest so that an entry that a is linear in is gone from the rest."""
    for name, variable in _linear_in(a):
        holder = next(t for t in a.values() if any(k == name for k, _, _ in t.factors))
        others = [(b, e) for k, b, e in holder.factors if k != name]
        if any(power_sign(b, e, known) not in _STRICT for b, e in others):
            continue
        mine = [t for t in poly.values() if any(k == name for k, _, _ in t.factors)]
        if not mine or any(e != 1 for t in mine for k, _, e in t.factors if k == name):
            continue
        beside = (b for t in (*poly.values(), *a.values()) for k, b, _ in t.factors if k != name)
        if any(_mentions(b, variable) for b in beside):
            continue
        inverse = tuple((k, b, -e) for k, b, e in holder.factors)
        factor = _collected(Term(t.coefficient / holder.coefficient, joined(t.factors, inverse)) for t in mine)
        multiple = _collected(
            Term(f.coefficient * t.coefficient, joined(f.factors, t.factors))
            for f in factor.values()
            for t in a.values()
        )
        yield factor, plus(poly, scaled(multiple, Fraction(-1)))


def _mentions(whole: Expr, part: Expr) -> bool:
    return whole == part or any(_mentions(c, part) for c in whole.children())


def _linear_in(a: Poly) -> Iterator[tuple[str, Expr]]:
    """The entries, sums and sizes that stand in one term of a polynomial only, to the first power."""
    seen: dict[str, list[tuple[Expr, Fraction]]] = {}
    for term in a.values():
        for k, b, e in term.factors:
            seen.setdefault(k, []).append((b, e))
    for k, uses in seen.items():
        if len(uses) == 1 and uses[0][1] == 1 and isinstance(uses[0][0], Elem | Size | Sum):
            yield k, uses[0][0]


def _collected(terms: Iterator[Term]) -> Poly:
    return plus(*({t.monomial: t} for t in terms))


def is_plain(poly: Poly) -> bool:
    """Whether a sum is short and holds no gates or functions: others are met again only as they are."""
    if len(poly) > _LONGEST:
        return False
    return not any(
        isinstance(part, Compare | Apply) for t in poly.values() for _, b, _ in t.factors for part in walk(b)
    )


def lone_term(poly: Poly, sign: Sign, known: Knowledge) -> tuple[Term, Sign] | None:
    """The one term that has to be positive (or negative) for a sum to have this sign, all others being against it."""
    up = sign in (Sign.POSITIVE, Sign.NONNEGATIVE)
    if len(poly) < 2 or sign not in (*_STRICT, Sign.NONNEGATIVE, Sign.NONPOSITIVE):
        return None
    against = (Sign.NEGATIVE, Sign.NONPOSITIVE) if up else (Sign.POSITIVE, Sign.NONNEGATIVE)
    signs = {m: term_sign(t, known) for m, t in poly.items()}
    free = [m for m, s in signs.items() if s not in against]
    if len(free) != 1:
        return None
    strict = sign in _STRICT or any(s in _STRICT for m, s in signs.items() if m != free[0])
    if up:
        return poly[free[0]], Sign.POSITIVE if strict else Sign.NONNEGATIVE
    return poly[free[0]], Sign.NEGATIVE if strict else Sign.NONPOSITIVE
