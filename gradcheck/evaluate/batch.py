"""The loss at many perturbed copies at once, and from it the finite difference of every entry."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..algebra.index import Tensor
from ..declare.network import Network
from ..errors import GradcheckError
from .inputs import Array, Functions, arrays_of, callables, checked_sizes, infer_sizes
from .perturb import COPIES, ROWS, STEPS, copied_leaf, moved_leaf
from .plan import Plan, plan
from .program import execute
from .tuned import tuned_source

_BLOCK = 1 << 20
"""Entries of the largest array that one block of copies may make."""
_FACTORS = np.array([1.0, -1.0, 8.0, -8.0])
_STEP = 2.0**-10
"""The smaller step, as a fraction of the largest entry."""


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
        self._idle: dict[Any, list[Any]] = {}

    def losses(self, point: Mapping[str, Any], name: str, stack: Any) -> Array:
        """The loss for every copy of the leaf `name` in a stack of shape (T, *shape of the leaf): shape (T,)."""
        leaf = self._leaf(name)
        arrays, sizes = self._at(point)
        copies = np.asarray(stack, np.float64)
        expected = tuple(d.value(sizes) for d in leaf.dims)
        if copies.ndim != len(expected) + 1 or copies.shape[1:] != expected:
            raise GradcheckError(
                f"a stack for {name} has the wrong shape", got=str(copies.shape), expected=f"(T, {expected})"
            )
        out = np.empty(len(copies))
        block = self._block("copies", leaf, sizes, len(copies))
        for start in range(0, len(copies), block):
            part = copies[start : start + block]
            inputs = [part if t == leaf else a for t, a in zip(self.network.leaves, arrays, strict=True)]
            self._run("copies", leaf, {**sizes, f" {COPIES}": len(part)}, inputs, out[start : start + block])
        return out

    def differences(self, point: Mapping[str, Any], names: Iterable[str] | None = None) -> dict[str, Slopes]:
        """Central differences by every entry of the parameters and inputs (or the leaves named), two steps each.

        The values are extrapolated from both steps (Richardson), the error bars are their change plus rounding.
        """
        arrays, sizes = self._at(point)
        chosen = [t.name for t in (*self.network.inputs, *self.network.parameters)] if names is None else list(names)
        return {name: self._slopes(self._leaf(name), arrays, sizes) for name in chosen}

    def _slopes(self, leaf: Tensor, arrays: list[Array], sizes: dict[str, int]) -> Slopes:
        here = arrays[self.network.leaves.index(leaf)]
        h = _STEP * (float(np.abs(here).max(initial=0.0)) or 1.0)
        steps = _FACTORS * h
        if not leaf.dims:
            found = np.empty(4)
            self._run("moved", leaf, {**sizes, f" {STEPS}": 4}, [*arrays, steps], found)
            return _extrapolated(found, h)
        length = here.shape[0]
        found = np.empty((4, *here.shape))
        block = min(length, self._block("moved", leaf, sizes, length))
        chosen = np.eye(length)
        for start in range(0, length, block):
            rows = chosen[start : start + block]
            part = found[:, start : start + block]
            result = part if len(rows) == length else np.empty(part.shape)
            self._run("moved", leaf, {**sizes, f" {STEPS}": 4, f" {ROWS}": len(rows)}, [*arrays, steps, rows], result)
            if result is not part:
                part[...] = result
        return _extrapolated(found, h)

    def _leaf(self, name: str) -> Tensor:
        for tensor in self.network.leaves:
            if tensor.name == name:
                return tensor
        raise GradcheckError(
            f"unknown name {name!r}", hint=f"inputs and parameters: {', '.join(t.name for t in self.network.leaves)}"
        )

    def _at(self, point: Mapping[str, Any]) -> tuple[list[Array], dict[str, int]]:
        arrays = arrays_of(self.network.leaves, point, "float64")
        return arrays, infer_sizes(self.network.leaves, [a.shape for a in arrays], dict(self.network.dims))

    def _plan(self, kind: str, leaf: Tensor) -> Plan:
        key = (kind, leaf.name)
        if key not in self._plans:
            assert self.network.loss is not None
            change = copied_leaf if kind == "copies" else lambda *a: moved_leaf(*a)[0]
            changed = change(self.network, leaf, self.network.loss)
            whole = plan(changed, gradients=False)
            assert changed.loss is not None
            value = whole.nodes[changed.loss.name]
            self._plans[key] = Plan(changed, whole.graph, whole.leaves, {}, {changed.loss.name: value}, whole.labels)
        return self._plans[key]

    def _block(self, kind: str, leaf: Tensor, sizes: dict[str, int], most: int) -> int:
        """How many copies, or rows, to take at once: the largest array stays below a limit."""
        one = {**sizes, f" {COPIES}": 1, f" {STEPS}": 4, f" {ROWS}": 1}
        values = self._plan(kind, leaf).graph.values
        entries = max((math.prod(d.value(one) for d in v.dims) for v in values if v.op != "leaf"), default=1)
        return max(1, min(most, _BLOCK // max(1, entries)))

    def _run(self, kind: str, leaf: Tensor, sizes: dict[str, int], inputs: list[Array], result: Array) -> None:
        planned = self._plan(kind, leaf)
        idle = self._idle.setdefault((kind, leaf.name, *sizes.items()), [])
        try:
            bind = idle.pop()
        except IndexError:
            bind = execute(tuned_source(planned, checked_sizes(planned, sizes), "float64"), "batch")["make"]()
        bind(*inputs, *callables(planned, self._functions, "float64"), result)()
        idle.append(bind)


def _extrapolated(found: Array, h: float) -> Slopes:
    near, far = (found[0] - found[1]) / (2 * h), (found[2] - found[3]) / (16 * h)
    noise = 8 * np.finfo(float).eps * float(np.abs(found).max(initial=0.0)) / h
    return Slopes((64 * near - far) / 63, np.abs(near - far) + noise)


def batch(network: Network, *, functions: Functions | None = None) -> Batch:
    """Evaluate the loss of a network at many perturbed copies of a leaf at once.

    functions: callables for unspecified functions, as for `program`.
    """
    if network.loss is None or network.node(network.loss) is None:
        raise GradcheckError(f"network {network.name} has no loss to evaluate", hint="declare one: loss l = ...")
    return Batch(network, dict(functions or {}))
