"""A function restricted to a line: t -> f(x + t u), with the steps that rounding really made."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_FEW = 64


def dot(a: Array, b: Array) -> Any:
    """The sum of all products, added in pairs: more exact than BLAS, and no thread waits for another."""
    return np.sum(a * b)


@dataclass(frozen=True)
class Samples:
    """Outputs at several points of a line. steps: (T,) the steps really made; values: (T, K); total: (T,)."""

    steps: Array
    values: Array
    total: Array


@dataclass(frozen=True)
class Line:
    """f along x + t u, its outputs flattened and summed with the weights v.

    f maps an array of the shape of x to an array or a number; with batched=True it maps (T, *x.shape) to (T, ...).
    weights: v, one per output, or None for all ones (a scalar f). model: the gradient of v·f as somebody believes it;
    it only pays for the rounding of x + t u off the line, so a wrong model makes no wrong slope.
    """

    f: Callable[[Array], Any]
    x: Array
    u: Array
    weights: Array | None = None
    model: Array | None = None
    batched: bool = False

    @functools.cached_property
    def scale(self) -> float:
        """A step t that moves x by about its own size: the largest entry that moves, or of all, or 1 where x is 0."""
        largest = float(np.max(np.abs(self.u), initial=0.0))
        moving = float(np.max(np.abs(self.x[self.u != 0]), initial=0.0))
        size = moving or float(np.max(np.abs(self.x), initial=0.0)) or 1.0
        return size / largest if largest else 1.0

    @functools.cached_property
    def _precision(self) -> float:
        return float(np.finfo(self.x.dtype).eps)

    def at(self, ts: Sequence[float]) -> Samples:
        """The outputs at x + t u for each t."""
        points = [self.x + self.x.dtype.type(t) * self.u for t in ts]
        if self.batched:
            rows = np.asarray(self.f(np.stack(points))).reshape(len(points), -1)
        else:
            rows = np.stack([np.asarray(self.f(p)).reshape(-1) for p in points])
        total = rows.sum(axis=1) if self.weights is None else rows @ self.weights.reshape(-1)
        made = [self._made(p, t) for p, t in zip(points, ts, strict=True)]
        off = np.array([m[1] for m in made])
        return Samples(np.array([m[0] for m in made], dtype=self.x.dtype), rows, total - off if off.any() else total)

    def _made(self, point: Array, t: float) -> tuple[Any, Any]:
        """The step that rounding made of t, and what the model says of the rounding that leads off the line."""
        if abs(t) > 1e9 * self._precision * self.scale:
            return t, 0.0  # relative to the step, rounding is below anything that is ever compared
        where, u, square, model, along = self._support
        move = (point[where] if where is not None else point) - (self.x[where] if where is not None else self.x)
        step = dot(move, u) / square
        return step, 0.0 if model is None else dot(move, model) - step * along

    @functools.cached_property
    def _support(self) -> tuple[Any, Array, Any, Array | None, Any]:
        """Where u is not zero (None: nearly everywhere), and there u, its square, the model, and the model along u."""
        few = self.u.ndim and self.u.size > _FEW and np.count_nonzero(self.u) <= _FEW
        where = np.nonzero(self.u) if few else None
        u = self.u if where is None else self.u[where]
        model = self.model if where is None or self.model is None else self.model[where]
        return where, u, dot(u, u), model, 0.0 if model is None else dot(u, model)
