"""From a case to arrays: values of every kind within the declared ranges, in every memory layout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ..errors import LayerError
from .cases import Case, Layout, Regime
from .inputs import Bound, Declaration, Input
from .sizes import Size

Array = NDArray[Any]
_FACTORS = {"small": 0.01, "large": 30.0, "huge": 1000.0}


def realised(case: Case, declaration: Declaration, drawn: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """The inputs of a case, by name. Floats are exact in float32, so that every precision sees the same point.

    drawn: the values that strategies of the caller have drawn.
    """
    sizes = dict(case.sizes)
    shapes = declaration.shapes(sizes)
    found = {}
    for k, given in enumerate(declaration.inputs):
        if drawn is not None and given.name in drawn:
            found[given.name] = drawn[given.name]
            continue
        rng = np.random.default_rng([case.seed, k])
        regime = case.regime if case.focus in ("", given.name) else "normal"
        if given.integral:
            values = _integers(given, regime, shapes[given.name], sizes, rng)
        else:
            values = _floats(given, regime, shapes[given.name], rng)
        found[given.name] = laid_out(values, case.layout)
    return found


def laid_out(values: Array, layout: Layout) -> Array:
    """The same values in another memory layout.

    >>> laid_out(np.ones((2, 3)), "strided").flags.c_contiguous
    False
    """
    if not values.ndim and layout != "readonly":
        return values
    if layout == "fortran":
        return np.asfortranarray(values)
    if layout == "strided":
        wide = np.full((*values.shape[:-1], 2 * values.shape[-1]), 99, dtype=values.dtype)
        wide[..., ::2] = values
        return wide[..., ::2]
    if layout == "reversed":
        return np.ascontiguousarray(values[::-1])[::-1]
    if layout == "readonly":
        values = values.copy()
        values.flags.writeable = False
    return values


def _floats(given: Input, regime: Regime, shape: tuple[int, ...], rng: Generator) -> Array:
    low, high = _float_bound(given.low), _float_bound(given.high)
    if low is None and high is None:
        values = _unbounded(regime, shape, rng)
    else:
        values = _bounded(regime, shape, low, high, rng)
    rounded = values.astype(np.float32)
    if low is not None or high is not None:
        rounded = _inside(rounded, low, high)
    return np.asarray(rounded.astype(given.dtype))


def _unbounded(regime: Regime, shape: tuple[int, ...], rng: Generator) -> Array:
    values = np.asarray(rng.standard_normal(shape))
    if regime in _FACTORS:
        return values * _FACTORS[regime]
    if regime == "rounded":
        return np.round(1.2 * values)
    if regime == "constant":
        return np.full(shape, round(float(rng.standard_normal()), 1) or 1.0)
    if regime == "zeros":
        return np.zeros(shape)
    if regime == "ends":
        # Magnitudes from 1e-4 to 1e3 side by side in one array.
        return values * 10.0 ** rng.integers(-4, 4, shape)
    if regime == "wide":
        # Every part of the line between -8 and 8, where layers have their thresholds: 3, 5, 6 are beyond most normals.
        places = rng.permutation(np.arange(values.size) + rng.random(values.size)).reshape(shape)
        return places * (16 / max(1, values.size)) - 8
    if regime == "sorted":
        return np.sort(values, axis=-1) if values.ndim else values
    return values


def _bounded(regime: Regime, shape: tuple[int, ...], low: float | None, high: float | None, rng: Generator) -> Array:
    """Values of the same kinds between the bounds; with one bound, at distances of size 1 from it."""
    if low is None or high is None:
        away = np.abs(_unbounded("normal" if regime == "zeros" else regime, shape, rng))
        away = np.where(away > 0, away, 0.5)
        return low + away if low is not None else (high or 0.0) - away
    width = high - low
    part = np.asarray(rng.uniform(0.02, 0.98, shape))
    if regime == "rounded":
        part = np.round(part * 4) / 4 * 0.96 + 0.02
    elif regime in ("constant", "zeros"):
        part = np.full(shape, float(rng.uniform(0.1, 0.9)))
    elif regime in ("ends", "huge"):
        part = np.where(rng.random(shape) < 0.5, 0.002, 0.998)
    elif regime == "small":
        part = 0.5 + 0.01 * (part - 0.5)
    values = low + width * part
    if regime == "zeros" and low <= 0 <= high:
        values = np.zeros(shape)
    if regime == "rounded" and width >= 4:
        values = np.clip(np.round(values), np.ceil(low), np.floor(high))
    return values


def _inside(values: Array, low: float | None, high: float | None) -> Array:
    """Rounding to float32 may leave the range by a hair: step back in."""
    if low is not None:
        values = np.where(values < low, np.nextafter(np.float32(low), np.float32(np.inf)), values)
    if high is not None:
        values = np.where(values > high, np.nextafter(np.float32(high), np.float32(-np.inf)), values)
    return values


def _integers(given: Input, regime: Regime, shape: tuple[int, ...], sizes: Mapping[str, int], rng: Generator) -> Array:
    low, high = _int_bound(given.low, sizes), _int_bound(given.high, sizes)
    if high <= low:
        if 0 in shape:
            return np.zeros(shape, given.dtype)
        raise LayerError(
            f"the range of {given.name} is empty at these sizes",
            got=f"range({low}, {high}) at {', '.join(f'{n}={v}' for n, v in sizes.items())}",
            hint="give the dim a larger smallest size, for example dims={'c': (2, None)}",
        )
    count = int(np.prod(shape))
    if regime == "constant":
        values = np.full(shape, rng.integers(low, high))
    elif regime == "zeros":
        values = np.full(shape, low)
    elif regime == "ends":
        values = np.where(rng.random(shape) < 0.5, low, high - 1)
    elif regime == "sorted" and count <= high - low <= 10**6:
        values = low + rng.permutation(high - low)[:count].reshape(shape)
    else:
        values = rng.integers(low, high, shape)
    return np.asarray(values).astype(given.dtype)


def _float_bound(bound: Bound) -> float | None:
    return None if bound is None else float(bound)  # type: ignore[arg-type]


def _int_bound(bound: Bound, sizes: Mapping[str, int]) -> int:
    return bound.value(sizes) if isinstance(bound, Size) else int(bound or 0)
