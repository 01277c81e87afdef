"""Moving a drawn point to where the assumptions hold: one entry of a leaf at a time, as far as it has to go.

What is found is evaluated like any drawn point; nothing follows from finding none.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...algebra import facts
from ...algebra.index import Tensor
from ...algebra.values.located import Array
from ...algebra.values.point import NoValueError
from ..question import Relation

Exact = dict[Tensor, Array]
Gaps = Callable[[Exact], list[tuple[Relation, Any]]]
STEPS, ENTRIES, HALVINGS = 24, 8, 40
STRAIGHT = 1e-30
_FREE = frozenset(
    {facts.POSITIVE, facts.NONNEGATIVE, facts.NEGATIVE, facts.NONPOSITIVE, facts.NONZERO, facts.UNIT_INTERVAL}
)
_LEAPS = tuple(Fraction(n) * sign for n in (1, 4, 32, 1024, Fraction(1, 16)) for sign in (1, -1))


def satisfied(ball: Any, relation: Relation) -> bool:
    """Whether a ball certainly stands in this relation to 0."""
    if relation == "!=":
        return not ball.contains(0)
    if relation == "=":
        return bool(ball.is_exact() and ball == 0)
    return bool(ball > 0 if relation == ">" else ball >= 0)


def mended(exact: Exact, leaves: Sequence[Tensor], gaps: Gaps, rng: random.Random) -> Exact | None:
    """The values with entries moved until every assumption holds; None if that does not come about.

    gaps: the value of each assumption's gap at given leaves. leaves: those that may be moved.
    """
    places = [(t, at) for t in leaves if t.facts <= _FREE for at in np.ndindex(exact[t].shape)]
    for _ in range(STEPS):
        try:
            broken = [n for n, (relation, gap) in enumerate(gaps(exact)) if not satisfied(gap, relation)]
        except NoValueError:
            return None
        if not broken:
            return exact
        tried = rng.sample(places, min(ENTRIES, len(places)))
        moved = next((m for tensor, at in tried for m in _moves(exact, tensor, at, gaps, broken[0], rng)), None)
        if moved is None:
            return None
        exact = moved
    return None


def _moves(
    exact: Exact, tensor: Tensor, at: tuple[int, ...], gaps: Gaps, broken: int, rng: random.Random
) -> Iterator[Exact]:
    """The values with one entry moved such that the broken assumption holds, with it all others if possible."""

    def put(value: Fraction) -> Exact:
        values = exact[tensor].copy()
        values[at] = value
        return exact | {tensor: values}

    start = Fraction(exact[tensor][at])
    try:
        here, next_one, after = (gaps(put(start + step)) for step in (0, 1, 2))
    except NoValueError:
        return
    low, high = _allowed(tensor)
    lines = [_bound(start, *three) for three in zip(here, next_one, after, strict=True)]
    if lines[broken] is not None:
        for wanted in (lines, [lines[broken]]):
            found = [line for line in wanted if line is not None]
            lows = [low, *(bound for bound, up in found if up)]
            highs = [high, *(bound for bound, up in found if not up)]
            value = between(max(lows), min(highs), rng)
            if value is not None:
                yield put(value)
    relation, gap = next_one[broken]
    if gap.overlaps(here[broken][1]):
        return  # this entry has no say in it
    for value in rng.sample(_LEAPS, len(_LEAPS)):
        try:
            relation, gap = gaps(put(value))[broken] if low < value < high else (relation, here[broken][1])
        except NoValueError:
            continue
        if satisfied(gap, relation):
            yield put(value)


def _allowed(tensor: Tensor) -> tuple[float, float]:
    low = 0.0 if tensor.facts & {facts.POSITIVE, facts.NONNEGATIVE, facts.UNIT_INTERVAL} else -math.inf
    high = 0.0 if tensor.facts & {facts.NEGATIVE, facts.NONPOSITIVE} else math.inf
    return low, 1.0 if facts.UNIT_INTERVAL in tensor.facts else high


def _bound(start: Fraction, *gaps: tuple[Relation, Any]) -> tuple[float, bool] | None:
    """Where a gap that is a straight line in the entry changes its sign, and whether it is positive above."""
    relation = gaps[0][0]
    one, two, three = (gap for _, gap in gaps)
    slope = two - one
    if relation not in (">", ">=") or slope.contains(0) or abs(three - 2 * two + one).upper() > STRAIGHT:
        return None
    return float((float(start) - one / slope).mid()), bool(slope > 0)


def between(low: float, high: float, rng: random.Random) -> Fraction | None:
    """A simple number strictly between two bounds, whole if there is one; None if there is none."""
    if not low < high or (math.isinf(low) and math.isinf(high)):
        return None
    for halvings in range(HALVINGS):
        first = None if math.isinf(low) else math.floor(low * 2**halvings) + 1
        last = None if math.isinf(high) else math.ceil(high * 2**halvings) - 1
        first = last - 3 if first is None and last is not None else first
        last = first + 3 if last is None and first is not None else last
        assert first is not None
        assert last is not None
        if first <= last:
            return Fraction(rng.randint(first, min(last, first + 3)), 2**halvings)
    return None
