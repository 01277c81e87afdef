"""Finite differences of every entry of some leaves: the losses at all moves at once, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import is_
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from ..algebra.index import Tensor
from ..declare.network import Network
from .changes import ROWS, STEPS, MovedNetwork, moved_leaves, moved_rows
from .inputs import Array, checked_sizes
from .plan import Plan, make_plan
from .running import execute
from .tuned import tuned_source

BLOCK = 1 << 20
"""Entries of the largest array that one block of copies may make."""
_FACTORS = np.array([1.0, -1.0, 8.0, -8.0])
_COUNT = len(_FACTORS)
_STEP = 2.0**-10
"""The smaller step, as a fraction of the typical entry."""
_NEAR, _FAR = np.array([0.5, -0.5, 0, 0]), np.array([0, 0, 0.0625, -0.0625])
_WEIGHTS = np.stack([(64 * _NEAR - _FAR) / 63, _NEAR - _FAR])
"""Times the losses at the steps and divided by the step: the extrapolated slope, and how far the two slopes differ."""
_EPS = float(np.finfo(float).eps)

Callables = Callable[[Plan], list[Callable[[Any], Any]]]
Bind = Callable[..., Callable[[], Any]]
_T = TypeVar("_T")


class Slopes(NamedTuple):
    """Finite differences of the loss by every entry of a leaf, and their error bars."""

    values: Array
    errors: Array


class Moves(Protocol):
    """Finds the slopes by every entry of its leaves; serves one call at a time."""

    def slopes(self, arrays: Sequence[Array]) -> list[Slopes]:
        """The slopes at these arrays, one for each leaf."""


def moves_of(
    network: Network,
    leaves: Sequence[Tensor],
    shapes: Sequence[tuple[int, ...]],
    sizes: Mapping[str, int],
    functions: Callables,
) -> Moves:
    """All leaves together if the arrays stay small, else leaf by leaf and in blocks of rows."""
    places = [network.leaves.index(leaf) for leaf in leaves]
    own = [shapes[place] for place in places]
    assert network.loss is not None
    moved = moved_leaves(network, leaves, network.loss)
    planned = _planned(moved)
    if block_of(planned, {**sizes, STEPS: _COUNT}):
        return _Together(planned, places, own, sizes, functions(planned))
    each = zip(leaves, places, own, strict=True)
    return _InTurn([_in_blocks(network, leaf, place, shape, sizes, functions) for leaf, place, shape in each])


def _in_blocks(
    network: Network, leaf: Tensor, place: int, shape: tuple[int, ...], sizes: Mapping[str, int], functions: Callables
) -> Moves:
    assert network.loss is not None
    if not shape:
        planned = _planned(moved_leaves(network, [leaf], network.loss))
        return _Together(planned, [place], [shape], sizes, functions(planned))
    planned = _planned(moved_rows(network, leaf, network.loss))
    return _Blocks(planned, place, shape, sizes, functions(planned))


def _planned(moved: MovedNetwork) -> Plan:
    return make_plan(moved.network, results={leaf.name: tensor for leaf, tensor in moved.outputs.items()})


class _Together:
    """All leaves in one program: what is not moved is computed once."""

    def __init__(
        self,
        planned: Plan,
        places: Sequence[int],
        shapes: Sequence[tuple[int, ...]],
        sizes: Mapping[str, int],
        functions: Sequence[Callable[[Any], Any]],
    ) -> None:
        self._places, self._shapes = list(places), list(shapes)
        counts = [math.prod(shape) for shape in shapes]
        self._ends = np.cumsum([0, *counts]).tolist()
        self._counts = counts
        self._bind = made(planned, {**sizes, STEPS: _COUNT})
        self._functions = functions
        self._steps = [np.empty(_COUNT) for _ in places]
        self._found = [np.empty((_COUNT, *shape)) for shape in shapes]
        self._all = np.empty((_COUNT, self._ends[-1]))
        self._parts = [
            (self._all[:, a:b], found.reshape(_COUNT, -1))
            for a, b, found in zip(self._ends, self._ends[1:], self._found, strict=False)
        ]
        self._given: tuple[Array, ...] = ()
        self._run: Callable[[], Any] | None = None

    def slopes(self, arrays: Sequence[Array]) -> list[Slopes]:
        if self._run is None or not all(map(is_, arrays, self._given)):
            self._given = tuple(arrays)
            self._run = self._bind(*arrays, *self._steps, *self._functions, *self._found)
        widths = [_width(arrays[place]) for place in self._places]
        for width, steps in zip(widths, self._steps, strict=True):
            np.multiply(_FACTORS, width, steps)
        self._run()
        for whole, part in self._parts:
            whole[...] = part
        values, errors = _extrapolated(self._all, np.repeat(widths, self._counts))
        return [
            Slopes(values[a:b].reshape(shape), errors[a:b].reshape(shape))
            for a, b, shape in zip(self._ends, self._ends[1:], self._shapes, strict=False)
        ]


class _Blocks:
    """One leaf, some rows at a time."""

    def __init__(
        self,
        planned: Plan,
        place: int,
        shape: tuple[int, ...],
        sizes: Mapping[str, int],
        functions: Sequence[Callable[[Any], Any]],
    ) -> None:
        self._place, self._shape, self._functions = place, shape, functions
        sizes = {**sizes, STEPS: _COUNT}
        self._rows = max(1, min(shape[0], block_of(planned, {**sizes, ROWS: 1})))
        counts = {len(rows) for rows in self._chosen()}
        self._binds = {count: made(planned, {**sizes, ROWS: count}) for count in counts}

    def _chosen(self) -> Iterator[Array]:
        length = self._shape[0]
        for start in range(0, length, self._rows):
            yield np.eye(min(self._rows, length - start), length, start)

    def slopes(self, arrays: Sequence[Array]) -> list[Slopes]:
        width = _width(arrays[self._place])
        parts = []
        for rows in self._chosen():
            found = np.empty((_COUNT, len(rows), *self._shape[1:]))
            self._binds[len(rows)](*arrays, _FACTORS * width, rows, *self._functions, found)()
            parts.append(found.reshape(_COUNT, -1))
        values, errors = _extrapolated(np.concatenate(parts, axis=1), width)
        return [Slopes(values.reshape(self._shape), errors.reshape(self._shape))]


class _InTurn:
    """One leaf after the other."""

    def __init__(self, moves: Sequence[Moves]) -> None:
        self._moves = moves

    def slopes(self, arrays: Sequence[Array]) -> list[Slopes]:
        return [slopes for moves in self._moves for slopes in moves.slopes(arrays)]


def _width(array: Array) -> float:
    """The smaller step for an array: a fraction of its typical entry."""
    typical = math.sqrt(float(np.vdot(array, array)) / max(1, array.size))
    return _STEP * (typical if 0 < typical < math.inf else 1.0)


def _extrapolated(found: Array, width: Array | float) -> tuple[Array, Array]:
    values, change = np.dot(_WEIGHTS, found)
    np.abs(change, change)
    change += 8 * _EPS * np.abs(found[0])
    values /= width
    change /= width
    return values, change


def made(planned: Plan, sizes: Mapping[str, int]) -> Bind:
    """The fast program of a plan at these sizes."""
    bind: Bind = execute(tuned_source(planned, checked_sizes(planned, sizes), "float64"), "batch")["make"]()
    return bind


def block_of(planned: Plan, one: Mapping[str, int]) -> int:
    """How many times the arrays of these sizes fit into a block: 0 if they do not."""
    entries = [math.prod(d.value(one) for d in v.dims) for v in planned.graph.values if v.op != "leaf"]
    return BLOCK // max(1, *entries, 1)


def popped(idle: list[_T]) -> _T | None:
    """One that is idle; a thread that finds none makes its own."""
    try:
        return idle.pop()
    except IndexError:
        return None
