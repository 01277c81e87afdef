"""Hidden float32: code that says 64 bits and computes in 32 does not answer to moves below the digits of float32."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.random import Generator

from .layer import Array, FaultError, RefusalError
from .point import LONG, Point, at, cast, finite, flattened, natural
from .verdict import LayerFailure

_FINE, _MIDDLE, _COARSE, _LARGE = 2.0**-34, 2.0**-21, 2.0**-19, 2.0**-16
"""Moves far below the last digit of float32, and three above it, relative to the values moved."""
_PART = 0.05
"""How much of an answer must be missing at the fine moves."""


def check_precision(point: Point, rng: Generator) -> None:
    """Raise `FaultError` if outputs or gradients of a layer in 64 bits answer to moves as if they had 32.

    Along a line through all inputs and cotangents the slope of every output and gradient entry is taken at three
    steps. Smooth code has the same slope at all three, up to rounding; where digits are cut off, the finest step
    sees nothing of what was cut off. Ill-conditioned code loses fine moves too, but not in long doubles.
    """
    floats = [a for a in (*point.inputs.values(), *point.done.outputs) if a.dtype.kind == "f"]
    if any(a.dtype != np.float64 for a in floats):
        return
    suspects: set[str] | None = None
    for _ in range(2):
        found = _deaf(point, rng, np.dtype(np.float64))
        suspects = found if suspects is None else suspects & found
        if not suspects:
            return
    assert suspects is not None
    if point.keeps_long():
        suspects &= _deaf(point, rng, LONG)
    for name in sorted(suspects):
        text = f"gradient of {name} has fewer digits than float64" if name else "forward has fewer digits than float64"
        detail = "small moves of the inputs leave it unchanged, larger ones do not"
        raise FaultError(LayerFailure("precision", text, name, detail=detail, cause="hidden float32"))


def _deaf(point: Point, rng: Generator, dtype: np.dtype[Any]) -> set[str]:
    """The gradients (and "" for the outputs) with entries that answer to coarse moves and not to fine ones."""
    inputs = {n: _direction(a, rng) for n, a in point.inputs.items() if a.dtype.kind == "f"}
    cotangents = tuple(_direction(c, rng) for c in point.cotangents)
    # Off the numbers of float32, which any cut leaves as they are, and off any kink or tie.
    start = {n: a + 1e-3 * _direction(a, rng) if n in inputs else a for n, a in point.inputs.items()}

    def values(t: float) -> dict[str, Array]:
        moved = {n: a + t * inputs[n] if n in inputs else a for n, a in cast(start, dtype).items()}
        dys = tuple(
            c.astype(dtype) * (1 + dtype.type(1e-9)) + t * u for c, u in zip(point.cotangents, cotangents, strict=True)
        )
        there = at(point.layer, point.declaration, moved, dys if point.layer.has_cotangent else point.cotangents)
        outputs = flattened(there.done.outputs, there.done.outputs)
        return {"": outputs, **{n: g.reshape(-1) for n, g in there.claimed.items()}}

    try:
        with np.errstate(all="ignore"):
            here = values(0.0)
            ahead, behind = ([values(s * t) for t in (_FINE, _MIDDLE, _COARSE, _LARGE)] for s in (1.0, -1.0))
    except (RefusalError, FaultError):
        return set()
    found = set()
    for name, value in here.items():
        least = 1e-4 * (natural(point.inputs, point.done.outputs, point.cotangents, name) if name else 0.0)
        if _cut(value, [a[name] for a in ahead], [b[name] for b in behind], least):
            found.add(name)
    return found


def _cut(here: Array, ahead: list[Array], behind: list[Array], least: float) -> bool:
    """Whether some entry has one slope at the three larger steps that is missing, in part, at the fine one.

    Slopes that differ among the larger steps are those of a curve, a kink or of bad conditioning, not of cut digits.
    """
    if not here.size or not finite((here, *ahead, *behind)):
        return False
    steps = (_FINE, _MIDDLE, _COARSE, _LARGE)
    fine, middle, coarse, large = ((a - b) / (2 * t) for a, b, t in zip(ahead, behind, steps, strict=True))
    largest = max(float(np.max(np.abs(here))), least)
    # What rounding does to the fine slope: seen in its second difference, and at least one unit of the last digit.
    bent = float(np.max(np.abs(ahead[0] - 2 * here + behind[0])))
    rounding = (10 * bent + 8 * float(np.finfo(np.float64).eps) * largest) / _FINE
    visible = np.abs(coarse) * _COARSE > 4 * float(np.finfo(np.float32).eps) * np.maximum(np.abs(here), least)
    steady = np.maximum(np.abs(large - coarse), np.abs(middle - coarse)) < 0.5 * np.abs(coarse)
    missing = np.minimum(np.abs(fine - coarse), np.abs(fine - large))
    return bool(np.any(visible & steady & (missing > _PART * np.abs(coarse)) & (missing > rounding)))


def _direction(array: Array, rng: Generator) -> Array:
    """A random direction in which every entry moves by about its own size, or a little of the largest."""
    size = np.abs(array)
    return np.asarray(rng.standard_normal(array.shape) * (size + 0.1 * float(np.max(size, initial=0.0)) + 1e-30))


def check_narrow(point: Point, narrow: Point, rng: Generator) -> None:
    """Raise `FaultError` if the gradients in float32 are far from those in float64, and not for bad conditioning."""
    y, narrow_y = (flattened(p.done.outputs, p.done.outputs).astype(np.float64) for p in (point, narrow))
    if not finite((narrow_y,)) or np.linalg.norm(y - narrow_y) > 1e-3 * np.linalg.norm(y):
        return
    for name, wide in point.claimed.items():
        single = narrow.claimed[name].astype(np.float64)
        scale = max(
            float(np.max(np.abs(wide), initial=0.0)),
            0.3 * natural(point.inputs, point.done.outputs, point.cotangents, name),
        )
        if not finite((wide,)) or not scale or scale > 1e30:
            continue
        apart = float(np.max(np.abs(single - wide), initial=0.0))
        if apart <= 0.03 * scale:
            continue
        moves = [_moved(narrow, name, rng) for _ in range(3)]
        shake = max((float(np.max(np.abs(m - single))) for m in moves if m is not None), default=np.inf)
        if apart > 30 * shake:
            index = tuple(int(i) for i in np.unravel_index(int(np.argmax(np.abs(single - wide))), wide.shape))
            text, got, right = f"gradient of {name} is lost in float32", float(single[index]), float(wide[index])
            raise FaultError(LayerFailure("precision", text, name, index, got, right, cause="float32 digits"))


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
