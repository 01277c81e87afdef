"""The sign of a polynomial: from its terms, from what is known of it, by cases on a gate, from its factors."""

from __future__ import annotations

from dataclasses import replace

from .. import facts
from ..expressions import Compare, Elem, Expr
from ..polynomials import Poly, Term, content, denominators, expression, plus
from .knowledge import Knowledge, oriented
from .sign import STRICT, Sign, flipped, product, together
from .terms import by_terms, power_sign, term_sign


def sign_of(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a polynomial, as far as it is known."""
    if not poly:
        return Sign.ZERO
    if len(poly) == 1:
        return _sign_of(poly, known)
    whole = frozenset((m, t.coefficient) for m, t in poly.items())
    if whole not in known.decided:
        known.decided[whole] = _sign_of(poly, known)
    return known.decided[whole]


def _sign_of(poly: Poly, known: Knowledge) -> Sign:
    direct = by_terms(poly, known)
    if direct in (*STRICT, Sign.ZERO):
        return direct
    if known.signs:
        primitive, up = oriented(poly)
        found = known.found(expression(primitive))
        if found is not Sign.UNKNOWN:
            return together(direct, found if up else flipped(found))
    from .factoring import by_factors
    from .inequalities import by_known_sums

    if direct is not Sign.UNKNOWN:
        further = by_known_sums(poly, known)
        return direct if further is Sign.UNKNOWN else together(direct, further)
    if known.depth < _DEEPEST and _gates(poly):
        found = _by_gates(poly, known)
        if found is not Sign.UNKNOWN:
            return found
        known = replace(known, depth=_DEEPEST, decided={})  # what else is tried needs no cases, or they were tried
    best = Sign.UNKNOWN
    for rule in (_unit_complement, _of_a_bit, _by_content, by_known_sums, _over_common_denominator, by_factors):
        found = rule(poly, known)
        best = found if best is Sign.UNKNOWN else best if found is Sign.UNKNOWN else together(best, found)
        if best in (*STRICT, Sign.ZERO):
            break
    return best


def _over_common_denominator(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a fraction: that of its numerator times those of its denominators."""
    from ..normal_form.powers import cleared

    sign, top = Sign.POSITIVE, poly
    under = denominators(poly)
    for base, exponent in under:
        sign = product(sign, power_sign(base, -exponent, known))  # below the line: not 0 where this is defined
        top = cleared(top, base, exponent, known)
    return product(sign, sign_of(top, known)) if under and not denominators(top) else Sign.UNKNOWN


def _by_content(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a product of what all terms share and of what is left."""
    common, rest = content(poly)
    if len(poly) < 2 or not common.factors:
        return Sign.UNKNOWN
    return product(term_sign(common, known), sign_of(rest, known))


def undecided_factors(poly: Poly, known: Knowledge) -> list[Expr]:
    """The factors of a polynomial whose sign is not known: those of all terms, and what is left of the sum."""
    if not poly:
        return []
    common, rest = content(poly)
    out = [a for _, a, e in common.factors if power_sign(a, e, known) is Sign.UNKNOWN]
    return [*out, expression(rest)] if sign_of(rest, known) is Sign.UNKNOWN else out


def _by_gates(poly: Poly, known: Knowledge) -> Sign:
    """The sign on both sides of a gate, if it is the same on both: |u| + 1 is positive either way."""
    from ..normal_form.normal import normal

    gates = _gates(poly)
    name = min(gates)
    gate = gates[name]
    found = set()
    for side, sign in ((1, Sign.NONNEGATIVE), (0, Sign.NONPOSITIVE)):
        here = [t for t in poly.values() if side or all(k != name for k, _, _ in t.factors)]
        kept = [Term(t.coefficient, tuple(f for f in t.factors if f[0] != name)) for t in here]
        there = replace(known, signs=dict(known.signs), cache={}, decided={}, depth=known.depth + 1)
        there.learn(normal(gate.left, there), sign)
        found.add(sign_of(plus(*({t.monomial: t} for t in kept)), there))
    if len(found) == 1:
        return found.pop()
    if found <= {Sign.POSITIVE, Sign.NONNEGATIVE, Sign.ZERO}:
        return Sign.NONNEGATIVE
    return Sign.NONPOSITIVE if found <= {Sign.NEGATIVE, Sign.NONPOSITIVE, Sign.ZERO} else Sign.UNKNOWN


def _gates(poly: Poly) -> dict[str, Compare]:
    return {k: a for t in poly.values() for k, a, _ in t.factors if isinstance(a, Compare) and a.relation == ">"}


_DEEPEST = 3


def _of_a_bit(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a + b·y, where y is declared to be 0 or 1."""
    del known
    if len(poly) != 2 or "" not in poly:
        return Sign.UNKNOWN
    other = next(t for m, t in poly.items() if m)
    (_, a, e), *more = other.factors
    if more or e < 1 or not (isinstance(a, Elem) and a.tensor.facts & {facts.BINARY, facts.ONE_HOT}):
        return Sign.UNKNOWN
    low = poly[""].coefficient
    values = {low, low + other.coefficient}
    if 0 in values:
        return Sign.UNKNOWN
    return Sign.POSITIVE if min(values) > 0 else Sign.NEGATIVE if max(values) < 0 else Sign.NONZERO


def _unit_complement(poly: Poly, known: Knowledge) -> Sign:
    """1 - a is positive where a is declared to lie between 0 and 1."""
    del known
    if len(poly) != 2 or "" not in poly:
        return Sign.UNKNOWN
    other = next(t for m, t in poly.items() if m)
    if len(other.factors) != 1 or other.coefficient != -poly[""].coefficient:
        return Sign.UNKNOWN
    _, a, e = other.factors[0]
    if e > 0 and isinstance(a, Elem) and facts.UNIT_INTERVAL in a.tensor.facts:
        return Sign.POSITIVE if poly[""].coefficient > 0 else Sign.NEGATIVE
    return Sign.UNKNOWN
