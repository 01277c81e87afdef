"""Gates: indicators of inequalities, and largest values, in the normal form.

[u > 0] is keyed by u up to a positive factor. Off its kink u = 0 it is idempotent and
[u > 0] + [-u > 0] = 1; that is used only where u is analytic in free real values, because a piecewise u
can be 0 on whole regions. [u > 0][u + c > 0] = [u > 0] for c > 0.
"""

from __future__ import annotations

from fractions import Fraction

from ..expressions import ZERO, AtMost, Compare, Elem, Expr, Extremum, Num, Sum, add, mul, negate, power, substitute
from ..index import Index
from ..polynomials import Factor, Poly, Term, atom, constant, depends, expression, leading, plus, scaled, value
from ..signs.knowledge import Knowledge
from ..signs.sign import Sign
from ..signs.sums import sign_of
from ..signs.terms import power_sign
from ..signs.vanishing import may_vanish_on_a_region
from . import normal as nf
from . import products

OFF_KINKS = "gates off their kinks"
MOST_FACTORS = 4


def compared(expr: Compare, known: Knowledge) -> Poly:
    """The indicator of a relation between two real expressions."""
    gap = nf.normal(add(expr.left, negate(expr.right)), known)
    if expr.relation == "!=":
        return plus(constant(1), scaled(_equality(gap, expr, known), -1))
    if expr.relation == "=":
        return _equality(gap, expr, known)
    return _inequality(gap, expr.relation == ">=", known)


def _equality(gap: Poly, expr: Compare, known: Knowledge) -> Poly:
    sign = sign_of(gap, known)
    if sign is Sign.ZERO:
        return constant(1)
    if sign in (Sign.POSITIVE, Sign.NEGATIVE, Sign.NONZERO):
        return {}
    left, right = expression(nf.normal(expr.left, known)), expression(nf.normal(expr.right, known))
    return atom(Compare("=", left, right))


def _inequality(gap: Poly, weak: bool, known: Knowledge) -> Poly:
    """[gap > 0], or [gap >= 0] if weak: the two differ only on the kink."""
    sign = sign_of(gap, known)
    if sign is Sign.ZERO:
        known.rules.add("value at the kink as declared")
        return constant(1 if weak else 0)
    if sign is Sign.POSITIVE or (weak and sign is Sign.NONNEGATIVE):
        return constant(1)
    if sign is Sign.NEGATIVE or (not weak and sign is Sign.NONPOSITIVE):
        return {}
    gap = _without_positive_factors(gap, known)
    if value(gap) is not None:
        return _inequality(gap, weak, known)
    gate = _inner_gate(gap)
    if gate is not None:
        return _split_on(gate, gap, weak, known)
    if may_vanish_on_a_region(expression(gap), known):
        scale = abs(leading(gap).coefficient)
        return atom(Compare(">=" if weak else ">", expression(scaled(gap, 1 / scale)), ZERO))
    known.rules.add(OFF_KINKS)
    factored = _by_factors(gap, known)
    if factored is not None:
        return factored
    lead = leading(gap).coefficient
    oriented = atom(Compare(">", expression(scaled(gap, 1 / lead)), ZERO))
    return oriented if lead > 0 else plus(constant(1), scaled(oriented, -1))


def _by_factors(gap: Poly, known: Knowledge) -> Poly | None:
    """[a·b > 0] = [a > 0][b > 0] + (1 - [a > 0])(1 - [b > 0]): a product is positive if its factors agree in sign."""
    from ..polynomials import content

    common, rest = content(gap)
    parts = [atom(a) for _, a, e in common.factors if e.numerator % 2 and e.denominator == 1]
    if value(rest) is None:
        parts.append(rest)
    if not 2 <= len(parts) <= MOST_FACTORS or any(e.denominator > 1 for _, _, e in common.factors):
        return None
    out = constant(1) if common.coefficient > 0 else {}
    for part in parts:
        gate = _inequality(part, False, known)
        both = products.times(out, gate, known)
        neither = products.times(plus(constant(1), scaled(out, -1)), plus(constant(1), scaled(gate, -1)), known)
        out = plus(both, neither)
    return out


def _inner_gate(gap: Poly) -> Factor | None:
    """A gate that stands as a factor in the terms of a piecewise argument."""
    found = [f for t in gap.values() for f in t.factors if isinstance(f[1], Compare) and f[2] == 1]
    return min(found, key=lambda f: f[0]) if found else None


def _split_on(gate: Factor, gap: Poly, weak: bool, known: Knowledge) -> Poly:
    """[g·a + (1-g)·b > 0] = g·[a > 0] + (1-g)·[b > 0] for an indicator g."""
    on, off = [], []
    for t in gap.values():
        without = tuple(f for f in t.factors if f[0] != gate[0])
        rest = Term(t.coefficient, without)
        on.append({rest.monomial: rest})
        if len(without) == len(t.factors):
            off.append({t.monomial: t})
    g = atom(gate[1])
    both = products.times(g, _inequality(plus(*on), weak, known), known)
    neither = products.times(plus(constant(1), scaled(g, -1)), _inequality(plus(*off), weak, known), known)
    return plus(both, neither)


def _without_positive_factors(gap: Poly, known: Knowledge) -> Poly:
    from ..polynomials import content

    common, rest = content(gap)
    kept = tuple(f for f in common.factors if power_sign(f[1], f[2], known) is not Sign.POSITIVE)
    head = Term(common.coefficient, kept)
    return products.times({head.monomial: head}, rest, known)


# Meetings -----------------------------------------------------------------------------------------------


def meeting(coefficient: Fraction, factors: tuple[Factor, ...], known: Knowledge) -> Poly | None:
    """Indicators are idempotent, and of gates that differ by a constant the stricter one decides."""
    for n, (k, a, e) in enumerate(factors):
        if isinstance(a, Compare | AtMost) and e > 1:
            rest = (*factors[:n], (k, a, Fraction(1)), *factors[n + 1 :])
            return products.settled(coefficient, rest, known)
    gates = [f for f in factors if isinstance(f[1], Compare) and f[1].relation == ">" and f[2] == 1]
    known.work[0] += len(gates) * (len(gates) - 1) // 2
    for m, one in enumerate(gates):
        for other in gates[m + 1 :]:
            looser = _looser(one, other, known)
            if looser is not None:
                known.rules.add("the stricter of two gates decides")
                return products.settled(coefficient, tuple(f for f in factors if f is not looser), known)
    return None


def _looser(one: Factor, other: Factor, known: Knowledge) -> Factor | None:
    a, b = one[1], other[1]
    assert isinstance(a, Compare)
    assert isinstance(b, Compare)
    if a.free != b.free:
        return None
    gap = _constant_gap(nf.normal(a.left, known), nf.normal(b.left, known))
    if gap is None:
        return None
    return one if gap > 0 else other


def _constant_gap(a: Poly, b: Poly) -> Fraction | None:
    """The number a - b; None where the difference is more than a number."""
    if any(m not in a for m in b if m) or any(m not in b for m in a if m):
        return None
    if any(t.coefficient != b[m].coefficient for m, t in a.items() if m):
        return None
    low, high = (p[""].coefficient if "" in p else Fraction(0) for p in (b, a))
    return high - low


# Sums and largest values --------------------------------------------------------------------------------


def extremum(expr: Extremum, known: Knowledge) -> Poly:
    """Max over indices: what does not depend on them is drawn out; min is -max of the negative."""
    body = nf.normal(expr.body, known)
    if expr.kind == "min":
        return scaled(nf.normal(Extremum("max", expr.indices, negate(expression(body))), known), -1)
    outside = {m: t for m, t in body.items() if not any(depends(t, i) for i in expr.indices)}
    inside = {m: t for m, t in body.items() if m not in outside}
    if not inside:
        return body
    scale, rest = _positive_scale(inside, expr.indices, known)
    core = atom(Extremum("max", expr.indices, expression(rest)))
    return plus(outside, products.times(scale, core, known))


def _positive_scale(poly: Poly, indices: tuple[Index, ...], known: Knowledge) -> tuple[Poly, Poly]:
    from ..polynomials import content

    common, rest = content(poly)
    moved: list[Factor] = []
    kept: list[Factor] = []
    for f in common.factors:
        free_of_indices = f[1].free.isdisjoint(indices)
        (moved if free_of_indices and power_sign(f[1], f[2], known) is Sign.POSITIVE else kept).append(f)
    scale = Term(abs(common.coefficient), tuple(moved))
    head = Term(Fraction(1 if common.coefficient > 0 else -1), tuple(kept))
    return {scale.monomial: scale}, products.times({head.monomial: head}, rest, known)


def summed(bound: list[Index], inside: list[tuple[Expr, Fraction]], known: Knowledge) -> Expr | None:
    """Σ_i [x_i = max_j x_j] = 1 where there are no ties."""
    for n, (a, _) in enumerate(inside):
        if not (isinstance(a, Compare) and a.relation == "="):
            continue
        for one, other in ((a.left, a.right), (a.right, a.left)):
            if not (isinstance(other, Extremum) and len(other.indices) == 1):
                continue
            index = _same_body(one, other, bound)
            rest = [f for m, f in enumerate(inside) if m != n]
            if (
                index is not None
                and _is_entry(one)
                and not any(index in x.free for x, _ in rest)
                and not may_vanish_on_a_region(one, known)
            ):
                known.rules.add("exactly one largest entry, away from ties")
                left = tuple(i for i in bound if i is not index)
                body = mul(*(power(x, Num(e)) for x, e in rest))
                return Sum(left, body) if left else body
    return None


def _plain_entry(one: Expr) -> bool:
    """Whether this is one entry of an array at one index: entries of a computed body may tie by construction."""
    return isinstance(one, Elem) and sum(isinstance(s, Index) for s in one.slots) == len(one.slots)


def _is_entry(one: Expr) -> bool:
    """Whether this is one entry of an array at plain indices: entries of a computed body may tie by construction."""
    return isinstance(one, Elem) and all(isinstance(s, Index) for s in one.slots)


def _same_body(one: Expr, other: Extremum, bound: list[Index]) -> Index | None:
    for index in bound:
        if index in one.free and index.dim == other.indices[0].dim and index not in other.free:
            moved = substitute(other.body, {other.indices[0]: index})
            if moved == one:
                return index
    return None
