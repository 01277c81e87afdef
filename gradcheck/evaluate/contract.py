"""Sums of products as matrix products, read off the index graph: which pair first, and by which operation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations, permutations

from ..algebra.dims import ONE, Dim
from ..algebra.index import Index
from .arrays import Graph
from .identities import cancelled
from .values import Labelled, Value

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def contract(graph: Graph, items: Sequence[Labelled], bound: Iterable[Index], want: tuple[Index, ...] = ()) -> Labelled:
    """The product of the items, summed over `bound`; axes in the order of `want` where that costs nothing.

    Pairs are combined greedily: first the pair whose result has the fewest axes.
    """
    left = _cancelled(graph, list(items))
    open_indices = set(bound)
    while True:
        left = [_reduced(graph, k, left, open_indices) for k in range(len(left))]
        if len(left) == 1:
            return left[0]
        p, q, summed = _cheapest(left, open_indices)
        left = [item for item in left if item is not p and item is not q]
        left.append(_pair(graph, p, q, summed, want))
        open_indices -= summed


def summed_product(graph: Graph, items: list[Labelled], bound: tuple[Index, ...], want: tuple[Index, ...]) -> Labelled:
    """The product of the items summed over `bound`; an index that stands in none of them counts."""
    missing = [i for i in bound if all(i not in item.axes for item in items)]
    out = contract(graph, items, [i for i in bound if i not in missing], want)
    for index in missing:
        out = product(graph, Labelled(graph.size(index.dim), ()), out)
    return out


def _cancelled(graph: Graph, items: list[Labelled]) -> list[Labelled]:
    """The items, x and a/x over the same indices made one."""
    for one, other in permutations(items, 2):
        if one.axes == other.axes and other.value.op in ("divide", "negative"):
            quotient = cancelled(graph, one.value, other.value)
            if quotient is not None and quotient.dims == one.value.dims:
                rest = [item for item in items if item is not one and item is not other]
                return _cancelled(graph, [*rest, Labelled(quotient, one.axes)])
    return items


def _reduced(graph: Graph, k: int, items: list[Labelled], bound: set[Index]) -> Labelled:
    """The item summed over the bound indices that stand in no other item."""
    item = items[k]
    if bound.isdisjoint(item.axes):
        return item
    others = {index for j, other in enumerate(items) if j != k for index in other.axes}
    alone = [index for index in item.axes if index in bound and index not in others]
    if not alone:
        return item
    bound.difference_update(alone)
    return graph.reduce("sum", item, alone)


def _cheapest(items: list[Labelled], bound: set[Index]) -> tuple[Labelled, Labelled, set[Index]]:
    best: tuple[tuple[float, ...], Labelled, Labelled, set[Index]] | None = None
    pairs = [(0, 1)] if len(items) == 2 else combinations(range(len(items)), 2)
    for a, b in pairs:
        p, q = items[a], items[b]
        others = {index for j, item in enumerate(items) if j not in (a, b) for index in item.axes}
        summed = bound.intersection(p.axes, q.axes) - others
        result = len(set(p.axes).union(q.axes)) - len(summed)
        score = (result, -len(summed), len(p.axes) + len(q.axes))
        if best is None or score < best[0]:
            best = score, p, q, summed
    assert best is not None
    return best[1:]


def _pair(graph: Graph, p: Labelled, q: Labelled, summed: set[Index], want: tuple[Index, ...]) -> Labelled:
    if not summed:
        return product(graph, p, q, want)
    q_axes, p_axes = set(q.axes), set(p.axes)
    over = tuple([i for i in p.axes if i in summed])
    batch = tuple([i for i in p.axes if i in q_axes and i not in summed])
    left = tuple([i for i in p.axes if i not in q_axes])
    right = tuple([i for i in q.axes if i not in p_axes])
    if left and right and _prefers(want, right, left):
        p, q, left, right = q, p, right, left
    if not batch:
        return _dot(graph, p, q, left, over, right)
    if left and right:
        return _matmul(graph, p, q, batch, left, over, right)
    return _einsum(graph, p, q, batch + left + right)


def product(graph: Graph, p: Labelled, q: Labelled, want: tuple[Index, ...] = ()) -> Labelled:
    """The elementwise product over the union of the axes."""
    axes = union([p, q], want)
    return Labelled(graph.map("multiply", graph.align(p, axes), graph.align(q, axes)), axes)


def union(items: Sequence[Labelled], want: tuple[Index, ...] = ()) -> tuple[Index, ...]:
    """All axes of the items, in the order of `want` if that names them all, else of the longest first."""
    longest = max(items, key=lambda item: len(item.axes)).axes
    if all(len(item.axes) == 0 or item.axes == longest for item in items):
        return longest
    found = dict.fromkeys(longest)
    for item in items:
        found.update(dict.fromkeys(item.axes))
    if len(found) > len(longest) and want and all(i in want for i in found):
        return tuple([i for i in want if i in found])
    return tuple(found)


def _prefers(want: tuple[Index, ...], first: tuple[Index, ...], second: tuple[Index, ...]) -> bool:
    """Whether the wanted order starts with one of `first` rather than one of `second`."""
    for index in want:
        if index in first:
            return True
        if index in second:
            return False
    return False


def _dot(
    graph: Graph, p: Labelled, q: Labelled, left: tuple[Index, ...], over: tuple[Index, ...], right: tuple[Index, ...]
) -> Labelled:
    if not left and not right:
        return Labelled(graph.make("vdot", (graph.align(p, over), graph.align(q, over)), (), ()), ())
    first = _merged(graph, graph.align(p, left + over), (len(left), len(over)))
    second = _merged(graph, graph.align(q, over + right), (len(over), len(right)))
    flat = first.dims[: min(len(left), 1)] + second.dims[1:]
    out = graph.make("dot", (first, second), (), flat)
    dims = _dims(p, left) + _dims(q, right)
    return Labelled(graph.reshape(out, dims), left + right)


def _matmul(
    graph: Graph,
    p: Labelled,
    q: Labelled,
    batch: tuple[Index, ...],
    left: tuple[Index, ...],
    over: tuple[Index, ...],
    right: tuple[Index, ...],
) -> Labelled:
    first = _merged(graph, graph.align(p, batch + left + over), (*[1] * len(batch), len(left), len(over)))
    second = _merged(graph, graph.align(q, batch + over + right), (*[1] * len(batch), len(over), len(right)))
    flat = first.dims[:-1] + second.dims[-1:]
    out = graph.make("matmul", (first, second), (), flat)
    dims = _dims(p, batch + left) + _dims(q, right)
    return Labelled(graph.reshape(out, dims), batch + left + right)


def _einsum(graph: Graph, p: Labelled, q: Labelled, out: tuple[Index, ...]) -> Labelled:
    letters: dict[Index, str] = {}
    for index in (*p.axes, *q.axes):
        letters.setdefault(index, _LETTERS[len(letters)])
    text = ["".join(letters[i] for i in axes) for axes in (p.axes, q.axes, out)]
    dims = tuple([_dim_of(i, p, q) for i in out])
    value = graph.make("einsum", (p.value, q.value), f"{text[0]},{text[1]}->{text[2]}", dims)
    return Labelled(value, out)


def _dim_of(index: Index, p: Labelled, q: Labelled) -> Dim:
    item = p if index in p.axes else q
    return item.value.dims[item.axes.index(index)]


def _dims(item: Labelled, axes: tuple[Index, ...]) -> tuple[Dim, ...]:
    return tuple([item.value.dims[item.axes.index(i)] for i in axes])


def _merged(graph: Graph, value: Value, groups: Sequence[int]) -> Value:
    """Consecutive axes merged: `groups` counts them; a group of none vanishes.

    The size of merged symbolic axes is not a dim; it is kept as a `Merged` product.
    """
    if all(count <= 1 for count in groups):
        return value
    dims: list[Dim] = []
    at = 0
    for count in groups:
        if count == 1:
            dims.append(value.dims[at])
        elif count:
            dims.append(merged_dim(value.dims[at : at + count]))
        at += count
    return graph.reshape(value, tuple(dims))


class Merged(Dim):
    """The size of several axes merged into one: a product, which no `Dim` can be."""

    __slots__ = ("factors",)
    factors: tuple[Dim, ...]

    def value(self, sizes: dict[str, int]) -> int:  # type: ignore[override]
        return math.prod(d.value(sizes) for d in self.factors)

    def __str__(self) -> str:
        return "*".join(f"({d})" if d.terms and d.constant else str(d) for d in self.factors)


def merged_dim(dims: tuple[Dim, ...]) -> Dim:
    """The dim of merged axes."""
    kept = tuple([d for d in dims if d != ONE])
    if len(kept) <= 1:
        return kept[0] if kept else ONE
    name = "*".join(f"({d})" for d in kept)
    out = Merged(((name, 1),))
    out.factors = kept
    return out
