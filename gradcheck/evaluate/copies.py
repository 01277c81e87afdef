"""The loss at many perturbed copies at once, and from it the finite difference of every entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..algebra.index import Tensor
from ..declare.network import Network
from ..errors import GradcheckError
from .inputs import Array, Functions, arrays_of, callables, infer_sizes
from .perturb import COPIES, copied_leaf
from .plan import Plan, make_plan
from .slopes import Moves, Slopes, block_of, made, moves_of, popped

Shapes = tuple[tuple[int, ...], ...]


class Batch:
    """The loss of a network at many points that differ in one leaf; made by `batch`.

    It evaluates the declared forward alone and sees no derivative.
    """

    def __init__(self, network: Network, functions: Functions) -> None:
        self.network = network
        self._functions = functions
        self._plans: dict[Tensor, Plan] = {}
        self._idle: dict[tuple[tuple[Tensor, ...], Shapes], list[Moves]] = {}
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
        planned = self._plan(leaf)
        out = np.empty(len(copies))
        block = max(1, block_of(planned, {**sizes, COPIES: 1}))
        for start in range(0, len(copies), block):
            part = copies[start : start + block]
            idle = self._ready.setdefault((name, *sizes.items(), len(part)), [])
            bind = popped(idle) or made(planned, {**sizes, COPIES: len(part)})
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
        leaves = tuple([self._leaf(name) for name in chosen])
        idle = self._idle.setdefault((leaves, shapes), [])
        moves = popped(idle) or moves_of(self.network, leaves, shapes, sizes, self._callables)
        found = moves.slopes(arrays)
        idle.append(moves)
        return {leaf.name: slopes for leaf, slopes in zip(leaves, found, strict=True)}

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

    def _plan(self, leaf: Tensor) -> Plan:
        """The forward program with the leaf copied."""
        if leaf not in self._plans:
            assert self.network.loss is not None
            changed = copied_leaf(self.network, leaf, self.network.loss)
            assert changed.loss is not None
            self._plans[leaf] = make_plan(changed, results={changed.loss.name: changed.loss})
        return self._plans[leaf]

    def _callables(self, planned: Plan) -> list[Callable[[Any], Any]]:
        return callables(planned, self._functions, "float64")


def batch(network: Network, *, functions: Functions | None = None) -> Batch:
    """Evaluate the loss of a network at many perturbed copies of a leaf at once.

    functions: callables for unspecified functions, as for `program`.
    """
    if network.loss is None or network.node(network.loss) is None:
        raise GradcheckError(f"network {network.name} has no loss to evaluate", hint="declare one: loss l = ...")
    return Batch(network, dict(functions or {}))
