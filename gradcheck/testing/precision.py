"""Hidden float32: code that says 64 bits and computes in 32 shows an error that does not shrink with the precision."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from ..differences.noise import GRID, measured_noise
from .layer import Array, FaultError, RefusalError
from .point import LONG, Point, at, cast, finite, flattened
from .verdict import LayerFailure

_SUSPICIOUS = 2e-9
"""Noise of 64-bit code, relative to the size of the result, above which something is wrong or ill-conditioned."""
_SPACING = 2.0**-19
_LINES = 3


def check_precision(point: Point, narrow: Point, rng: Generator) -> None:
    """Raise `FaultError` if forward or backward of a layer in 64 bits trembles like one in 32.

    Along a line the noise of outputs and gradients is measured. Ill-conditioned code trembles too, but less in long
    doubles and far more in float32, in proportion to their precision; code with hidden float32 trembles alike.
    """
    if narrow is not point or any(a.dtype != np.float64 for a in _floats(point)):
        return
    if any(y.dtype != np.float64 for y in point.done.outputs if y.dtype.kind == "f"):
        return
    wide: dict[str, float] = {}
    for _ in range(_LINES):
        # A kink on the line looks like noise, hidden float32 shows on every line: the quietest line decides.
        directions = {n: rng.standard_normal(a.shape) for n, a in point.inputs.items() if a.dtype.kind == "f"}
        seen = _noises(point, directions, np.dtype(np.float64))
        wide = {n: min(noise, wide.get(n, noise)) for n, noise in seen.items()}
        if not any(noise > _SUSPICIOUS for noise in wide.values()):
            return
    other = LONG if point.keeps_long() else np.dtype(np.float32)
    elsewhere = _noises(point, directions, other)
    for name, noise in wide.items():
        if noise <= _SUSPICIOUS or name not in elsewhere:
            continue
        proportionate = elsewhere[name] < 0.02 * noise if other == LONG else elsewhere[name] > 1e3 * noise
        if not proportionate:
            text = (
                f"gradient of {name} has fewer digits than float64" if name else "forward has fewer digits than float64"
            )
            detail = f"relative noise {noise:.0e}, as in float32"
            raise FaultError(LayerFailure("precision", text, name, detail=detail, cause="hidden float32"))


def check_narrow(point: Point, narrow: Point, rng: Generator) -> None:
    """Raise `FaultError` if the gradients in float32 are finite or right in float64 only."""
    for name, wide in point.claimed.items():
        single = narrow.claimed[name].astype(np.float64)
        scale = float(np.max(np.abs(wide), initial=0.0))
        if not finite((wide,)) or not scale or scale > 1e30:
            continue
        apart = float(np.max(np.abs(single - wide), initial=0.0))
        if apart <= 0.03 * scale:
            continue
        moves = [_moved(narrow, name, rng) for _ in range(3)]
        shake = max((float(np.max(np.abs(m - single))) for m in moves if m is not None), default=np.inf)
        if apart > 30 * shake:
            index = tuple(int(i) for i in np.unravel_index(int(np.argmax(np.abs(single - wide))), wide.shape))
            text = f"gradient of {name} is lost in float32"
            raise FaultError(
                LayerFailure(
                    "precision", text, name, index, float(single[index]), float(wide[index]), cause="float32 digits"
                )
            )


def _moved(point: Point, name: str, rng: Generator) -> Array | None:
    """The gradient with every input moved by some ulps."""
    inputs = {
        n: (a * (1 + rng.integers(-2, 3, a.shape) * np.finfo(a.dtype).eps)).astype(a.dtype)
        if a.dtype.kind == "f"
        else a
        for n, a in point.inputs.items()
    }
    try:
        return at(point.layer, point.declaration, inputs, point.cotangents).claimed[name].astype(np.float64)
    except (RefusalError, FaultError):
        return None


def _noises(point: Point, directions: dict[str, Array], dtype: np.dtype[Any]) -> dict[str, float]:
    """The noise of the outputs ("") and of every gradient along a line through all inputs, relative to their size."""
    base = cast(point.inputs, dtype)
    cotangents = tuple(c.astype(dtype) if c.dtype.kind == "f" else c for c in point.cotangents)
    spacing = _SPACING if dtype != np.float32 else 2.0**-13
    found: list[Point] = []
    for k in GRID:
        moved = dict(base)
        for name, u in directions.items():
            size = float(np.max(np.abs(point.inputs[name]), initial=0.0)) or 1.0
            moved[name] = (base[name] + k * spacing * size * u).astype(dtype)
        try:
            found.append(at(point.layer, point.declaration, moved, cotangents))
        except (RefusalError, FaultError):
            return {}
    noises = {"": _relative(np.stack([flattened(p.done.outputs, p.done.outputs) for p in found]), dtype)}
    for name in point.claimed:
        noises[name] = _relative(np.stack([p.claimed[name].reshape(-1) for p in found]), dtype)
    return {name: noise for name, noise in noises.items() if noise is not None}


def _relative(values: Array, dtype: np.dtype[Any]) -> float | None:
    """Relative to the size of all: the noise of the median entry, since a kink in a few entries looks like noise."""
    values = values.astype(np.float64 if dtype == np.float32 else dtype)
    if not finite((values,)):
        return None
    size = float(np.sqrt(np.mean(values.astype(np.float64) ** 2))) if values.size else 0.0
    live = measured_noise(values)[np.max(np.abs(values), axis=0) > 1e-6 * size] if size else values[:0]
    return float(np.median(live.astype(np.float64)) / size) if live.size else 0.0


def _floats(point: Point) -> list[Array]:
    return [a for a in point.inputs.values() if a.dtype.kind == "f"]
