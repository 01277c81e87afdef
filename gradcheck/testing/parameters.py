"""Parameters that an object keeps to itself: W with its gradient in dW, found by running the layer once.

They are inputs of the check as well: put into the object before each forward pass, their gradients read after backward.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .cases import planned
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


def names_kept(layer: Any, shapes: Mapping[str, Any] | None) -> frozenset[str]:
    """The names of arrays that an object holds and that are no declared inputs: what is said of them is for later."""
    plain = not isinstance(layer, type) and hasattr(layer, "backward") and hasattr(layer, "__dict__")
    return frozenset(places(layer)) - frozenset(shapes or ()) if plain else frozenset()


def without(given: Any, names: frozenset[str]) -> Any:
    """What was said of inputs by name, in a mapping or a collection of names, less what was said of these."""
    if isinstance(given, Mapping):
        return {name: said for name, said in given.items() if name not in names}
    if isinstance(given, tuple | list | set | frozenset):
        return [name for name in given if name not in names]
    return given


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
    written = {id(array) for array, copied in before.values() if np.array_equal(array, copied, equal_nan=True)}
    for name, place in places(owner).items():
        array = _at(place)
        if name not in before or array is not before[name][0] or id(array) not in written or not array.size:
            continue
        stands = gradient_place(owner, name, place)
        gradient = None if stands is None else _at(stands)
        if gradient is not None and gradient.shape == array.shape and id(gradient) not in written:
            yield name, array


def _at(place: Place) -> Array:
    container, key = place
    found: Array = container[key]
    return found


def with_kept(shapes: Mapping[str, Any] | None, dtypes: Any, found: Mapping[str, Kept]) -> tuple[dict[str, Any], Any]:
    """The shapes and dtypes of a caller with those of the parameters that were found."""
    more = {name: one.dtype for name, one in found.items()}
    known = dtypes if isinstance(dtypes, Mapping) else {}
    return (
        {**(shapes or {}), **{name: one.shape for name, one in found.items()}},
        {**more, **known} if dtypes is None or isinstance(dtypes, Mapping) else dtypes,
    )
