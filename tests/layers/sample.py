"""Inputs for a setting, the gradients a layer claims, and whether a bug shows there."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from itertools import chain
from typing import Any

import numpy as np

from .suite import Arrays, Bug, Setting


def dims(setting: Setting) -> list[str]:
    """The symbolic dims of a setting, each once, in order."""
    sizes = chain.from_iterable(setting.shapes.values())
    names = [part for size in sizes for part in str(size).split("+") if not part.isdigit()]
    return list(dict.fromkeys(names))


def size_of(size: int | str, sizes: Mapping[str, int]) -> int:
    return sum(int(part) if part.isdigit() else sizes[part] for part in str(size).split("+"))


def inputs(setting: Setting, sizes: Mapping[str, int], rng: np.random.Generator) -> Arrays:
    """Normal values (uniform within a range, integers below their bound) of the given sizes."""
    made = {}
    for name, shape in setting.shapes.items():
        concrete = tuple(size_of(size, sizes) for size in shape)
        if name in setting.integers:
            made[name] = rng.integers(size_of(setting.integers[name], sizes), size=concrete)
        elif name in setting.ranges:
            made[name] = rng.uniform(*setting.ranges[name], size=concrete).astype(setting.dtype)
        else:
            made[name] = rng.normal(size=concrete).astype(setting.dtype)
    return made


def typical(setting: Setting, rng: np.random.Generator, **sizes: int) -> Arrays:
    """Inputs of sizes from 2 to 5, as people write them into a test."""
    drawn = {dim: int(rng.integers(2, 6)) for dim in dims(setting)}
    return inputs(setting, drawn | sizes, rng)


def copies(arrays: Mapping[str, np.ndarray]) -> Arrays:
    return {name: array.copy() for name, array in arrays.items()}


def cotangent(y: Any, rng: np.random.Generator) -> Any:
    """A normal cotangent of the form of y."""
    if isinstance(y, tuple):
        return tuple(cotangent(part, rng) for part in y)
    return np.asarray(rng.normal(size=np.shape(y)), np.asarray(y).dtype)[()]


def copy_of(dy: Any) -> Any:
    return tuple(copy_of(part) for part in dy) if isinstance(dy, tuple) else np.copy(dy)[()]


def same(a: Any, b: Any) -> bool:
    """Whether two results have the same names, shapes, types and bits."""
    if isinstance(a, tuple):
        return all(same(*pair) for pair in zip(a, b, strict=True))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[name], b[name]) for name in a)
    return (
        np.shape(a) == np.shape(b)
        and np.asarray(a).dtype == np.asarray(b).dtype
        and np.array_equal(a, b, equal_nan=True)
    )


def forward(layer: Any, given: Arrays) -> tuple[Any, Any]:
    """y and the cache, if the layer hands one out."""
    result = layer.forward(**given)
    return (result, None) if keeps_its_cache(layer) else result


def gradients(layer: Any, given: Arrays, dy: Any) -> Arrays:
    """The gradients that the layer claims, by name."""
    _, cache = forward(layer, given)
    claimed = layer.backward(dy) if keeps_its_cache(layer) else layer.backward(dy, cache)
    return claimed if isinstance(claimed, dict) else dict(zip(given, claimed, strict=True))


def keeps_its_cache(layer: Any) -> bool:
    return len(signature(layer.backward).parameters) == 1


def is_impure(bug: Bug, given: Arrays, dy: Any) -> bool:
    """Whether the layer changes what it is given, or its answer depends on what was called before."""
    layer, own, kept = bug.make(), copies(given), copy_of(dy)
    y, cache = layer.forward(**own)
    y = copy_of(y)
    first = layer.backward(kept, cache)
    first = {name: np.array(gradient) for name, gradient in first.items()}
    if not same(own, given) or not same(kept, dy):
        return True
    try:
        again = layer.backward(copy_of(dy), cache)
    except Exception:
        return True
    if not same(first, {name: np.asarray(gradient) for name, gradient in again.items()}):
        return True
    y_again, cache = layer.forward(**copies(given))
    y_again = copy_of(y_again)
    layer.forward(**{name: other(array) for name, array in given.items()})
    late = {name: np.asarray(gradient) for name, gradient in layer.backward(copy_of(dy), cache).items()}
    y_late = layer.forward(**copies(given))[0]
    return not same(first, late) or not same(y, y_again) or not same(y, y_late)


def other(array: np.ndarray) -> np.ndarray:
    """Other values of the same shape that are still allowed wherever `array` is."""
    return array[::-1].copy() if array.dtype.kind in "iu" else 0.5 * array + 0.01


def departs(bug: Bug, given: Arrays, dy: Any) -> float:
    """The largest error of the bug's gradients relative to the layer's largest; inf for a shape, type, NaN or crash."""
    layer = bug.make()
    _, cache = layer.forward(**copies(given))
    try:
        claimed = layer.backward(copy_of(dy), cache)
    except Exception:
        return np.inf
    truth = (
        slopes(layer, given, dy)
        if "forward" in vars(type(layer))
        else gradients(bug.right(), copies(given), copy_of(dy))
    )
    scale = max([float(np.abs(g).max(initial=0)) for g in truth.values()] + [1e-300])
    worst = 0.0
    for name, right in truth.items():
        got = np.asarray(claimed[name])
        if got.shape != right.shape or got.dtype != right.dtype or not np.isfinite(got).all():
            return np.inf
        worst = max(worst, float(np.abs(got - right).max(initial=0)) / scale)
    return worst


def slopes(layer: Any, given: Arrays, dy: Any, h: float = 1e-6) -> Arrays:
    """Central differences of <dy, y>, good to about 1e-8: for variations whose forward differs."""

    def value(name: str, at: tuple[int, ...], step: float) -> float:
        moved = copies(given)
        moved[name][at] += step
        y = forward(layer, moved)[0]
        pairs = zip(dy, y, strict=True) if isinstance(dy, tuple) else [(dy, y)]
        return float(sum(np.nansum(part * value) for part, value in pairs))

    found = {}
    for name, array in given.items():
        if array.dtype.kind == "f":
            found[name] = np.zeros_like(array)
            for at in np.ndindex(array.shape):
                found[name][at] = (value(name, at, h) - value(name, at, -h)) / (2 * h)
    return found
