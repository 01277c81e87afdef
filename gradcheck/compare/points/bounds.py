"""Bounds that assumptions such as a > 2/k set to a scalar at given sizes, and numbers between them."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from ...algebra.expressions import Expr, tensors
from ...algebra.index import Tensor
from ...algebra.values.balls import Balls
from ...algebra.values.point import NoValueError, Point
from ...algebra.values.pointwise import evaluate
from ..question import Question


def bounds(question: Question, sizes: Mapping[str, int]) -> dict[Tensor, tuple[float, float]]:
    """Between what assumptions such as a > 2/k put scalar leaves at these sizes."""
    found: dict[Tensor, tuple[float, float]] = {}
    scalars = {t for t in question.leaves() if not t.dims and not t.facts}
    for a in question.assumptions:
        inside = tensors(a.gap)
        if a.relation not in (">", ">=") or len(inside) != 1 or not inside <= scalars or a.gap.free:
            continue
        (t,) = inside
        at_0, at_1, at_2 = (_value_at(a.gap, t, x, sizes) for x in range(3))
        slope = at_1 - at_0
        if slope and abs(at_2 - at_1 - slope) <= 1e-9 * abs(slope):
            low, high = found.get(t, (-math.inf, math.inf))
            root = -at_0 / slope
            found[t] = (max(low, root), high) if slope > 0 else (low, min(high, root))
    return found


def _value_at(gap: Expr, t: Tensor, x: int, sizes: Mapping[str, int]) -> float:
    try:
        arithmetic = Balls()
        values: Any = evaluate(gap, (), Point(arithmetic, sizes, {t: np.array(arithmetic.number(x), dtype=object)}))
        return float(values[()].mid())
    except NoValueError:
        return math.nan


def between(low: float, high: float, value: Any, close: bool, rng: random.Random) -> Fraction:
    """A dyadic number in the open interval, perhaps close to one of its ends."""
    if close and math.isinf(high - low):
        end, inwards = (low, 1) if math.isinf(high) else (high, -1)
        return Fraction(math.floor(end * 64) + (1 if inwards > 0 else 0)) / 64 + Fraction(
            inwards * rng.randint(0, 8), 64
        )
    if math.isinf(high):
        return Fraction(math.floor(low) + 1 + abs(value))
    if math.isinf(low):
        return Fraction(math.ceil(high) - 1 - abs(value))
    fine = Fraction(2) ** (4 - math.floor(math.log2(high - low)))
    lowest, highest = math.floor(low * fine) + 1, math.ceil(high * fine) - 1
    return rng.randint(lowest, highest) / fine
