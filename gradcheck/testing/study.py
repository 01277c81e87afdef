"""A point at which the whole claimed gradient of one array is laid beside the measured one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..differences.ladder import glimpsed
from .cases import Case
from .inputs import Declaration
from .layer import Array, FaultError, Layer, RefusalError, run_forward
from .point import Point, at, draw_cotangents, widened
from .values import realised
from .verdict import LayerFailure

MOST_ENTRIES = 300
_ALIKE, _ALIKE_AT_BEST = 1e-5, 1e-9
"""How far apart, as a part of the largest entry, gradients are alike: the error to be explained is far larger."""


@dataclass(frozen=True)
class Study:
    """A point with the whole claimed and measured gradient of one array; precision: how far alike ones are apart."""

    point: Point
    sizes: Mapping[str, int]
    claimed: Array
    measured: Array
    precision: float = _ALIKE

    @property
    def wrong(self) -> Array:
        """The entries that differ."""
        apart: Array = np.abs(self.claimed - self.measured) > self.precision * self.scale
        return apart

    @property
    def scale(self) -> float:
        """The largest entry of either gradient."""
        return float(max(np.max(np.abs(self.claimed)), np.max(np.abs(self.measured)))) or 1.0

    @property
    def shows(self) -> bool:
        """Whether the two gradients differ there by more than what is called alike."""
        return not self.alike(self.claimed, self.measured)

    def alike(self, a: Array, b: Array) -> bool:
        """Whether two gradients are the same at the precision of this study."""
        return a.shape == b.shape and bool(np.all(np.abs(a - b) <= 10 * self.precision * self.scale))


def study_of(layer: Layer, declaration: Declaration, failure: LayerFailure) -> Callable[[Case], Study | None]:
    """A function that studies the array which failed at a case; None where that case says nothing."""
    name = failure.array

    def study(case: Case) -> Study | None:
        try:
            inputs = realised(case, declaration)
            if not 0 < inputs[name].size <= MOST_ENTRIES:
                return None
            outputs = run_forward(layer, inputs).outputs
            cotangents = draw_cotangents(layer, outputs, np.random.default_rng(case.seed))
            point = widened(at(layer, declaration, realised(case, declaration), cotangents))
        except (RefusalError, FaultError):
            return None
        return measured_study(point, dict(case.sizes), name, failure.gap / 100)

    return study


def measured_study(point: Point, sizes: Mapping[str, int], name: str, precision: float) -> Study | None:
    """The whole gradient by differences. precision: what it takes to see the error, if differences can give it."""
    x = point.inputs[name]
    measured, error = np.zeros(x.size), 0.0
    with np.errstate(all="ignore"):
        for i in range(x.size):
            u = np.zeros(x.size, x.dtype)
            u[i] = 1.0
            line = point.line(name, u.reshape(x.shape))
            slope = glimpsed(line, [h * line.scale for h in (8e-5, 1e-5)])
            measured[i], error = slope.value, max(error, slope.error)
    claimed = point.claimed[name].astype(np.float64)
    found = measured.reshape(x.shape)
    if not np.all(np.isfinite(found) & np.isfinite(claimed)):
        return None
    study = Study(point, sizes, claimed, found)
    return replace(study, precision=min(_ALIKE, max(precision, error / study.scale, _ALIKE_AT_BEST)))
