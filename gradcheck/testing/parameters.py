"""Parameters that an object keeps to itself: W with its gradient in dW, found by running the layer once.

They are inputs of the check as well: put into the object before each forward pass, their gradients read after backward.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .cases import planned
from .inputs import Declaration, declare
from .job import Job
from .kept import Place, gradient_place, places
from .layer import Array
from .point import draw_cotangents
from .values import realised


@dataclass(frozen=True)
class Kept:
    """A parameter that was found: its shape as it is, and its dtype."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class Said:
    """What a caller says of the inputs, as it was written."""

    shapes: Mapping[str, Any] | None
    dtypes: Any
    ranges: Mapping[str, tuple[Any, Any]] | None
    strategies: Mapping[str, Any] | None
    nondifferentiable: Collection[str]
    dims: Mapping[str, tuple[int, int | None]] | None

    def without(self, names: Collection[str]) -> Declaration:
        """The inputs, leaving out what is said of arrays of these names: they are no inputs so far."""
        names = frozenset(names) - (self.shapes.keys() if isinstance(self.shapes, Mapping) else set())
        fixed = [n for n in _listed(self.nondifferentiable) if n not in names]
        dtypes, ranges = _less(self.dtypes, names), _less(self.ranges, names)
        return declare(self.shapes, dtypes, ranges, self.strategies, fixed, self.dims)

    def together_with(self, found: Mapping[str, Kept]) -> Declaration:
        """The inputs, and the parameters that were found, each of its own shape."""
        shapes, dtypes = self.shapes, self.dtypes
        if found:
            shapes = {**(shapes or {}), **{name: one.shape for name, one in found.items()}}
        if dtypes is None or isinstance(dtypes, Mapping):
            dtypes = {**{name: one.dtype for name, one in found.items()}, **(dtypes or {})}
        return declare(shapes, dtypes, self.ranges, self.strategies, self.nondifferentiable, self.dims)


def with_kept_parameters(job_of: Callable[[Any, Declaration], Job], layer: Any, said: Said, seed: int) -> Job:
    """The job of a layer with all its inputs; a copy of the layer where parameters are put into it."""
    held = _held(layer)
    job = job_of(layer, said.without(held) if held else said.together_with({}))
    found = kept_parameters(job, seed) if held else {}
    declaration = said.together_with(found) if found else job.declaration
    if any(i.name in held for i in declaration.inputs):
        layer = _copied(layer)
    return job_of(layer, declaration)


def _held(layer: Any) -> frozenset[str]:
    """The names of the float arrays that an object of a class with a backward holds."""
    plain = not isinstance(layer, type) and hasattr(layer, "backward") and hasattr(layer, "__dict__")
    return frozenset(places(layer)) if plain else frozenset()


def _copied(layer: Any) -> Any:
    try:
        return copy.deepcopy(layer)
    except Exception:  # what can't be copied is used as it is
        return layer


def _less(given: Any, names: Collection[str]) -> Any:
    return {n: said for n, said in given.items() if n not in names} if isinstance(given, Mapping) else given


def _listed(names: Collection[str]) -> Collection[str]:
    return (names,) if isinstance(names, str) else names


def kept_parameters(job: Job, seed: int) -> dict[str, Kept]:
    """The float arrays of an object that stay as they are in a pass and whose gradients backward leaves beside them."""
    layer = job.layer
    if job.backward is not None or job.framework or isinstance(layer, tuple | type) or not hasattr(layer, "backward"):
        return {}
    try:
        again = copy.deepcopy(layer)
        before = _standing(again)
        inputs = realised(planned(job.declaration, seed)[0], job.declaration)
        adapter = Job(again, job.declaration, constants=job.constants).adapter()
        done = adapter.forward(inputs)
        adapter.backward(done, draw_cotangents(adapter, done.outputs, np.random.default_rng(seed)))
        return {n: Kept(a.shape, a.dtype) for n, a in _found(again, before) if n not in inputs}
    except Exception:  # whatever is wrong with it is found, and said, by the check itself
        return {}


Standing = dict[str, tuple[Array, Array]]
"""Name -> an array that an object held, and a copy of what it was then."""


def _standing(owner: Any) -> Standing:
    return {name: (container[key], container[key].copy()) for name, (container, key) in places(owner).items()}


def _found(owner: Any, before: Standing) -> Iterator[tuple[str, Array]]:
    """The arrays that are still the same and beside which a gradient of their shape has appeared or changed."""
    untouched = {id(array) for array, copied in before.values() if np.array_equal(array, copied, equal_nan=True)}
    for name, place in places(owner).items():
        array = _at(place)
        if name not in before or array is not before[name][0] or id(array) not in untouched or not array.size:
            continue
        stands = gradient_place(owner, name, place)
        gradient = None if stands is None else _at(stands)
        if gradient is not None and gradient.shape == array.shape and id(gradient) not in untouched:
            yield name, array


def _at(place: Place) -> Array:
    container, key = place
    found: Array = container[key]
    return found
