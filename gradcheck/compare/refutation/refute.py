"""The search for a counterexample: a real point where a ball around the difference excludes 0."""

from __future__ import annotations

import itertools
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...algebra.dims import Dim
from ...algebra.expressions import substitute
from ...algebra.functions import Function
from ...algebra.index import Affine, Index, Slot
from ...algebra.values.balls import Balls, precision, separates
from ...algebra.values.point import NoValueError, Point
from ...algebra.values.pointwise import evaluate
from ...derive.given import slopes_in_words
from ...printing import derivative_name
from ..points.draws import concrete_functions, sizes_to_try
from ..points.forward import BITS, Place, as_text, find_place
from ..question import Question
from ..verdict import Counterexample
from .regions import on_a_region
from .separation import Separation
from .witness import Witness, witness

PRECISIONS = (128, 512, 2048)
MOST_ENTRIES = 16
VISIBLE, CLEARER = 1e-3, 8
FAINT = 1e-9
TINY = 1e-30


@dataclass
class Search:
    """What was seen on the way: points that could not separate, sizes, and why points were lost."""

    points: int = 0
    on_kinks: int = 0
    without_value: str = ""
    widest: float = 0.0
    sizes: list[dict[str, int]] = field(default_factory=list)
    contradictory: bool = False
    unparametrised: str = ""


def places(
    question: Question, rng: random.Random, search: Search, count: int, sizes: list[dict[str, int]], level: int = 0
) -> Iterator[Place]:
    """Points of the question, function choices and sizes taken in turn, the simplest numbers first.

    Points that turn out to lie on a kink don't count: up to three times as many are offered.
    """
    choices = list(itertools.islice(concrete_functions(question), 12))
    if not choices:
        search.unparametrised = "no concrete function is known with all the declared facts"
        return
    wanted = search.points + count * len(sizes)
    open_sizes = list(sizes)
    for n in range(3 * count + 3):
        for size in list(open_sizes):
            chosen = choices[n % len(choices)]
            concrete = question.with_functions(chosen)
            try:
                place = find_place(concrete, size, rng, n + level, _names(chosen))
            except LookupError as error:
                search.unparametrised = str(error)
                return
            if place is None:
                search.without_value = search.without_value or "no point was found where everything is defined"
                open_sizes.remove(size)
                continue
            yield place
        if search.points >= wanted:
            return


def _names(chosen: dict[Function, Function]) -> dict[str, str]:
    return {f.name: g.name if len(g.name) > 1 else g.latex for f, g in chosen.items()}


def separate(place: Place, search: Search) -> Separation | None:
    """The first entry at which the difference at this point is certainly not 0, off every kink on a thin set."""
    before = search.on_kinks
    found = _off_kinks(place, search)
    return on_a_region(place) if found is None and search.on_kinks > before else found


def _off_kinks(place: Place, search: Search) -> Separation | None:
    for bits in PRECISIONS if place.is_exact else PRECISIONS[1:]:
        with precision(bits):
            point = place.point if bits <= BITS else place.at_precision()
            seen = _sides(place, point, search)
            widest = 0.0
            for at, left, right in seen:
                gap = left - right
                if separates(gap):
                    return Separation(place, tuple(p + 1 for p in at), left, right, gap)
                widest = max(widest, float(gap.rad()) + abs(float(gap.mid())))
            if not seen:
                return None
            if widest < TINY:
                search.widest = max(search.widest, widest)
                search.points += 1
                return None
    search.without_value = "balls stay too wide to tell"
    return None


def _sides(place: Place, point: Point, search: Search) -> list[tuple[tuple[int, ...], Any, Any]]:
    """Both sides at every position where the assumptions hold, both are defined and no kink is met.

    Where the whole array has no value, its entries are taken one by one: some of them may have one.
    """
    question = place.question
    balls = point.arithmetic
    assert isinstance(balls, Balls)
    before = balls.kinks
    try:
        left = evaluate(question.left, question.free, point)
        right = evaluate(question.right, question.free, point)
        if not balls.kinks:
            return [(at, left[at], right[at]) for at in np.ndindex(left.shape) if place.assumed[at]]
        search.on_kinks += 1
    except NoValueError as error:
        search.without_value = str(error)
    if before or not question.free:
        return []
    out = []
    for at in itertools.islice(np.ndindex(point.shape(question.free)), MOST_ENTRIES):
        fixed: dict[Index, Slot] = {i: Affine((), Dim.of(p + 1)) for i, p in zip(question.free, at, strict=True)}
        balls.kinks = 0
        point.cache.clear()  # a cached value would hide the kinks that it was found on
        try:
            one = evaluate(substitute(question.left, fixed), (), point)[()]
            other = evaluate(substitute(question.right, fixed), (), point)[()]
        except NoValueError:
            continue
        if place.assumed[at] and not balls.kinks:
            out.append((at, one, other))
    balls.kinks = 0
    return out


def search_for(question: Question, seed: int, search: Search, count: int, bound: int) -> Separation | None:
    """Look for a counterexample at `count` points of each size; one that shows in the first digits, if there is one."""
    rng = random.Random(f"points/{seed}")
    faint: Separation | None = None
    for found in _separations(question, rng, search, count, bound):
        if visible(found):
            return found
        faint = faint or found
    return faint if faint is None else _clearer(question, faint, rng)


def is_separated(question: Question, seed: int, search: Search, count: int, bound: int) -> bool:
    """Whether `search_for` would find a counterexample, where it does not matter which."""
    return any(_separations(question, random.Random(f"points/{seed}"), search, count, bound))


def _separations(
    question: Question, rng: random.Random, search: Search, count: int, bound: int
) -> Iterator[Separation]:
    """The points that separate among `count` of each size, and fewer of the smallest one."""
    sizes = sizes_to_try(question, bound)
    least_only = sizes[-1:] if len(sizes) > 1 else []
    search.sizes = sizes
    for some, tries in ((sizes[: len(sizes) - len(least_only)], count), (least_only, max(2, count // 4))):
        for place in places(question, rng, search, tries, some):
            found = separate(place, search)
            if found is not None:
                yield found


def visible(found: Separation) -> bool:
    """Whether the two sides differ in their first digits, at values of an ordinary size."""
    size = max(abs(float(found.left.mid())), abs(float(found.right.mid())))
    return size > FAINT and abs(float(found.difference.mid())) > VISIBLE * size


def _clearer(question: Question, faint: Separation, rng: random.Random) -> Separation:
    """Another separation that shows in the first digits, if a few more points have one."""
    for place in places(question, rng, Search(), CLEARER, [faint.place.sizes], level=2):
        found = separate(place, Search())
        if found is not None and visible(found):
            return found
    return faint


def confirmed(found: Separation) -> tuple[Witness | None, bool]:
    """The finite difference at a separation, and whether it contradicts the derived side."""
    seen = witness(found.place, found.entry)
    return seen, seen is not None and not seen.agrees(found.left)


def counterexample(found: Separation, seen: Witness | None) -> Counterexample:
    """The evidence that a `wrong` carries."""
    place = found.place
    low, high = found.difference.lower(), found.difference.upper()
    slopes = {t: derivative_name(d) for t, d in slopes_in_words(place.question.network).items()}
    leaves = {slopes.get(t, t.name): as_text(v) for t, v in place.exact.items()}
    return Counterexample(
        values=leaves,
        sizes=place.sizes,
        functions=place.chosen,
        entry=found.entry,
        claimed=_finite(found.right),
        derived=_finite(found.left),
        difference=(_decimal(low), _decimal(high)),
        finite_difference=None if seen is None else seen.value,
        error=None if seen is None else seen.error,
    )


def _decimal(ball: Any) -> str:
    return f"{_finite(ball):.12g}"


def _finite(ball: Any) -> float:
    """The middle of a ball as a float, the largest one where it is beyond them."""
    value = float(ball.mid())
    return value if math.isfinite(value) else math.copysign(sys.float_info.max, value)
