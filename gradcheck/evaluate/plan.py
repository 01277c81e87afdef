"""What a network's program computes: every node, the loss and every gradient, as array values of one graph."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..algebra.index import Tensor
from ..declare.network import Network
from ..derive import adjoints
from .arrays import Graph, Value
from .lower import lowering
from .lowering import Lowering
from .names import comment
from .signature import Signature


@dataclass(frozen=True)
class Label:
    """How a value is called in the source, and the comment that stands above it."""

    wish: str
    comment: str


@dataclass(frozen=True)
class Plan:
    """The values of a program. `nodes` and `gradients` are keyed by canonical name, `labels` by value number."""

    network: Network
    graph: Graph
    leaves: tuple[Tensor, ...]
    nodes: dict[str, Value]
    gradients: dict[str, Value]
    labels: dict[int, Label] = field(default_factory=dict)

    @property
    def loss(self) -> Value | None:
        """The value of the loss, if a node defines it."""
        return self.nodes.get(self.network.loss.name) if self.network.loss is not None else None

    @functools.cached_property
    def signature(self) -> Signature:
        """The arguments of the emitted functions."""
        values = live([*self.nodes.values(), *self.gradients.values()])
        return Signature(self.leaves, values, [v.data for v in values if v.op == "call"])


def plan(network: Network, *, gradients: bool = True) -> Plan:
    """Lower every node of a network and, on request, the gradient of its loss by every input and parameter."""
    graph = Graph()
    low = lowering(graph)
    leaves = network.leaves
    for tensor in leaves:
        low.arrays[tensor] = graph.leaf(tensor)
    out = Plan(network, graph, leaves, {}, {})
    for node in network.nodes:
        value = low.define(node.tensor, node.indices, node.formula)
        out.nodes[node.tensor.name] = value
        _label(out, value, node.tensor.name, f"{node.tensor.name}: {node.latex}" if node.latex else node.tensor.name)
    if gradients and network.loss is not None and network.node(network.loss) is not None:
        _add_gradients(out, low)
    return out


def _add_gradients(out: Plan, low: Lowering) -> None:
    network, graph = out.network, out.graph
    program = adjoints(network)
    for equation in program.equations:
        value = low.define(equation.tensor, equation.indices, equation.formula)
        name = equation.of.name
        _label(out, value, f"d_{name}", f"derivative of {network.loss.name if network.loss else ''} by {name}")
    for tensor in (*network.inputs, *network.parameters):
        found = program.of(tensor)
        if found is not None:
            out.gradients[tensor.name] = low.arrays[found.tensor]
        else:
            out.gradients[tensor.name] = graph.spread(graph.number(0), tensor.dims)


def _label(out: Plan, value: Value, wish: str, text: str) -> None:
    if value.op != "leaf" and not value.static:
        out.labels.setdefault(value.number, Label(wish, comment(text)))


def live(outputs: Iterable[Value]) -> list[Value]:
    """The values that the outputs depend on, in the order of computation."""
    found: dict[int, Value] = {}
    stack = list(outputs)
    while stack:
        value = stack.pop()
        if value.number not in found:
            found[value.number] = value
            stack.extend(value.args)
    return [found[k] for k in sorted(found)]
