"""The sections on a network: what it declares, as a picture and a table, and its forward pass."""

from __future__ import annotations

from collections.abc import Iterator

from ...algebra.expressions import Elem
from ...algebra.functions import Function
from ...algebra.index import Tensor
from ...declare.network import Network, Node
from .diagram import diagram, diagram_words
from .formulas import equation, formula, math, name, shape
from .sentences import sentence, told
from .tree import Block, Figure, Inline, Line, Paragraph, Section, Table, Text, text

_LAYOUTS = {
    "denominator": "The derivative of a number by an array has the shape of the array (denominator layout).",
    "numerator": "The derivative of a number by an array has the shape of its transpose (numerator layout).",
}


_CAPTION = "The network: arrows lead from what is used to where it is used; under each name stands its shape."


def network_section(
    network: Network, anchor: str, gradients: tuple[Section, ...] = (), *, explained: bool = False
) -> Section:
    """The network as declared: diagram, names, conventions, forward pass.

    explained: an earlier section of the page says how a diagram is read.
    """
    blocks: list[Block] = []
    if network.nodes:
        caption = () if explained else text(_CAPTION)
        blocks.append(Figure(caption, diagram_words(network), diagram(network)))
    blocks.append(names_table(network))
    blocks.append(Paragraph(conventions(network)))
    blocks.extend(forward(network))
    blocks.extend(gradients)
    return Section(anchor, (Text("Network “"), Text(network.name, "strong"), Text("”")), tuple(blocks))


def names_table(network: Network) -> Table:
    """Every declared name with its role, shape and facts."""
    rows: list[tuple[Line, ...]] = [
        ((name(tensor, network.notation),), text(role), shape(tensor, network.notation), facts(tensor.facts))
        for role, tensors in _roles(network)
        for tensor in tensors
    ]
    rows += [
        ((_function_name(declared, network),), text("function"), *_function(f, network))
        for declared, f in network.notation.functions.items()
    ]
    head: tuple[str, ...] = ("name", "role", "shape", "declared as")
    if all(row[-1] == text("") for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return Table(f"Names of the network “{network.name}”", head, tuple(rows))


def _roles(network: Network) -> Iterator[tuple[str, tuple[Tensor, ...]]]:
    yield "input", network.inputs
    yield "parameter", network.parameters
    yield "constant", network.constants
    yield "node", tuple(n.tensor for n in network.nodes if n.tensor != network.loss)
    if network.loss is not None:
        yield "loss", (network.loss,)


def _function_name(declared: str, network: Network) -> Inline:
    """The name of a function as it is set in front of its argument: upright if it has several letters."""
    plain = len(declared) > 1 and declared.isalpha() and declared.isascii()
    return math(rf"\operatorname{{{declared}}}" if plain else declared, network.notation)


def _function(function: Function, network: Network) -> tuple[Line, Line]:
    """What a declared function is: unspecified with its facts, or another name for a known one."""
    if function.unspecified:
        return text("any, of one variable"), facts(function.facts)
    return (Text("is "), math(function.latex, network.notation)), text("")


def facts(declared: frozenset[str]) -> Line:
    """Declared facts in words."""
    return text(told(", ".join(sorted(declared))))


def conventions(network: Network) -> Line:
    """Which sizes there are, how derivatives are laid out, what holds at a kink."""
    sizes = [f"{symbol} ≥ {least}" for symbol, least in network.dims]
    said = f"Everything holds for all sizes {', '.join(sizes)}. " if sizes else ""
    if not any(t.dims for t in (*network.leaves, *(n.tensor for n in network.nodes))):
        said += "All names are numbers."
    elif network.loss is not None:
        said += _LAYOUTS[getattr(network.notation, "layout", "denominator") or "denominator"]
    if network.family is not None:
        said += f" The number {network.family.last} of layers is arbitrary, and so are the claims that name it; "
        said += "the equations below are written out for a few layers."
    samples = {i.name: i for e in network.notation.entries.values() for i in e.samples}
    for letter, index in samples.items():
        said += f" The superscript ({letter}) counts samples, {letter} = 1, …, {index.dim}."
    if any(f.has_kink for f in network.functions):
        said += " Claims are meant away from the kinks of the functions."
    return sentence(said, network.notation)


def forward(network: Network) -> Iterator[Block]:
    """The equations of the nodes in order, the loss last."""
    if not network.nodes:
        return
    yield Paragraph(text("Forward pass, one equation a node:"))
    for node in network.nodes:
        yield formula(node_equation(node, network), network.notation)


def node_equation(node: Node, network: Network) -> str:
    """The equation of a node as it was declared, or printed where it was built in Python."""
    if node.latex:
        return node.latex
    return equation(Elem(node.tensor, node.indices), node.formula, node.indices, network.notation)
