"""A network as a picture: boxes in columns from the data to the loss, arrows from what is used to where."""

from __future__ import annotations

from ...algebra.expressions import tensors
from ...algebra.index import Tensor
from ...declare.network import Network
from ...printing.display import displayed
from .formulas import shape
from .tree import Box, BoxRole, Diagram


def diagram(network: Network) -> Diagram:
    """The graph of the nodes: each as far right as its longest path, each leaf just left of its first use."""
    column: dict[Tensor, int] = {}
    uses = {node.tensor: tensors(node.formula) for node in network.nodes}
    for node in network.nodes:
        column[node.tensor] = 1 + max((column.get(t, 0) for t in uses[node.tensor]), default=0)
    shown = [leaf for leaf in network.leaves if any(leaf in used for used in uses.values())]
    for leaf in shown:
        column[leaf] = min(column[t] for t, used in uses.items() if leaf in used) - 1
    rows = _rows(network, column)
    boxes = tuple(_box(tensor, network, column[tensor], rows[tensor]) for tensor in column)
    arrows = tuple(
        (used.name, t.name) for t in uses for used in sorted(uses[t], key=lambda u: u.name) if used in column
    )
    return Diagram(boxes, arrows)


def _rows(network: Network, column: dict[Tensor, int]) -> dict[Tensor, float]:
    """Nodes around the middle of their column, parameters above them, data below; data alone in the middle."""
    rows: dict[Tensor, float] = {}
    trained, nodes = set(network.parameters), {n.tensor for n in network.nodes}
    for number in sorted(set(column.values())):
        here = [t for t in column if column[t] == number]
        above = [t for t in here if t in trained]
        middle = [t for t in here if t in nodes]
        below = [t for t in here if t not in trained and t not in nodes]
        if not middle:
            middle, below = below[:1], below[1:]
        top = -(len(middle) - 1) / 2
        for k, t in enumerate(middle):
            rows[t] = top + k
        for k, t in enumerate(above, 1):
            rows[t] = top - k
        for k, t in enumerate(below, 1):
            rows[t] = top + max(len(middle) - 1, 0) + k
    return rows


def _box(tensor: Tensor, network: Network, column: int, row: float) -> Box:
    safe = displayed(tensor.name, words=network.notation.shown_words)
    label = safe[0] if safe and len(safe) == 1 else ""
    return Box(tensor.name, label, shape(tensor, network.notation, short=True), _role(tensor, network), column, row)


def _role(tensor: Tensor, network: Network) -> BoxRole:
    if tensor == network.loss:
        return "loss"
    if tensor in network.inputs:
        return "input"
    if tensor in network.parameters:
        return "parameter"
    return "constant" if tensor in network.constants else "node"


def diagram_words(network: Network) -> str:
    """The graph in words, for those who can't see it."""
    parts = []
    for node in network.nodes:
        used = ", ".join(sorted(t.name for t in tensors(node.formula))) or "nothing"
        parts.append(f"{node.tensor.name} is computed from {used}")
    return f"Diagram of the network {network.name}: " + "; ".join(parts) + "."
