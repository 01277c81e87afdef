"""Slopes along a direction, with everything that finite differences can say about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .estimate import Estimate
from .ladder import Slope, central, rungs
from .line import Line
from .sides import sides

Array = NDArray[Any]


def directional(
    f: Callable[[Array], Any],
    x: ArrayLike,
    u: ArrayLike,
    v: ArrayLike | None = None,
    *,
    batched: bool = False,
) -> Estimate:
    """The slope of v·f at x along u, by central differences with a measured error bar.

    f: array of the shape of x -> array or number (with batched=True, (T, *x.shape) -> (T, ...)).
    x: real array, any shape; u: the same shape. v: weights of the outputs; None for a scalar f.
    At a kink the two one-sided slopes are reported, at a jump there is no value (NaN, infinite error).

    >>> import numpy as np
    >>> at_two = directional(lambda x: np.sum(x**3), [2.0, 0.0], [1.0, 0.0])
    >>> abs(at_two.value - 12) < 1e-8 and at_two.error < 1e-6
    True
    >>> at_kink = directional(lambda x: np.abs(x).sum(), [0.0], [1.0])
    >>> at_kink.kind, round(at_kink.left), round(at_kink.right)
    ('kink', -1, 1)
    """
    point = _real(x)
    weights = None if v is None else np.asarray(v)
    return estimate(Line(f, point, _real(u).astype(point.dtype), weights, batched=batched))


def derivative(f: Callable[[Array], Any], x: ArrayLike, entry: int | tuple[int, ...] = (), **options: Any) -> Estimate:
    """The partial derivative of a scalar f with respect to one entry of x (0-based; () for a scalar x).

    >>> round(derivative(lambda x: x[0] * x[1], [3.0, 4.0], 1).value, 9)
    3.0
    """
    point = _real(x)
    u = np.zeros_like(point)
    u[entry] = 1.0
    return directional(f, point, u, **options)


def estimate(line: Line) -> Estimate:
    """The slope of a line at t = 0: smooth where the two sides agree, else the kink or the jump that is there."""
    precision = float(np.finfo(line.x.dtype).eps)
    with np.errstate(all="ignore"):
        slope = central(line, rungs(line.scale, precision))
        if _sharp(slope) and not _kinked_here(line, slope):
            return Estimate(slope.value, slope.error, "smooth", slope.value, slope.value, slope.step)
        return _by_sides(line, slope)


def _sharp(slope: Slope) -> bool:
    return np.isfinite(slope.error) and slope.error <= 1e-3 * abs(slope.value) + 1e-12


def _kinked_here(line: Line, slope: Slope) -> bool:
    """Whether the two sides differ in slope: a kink at exactly 0 leaves central differences as sharp as ever.

    The gap between the sides is curvature·h where f is smooth and stays as h shrinks where it is not.
    """
    near, far = slope.step / 64, slope.step / 8
    samples = line.at([0.0, near, -near, far, -far])
    rise = (samples.total[1:] - samples.total[0]) / (samples.steps[1:] - samples.steps[0])
    small, large = abs(rise[0] - rise[1]), abs(rise[2] - rise[3])
    return bool(small > 0.4 * large and small > 10 * slope.noise / near)


def _by_sides(line: Line, slope: Slope) -> Estimate:
    found = sides(line)
    weights = np.ones(len(found.left)) if line.weights is None else line.weights.reshape(-1)
    matters = weights != 0
    if np.any(found.loose & matters):
        return Estimate(float("nan"), float("inf"), "jump", float("nan"), float("nan"), slope.step)
    left, right = float(found.left @ weights), float(found.right @ weights)
    error = float(np.abs(weights) @ np.maximum(found.left_error, found.right_error))
    if not np.isfinite(left + right):
        return Estimate(float("nan"), float("inf"), "unknown", left, right, slope.step)
    if abs(left - right) > 4 * error + 1e-7 * max(abs(left), abs(right)):
        return Estimate((left + right) / 2, error, "kink", left, right, slope.step)
    if np.isfinite(slope.error):
        return Estimate(slope.value, slope.error, "smooth", slope.value, slope.value, slope.step)
    return Estimate((left + right) / 2, error + abs(left - right), "smooth", left, right, slope.step)


def _real(x: ArrayLike) -> Array:
    array = np.asarray(x)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.float64)
