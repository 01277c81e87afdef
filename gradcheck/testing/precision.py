"""Hidden float32: code that says 64 bits and computes in 32 does not answer to moves below the digits of float32."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from .layer import Array, FaultError, RefusalError
from .point import LONG, Point, at, cast, finite, flattened, natural
from .verdict import LayerFailure

_FINE, _MIDDLE, _COARSE, _LARGE = 2.0**-30, 2.0**-21, 2.0**-19, 2.0**-16
"""Moves far below the last digit of float32, and three above it, relative to the values moved."""


_ALIKE = 0.03
"""How far a value may be from itself in float32, as a part of it, if its digits are those of float32."""


@dataclass(frozen=True)
class Ear:
    """How to listen in one precision.

    finest: the finest move; part: how much of an answer must be missing there; steady: by which part of that the
    answers to still finer moves may differ, so that something is cut off and not drowned in noise.
    """

    dtype: np.dtype[Any]
    finest: float
    part: float
    steady: float


_DOUBLE = Ear(np.dtype(np.float64), _FINE, 0.05, np.inf)
_LONG = Ear(LONG, 2.0**-27, 0.3, 0.1)
"""Where float64 cancels to a few digits, long doubles keep enough; what is cut off is missing in them as well."""


def check_precision(point: Point, rng: Generator) -> None:
    """Raise `FaultError` if outputs or gradients of a layer in 64 bits answer to moves as if they had 32.

    Along a line through all inputs and cotangents the slope of every output and gradient entry is taken at three
    steps. Smooth code has the same slope at all three, up to rounding; where digits are cut off, the finest step
    sees nothing of what was cut off. Ill-conditioned code loses fine moves too, but fewer of them in long doubles; and
    code that cancels to the last digits of float64 (as 1 - cos x does) has nothing left in float32.
    """
    floats = [a for a in (*point.inputs.values(), *point.done.outputs) if a.dtype.kind == "f"]
    if any(a.dtype != np.float64 for a in floats):
        return
    suspects = set(point.claimed) | {""}
    for _ in range(2):
        suspects &= _deaf(point, rng, _DOUBLE)
        if not suspects:
            return
    if point.keeps_long():
        suspects &= _deaf(point, rng, _LONG)
    for name in sorted(suspects):
        text = f"gradient of {name} has fewer digits than float64" if name else "forward has fewer digits than float64"
        detail = "small moves of the inputs leave it unchanged, larger ones do not"
        raise FaultError(LayerFailure("precision", text, name, detail=detail, cause="hidden float32"))


Values = Callable[[float], dict[str, Array]]
Sloped = tuple[Array, Array]
"""Central slopes, and the sums of the two values they are made of."""


def _deaf(point: Point, rng: Generator, ear: Ear) -> set[str]:
    """The gradients (and "" for the outputs) with entries that answer to coarse moves and not to the finest.

    Entries whose slopes differ among the larger steps are on a curve, at a kink or badly conditioned, not cut off.
    """
    values, single = _along_a_line(point, rng, ear.dtype)
    try:
        with np.errstate(all="ignore"):
            here, fine, coarse = values(0.0), _slopes(values, ear.finest), _slopes(values, _COARSE)
            least = {n: 1e-4 * natural(point.inputs, point.done.outputs, point.cotangents, n) for n in point.claimed}
            # Outputs may be what is left of inputs that cancel: their last digit is that of the inputs.
            least[""] = 1e-9 * max(float(np.max(np.abs(a), initial=0.0)) for a in point.inputs.values())
            masks = {n: _missing(here[n], *fine[n], coarse[n][0], least[n], ear) for n in here}
            for step in (_MIDDLE, _LARGE):
                if not any(mask.any() for mask in masks.values()):
                    return set()
                other = _slopes(values, step)
                for n, mask in masks.items():
                    slope, expected = other[n][0], coarse[n][0]
                    mask &= np.abs(slope - expected) < 0.5 * np.abs(expected)
                    mask &= np.abs(slope - fine[n][0]) > ear.part * np.abs(expected)
            suspects = {n for n, mask in masks.items() if mask.any()}
            if suspects and ear.steady < np.inf:
                finer = [_slopes(values, ear.finest / part) for part in (3, 7)]
                suspects = {n for n in suspects if _is_steady(masks[n], fine[n], coarse[n], [f[n] for f in finer], ear)}
            narrow = single() if suspects else {}
    except (RefusalError, FaultError):
        return set()
    return {n for n in suspects if np.any(masks[n] & _survives(here[n], narrow.get(n)))}


def _is_steady(mask: Array, fine: Sloped, coarse: Sloped, finer: Sequence[Sloped], ear: Ear) -> bool:
    """Whether most of what is missing at the fine step is missing at still finer ones as well, to the same extent."""
    missing = np.abs(fine[0] - coarse[0])[mask]
    same = [np.abs(other[0] - fine[0])[mask] <= ear.steady * missing for other in finer]
    return bool(np.mean(np.logical_and.reduce(same)) > 0.5)


def _survives(here: Array, narrow: Array | None) -> Array:
    """The entries that float32 can hold as computed: what is computed in float32 anyway is the same there."""
    if narrow is None:
        return np.ones(here.shape, bool)
    found: Array = np.abs(here - narrow) <= _ALIKE * np.abs(here)
    return found


def _along_a_line(point: Point, rng: Generator, dtype: np.dtype[Any]) -> tuple[Values, Callable[[], dict[str, Array]]]:
    """T -> outputs and gradients with every input and cotangent moved by t along a random line; those in float32."""
    inputs = {n: _direction(a, rng) for n, a in point.inputs.items() if a.dtype.kind == "f"}
    cotangents = tuple(_direction(c, rng) for c in point.cotangents)
    # Off the numbers of float32, which any cut leaves as they are, and off any kink or tie.
    off = {n: a + 1e-3 * _direction(a, rng) if n in inputs else a for n, a in point.inputs.items()}
    start = cast(off, dtype)

    def values(t: float) -> dict[str, Array]:
        moved = {n: a + dtype.type(t) * inputs[n] if n in inputs else a for n, a in start.items()}
        dys = point.cotangents
        if point.layer.has_cotangent:
            dys = tuple(c.astype(dtype) + dtype.type(t + 1e-9) * u for c, u in zip(dys, cotangents, strict=True))
        return _all_values(at(point.layer, point.declaration, moved, dys))

    def single() -> dict[str, Array]:
        """The same at t = 0 in float32; nothing where the layer takes no float32."""
        narrow = np.dtype(np.float32)
        try:
            dys = tuple(c.astype(narrow) for c in point.cotangents)
            return _all_values(at(point.layer, point.declaration, cast(off, narrow), dys))
        except (RefusalError, FaultError):
            return {}

    return values, single


def _all_values(point: Point) -> dict[str, Array]:
    outputs = flattened(point.done.outputs, point.done.outputs)
    return {"": outputs, **{n: g.reshape(-1) for n, g in point.claimed.items()}}


def _slopes(values: Values, step: float) -> dict[str, Sloped]:
    """Per name the central slope at this step, and the sum of the two values it is made of."""
    ahead, behind = values(step), values(-step)
    return {n: ((ahead[n] - behind[n]) / (2 * step), ahead[n] + behind[n]) for n in ahead}


def _missing(here: Array, fine: Array, total: Array, coarse: Array, least: float, ear: Ear) -> Array:
    """The entries with a coarse slope well above the digits of float32 that is missing, in part, at the fine step."""
    if not here.size or not finite((here, fine, coarse)):
        return np.zeros(here.shape, bool)
    largest = max(float(np.max(np.abs(here))), least)
    # What rounding does to the fine slope: seen in the second differences, of the entry and of most entries, and at
    # least one unit of the last digit. Where digits are cut off a few entries leap by a whole unit of float32.
    bent = np.abs(total - 2 * here)
    rounding = (10 * np.maximum(bent, np.median(bent)) + 8 * float(np.finfo(np.float64).eps) * largest) / ear.finest
    visible = np.abs(coarse) * _COARSE > 4 * float(np.finfo(np.float32).eps) * np.maximum(np.abs(here), least)
    missing = np.abs(fine - coarse)
    found: Array = visible & (missing > ear.part * np.abs(coarse)) & (missing > rounding)
    return found


def _direction(array: Array, rng: Generator) -> Array:
    """A random direction in which every entry moves by about its own size, or a little of the largest."""
    size = np.abs(array)
    return np.asarray(rng.standard_normal(array.shape) * (size + 0.1 * float(np.max(size, initial=0.0)) + 1e-30))
