"""A network as a NumPy program: forward values, the loss, and all gradients at given arrays."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import is_
from typing import Any, Literal

from ..declare.network import Network
from ..errors import GradcheckError
from .inputs import Array, Functions, arrays_of, callables, checked_sizes, infer_sizes
from .plain import plain_source
from .plan import Plan, make_plan
from .tuned import tuned_source
from .workspace import Workspace

DType = Literal["float64", "float32", "complex128", "longdouble"]
_IDLE = 4
"""Workspaces of other sizes that are kept."""
Bound = Callable[[], tuple[float, dict[str, Array]]]


class Program:
    """A NumPy program made from a network by `program`.

    A point is a dict from canonical name to array, for every input, parameter and constant; sizes follow from
    the shapes. Results are the caller's own: no later call changes them.
    source: readable NumPy for every size, runs with nothing but NumPy.
    """

    def __init__(self, network: Network, plan: Plan, dtype: DType, functions: Functions) -> None:
        self.network = network
        self.dtype = dtype
        self._plan = plan
        self._functions = functions
        self._names = tuple([t.name for t in plan.leaves])
        self._idle: list[Workspace] = []
        self._made: dict[tuple[tuple[str, int], ...], Callable[[], Any]] = {}

    @functools.cached_property
    def source(self) -> str:
        """The readable source: `forward(...)` and `gradients(...)`, with a comment on every named node."""
        return plain_source(self._plan, self.dtype)

    @functools.cached_property
    def _module(self) -> dict[str, Any]:
        return execute(self.source, "plain")

    def forward(self, point: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> dict[str, Array]:
        """The value of every node, by name."""
        found: dict[str, Array] = self._run("forward", point, sizes)
        return found

    def loss(self, point: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> float:
        """The value of the loss."""
        name = self._loss_name()
        return self.forward(point, sizes)[name].item()  # type: ignore[no-any-return]

    def _loss_name(self) -> str:
        if self._plan.loss is None or self.network.loss is None:
            raise _no_loss(self.network)
        return self.network.loss.name

    def gradients(self, point: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> dict[str, Array]:
        """The gradients of the loss, by name."""
        return self.loss_and_gradients(point, sizes)[1]

    def loss_and_gradients(
        self, point: Mapping[str, Any], sizes: Mapping[str, int] | None = None
    ) -> tuple[float, dict[str, Array]]:
        """The loss and all gradients in one pass."""
        idle, names = self._idle, self._names
        try:
            workspace = idle.pop()  # a thread that finds none gets one of its own
        except IndexError:
            workspace = self._workspace(point, sizes)
        else:
            same = all(map(is_, map(point.get, names), workspace.given)) and len(point) == len(names) and not sizes
            if not same and not self._fits(workspace, point, sizes):
                idle.append(workspace)
                workspace = self._workspace(point, sizes)
        result = workspace.run()
        idle.append(workspace)
        return result

    def _fits(self, workspace: Workspace, point: Mapping[str, Any], sizes: Mapping[str, int] | None) -> bool:
        """Whether a workspace can read a point's arrays as they are; it does so from then on."""
        return len(point) == len(self._names) and not sizes and workspace.reads(tuple(map(point.get, self._names)))

    def plain_gradients(
        self, point: Mapping[str, Any], sizes: Mapping[str, int] | None = None
    ) -> tuple[float, dict[str, Array]]:
        """The loss and all gradients by the readable program: slower, and a check on the fast one."""
        self._loss_name()
        loss, found = self._run("gradients", point, sizes)
        return float(loss), found

    def bind(self, point: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> Bound:
        """The computation of the loss and all gradients at these very arrays, read anew on every call.

        For training loops that update parameters in place. Serves one thread at a time.
        """
        return self._workspace(point, sizes).run

    def _workspace(self, point: Mapping[str, Any], sizes: Mapping[str, int] | None) -> Workspace:
        """A workspace that reads this point: an idle one of the same sizes, or a new one."""
        self._loss_name()
        arrays = tuple(arrays_of(self._plan.leaves, point, self.dtype))
        known = self._sizes(arrays, sizes)
        key = tuple(sorted(known.items()))
        for workspace in self._idle[::-1]:
            if workspace.key == key:
                with contextlib.suppress(ValueError):  # another thread took it
                    self._idle.remove(workspace)
                    break
        else:
            del self._idle[:-_IDLE]
            workspace = self._new_workspace(key, known)
        workspace.use(tuple(map(point.get, self._names)), arrays)
        return workspace

    def _new_workspace(self, key: tuple[tuple[str, int], ...], sizes: dict[str, int]) -> Workspace:
        make = self._made.get(key)
        if make is None:
            make = self._made[key] = execute(self.source_at(sizes), "fast")["make"]
        results = {name: tuple([d.value(sizes) for d in v.dims]) for name, v in self._plan.gradients.items()}
        return Workspace(key, make(), results, self.dtype, callables(self._plan, self._functions, self.dtype))

    def source_at(self, sizes: Mapping[str, int]) -> str:
        """The fast source at given sizes: every array preallocated, one NumPy call per operation."""
        return tuned_source(self._plan, checked_sizes(self._plan, sizes), self.dtype)

    def _sizes(self, arrays: Sequence[Array], given: Mapping[str, int] | None) -> dict[str, int]:
        shapes = [a.shape for a in arrays]
        return checked_sizes(self._plan, infer_sizes(self._plan.leaves, shapes, dict(self.network.dims), given))

    def _run(self, name: str, point: Mapping[str, Any], sizes: Mapping[str, int] | None) -> Any:
        arrays = arrays_of(self._plan.leaves, point, self.dtype)
        known = self._sizes(arrays, sizes)
        unseen = [known[s] for s in self._plan.signature.unseen]
        return self._module[name](*arrays, *callables(self._plan, self._functions, self.dtype), *unseen)


def execute(source: str, kind: str) -> dict[str, Any]:
    """Run emitted source and return what it defines. Only ever called on text this room wrote."""
    namespace: dict[str, Any] = {}
    exec(compile(source, f"<gradcheck {kind} program>", "exec"), namespace)
    return namespace


def program(
    network: Network,
    *,
    wrt: Iterable[str] | None = None,
    dtype: DType = "float64",
    functions: Functions | None = None,
) -> Program:
    r"""The NumPy program of a network: forward values, the loss, and its gradients.

    wrt: the names to derive by, leaves or nodes; by default the parameters (the inputs, where there are none).
    dtype: float64 or float32 (complex128 and longdouble serve as independent checks).
    functions: for every unspecified function its name and callables for it and its derivatives, in order.

    >>> import gradcheck, numpy as np
    >>> net = gradcheck.network(r'''
    ... input x : m, n
    ... parameter w : n
    ... z_i = \tanh(\sum_j x_{ij} w_j)
    ... loss l = \frac{1}{2} \sum_i z_i^2
    ... ''')
    >>> made = program(net)
    >>> {k: v.shape for k, v in made.gradients({"x": np.ones((5, 3)), "w": np.zeros(3)}).items()}
    {'w': (3,)}
    """
    if dtype not in ("float64", "float32", "complex128", "longdouble"):
        raise GradcheckError(f"unknown dtype {dtype}", expected="float64 or float32")
    declared = network.loss is not None and network.node(network.loss) is not None
    if wrt is None:
        wrt = [t.name for t in network.parameters or network.inputs] if declared else []
    names = list(wrt)
    if names and not declared:
        raise _no_loss(network)
    return Program(network, make_plan(network, names), dtype, dict(functions or {}))


def _no_loss(network: Network) -> GradcheckError:
    return GradcheckError(f"network {network.name} has no loss to evaluate", hint="declare one: loss l = ...")
