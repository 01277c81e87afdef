"""One-sided slopes, one per output: where they differ there is a kink, where they run away there is a jump."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ladder import NOISES, RATIO, rungs
from .line import Line
from .noise import GRID, SPACING, measured_noise

Array = NDArray[Any]


@dataclass(frozen=True)
class Sides:
    """Slopes of every output to the left and to the right of t = 0, with error bars; all of shape (K,).

    loose: the outputs that have no finite slope on one side (a jump, or a slope that grows as the step shrinks).
    """

    left: Array
    right: Array
    left_error: Array
    right_error: Array
    loose: Array

    def bracket(self, weights: Array) -> tuple[float, float, float]:
        """The least and the largest value of v·slope if every output chooses a slope between its two, and the error.

        Taken per output, not of the sum: at 0 the sum over two ReLU outputs with opposite weights is smooth.
        """
        ends = np.stack([self.left * weights, self.right * weights])
        error = np.sum(np.abs(weights) * np.maximum(self.left_error, self.right_error))
        return float(ends.min(0).sum()), float(ends.max(0).sum()), float(error)

    def kinked(self, times: float = 4.0) -> bool:
        """Whether some output has two different slopes."""
        apart = np.abs(self.left - self.right)
        return bool(np.any(apart > times * (self.left_error + self.right_error) + 1e-7 * np.abs(self.left)))


def sides(line: Line, below: float | None = None) -> Sides:
    """The one-sided slopes of every output of the line at t = 0, from steps of at most `below`.

    A kink beside the point, not at it, is outside the steps below the one at which central differences settle.
    """
    steps = rungs(line.scale, float(np.finfo(line.x.dtype).eps), 2)
    if below is not None:
        steps = [h for h in steps if h <= below] if sum(h <= below for h in steps) >= 4 else steps[-4:]
    here = line.at([0.0])
    # A grid that straddles a kink takes it for noise: the quieter of the two sides is the better measure.
    noise = np.minimum(*(measured_noise(line.at([k * s for k in GRID]).values) for s in _spacings(line)))
    sided = []
    for sign in (-1.0, 1.0):
        samples = line.at([sign * h for h in steps])
        with np.errstate(all="ignore"):
            rise = samples.values - here.values
            slopes = rise / samples.steps[:, None]
        sided.append((*_settled(slopes, np.abs(samples.steps), noise), _runs_away(slopes, np.abs(rise), noise)))
    (left, left_error, loose_left), (right, right_error, loose_right) = sided
    return Sides(left, right, left_error, right_error, loose_left | loose_right)


def glimpsed_sides(line: Line, far: float, near: float) -> Sides:
    """The one-sided slopes at the step `near`, with their change from the step `far` as error bars.

    Enough to see that a claim lies between the two sides of a kink, never enough to see that it does not.
    """
    samples = line.at([0.0, far, near, -far, -near])
    with np.errstate(all="ignore"):
        slopes = (samples.values[1:] - samples.values[0]) / (samples.steps[1:] - samples.steps[0])[:, None]
    right_error, left_error = (np.abs(slopes[k] - slopes[k + 1]) for k in (0, 2))
    loose: Array = ~np.isfinite(slopes).all(axis=0)
    return Sides(slopes[3], slopes[1], left_error, right_error, loose)


def _spacings(line: Line) -> tuple[float, float]:
    return SPACING * line.scale, -SPACING * line.scale


def _settled(slopes: Array, steps: Array, noise: Array) -> tuple[Array, Array]:
    """Per output the extrapolated slope with the smallest change + noise / h."""
    with np.errstate(all="ignore"):
        better = (RATIO * slopes[1:] - slopes[:-1]) / (RATIO - 1)
        errors = np.abs(np.diff(better, axis=0)) + 1.3 * NOISES * noise / steps[2:, None]
    errors = np.where(np.isfinite(errors), errors, np.inf)
    best = np.argmin(errors, axis=0)
    columns = np.arange(slopes.shape[1])
    return better[1:][best, columns], errors[best, columns]


def _runs_away(slopes: Array, rise: Array, noise: Array) -> Array:
    """The outputs whose slope still grows at the finest step that rises well above the noise."""
    clear = rise > 50 * noise
    finest = len(rise) - 1 - np.argmax(clear[::-1], axis=0)
    columns = np.arange(rise.shape[1])
    fine, coarse = np.abs(slopes[finest, columns]), np.abs(slopes[np.maximum(finest - 3, 0), columns])
    growing = (fine > 8 * coarse) & clear.any(axis=0) & (finest >= 3)
    loose: Array = growing | ~np.isfinite(slopes[-1])
    return loose
