"""Reverse mode over the named nodes: one adjoint equation per tensor, never one layer put into the next."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from ..algebra.expressions import UNIT, ZERO, Elem, Expr, replace_entries, tensors
from ..algebra.index import Index, Tensor
from ..declare.network import Network, Node
from ..errors import FormulaError
from .abstract import grounded
from .adjoint_names import Names
from .gather import Use, gather, own_indices
from .rules import Scope, pull_back


@dataclass(frozen=True)
class Adjoint:
    """One equation of the backward program: tensor[indices] = formula, the derivative of the output by `of`.

    The formula speaks of nodes, leaves, and adjoints whose equations come earlier.
    consumers: the nodes through which `of` acts (None stands for the output itself).
    """

    of: Tensor
    tensor: Tensor
    indices: tuple[Index, ...]
    formula: Expr
    consumers: tuple[Node | None, ...] = ()

    @property
    def entry(self) -> Elem:
        """The left side of the equation."""
        return Elem(self.tensor, self.indices)


@dataclass(frozen=True)
class Adjoints:
    """The backward program of one output: its equations in execution order.

    output: the expression that is derived (the loss entry, mostly).
    """

    network: Network
    output: Expr
    equations: tuple[Adjoint, ...]

    @functools.cached_property
    def _by_tensor(self) -> dict[Tensor, Adjoint]:
        return {equation.of: equation for equation in self.equations}

    def of(self, tensor: Tensor) -> Adjoint | None:
        """The adjoint of a node or leaf; None where the output does not depend on it."""
        return self._by_tensor.get(tensor)

    @property
    def opened(self) -> Expr:
        """The output, its equation put in where it is the entry of a node."""
        node = self.network.node(self.output.tensor) if isinstance(self.output, Elem) else None
        return replace_entries(self.output, {node.tensor: (node.indices, node.formula)}) if node else self.output

    def closed(self, tensor: Tensor) -> Expr:
        """The adjoint of `tensor` at its `indices` with every other adjoint substituted."""
        definitions: dict[Tensor, tuple[tuple[Index, ...], Expr]] = {}
        for equation in self.equations:
            formula = replace_entries(equation.formula, definitions)
            if equation.of == tensor:
                return formula
            definitions[equation.tensor] = (equation.indices, formula)
        return ZERO


def adjoints(network: Network, output: Expr | None = None, hold: Tensor | None = None) -> Adjoints:
    """The adjoint of every node and the gradient of every parameter and input, in execution order.

    output: a scalar-valued expression over the network, by default its loss; its free indices stay free.
    hold: derive by this tensor alone, held as the variable: what lies upstream of it is not visited, and
        neither is what does not depend on it. A node can be held like a leaf.
    A tensor used twice gets the sum of its uses. Cost: one walk over each equation.
    """
    if output is None:
        network = grounded(network)
        if network.loss is None:
            raise FormulaError(
                f"network {network.name} has no loss to derive", hint="declare one: loss l = ..., or name an output"
            )
        output = Elem(network.loss)
    return _Pass(network, output, hold).run()


class _Pass:
    """One reverse pass: uses gathered so far, and where each was last added to."""

    def __init__(self, network: Network, output: Expr, hold: Tensor | None) -> None:
        self.network, self.output, self.hold = network, output, hold
        self.uses: dict[Tensor, list[Use]] = {}
        self.consumers: dict[Tensor, list[Node | None]] = {}
        self.node: Node | None = None
        self.names = Names(network, output)
        self.skipped = set(network.constants) if hold is None else None
        self.active = dependents(network, hold) if hold is not None else None

    def sink(self, entry: Elem, cotangent: Expr, scope: Scope) -> None:
        tensor = entry.tensor
        if self.active is not None and tensor not in self.active:
            return
        if self.skipped is not None and tensor in self.skipped:
            return
        found = self.uses.get(tensor)
        if found is None:
            self.uses[tensor] = [(entry.slots, cotangent, scope)]
            self.consumers[tensor] = [self.node]
        else:
            found.append((entry.slots, cotangent, scope))
            if self.consumers[tensor][-1] is not self.node:
                self.consumers[tensor].append(self.node)

    def run(self) -> Adjoints:
        start, nodes = self.start()
        pull_back(start, UNIT, (), self.sink)
        program: list[Adjoint] = []
        visited: list[Node | None] = [None]
        for node in reversed(nodes):
            if node.tensor not in self.uses:
                continue
            if node.tensor == self.hold:
                break
            equation = self.equation(node.tensor)
            program.append(equation)
            visited.append(node)
            self.node = node
            pull_back(node.formula, Elem(equation.tensor, node.indices), node.indices, self.sink)
        equations = [*self.with_leaves(program, visited), *self.without_slope(start)]
        return Adjoints(self.network, self.output, tuple(equations))

    def without_slope(self, start: Expr) -> list[Adjoint]:
        """Derivative 0 for a held tensor that acts on the output, but through gates and other steps only."""
        hold = self.hold
        if hold is None or hold in self.consumers or self.active is None or self.active.isdisjoint(tensors(start)):
            return []
        return [Adjoint(hold, Tensor(self.names.of(hold), hold.dims), own_indices(hold), ZERO)]

    def start(self) -> tuple[Expr, tuple[Node, ...]]:
        """The output, opened up where it is the entry of a node, and the nodes that may lie below it."""
        output, nodes = self.output, self.network.nodes
        if isinstance(output, Elem) and output.tensor != self.hold:
            for k, node in enumerate(nodes):
                if node.tensor == output.tensor:
                    formula = replace_entries(output, {node.tensor: (node.indices, node.formula)})
                    return formula, nodes[:k]
        return output, nodes

    def equation(self, tensor: Tensor) -> Adjoint:
        indices, formula = gather(tensor, self.uses.pop(tensor))
        return Adjoint(
            tensor, Tensor(self.names.of(tensor), tensor.dims), indices, formula, tuple(self.consumers[tensor])
        )

    def with_leaves(self, program: list[Adjoint], visited: list[Node | None]) -> list[Adjoint]:
        """The program with each leaf's gradient placed right after the last equation that it needs."""
        at: dict[int, list[Tensor]] = {}
        place = {id(node): k for k, node in enumerate(visited)}
        for tensor in self.uses:
            at.setdefault(place[id(self.consumers[tensor][-1])], []).append(tensor)
        out: list[Adjoint] = []
        for k in range(len(visited)):
            if k:
                out.append(program[k - 1])
            out.extend(self.equation(tensor) for tensor in at.get(k, ()))
        return out


def dependents(network: Network, tensor: Tensor) -> set[Tensor]:
    """The tensor itself and every node that depends on it."""
    found = {tensor}
    for node in network.nodes:
        if not found.isdisjoint(tensors(node.formula)):
            found.add(node.tensor)
    return found
