"""Arrays of Python objects that know which index each axis belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..index import Index

Array = np.ndarray[Any, np.dtype[Any]]
Located = tuple[Array, tuple[Index, ...]]
"""Values over the indices named, one axis for each."""


def as_object(value: Any) -> Array:
    """One object as an array without axes."""
    out = np.empty((), dtype=object)
    out[()] = value
    return out


def spread(found: Array, axes: tuple[Index, ...], target: tuple[Index, ...]) -> Array:
    """The values with an axis for each target index, of length 1 where they don't depend on it."""
    if axes == target or not axes:
        return found
    order = [axes.index(i) for i in target if i in axes]
    moved = found if order == list(range(len(order))) else found.transpose(order)
    return moved[tuple([slice(None) if i in axes else None for i in target])]


def union(parts: Sequence[Located]) -> tuple[Index, ...]:
    """The axes of all parts, in the order in which they occur."""
    union: tuple[Index, ...] = ()
    for _, axes in parts:
        if axes != union:
            union = (*union, *[i for i in axes if i not in union])
    return union


def together(left: Located, right: Located) -> tuple[Array, Array, tuple[Index, ...]]:
    """Two values over the axes of both, of one shape."""
    axes = union([left, right])
    one, other = spread(*left, axes), spread(*right, axes)
    if one.shape != other.shape:
        one, other = np.broadcast_arrays(one, other)
    return one, other, axes


def mapped(function: Any, values: Array) -> Array:
    """A function of every entry."""
    if not values.ndim:
        return as_object(function(values[()]))
    return filled([function(v) for v in values.flat], values.shape)


def filled(entries: list[Any], shape: tuple[int, ...]) -> Array:
    """An array of objects from its entries, the last axis running fastest."""
    out = np.empty(len(entries), dtype=object)
    out[:] = entries
    return out.reshape(shape)


def as_array(value: Any) -> Array:
    """An array, or an object as one: NumPy hands out the only entry of an array without axes."""
    return value if isinstance(value, np.ndarray) else as_object(value)
