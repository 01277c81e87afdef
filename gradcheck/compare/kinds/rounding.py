"""Decimals as people round them: a claim that holds for some number that rounds to the digits written."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from typing import Any

from ...algebra.values.balls import Balls, precision
from ...algebra.values.point import NoValueError
from ...algebra.values.pointwise import evaluate
from ..points.forward import Place
from ..refutation.refute import Search, places
from ..refutation.separation import Separation

_DECIMAL = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")
POINTS = 5
SAME = 1e-15


def holds_rounded(text: str, found: Separation, seed: int) -> str | None:
    """A sentence if one number that rounds to the only decimal of the claim makes it hold at every point tried.

    The difference is taken as linear in that number, which is confirmed at the number found.
    """
    decimals = {(whole, part) for whole, part in _DECIMAL.findall(text)}
    if len(decimals) != 1:
        return None
    ((whole, part),) = decimals
    written, radius = Fraction(f"{whole}.{part}"), Fraction(1, 2 * 10 ** len(part))
    rng = random.Random(f"rounding/{seed}")
    others = places(found.place.question, rng, Search(), POINTS, [found.place.sizes], level=2)
    numbers = [_number(place, written, radius) for place in (found.place, *others)]
    if None in numbers or len(numbers) < 2:
        return None
    first = numbers[0]
    assert first is not None
    if any(abs(n - first) > SAME for n in numbers if n is not None) or abs(first) > float(radius):
        return None
    return f"holds for a number that rounds to {whole}.{part}, not for the digits as they stand"


def _number(place: Place, written: Fraction, radius: Fraction) -> float | None:
    """How far from the written number the one lies that makes the difference vanish here."""
    try:
        low, high = (_gap(place, {written: written + d}) for d in (-radius, radius))
        if low - high == 0:
            return None
        off = low / (low - high)
        return float((off * 2 - 1).mid()) * float(radius)
    except (NoValueError, ZeroDivisionError):
        return None


def _gap(place: Place, taken: dict[Fraction, Fraction]) -> Any:
    """The difference of the two sides at the first entry, another number taken for the written one."""
    question = place.question
    with precision(256):
        point = place.at_precision(Balls(taken))
        left = evaluate(question.left, question.free, point)
        right = evaluate(question.right, question.free, point)
        at = (0,) * left.ndim
        return left[at] - right[at]
