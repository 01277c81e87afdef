"""A layer at one point: its outputs, a cotangent, the gradients it claims there, and lines through the point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.random import Generator

from ..differences import Line
from ..differences.line import dot
from .inputs import Declaration
from .layer import Array, FaultError, Layer, Pass, RefusalError, gradients, run_backward, run_forward, run_outputs

LONG_LIMIT = 20_000
"""Up to how many input entries long doubles are worth their time."""
LONG = np.dtype(np.longdouble)


@dataclass(frozen=True)
class Point:
    """Inputs, the outputs there, the cotangents (zero for integer outputs) and the claimed gradients."""

    layer: Layer
    declaration: Declaration
    inputs: Mapping[str, Array]
    done: Pass
    cotangents: tuple[Array, ...]
    claimed: Mapping[str, Array]

    @property
    def weights(self) -> Array:
        """All cotangents as one vector, with the outputs that are integers left out."""
        return flattened(self.cotangents, self.done.outputs)

    def claim(self, name: str, u: Array) -> float:
        """The slope along u that the claimed gradient implies."""
        return float(dot(self.claimed[name], u))

    def scale(self, name: str, u: Array) -> float:
        """How large a slope along u may be expected: the norm of the terms that make it up."""
        with np.errstate(all="ignore"):
            terms = self.claimed[name] * u
            return float(np.sqrt(dot(terms, terms)))

    def quantum(self, line: Line) -> float:
        """What rounding numbers as large as the inputs may do to v·f: its values may hide it by cancelling."""
        largest = max((float(np.max(np.abs(a), initial=0.0)) for a in self.inputs.values()), default=0.0)
        size = float(np.linalg.norm(self.weights.astype(np.float64)))
        return float(np.finfo(line.x.dtype).eps) * size * largest

    def line(self, name: str, u: Array, dtype: np.dtype[Any] | None = None) -> Line:
        """The outputs along input `name` + t u, with the cotangents as weights, computed in `dtype`."""
        x = self.inputs[name] if dtype is None else self.inputs[name].astype(dtype)
        others = self.inputs if dtype is None else cast(self.inputs, dtype)
        model = self.claimed[name].astype(x.dtype) if np.all(np.isfinite(self.claimed[name])) else None

        def f(moved: Array) -> Array:
            outputs = run_outputs(self.layer, {**others, name: moved})
            return flattened(outputs, outputs)

        return Line(f, x, u.astype(x.dtype), self.weights.astype(x.dtype), model)

    def keeps_long(self) -> bool:
        """Whether the forward pass computes in long doubles when it is given some (and they are any longer)."""
        if np.finfo(LONG).eps >= np.finfo(np.float64).eps or sum(a.size for a in self.inputs.values()) > LONG_LIMIT:
            return False
        try:
            outputs = run_outputs(self.layer, cast(self.inputs, LONG))
        except RefusalError:
            return False
        kept = [y.dtype == LONG for y in outputs if y.dtype.kind == "f"]
        return bool(kept) and all(kept)

    def moved(self, name: str, x: Array) -> Point:
        """The same layer and cotangents with input `name` at x."""
        return at(self.layer, self.declaration, {**self.inputs, name: x}, self.cotangents)


def natural(inputs: Mapping[str, Array], outputs: tuple[Array, ...], cotangents: tuple[Array, ...], name: str) -> float:
    """The gradient entry that would move the outputs by their own size: what a gradient that cancels is measured by."""
    x = inputs[name]
    size = float(np.max(np.abs(x), initial=0.0)) or 1.0
    terms = [np.abs(c.astype(np.float64) * y).reshape(-1) for c, y in zip(cotangents, outputs, strict=True)]
    largest = max((float(np.max(t, initial=0.0)) for t in terms), default=0.0)
    if not 0 < largest < np.inf:
        return largest
    total = sum(float(np.sum((t / largest) ** 2)) for t in terms)  # scaled, since squares overflow early
    return float(largest / size * total**0.5 / max(1.0, x.size**0.5))


def at(layer: Layer, declaration: Declaration, inputs: Mapping[str, Array], cotangents: tuple[Array, ...]) -> Point:
    """Forward and backward at the inputs given, with the cotangents given. The layer gets copies laid out alike."""
    done = run_forward(layer, copied(inputs))
    raw = run_backward(layer, done, tuple(c.copy(order="K") for c in cotangents))
    claimed = {n: np.array(g) for n, g in gradients(raw, inputs, declaration.differentiable).items()}
    return Point(layer, declaration, inputs, done, cotangents, claimed)


def draw_cotangents(layer: Layer, outputs: tuple[Array, ...], rng: Generator) -> tuple[Array, ...]:
    """Random cotangents in the dtype of the outputs, away from 0; 1 for a loss that takes none."""
    drawn = []
    for y in outputs:
        if y.dtype.kind != "f":
            drawn.append(np.zeros(y.shape))
        elif not layer.has_cotangent:
            drawn.append(np.ones(y.shape, y.dtype))
        else:
            v = np.asarray(rng.standard_normal(y.shape))
            drawn.append((v + np.copysign(0.1, v)).astype(np.float32).astype(y.dtype))
    return tuple(drawn)


def flattened(arrays: tuple[Array, ...], outputs: tuple[Array, ...]) -> Array:
    """The arrays that belong to float outputs, one after the other."""
    parts = [a.reshape(-1) for a, y in zip(arrays, outputs, strict=True) if y.dtype.kind in "fc"]
    return np.concatenate(parts) if len(parts) != 1 else parts[0]


def cast(inputs: Mapping[str, Array], dtype: np.dtype[Any]) -> dict[str, Array]:
    """The same inputs with every float in `dtype`."""
    return {n: a.astype(dtype) if a.dtype.kind == "f" else a for n, a in inputs.items()}


def copied(inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Copies that keep the memory layout, so that a layer may do with them what it likes."""
    return {n: a.copy(order="K") if a.flags.writeable else a for n, a in inputs.items()}


def finite(arrays: tuple[Array, ...]) -> bool:
    """Whether every float entry is finite."""
    return all(bool(np.all(np.isfinite(a))) for a in arrays if a.dtype.kind in "fc")


def with_cotangents(point: Point, cotangents: tuple[Array, ...]) -> Point:
    """The same point seen through other cotangents."""
    fresh = at(point.layer, point.declaration, point.inputs, cotangents)
    return replace(fresh, done=fresh.done)


def widened(point: Point) -> Point:
    """The same point in float64 where the layer computes in float64 when it is given some; else as it is.

    The formula is the same in every precision, and only in the wider one can it be told from rounding.
    """
    if all(a.dtype.kind != "f" or a.dtype == np.float64 for a in point.inputs.values()):
        return point
    try:
        wide = cast(point.inputs, np.dtype(np.float64))
        cotangents = tuple(c.astype(np.float64) for c in point.cotangents)
        found = at(point.layer, point.declaration, wide, cotangents)
    except (RefusalError, FaultError):
        return point
    exact = all(y.dtype == np.float64 for y in found.done.outputs if y.dtype.kind == "f")
    return found if exact and finite(found.done.outputs) else point
