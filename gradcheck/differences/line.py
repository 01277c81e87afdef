"""A function restricted to a line: t -> f(x + t u), with the steps that rounding really made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


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

    @property
    def scale(self) -> float:
        """A step t that moves x by about its own size: max|x| / max|u|, or 1 / max|u| where x is 0."""
        largest = float(np.max(np.abs(self.u), initial=0.0))
        size = float(np.max(np.abs(self.x[self.u != 0]), initial=0.0)) or 1.0
        return size / largest if largest else 1.0

    def at(self, ts: Sequence[float]) -> Samples:
        """The outputs at x + t u for each t."""
        points = [self.x + self.x.dtype.type(t) * self.u for t in ts]
        if self.batched:
            rows = np.asarray(self.f(np.stack(points))).reshape(len(points), -1)
        else:
            rows = np.stack([np.asarray(self.f(p)).reshape(-1) for p in points])
        moves = [p - self.x for p in points]
        square = np.vdot(self.u, self.u)
        steps = np.array([np.vdot(m, self.u) / square for m in moves])
        total = rows.sum(axis=1) if self.weights is None else rows @ self.weights.reshape(-1)
        if self.model is not None:
            off = [np.vdot(m - s * self.u, self.model) for m, s in zip(moves, steps, strict=True)]
            total = total - np.array(off)
        return Samples(steps, rows, total)
