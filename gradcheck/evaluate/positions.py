"""Entries at computed positions: slices where positions run evenly, gathers elsewhere, zero out of range.

What is out of range reads as 0, so that a gate such as [i >= 2] beside x[i-1] has something to switch off.
A fixed position (the 3 of x_3) must exist; `fixed_positions` lists these for a check at given sizes.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..algebra.dims import ONE, Dim
from ..algebra.index import Index, Slot, Tensor, slot_offset, slot_terms
from .arrays import Graph
from .values import Labelled, Value


def entries(graph: Graph, value: Value, tensor: Tensor, slots: tuple[Slot, ...]) -> Labelled:
    """The array of tensor[slots] over the indices that stand in the slots."""
    indices = [s for s in slots if isinstance(s, Index)]
    if len(indices) == len(slots) == len(set(indices)) and all(
        i.dim == d for i, d in zip(indices, tensor.dims, strict=True)
    ):
        return Labelled(value, tuple(indices))
    return _sliced(graph, value, tensor.dims, slots) or _taken(graph, value, tensor.dims, slots)


def _sliced(graph: Graph, value: Value, dims: tuple[Dim, ...], slots: tuple[Slot, ...]) -> Labelled | None:
    data: list[tuple[Dim, Dim, int] | Dim] = []
    axes: list[Index] = []
    kept: list[Dim] = []
    for slot, dim in zip(slots, dims, strict=True):
        terms, offset = slot_terms(slot), slot_offset(slot)
        if not terms:
            data.append(offset - 1)
            continue
        index, step = terms[0]
        if len(terms) > 1 or step < 1 or index in axes or not _inside(offset, index, step, dim):
            return None
        data.append((offset + (step - 1), index.dim, step))
        axes.append(index)
        kept.append(index.dim)
    return Labelled(graph.make("slice", (value,), tuple(data), tuple(kept)), tuple(axes))


def _inside(offset: Dim, index: Index, step: int, dim: Dim) -> bool:
    low, high = (offset + (step - 1)).literal, (dim - index.dim * step - offset).literal
    return low is not None and low >= 0 and high is not None and high >= 0


def _taken(graph: Graph, value: Value, dims: tuple[Dim, ...], slots: tuple[Slot, ...]) -> Labelled:
    axes = tuple(dict.fromkeys(i for s in slots for i, _ in slot_terms(s)))
    positions, inside = [], []
    zero = graph.number(0)
    for slot, dim in zip(slots, dims, strict=True):
        item = position_values(graph, slot)
        place = graph.align(item, axes)
        terms = slot_terms(slot)
        if len(terms) != 1 or terms[0][1] < 1 or not _inside(slot_offset(slot), *terms[0], dim):
            last = graph.map("subtract", graph.size(dim), graph.number(1))
            inside += [graph.map("greater_equal", place, zero), graph.map("greater_equal", last, place)]
            place = graph.map("minimum", graph.map("maximum", place, zero), last)
        positions.append(place)
    out = graph.make("take", (value, *positions), (), tuple([i.dim for i in axes]))
    for indicator in inside:
        out = graph.map("multiply", out, indicator)
    return Labelled(out, axes)


def position_values(graph: Graph, slot: Slot) -> Labelled:
    """The positions a slot runs through, counted from 0, as an integer array over its indices."""
    terms = slot_terms(slot)
    axes = tuple([i for i, _ in terms])
    start = slot_offset(slot) + (sum(c for _, c in terms) - 1)
    out: Value | None = None
    for index, c in terms:
        run = graph.make("positions", (), index.dim, (index.dim,))
        run = graph.map("multiply", graph.number(c), run) if c != 1 else run
        run = graph.align(Labelled(run, (index,)), axes)
        out = run if out is None else graph.map("add", out, run)
    shift = graph.size(start)
    out = shift if out is None else graph.map("add", out, shift)
    return Labelled(out, axes)


def fixed_positions(values: list[Value]) -> Iterator[tuple[Value, Dim, Dim]]:
    """Every fixed position that is read: the array, the position from 0, and the dim of its axis."""
    for value in values:
        if value.op == "slice":
            for spec, dim in zip(value.data, value.args[0].dims, strict=True):
                if isinstance(spec, Dim) and not (spec == Dim() and dim == ONE):
                    yield value, spec, dim
