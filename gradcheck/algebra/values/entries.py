"""The entries of tensors at the positions that slots take."""

from __future__ import annotations

import numpy as np

from ..expressions import Elem
from ..index import Index, Slot, slot_offset, slot_terms
from .located import Array, Located, as_array, spread, union
from .point import NoValueError, Point


def positions(slot: Slot, point: Point) -> Located:
    """The positions that a slot takes, from 1, over its indices."""
    axes = tuple(i for i, _ in slot_terms(slot))
    out: Array = np.full(point.shape(axes), slot_offset(slot).value(point.sizes), dtype=np.int64)
    for n, (index, c) in enumerate(slot_terms(slot)):
        count = point.count(index)
        shape = [1] * len(axes)
        shape[n] = count
        out = out + c * np.arange(1, count + 1).reshape(shape)
    return out, axes


def entry(expr: Elem, point: Point) -> Located:
    """The entries of a tensor, over the indices in its slots."""
    stored = point.values.get(expr.tensor)
    if stored is None:
        raise NoValueError(f"no value for {expr.tensor.name}")
    slots = expr.slots
    if not slots:
        return stored, ()
    if all(isinstance(s, Index) for s in slots) and len(set(slots)) == len(slots):
        plain = tuple(s for s in slots if isinstance(s, Index))
        counts = point.shape(plain)
        if counts == stored.shape:
            return stored, plain
        if any(c > size for c, size in zip(counts, stored.shape, strict=True)):
            raise NoValueError(f"an index beyond the end of {expr.tensor.name}")
        return as_array(stored[tuple(slice(0, c) for c in counts)]), plain
    places = [positions(s, point) for s in slots]
    axes = union(places)
    grids = np.broadcast_arrays(*(spread(p, a, axes) for p, a in places))
    for grid, size in zip(grids, stored.shape, strict=True):
        if grid.size and (grid.min() < 1 or grid.max() > size):
            raise NoValueError(f"a position outside {expr.tensor.name}")
    return as_array(stored[tuple(g - 1 for g in grids)]), axes
