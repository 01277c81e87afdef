"""What a network's program computes: every node, the loss and every gradient, as array values of one graph."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..algebra.index import Tensor
from ..declare.network import Network
from ..derive import adjoints
from ..errors import GradcheckError
from .arrays import Graph
from .logs import without_logs_of_quotients
from .lower import lowering
from .lowering import Lowering
from .names import comment
from .signature import Signature
from .values import Value


@dataclass(frozen=True)
class Label:
    """How a value is called in the source, and the comment that stands above it.

    backward: it is a derivative, and only spoken of where derivatives are.
    """

    wish: str
    comment: str
    backward: bool = False


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


def make_plan(network: Network, wrt: Iterable[str] = (), results: Mapping[str, Tensor] | None = None) -> Plan:
    """Lower every node of a network, and the gradients of its loss by the leaves or nodes named.

    results: nodes that take the place of the gradients, by name; the plan then computes these and no loss.
    """
    wanted = _named(network, wrt)
    if set(network.leaves).issuperset(wanted):  # a node to derive by must stay on every path
        network = without_logs_of_quotients(network)
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
    if wanted:
        _add_gradients(out, low, wanted)
    if results is not None:
        return Plan(network, graph, leaves, {}, {n: low.arrays[t] for n, t in results.items()}, out.labels)
    return out


def _named(network: Network, names: Iterable[str]) -> list[Tensor]:
    tensors = {t.name: t for t in (*network.leaves, *[n.tensor for n in network.nodes])}
    found = []
    for name in names:
        if name not in tensors:
            near = difflib.get_close_matches(name, tensors, 1)
            hint = f"did you mean {near[0]}?" if near else f"the network's names: {', '.join(tensors)}"
            raise GradcheckError(f"unknown name {name!r}", hint=hint)
        found.append(tensors[name])
    return found


def _add_gradients(out: Plan, low: Lowering, wrt: list[Tensor]) -> None:
    network, graph = out.network, out.graph
    shared = adjoints(network)
    held = [adjoints(network, hold=t) for t in wrt if t in network.constants]
    idle = set(network.leaves).difference(wrt)
    for program in (shared, *held):
        for equation in program.equations:
            if equation.of in idle or equation.tensor in low.arrays:
                continue
            value = low.define(equation.tensor, equation.indices, equation.formula)
            name = equation.of.name
            _label(
                out,
                value,
                f"d_{name}",
                f"derivative of {network.loss.name if network.loss else ''} by {name}",
                backward=True,
            )
    for tensor in wrt:
        found = next((a for p in (shared, *held) if (a := p.of(tensor)) is not None), None)
        zero = graph.spread(graph.number(0), tensor.dims)
        out.gradients[tensor.name] = low.arrays[found.tensor] if found is not None else zero


def _label(out: Plan, value: Value, wish: str, text: str, *, backward: bool = False) -> None:
    if value.op != "leaf" and not value.static:
        out.labels.setdefault(value.number, Label(wish, comment(text), backward))


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
