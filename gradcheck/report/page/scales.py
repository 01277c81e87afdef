"""Logarithmic axes: which decades they span, and which of them get a tick."""

from __future__ import annotations

import math
from collections.abc import Iterable


def decades(values: Iterable[float]) -> tuple[int, int]:
    """The decades that contain all values.

    >>> decades([0.02, 3.0])
    (-2, 1)
    """
    logs = [math.log10(v) for v in values if v > 0]
    if not logs:
        return 0, 1
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    return low, max(high, low + 1)


def ticks(low: int, high: int, most: int = 9) -> range:
    """The decades that get a tick.

    >>> list(ticks(-17, 1))
    [-16, -14, -12, -10, -8, -6, -4, -2, 0]
    """
    step = max(1, math.ceil((high - low) / most))
    return range(math.ceil(low / step) * step, high + 1, step)
