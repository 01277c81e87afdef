"""Looking for kinks along random lines, to check a layer just beside them, where masks and thresholds go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.random import Generator

from .inputs import Declaration
from .layer import Array, FaultError, Layer, RefusalError, run_outputs
from .point import at, draw_cotangents, flattened

_GRID = 33
_HALVINGS = 34
_BESIDE = (3e-2, 1e-3, 1e-6)
_MOST, _MOST_OF_GRADIENTS = 3, 2
_SLOW = 10

Inputs = Mapping[str, Array]
Curve = Callable[[float], Array]


def beside_kinks(
    layer: Layer, declaration: Declaration, start: Inputs, end: Inputs, rng: Generator
) -> Iterator[dict[str, Array]]:
    """Inputs just beside the kinks on the way from `start` to `end`, on both sides of each.

    Kinks of the outputs, and kinks and jumps of the claimed gradients: a threshold where the function itself is smooth
    (as Huber's loss is) shows in its gradient only, and so does one that forward does not have.
    """
    names = declaration.differentiable

    def placed(t: float) -> dict[str, Array]:
        return {
            n: (a + a.dtype.type(t) * (end[n] - a)).astype(a.dtype) if n in names else a.copy()
            for n, a in start.items()
        }

    def outputs(t: float) -> Array:
        found = run_outputs(layer, placed(t))
        return flattened(found, found).astype(np.float64)

    places: list[float] = []
    try:
        with np.errstate(all="ignore"):
            _suspects(outputs, places, _MOST)
            if layer.slow < _SLOW:
                cotangents = draw_cotangents(layer, run_outputs(layer, placed(0.0)), rng)

                def claims(t: float) -> Array:
                    claimed = at(layer, declaration, placed(t), cotangents).claimed
                    return np.concatenate([claimed[n].reshape(-1).astype(np.float64) for n in names])

                _suspects(claims, places, len(places) + _MOST_OF_GRADIENTS)
    except (RefusalError, FaultError):
        pass
    for t in places:
        for away in _BESIDE:
            for side in (-away, away):
                yield placed(t + side)


def _suspects(curve: Curve, found: list[float], most: int) -> None:
    """Add to `found` where along 0 … 1 the slope of an entry jumps, the most striking first.

    Those are where the slope between neighbouring points of a grid changes much more than it does elsewhere; halving
    the interval shows whether the change stays as the interval shrinks.
    """
    ts = np.linspace(0.0, 1.0, _GRID)
    values = np.stack([curve(t) for t in ts])
    slopes = np.diff(values, axis=0) * (_GRID - 1)
    change = np.abs(np.diff(slopes, axis=0))
    if not change.size or not np.all(np.isfinite(change)):
        return
    usual = np.median(change, axis=0) + 1e-9 * (1e-300 + np.max(np.abs(slopes), axis=0))
    striking = change / usual
    for flat in np.argsort(striking, axis=None)[::-1][: 4 * _MOST]:
        row, column = (int(i) for i in np.unravel_index(flat, striking.shape))
        if striking[row, column] < 5 or len(found) >= most:
            break
        t = _closed_in(curve, column, ts[row], ts[row + 2])
        if t is not None and 0 < t < 1 and all(abs(t - other) > 1e-6 for other in found):
            found.append(t)


def _closed_in(curve: Curve, column: int, low: float, high: float) -> float | None:
    """The place of a change of slope between low and high, or None if it dissolves as the interval shrinks."""
    known: dict[float, float] = {}

    def bend(low: float, high: float) -> float:
        """How much the slope changes between the two halves of an interval."""
        at_low, at_middle, at_high = (value(t) for t in (low, (low + high) / 2, high))
        return abs(at_high - 2 * at_middle + at_low) / (high - low)

    def value(t: float) -> float:
        if t not in known:
            known[t] = float(curve(t)[column])
        return known[t]

    before = bend(low, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        first, second = bend(low, middle), bend(middle, high)
        low, high = (low, middle) if first >= second else (middle, high)
        if high - low < 1e-8:
            break
    return (low + high) / 2 if bend(low, high) > 0.05 * before else None
