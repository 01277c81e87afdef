"""Looking for kinks along random lines, to check a layer just beside them, where masks and thresholds go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from .layer import Array, Layer, RefusalError, run_outputs
from .point import flattened

_GRID = 33
_HALVINGS = 34
_BESIDE = (3e-2, 1e-3, 1e-6)
_MOST = 3

Inputs = Mapping[str, Array]


def beside_kinks(layer: Layer, names: tuple[str, ...], start: Inputs, end: Inputs) -> Iterator[dict[str, Array]]:
    """Inputs just beside the kinks on the way from `start` to `end`, on both sides of each.

    names: the inputs that move. Kinks are where the slope of some output between neighbouring points of a grid changes
    much more than it does elsewhere; halving the interval shows whether the change stays as the interval shrinks.
    """

    def outputs(t: float) -> Array:
        found = run_outputs(layer, placed(t))
        return flattened(found, found).astype(np.float64)

    def placed(t: float) -> dict[str, Array]:
        return {
            n: (a + a.dtype.type(t) * (end[n] - a)).astype(a.dtype) if n in names else a.copy()
            for n, a in start.items()
        }

    try:
        with np.errstate(all="ignore"):
            places = [t for t in _suspects(outputs) if 0 < t < 1]
    except RefusalError:
        return
    for t in places[:_MOST]:
        for away in _BESIDE:
            for side in (-away, away):
                yield placed(t + side)


def _suspects(outputs: object) -> list[float]:
    """Where along 0 … 1 the slope of an output jumps, the most striking first."""
    assert callable(outputs)
    ts = np.linspace(0.0, 1.0, _GRID)
    values = np.stack([outputs(t) for t in ts])
    slopes = np.diff(values, axis=0) * (_GRID - 1)
    change = np.abs(np.diff(slopes, axis=0))
    if not change.size or not np.all(np.isfinite(change)):
        return []
    usual = np.median(change, axis=0) + 1e-9 * (1e-300 + np.max(np.abs(slopes), axis=0))
    striking = change / usual
    found: list[float] = []
    for flat in np.argsort(striking, axis=None)[::-1][: 4 * _MOST]:
        row, column = (int(i) for i in np.unravel_index(flat, striking.shape))
        if striking[row, column] < 5:
            break
        t = _closed_in(lambda s, c=column: float(outputs(s)[c]), ts[row], ts[row + 2])
        if t is not None and all(abs(t - other) > 1e-6 for other in found):
            found.append(t)
        if len(found) == _MOST:
            break
    return found


def _closed_in(f: object, low: float, high: float) -> float | None:
    """The place of a change of slope between low and high, or None if it dissolves as the interval shrinks."""
    assert callable(f)
    ends, before = (f(low), f(high)), abs(_bend(f, low, high))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        first, second = abs(_bend(f, low, middle)), abs(_bend(f, middle, high))
        low, high = (low, middle) if first >= second else (middle, high)
        if high - low < 1e-8:
            break
    after = abs(_bend(f, low, high))
    del ends
    return (low + high) / 2 if after > 0.05 * before else None


def _bend(f: object, low: float, high: float) -> float:
    """How much the slope changes between the two halves of an interval."""
    assert callable(f)
    middle = (low + high) / 2
    return float((f(high) - 2 * f(middle) + f(low)) / (high - low))
