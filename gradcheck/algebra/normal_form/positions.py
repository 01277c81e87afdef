"""Sizes and positions in the normal form: deltas and orders of positions, as far as sizes decide them."""

from __future__ import annotations

from ..construct import extremes
from ..dims import Dim
from ..expressions import AtMost, Delta, Num, Size, at_most, delta, ordinal, within
from ..index import Affine, position, slot_offset, slot_terms
from ..polynomials import Poly, atom, constant, plus, scaled
from ..signs.knowledge import Knowledge
from ..signs.sign import Sign
from ..signs.sums import sign_of
from . import normal as nf


def dim(value: Dim) -> Poly:
    """A size as a polynomial in the symbols of sizes."""
    parts = [scaled(atom(Size(Dim.symbol(name))), c) for name, c in value.terms]
    return plus(constant(value.constant), *parts)


def coinciding(expr: Delta, known: Knowledge) -> Poly:
    """1 where two positions coincide: 0 if sizes or assumptions keep them apart."""
    exact = delta(expr.left, expr.right)
    if isinstance(exact, Num):
        return constant(exact.value)
    low, high = extremes(expr.left, expr.right)
    if _at_least_one(low, known) or _at_least_one(-high, known) or _known_apart(expr, known):
        return {}
    return atom(exact)


def _known_apart(expr: Delta, known: Knowledge) -> bool:
    """Whether an assumption says that these positions differ."""
    if not known.signs:
        return False
    gap = nf.normal(ordinal(expr.left) - ordinal(expr.right), known)
    return sign_of(gap, known) in (Sign.POSITIVE, Sign.NEGATIVE, Sign.NONZERO)


def _at_least_one(gap: Dim, known: Knowledge) -> bool:
    """Whether a dim is positive at every admitted size."""
    least = sum(c * known.smallest.get(name, 1) for name, c in gap.terms)
    return gap.constant + least >= 1 and all(c > 0 for _, c in gap.terms)


def ordered(expr: AtMost, known: Knowledge) -> Poly:
    """[a <= b]; a literal bound on one index becomes deltas, a strict one a weak one minus a delta."""
    exact = at_most(expr.left, expr.right)
    if isinstance(exact, Num):
        return constant(exact.value)
    low, high = extremes(expr.right, expr.left)
    if _at_least_one(low + 1, known):
        return constant(1)
    if _at_least_one(1 - high, known):  # right is never beyond left
        return coinciding(Delta(expr.left, expr.right), known)
    gap = position(
        [*slot_terms(expr.right), *((i, -c) for i, c in slot_terms(expr.left))],
        slot_offset(expr.right) - slot_offset(expr.left),
    )
    terms, offset = slot_terms(gap), slot_offset(gap)
    least = (-offset).literal
    if len(terms) == 1 and terms[0][1] == 1 and least is not None and least <= 8:
        index = terms[0][0]  # [index >= least], and an index is at least 1
        excluded = (atom(Delta(index, Affine((), Dim.of(v)))) for v in range(1, least))
        return plus(constant(1), *(scaled(p, -1) for p in excluded))
    if len(terms) == 1 and terms[0][1] == -1 and within(terms[0][0], offset):
        return constant(1)
    if len(terms) == 2 and offset.literal == -1:
        pair = {c: i for i, c in terms}
        if set(pair) == {1, -1}:  # a < b
            return plus(atom(AtMost(pair[-1], pair[1])), scaled(coinciding(Delta(pair[-1], pair[1]), known), -1))
    return atom(AtMost(expr.left, expr.right))
