"""Every partial derivative of a scalar function, with an error bar each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .directional import estimate
from .ladder import NOISES, line_noise
from .line import Line

Array = NDArray[Any]
SMALL_STEP = 2.0**-10
"""The smaller of the two steps of the quick pass, as a fraction of the scale."""


@dataclass(frozen=True)
class Gradient:
    """Values and error bars, both of the shape of x. kinks: True where the function has no slope, only two sides."""

    values: Array
    errors: Array
    kinks: Array


def gradient(f: Callable[[Array], Any], x: ArrayLike, *, batched: bool = False, accuracy: float = 1e-6) -> Gradient:
    """The gradient of a scalar f at x, entry by entry.

    f: array of the shape of x -> number; with batched=True, (T, *x.shape) -> (T,), called once for all entries.
    Two steps per entry and their Richardson extrapolation are enough where their error bar is below `accuracy` of the
    value (or of the largest entry); the other entries get the whole ladder and the search for kinks.

    >>> import numpy as np
    >>> found = gradient(lambda x: (x**2).sum(axis=-1), [1.0, 2.0], batched=True)
    >>> bool(np.all(np.abs(found.values - [2.0, 4.0]) <= found.errors + 1e-12))
    True
    """
    point = np.asarray(x)
    point = point if np.issubdtype(point.dtype, np.floating) else point.astype(np.float64)
    if not point.size:
        empty = np.zeros(point.shape)
        return Gradient(empty, empty.copy(), empty.astype(bool))
    with np.errstate(all="ignore"):
        values, errors = _quick(f, point, batched)
    floor = accuracy * float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0))
    kinks = np.zeros(point.size, dtype=bool)
    for i in np.flatnonzero(~(errors <= np.maximum(accuracy * np.abs(values), floor * 1e-3))):
        found = estimate(Line(f, point, _coordinate(point, int(i)), batched=batched))
        values[i], errors[i], kinks[i] = found.value, found.error, found.kind != "smooth"
    return Gradient(values.reshape(point.shape), errors.reshape(point.shape), kinks.reshape(point.shape))


def _quick(f: Callable[[Array], Any], point: Array, batched: bool) -> tuple[Array, Array]:
    """Central differences at h and 8h for every entry; error bars from their change and the measured noise."""
    n = point.size
    flat = point.reshape(-1)
    size = np.abs(flat)
    h = SMALL_STEP * np.where(size > 0, size, float(size.max()) or 1.0)
    offsets = np.stack([h, -h, 8 * h, -8 * h])
    points = np.tile(flat, (4, n, 1))
    points[:, np.arange(n), np.arange(n)] += offsets
    made = points[:, np.arange(n), np.arange(n)] - flat
    stack = points.reshape(4 * n, *point.shape)
    found = np.asarray(f(stack) if batched else [f(p) for p in stack], dtype=point.dtype).reshape(4, n)
    near = (found[0] - found[1]) / (made[0] - made[1])
    far = (found[2] - found[3]) / (made[2] - made[3])
    noise = line_noise(Line(f, point, np.ones_like(point), batched=batched))
    # One side alone shows a kink that lies exactly at the point, which central differences average away.
    here = (found[0] + found[1]) / 2 - (found[2] + found[3]) / 2
    curved = np.abs(here) / (8 * h)
    errors = np.abs(near - far) + NOISES * noise / h
    suspicious = curved > 0.05 * np.maximum(np.abs(near), np.abs(far)) + 10 * noise / h
    return (64 * near - far) / 63, np.where(suspicious, np.inf, errors)


def _coordinate(point: Array, i: int) -> Array:
    u = np.zeros(point.size, dtype=point.dtype)
    u[i] = 1.0
    return u.reshape(point.shape)
