"""Results that are computed twice: the gradients again, and whether two arrays are the same up to rounding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .layer import Array, Layer, Pass, gradients, run_backward

_ROUNDINGS = 2000


def gradients_again(
    layer: Layer, done: Pass, cotangents: tuple[Array, ...], inputs: Mapping[str, Array], names: Mapping[str, Any]
) -> dict[str, Array]:
    """The gradients of another call of backward, which gets cotangents of its own."""
    raw = run_backward(layer, done, tuple(c.copy() for c in cotangents))
    return {n: np.array(g) for n, g in gradients(raw, inputs, tuple(names)).items()}


def close(a: Array, b: Array, scale: float, part: float = 0.0) -> bool:
    """Equal up to reordered roundings at the scale of the whole array; NaN and infinity equal themselves."""
    if a.shape != b.shape:
        return False
    if a.dtype.kind not in "f" or b.dtype.kind not in "f":
        return bool(np.array_equal(a, b))
    if not np.isfinite(scale):
        return bool(np.array_equal(a, b, equal_nan=True))
    slack = max(part, _ROUNDINGS * float(max(np.finfo(a.dtype).eps, np.finfo(b.dtype).eps))) * scale
    return bool(np.allclose(a, b, rtol=0.0, atol=slack, equal_nan=True))


def worst(a: Array, b: Array) -> tuple[tuple[int, ...], float, float]:
    """Where two arrays differ most, and the two values there."""
    apart = np.nan_to_num(np.abs(a.astype(np.float64) - b), nan=np.inf)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(apart)), a.shape))
    return index, float(a[index]), float(b[index])
