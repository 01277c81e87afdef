"""From "some entry is wrong" to the worst entry, in about 2·log₂ n tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def worst_entry(discrepancy: Callable[[NDArray[Any]], float], size: int, probe: NDArray[Any]) -> int:
    """The index (flat) where a linear discrepancy is large, found by halving.

    discrepancy: how far claim and differences are apart along a direction, shape (size,); it is linear in the
    direction, up to its error. probe: a direction with no zero entry, along which they are apart. Each halving tests
    both halves of the probe and follows the larger discrepancy; a NaN counts as largest.
    """
    low, high = 0, size
    while high - low > 1:
        middle = (low + high) // 2
        first = _masked(discrepancy, probe, low, middle)
        second = _masked(discrepancy, probe, middle, high)
        low, high = (low, middle) if first >= second else (middle, high)
    return low


def _masked(discrepancy: Callable[[NDArray[Any]], float], probe: NDArray[Any], low: int, high: int) -> float:
    direction = np.zeros_like(probe)
    direction[low:high] = probe[low:high]
    apart = abs(discrepancy(direction))
    return apart if np.isfinite(apart) else float("inf")
