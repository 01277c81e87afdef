"""Layers in float32: their gradients must be those of float64, as far as float32 can hold them.

Where a gate is nearly closed, z(1 - z) of float32 is 0 or a whole unit of its last digit, and the gradient is off by
all of its size. That is no fault of the layer; it is rare, and gone when the inputs are scaled a little.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from .layer import Array, FaultError, RefusalError
from .point import Point, at, finite, flattened, natural, widened
from .verdict import LayerFailure

_AGAIN, _MOST = 5, 3
"""At how many points, scaled anew, a loss is looked for again, and at how many of them it has to be found."""


def check_narrow(point: Point, narrow: Point, rng: Generator) -> None:
    """Raise `FaultError` if the gradients in float32 are far from those in float64, there and at most points nearby."""
    failure = _lost(point, narrow, rng)
    if failure is not None and sum(_lost_again(narrow, rng) for _ in range(_AGAIN)) >= _MOST:
        raise FaultError(failure)


def _lost(point: Point, narrow: Point, rng: Generator) -> LayerFailure | None:
    """A gradient in float32 that is far from that in float64, and not for bad conditioning."""
    y, narrow_y = (flattened(p.done.outputs, p.done.outputs).astype(np.float64) for p in (point, narrow))
    if not finite((narrow_y,)) or np.linalg.norm(y - narrow_y) > 1e-3 * np.linalg.norm(y):
        return None
    for name, wide in point.claimed.items():
        single = narrow.claimed[name].astype(np.float64)
        scale = max(
            float(np.max(np.abs(wide), initial=0.0)),
            0.3 * natural(point.inputs, point.done.outputs, point.cotangents, name),
        )
        if not finite((wide,)) or not 1e-30 < scale < 1e30:
            continue
        apart = float(np.max(np.abs(single - wide), initial=0.0))
        if apart <= 0.03 * scale:
            continue
        moves = [_moved(narrow, name, rng) for _ in range(3)]
        shake = max((float(np.max(np.abs(m - single))) for m in moves if m is not None), default=np.inf)
        if apart > 30 * shake:
            index = tuple(int(i) for i in np.unravel_index(int(np.argmax(np.abs(single - wide))), wide.shape))
            text, got, right = f"gradient of {name} is lost in float32", float(single[index]), float(wide[index])
            return LayerFailure("precision", text, name, index, got, right, cause="float32 digits")
    return None


def _lost_again(narrow: Point, rng: Generator) -> bool:
    """Whether a gradient is lost too where every input is scaled by a factor of its own, between a half and two."""
    scaled = {
        n: a * a.dtype.type(2 ** rng.uniform(-1, 1)) if a.dtype.kind == "f" else a for n, a in narrow.inputs.items()
    }
    try:
        again = at(narrow.layer, narrow.declaration, scaled, narrow.cotangents)
    except (RefusalError, FaultError):
        return False
    wide = widened(again)
    return wide is not again and _lost(wide, again, rng) is not None


def _moved(point: Point, name: str, rng: Generator) -> Array | None:
    """The gradient with every input moved by some ulps."""
    try:
        moved = at(point.layer, point.declaration, _by_ulps(point.inputs, rng), point.cotangents)
    except (RefusalError, FaultError):
        return None
    return moved.claimed[name].astype(np.float64)


def _by_ulps(inputs: Mapping[str, Array], rng: Generator) -> dict[str, Array]:
    moved = dict(inputs)
    for name, a in inputs.items():
        if a.dtype.kind == "f":
            moved[name] = (a * (1 + rng.integers(-2, 3, a.shape) * np.finfo(a.dtype).eps)).astype(a.dtype)
    return moved
