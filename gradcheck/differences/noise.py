"""How much a computed function trembles: measured from its values, never guessed from their size.

After Moré & Wild, "Estimating computational noise" (SIAM J. Sci. Comput. 33, 2011): the k-th differences of a smooth
function on a fine grid vanish, those of noise with deviation s have variance (2k)!/(k!)² s².
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRID = tuple(range(1, 8))
"""Multiples of the grid spacing at which the noise is measured: beside the point, where a kink is likeliest."""

SPACING = 1.1707e-6
"""The spacing, as a fraction of the scale: above the last digit of float32, far below any curvature, and no power of
two, since sums of powers of two are exact and show no noise where every other number shows some."""

FINE_SPACING = 2.317e-8
"""A second spacing for functions that vary so fast that the first takes their curvature for noise."""


def measured_noise(values: NDArray[Any]) -> NDArray[Any]:
    """The deviation of the noise in each column of `values`, shape (7, K): one row per point of the grid.

    One order alone may be too small by chance, so the answer is the largest of the orders 4 to 6; never less than a
    rounding error of the values themselves. Where the grid straddles a kink it is too large: measure beside it.
    """
    estimates = []
    table = values
    for order in range(1, 7):
        table = np.diff(table, axis=0)
        if order >= 4:
            estimates.append(np.sqrt(np.mean(table * table, axis=0) / comb(2 * order, order)))
    rounding = np.finfo(values.dtype).eps * np.max(np.abs(values), axis=0) * 0.3
    found: NDArray[Any] = np.maximum(np.max(estimates, axis=0), rounding)
    return found
