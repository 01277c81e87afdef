"""How much a computed function trembles: measured from its values, never guessed from their size.

After Moré & Wild, "Estimating computational noise" (SIAM J. Sci. Comput. 33, 2011): on a fine grid a smooth function is
a cubic polynomial, and what a cubic leaves over is noise. They take an even grid and its differences; here the grid is
uneven, since code that rounds to multiples of something may be exact on an even one, and tremble everywhere else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

GRID = (1.0, 2.371, 3.113, 4.729, 5.217, 6.609, 7.931)
"""Multiples of the spacing at which the noise is measured: beside the point, since a kink is likeliest at it."""

SPACING = 1.1707e-6
"""The spacing, as a fraction of the scale: above the last digit of float32, far below any curvature."""

FINER_SPACINGS = (2.317e-8, 4.133e-10)
"""Further spacings, for functions that vary so fast that the first takes their curvature for noise."""


def _residuals() -> NDArray[Any]:
    """An orthonormal basis, shape (3, 7), of what no cubic on the grid can follow."""
    cubics = np.vander(np.asarray(GRID) / GRID[-1], 4)
    return np.linalg.qr(cubics, mode="complete")[0][:, 4:].T


_RESIDUALS = _residuals()


def measured_noise(values: NDArray[Any]) -> NDArray[Any]:
    """The deviation of the noise in each column of `values`, shape (7, K): one row per point of the grid.

    Where the grid straddles a kink it is too large: measure beside it. Never less than a rounding error.
    """
    left_over = _RESIDUALS.astype(values.dtype) @ (values - values[0])
    rounding = np.finfo(values.dtype).eps * np.max(np.abs(values), axis=0) * 0.3
    found: NDArray[Any] = np.maximum(np.sqrt(np.mean(left_over * left_over, axis=0)), rounding)
    return found


def is_silent(values: NDArray[Any]) -> bool:
    """Whether nothing is left over that is more than the rounding of the sum: too fine a grid for the code's digits."""
    left_over = _RESIDUALS.astype(values.dtype) @ (values - values[0])
    return bool(np.all(np.abs(left_over) <= 4 * np.finfo(values.dtype).eps * np.max(np.abs(values))))
