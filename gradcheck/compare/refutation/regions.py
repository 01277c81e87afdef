"""Kinks that fill a region: [a ≥ 0] with a = max(0, z) is met on its kink wherever z < 0.

On a thin set a relation such as u ≥ 0 says what a convention says, and no claim fails for it. A point whose
coordinates are drawn from a fine grid lies on no thin set: a relation that is met on its kink there, is so all
around, and means what it says. Derivatives of functions at their kinks stay conventions, and where a derivative is
claimed, finite differences have to tell the two sides apart.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np

from ...algebra import facts
from ...algebra.values.balls import Balls, precision, separates
from ...algebra.values.located import Array
from ...algebra.values.point import NoValueError
from ...algebra.values.pointwise import evaluate
from ..points.feasible import Exact
from ..points.forward import BITS, Place, place_at
from .separation import Separation
from .witness import witness

FINENESS = 2**40
MOST_ENTRIES = 64
_DISCRETE = frozenset({facts.BINARY, facts.INTEGER, facts.ONE_HOT})
_BOUND = frozenset({facts.SIMPLEX, facts.STOCHASTIC, facts.UNIT_NORM, facts.SYMMETRIC, facts.SKEW, facts.ORTHOGONAL})
"""Facts about whole arrays, which entries moved one by one would lose."""


class AtTheirWord(Balls):
    """Relations are true or false as they stand, also where both sides are the same; `met` counts those."""

    def __init__(self) -> None:
        super().__init__()
        self.met = 0

    def compare(self, relation: str, left: Any, right: Any) -> int:
        """The truth of a relation; see `Balls.compare`."""
        before = self.kinks
        holds = super().compare(relation, left, right)
        self.met += self.kinks - before
        self.kinks = before
        return holds


def on_a_region(place: Place) -> Separation | None:
    """A separation near a point on a kink, if that kink fills a region around it; None says nothing."""
    generic = _generic(place)
    if generic is None:
        return None
    found, met = _separated(generic)
    if found is None or not met or not _is_witnessed(found):
        return None
    # The numbers of the point itself are simpler; it serves if it lies on no other kink.
    simple, met_there = _separated(place)
    return simple if simple is not None and met_there == met and _is_witnessed(simple) else found


def _generic(place: Place) -> Place | None:
    """A point near this one, every entry that may vary moved to a place of its own on a fine grid."""
    leaves = [t for t in place.exact if t in place.question.mentioned]
    if any(t.facts & _BOUND for t in leaves) or sum(place.exact[t].size for t in leaves) > MOST_ENTRIES:
        return None
    rng = random.Random("region")
    moved: Exact = {t: v if t.facts & _DISCRETE else _moved(v, rng) for t, v in place.exact.items()}
    with precision(BITS):
        try:
            return place_at(place.question, place.sizes, moved, place.chosen)
        except NoValueError:
            return None


def _moved(values: Array, rng: random.Random) -> Array:
    out = np.empty(values.size, dtype=object)
    out[:] = [v * (1 + Fraction(rng.randrange(1, FINENESS), 2**50)) for v in values.flat]
    return out.reshape(values.shape)


def _separated(place: Place) -> tuple[Separation | None, int]:
    """The first entry at which the sides differ, relations taken at their word, and how many of those were met."""
    question, arithmetic = place.question, AtTheirWord()
    with precision(BITS):
        try:
            point = place.at_precision(arithmetic)
            left, right = (evaluate(side, question.free, point) for side in (question.left, question.right))
        except NoValueError:
            return None, 0
        if arithmetic.kinks:
            return None, 0
        for at in np.ndindex(left.shape):
            gap = left[at] - right[at]
            if place.assumed[at] and separates(gap):
                return Separation(place, tuple(p + 1 for p in at), left[at], right[at], gap), arithmetic.met
    return None, 0


def _is_witnessed(found: Separation) -> bool:
    """Whether finite differences agree with the derived side and not with the claimed one, if there is a derivative."""
    if found.place.question.derived is None:
        return True
    seen = witness(found.place, found.entry)
    return seen is not None and seen.agrees(found.left) and not seen.agrees(found.right)
