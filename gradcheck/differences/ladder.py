"""Central differences over a ladder of steps, with a Richardson column and a measured error bar per rung.

D_j = (f(h_j) - f(-h_j)) / 2h_j with h_j = h_0 8^-j has an error c h_j² + noise / h_j; R_j = (64 D_j - D_{j-1}) / 63
removes the first part (Ridders 1982). The error bar of a rung is its change from the rung before, which is many times
the true error, plus the noise over the step; the rung with the smallest bar wins, unless a finer one contradicts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .line import Line
from .noise import FINER_SPACINGS, GRID, SPACING, is_silent, measured_noise

RATIO = 8.0
FIRST = 0.1
RUNGS = 14
NOISES = 4.0
"""How many deviations of the noise an error bar allows for."""


@dataclass(frozen=True)
class Slope:
    """A two-sided slope: value ± error, from the step `step`.

    noise: the deviation measured in the function; size: the largest value of the function that was met.
    """

    value: float
    error: float
    step: float
    noise: float
    size: float


def rungs(scale: float, precision: float, first: int = 0, last: int = RUNGS) -> list[float]:
    """The steps of the rungs first … last-1, as far as they exceed 64 rounding errors of the scale."""
    steps = [FIRST * scale * RATIO**-j for j in range(first, last)]
    return [h for h in steps if h >= 64 * precision * scale] or steps[:1]


def central(line: Line, steps: Sequence[float], quantum: float = 0.0) -> Slope:
    """The best slope of the line at 0 that the given steps (falling by a factor 8) yield.

    quantum: the noise to assume where the finest steps change nothing at all. No noise can be measured there: either
    the function is flat, or it rounds numbers larger than its values, as where its outputs cancel.
    """
    plain, made, size = _quotients(line, steps)
    noise = line_noise(line)
    if len(plain) > 2 and not plain[-2:].any():
        noise = max(noise, quantum)
    return _best(plain, made, noise, size)


def glimpsed(line: Line, steps: Sequence[float]) -> Slope:
    """The slope at the last step with its change from the one before as error bar; the noise is not measured.

    Enough to see that a claim agrees, never enough to see that it does not.
    """
    plain, made, size = _quotients(line, steps)
    error = float(np.max(np.abs(np.diff(plain))))
    return Slope(float(plain[-1]), error if np.isfinite(error) else float("inf"), float(made[-1]), 0.0, size)


def quotient(line: Line, step: float) -> tuple[float, float]:
    """The central difference quotient at one step, of unknown error, and the largest value met."""
    plain, _, size = _quotients(line, [step])
    return float(plain[0]), size


def _quotients(line: Line, steps: Sequence[float]) -> tuple[NDArray[Any], NDArray[Any], float]:
    """The difference quotients at these steps, the steps really made, and the largest value met."""
    samples = line.at([s for h in steps for s in (h, -h)])
    made = samples.steps[0::2] - samples.steps[1::2]
    with np.errstate(all="ignore"):
        plain = (samples.total[0::2] - samples.total[1::2]) / made
    size = float(np.max(np.abs(samples.total)))
    return plain, np.abs(made) / 2, size if np.isfinite(size) else 0.0


def line_noise(line: Line) -> float:
    """The deviation of the noise in the weighted sum of the outputs: the least that any grid shows.

    A kink inside a grid looks like noise, and so does a curve that is narrow beside the grid: one grid may show far too
    much. The finer grids may show too little, where they are too fine for the digits of the code; such silence is no
    measurement.
    """
    first = min(_grid_noise(line, sign * SPACING) for sign in (1, -1))
    finer = [_grid_noise(line, sign * fine, silent=np.inf) for fine in FINER_SPACINGS for sign in (1, -1)]
    return min(first, *finer)


def _grid_noise(line: Line, spacing: float, silent: float = 0.0) -> float:
    total = line.at([k * spacing * line.scale for k in GRID]).total
    if silent and is_silent(total):
        return silent
    return float(measured_noise(total[:, None])[0])


def _best(plain: NDArray[Any], steps: NDArray[Any], noise: float, size: float) -> Slope:
    with np.errstate(all="ignore"):
        extrapolated = (RATIO**2 * plain[1:] - plain[:-1]) / (RATIO**2 - 1)
        shaky = NOISES * noise / steps
        values = np.concatenate([plain[1:], extrapolated[1:]])
        errors = np.concatenate(
            [
                np.abs(np.diff(plain)) + shaky[1:],
                np.abs(np.diff(extrapolated)) + 1.2 * shaky[2:],
            ]
        )
        errors = np.where(np.isfinite(errors) & np.isfinite(values), errors, np.inf)
    at = np.concatenate([np.arange(1, len(plain)), np.arange(2, len(plain))])
    for k in np.argsort(errors, kind="stable"):
        finer = np.arange(len(plain)) > at[k]
        apart = np.abs(plain[finer] - values[k])
        # Finer steps see less of the function and more of the noise; if one sees something else than noise, trust it.
        if np.isfinite(errors[k]) and not np.any(apart > 3 * errors[k] + 2 * shaky[finer]):
            return Slope(float(values[k]), float(errors[k]), float(steps[at[k]]), noise, size)
    return Slope(float("nan"), float("inf"), float(steps[-1]), noise, size)
