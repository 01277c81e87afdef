"""The loss at many perturbed copies at once, and from it the finite difference of every entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import is_
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ..algebra.index import Tensor
from ..declare.network import Network
from ..errors import GradcheckError
from .changes import ROWS, STEPS, moved_leaf
from .inputs import Array, Functions, arrays_of, callables, checked_sizes, infer_sizes
from .perturb import COPIES, copied_leaf
from .plan import Plan, make_plan
from .running import execute
from .tuned import tuned_source

_BLOCK = 1 << 20
"""Entries of the largest array that one block of copies may make."""
_FACTORS = np.array([1.0, -1.0, 8.0, -8.0])
_STEP = 2.0**-10
"""The smaller step, as a fraction of the largest entry."""
_NEAR, _FAR = np.array([0.5, -0.5, 0, 0]), np.array([0, 0, 0.0625, -0.0625])
_WEIGHTS = np.stack([(64 * _NEAR - _FAR) / 63, _NEAR - _FAR])
"""Times the losses at the steps and divided by the step: the extrapolated slope, and how far the two slopes differ."""
_EPS = float(np.finfo(float).eps)

Shapes = tuple[tuple[int, ...], ...]
_T = TypeVar("_T")


class Slopes(NamedTuple):
    """Finite differences of the loss by every entry of a leaf, and their error bars."""

    values: Array
    errors: Array


class Batch:
    """The loss of a network at many points that differ in one leaf; made by `batch`.

    It evaluates the declared forward alone and sees no derivative.
    """

    def __init__(self, network: Network, functions: Functions) -> None:
        self.network = network
        self._functions = functions
        self._plans: dict[tuple[str, str], Plan] = {}
        self._idle: dict[tuple[str, Shapes], list[_Moves]] = {}
        self._ready: dict[Any, list[Callable[..., Any]]] = {}
        self._sizes: dict[Shapes, dict[str, int]] = {}

    def losses(self, point: Mapping[str, Any], name: str, stack: Any) -> Array:
        """The loss for every copy of the leaf `name` in a stack of shape (T, *shape of the leaf): shape (T,)."""
        leaf = self._leaf(name)
        arrays, sizes = self._at(point)
        copies = np.asarray(stack, np.float64)
        expected = tuple(d.value(sizes) for d in leaf.dims)
        if copies.ndim != len(expected) + 1 or copies.shape[1:] != expected:
            what = f"a stack for {name} has the wrong shape"
            raise GradcheckError(what, got=f"{copies.shape}", expected=f"(T, {', '.join(map(str, expected))})")
        planned = self._plan("copies", leaf)
        out = np.empty(len(copies))
        block = _block(planned, {**sizes, COPIES: 1}, len(copies))
        for start in range(0, len(copies), block):
            part = copies[start : start + block]
            idle = self._ready.setdefault((name, *sizes.items(), len(part)), [])
            bind = _popped(idle) or _made(planned, {**sizes, COPIES: len(part)})
            inputs = [part if t == leaf else a for t, a in zip(self.network.leaves, arrays, strict=True)]
            bind(*inputs, *self._callables(planned), out[start : start + block])()
            idle.append(bind)
        return out

    def differences(self, point: Mapping[str, Any], names: Iterable[str] | None = None) -> dict[str, Slopes]:
        """Central differences by every entry of the parameters and inputs (or the leaves named), two steps each.

        The values are extrapolated from both steps (Richardson); the error bars are their change plus rounding.
        """
        arrays, sizes = self._at(point)
        shapes = tuple([a.shape for a in arrays])
        chosen = [t.name for t in (*self.network.inputs, *self.network.parameters)] if names is None else names
        found = {}
        for name in chosen:
            idle = self._idle.setdefault((name, shapes), [])
            moves = _popped(idle)
            if moves is None:
                leaf = self._leaf(name)
                planned = self._plan("moved", leaf)
                place = self.network.leaves.index(leaf)
                moves = _Moves(planned, place, shapes[place], sizes, self._callables(planned))
            found[name] = moves.slopes(arrays)
            idle.append(moves)
        return found

    def _leaf(self, name: str) -> Tensor:
        for tensor in self.network.leaves:
            if tensor.name == name:
                return tensor
        known = ", ".join(t.name for t in self.network.leaves)
        raise GradcheckError(f"unknown name {name!r}", hint=f"inputs and parameters: {known}")

    def _at(self, point: Mapping[str, Any]) -> tuple[list[Array], dict[str, int]]:
        arrays = arrays_of(self.network.leaves, point, "float64")
        shapes = tuple([a.shape for a in arrays])
        sizes = self._sizes.get(shapes)
        if sizes is None:
            sizes = self._sizes[shapes] = infer_sizes(self.network.leaves, shapes, dict(self.network.dims))
        return arrays, sizes

    def _plan(self, kind: str, leaf: Tensor) -> Plan:
        """The forward program with the leaf copied, or moved entry by entry."""
        key = (kind, leaf.name)
        if key not in self._plans:
            assert self.network.loss is not None
            change = copied_leaf if kind == "copies" else moved_leaf
            changed = change(self.network, leaf, self.network.loss)
            whole = make_plan(changed)
            assert changed.loss is not None
            losses = {changed.loss.name: whole.nodes[changed.loss.name]}
            self._plans[key] = Plan(changed, whole.graph, whole.leaves, {}, losses, whole.labels)
        return self._plans[key]

    def _callables(self, planned: Plan) -> list[Callable[[Any], Any]]:
        return callables(planned, self._functions, "float64")


class _Moves:
    """The losses at every entry of one leaf moved by every step, at fixed shapes; serves one call at a time."""

    def __init__(
        self,
        planned: Plan,
        place: int,
        shape: tuple[int, ...],
        sizes: Mapping[str, int],
        functions: Sequence[Callable[[Any], Any]],
    ) -> None:
        self._place = place
        self._functions = functions
        self._steps = np.empty(len(_FACTORS))
        self._found = np.empty((len(_FACTORS), *shape))
        self._given: tuple[Array, ...] = ()
        self._runs: list[Callable[[], Any]] = []
        sizes = {**sizes, STEPS: len(_FACTORS)}
        self._blocks: list[tuple[Callable[..., Any], list[Array], Array]] = []
        if not shape:
            self._blocks.append((_made(planned, sizes), [], self._found))
            return
        block = _block(planned, {**sizes, ROWS: 1}, shape[0])
        binds: dict[int, Callable[..., Any]] = {}
        for start in range(0, shape[0], block):
            rows = np.eye(shape[0])[start : start + block]
            if len(rows) not in binds:
                binds[len(rows)] = _made(planned, {**sizes, ROWS: len(rows)})
            whole = len(rows) == shape[0]
            result = self._found if whole else np.empty((len(_FACTORS), len(rows), *shape[1:]))
            self._blocks.append((binds[len(rows)], [rows], result))

    def slopes(self, arrays: Sequence[Array]) -> Slopes:
        """The slopes at these arrays."""
        if len(arrays) != len(self._given) or not all(map(is_, arrays, self._given)):
            self._given = tuple(arrays)
            self._runs = [bind(*arrays, self._steps, *rows, *self._functions, r) for bind, rows, r in self._blocks]
        here = arrays[self._place]
        h = _STEP * (max(float(here.max(initial=0.0)), -float(here.min(initial=0.0))) or 1.0)
        np.multiply(_FACTORS, h, self._steps)
        start = 0
        for run, (_, _, result) in zip(self._runs, self._blocks, strict=True):
            run()
            if result is not self._found:
                self._found[:, start : start + result.shape[1]] = result
                start += result.shape[1]
        return _extrapolated(self._found, h)


def _popped(idle: list[_T]) -> _T | None:
    """One that is idle; a thread that finds none makes its own."""
    try:
        return idle.pop()
    except IndexError:
        return None


def _made(planned: Plan, sizes: Mapping[str, int]) -> Callable[..., Any]:
    made: Callable[..., Any] = execute(tuned_source(planned, checked_sizes(planned, sizes), "float64"), "batch")[
        "make"
    ]()
    return made


def _block(planned: Plan, one: Mapping[str, int], most: int) -> int:
    """How many copies, or rows, to take at once: the largest array stays below a limit."""
    sizes = [math.prod(d.value(one) for d in v.dims) for v in planned.graph.values if v.op != "leaf"]
    return max(1, min(most, _BLOCK // max(1, *sizes, 1)))


def _extrapolated(found: Array, h: float) -> Slopes:
    rows = found.reshape(len(_FACTORS), -1)
    values, change = np.dot(_WEIGHTS / h, rows)
    errors = np.abs(change) + (8 * _EPS / h) * np.abs(rows[0])
    return Slopes(values.reshape(found.shape[1:]), errors.reshape(found.shape[1:]))


def batch(network: Network, *, functions: Functions | None = None) -> Batch:
    """Evaluate the loss of a network at many perturbed copies of a leaf at once.

    functions: callables for unspecified functions, as for `program`.
    """
    if network.loss is None or network.node(network.loss) is None:
        raise GradcheckError(f"network {network.name} has no loss to evaluate", hint="declare one: loss l = ...")
    return Batch(network, dict(functions or {}))
