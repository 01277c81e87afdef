"""Ties between inputs: entries of one value in several inputs move together, so that who wins is never in question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from .beside import ONLY_THERE
from .inputs import Declaration, Input
from .layer import Array, Layer, Pass, gradients
from .point import Point, at
from .trial import tried
from .verdict import LayerFailure

_MOST_ENTRIES = 1000


@dataclass(frozen=True)
class Joined:
    """A layer seen as a function of one long vector: some of its inputs, one after the other."""

    layer: Layer
    names: tuple[str, ...]
    inputs: Mapping[str, Array]

    @property
    def name(self) -> str:
        return self.layer.name

    @property
    def keeps_its_cache(self) -> bool:
        return self.layer.keeps_its_cache

    @property
    def has_cotangent(self) -> bool:
        return self.layer.has_cotangent

    @property
    def slow(self) -> int:
        return self.layer.slow

    @property
    def title(self) -> str:
        """What the vector is called."""
        return ", ".join(self.names)

    def evaluate(self, inputs: Mapping[str, Array]) -> tuple[Array, ...]:
        return self.layer.evaluate(self._taken_apart(inputs))

    def forward(self, inputs: Mapping[str, Array]) -> Pass:
        return self.layer.forward(self._taken_apart(inputs))

    def backward(self, done: Pass, cotangents: tuple[Array, ...]) -> dict[str, Any]:
        found = gradients(self.layer.backward(done, cotangents), self.inputs, self.names)
        return {self.title: np.concatenate([found[n].reshape(-1) for n in self.names])}

    def _taken_apart(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        long = inputs[self.title]
        ends = np.cumsum([self.inputs[n].size for n in self.names])[:-1]
        parts = zip(self.names, np.split(long, ends), strict=True)
        fixed = {n: a.astype(long.dtype) if a.dtype.kind == "f" else a.copy() for n, a in self.inputs.items()}
        return fixed | {n: part.reshape(self.inputs[n].shape).copy() for n, part in parts}


def tie_failure(point: Point, rng: Generator) -> LayerFailure | None:
    """Whether inputs that tie share the slope wrongly: both take it, or neither does, and beside the tie all is well.

    Moving one of two that tie leads over a kink, where any subgradient will do; moving both at once does not.
    """
    names = point.declaration.differentiable
    arrays = [point.inputs[n] for n in names]
    if len(names) < 2 or len({a.dtype for a in arrays}) > 1 or sum(a.size for a in arrays) > _MOST_ENTRIES:
        return None
    value = _shared(arrays)
    if value is None:
        return None
    tied = tuple(n for n, a in zip(names, arrays, strict=True) if np.any(a == value))
    layer = Joined(point.layer, tied, point.inputs)
    long = np.concatenate([point.inputs[n].reshape(-1) for n in tied])
    declaration = Declaration((Input(layer.title, None, long.dtype),), ())
    together = at(layer, declaration, {layer.title: long}, point.cotangents)
    trial = tried(together, layer.title, (long == value).astype(long.dtype), rng)
    if trial.outcome != "differs" or trial.note != ONLY_THERE:
        return None
    twice = abs(trial.claimed) > abs(trial.expected)
    return LayerFailure(
        "gradient",
        f"gradients of {layer.title} are wrong at a tie"[:60],
        layer.title,
        (),
        trial.claimed,
        trial.expected,
        trial.error,
        inputs=dict(point.inputs),
        cotangent=point.cotangents,
        cause="at a tie both take the gradient" if twice else "at a tie neither takes the gradient",
        detail=f"along a direction that moves every entry equal to {value:g} together",
    )


def _shared(arrays: list[Array]) -> float | None:
    """The value that most entries have among those found in two arrays or more."""
    counts: dict[float, tuple[int, int]] = {}
    for array in arrays:
        values, number = np.unique(array, return_counts=True)
        for v, k in zip(values.tolist(), number.tolist(), strict=True):
            owners, total = counts.get(v, (0, 0))
            counts[v] = owners + 1, total + k
    shared = {v: total for v, (owners, total) in counts.items() if owners > 1}
    return max(shared, key=lambda v: shared[v]) if shared else None
