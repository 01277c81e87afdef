"""A network at a stack of copies of one leaf: every node that depends on the leaf gets a leading axis for them.

A layer applied to all copies is then one tall matrix product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..algebra.dims import Dim
from ..algebra.expressions import Elem, Expr
from ..algebra.index import Index, Tensor
from ..declare.network import Network, Node

COPIES = " copies"
"""The size of the new axis; no declared size starts with a blank."""


def copied_leaf(network: Network, leaf: Tensor, output: Tensor) -> Network:
    """The network with `leaf` given as a stack of copies along a new first axis."""
    c = Index("c", Dim.symbol(COPIES))
    stack = Tensor(leaf.name, (c.dim, *leaf.dims))

    def entry(elem: Elem) -> Expr:
        return Elem(stack, (c, *elem.slots))

    made = _with_axes(network, leaf, output, (c,), entry)
    leaves = tuple([stack if t == leaf else t for t in network.leaves])
    return replace(made, inputs=leaves, parameters=(), constants=())


def _with_axes(
    network: Network, leaf: Tensor, output: Tensor, axes: tuple[Index, ...], entry: Callable[[Elem], Expr]
) -> Network:
    """The nodes up to `output`, with new leading axes where they depend on `leaf`, whose entries `entry` replaces."""
    moved: dict[Tensor, Tensor] = {}
    dims = tuple([i.dim for i in axes])
    nodes: list[Node] = []

    def replaced(elem: Elem) -> Expr:
        if elem.tensor == leaf:
            return entry(elem)
        target = moved.get(elem.tensor)
        return elem if target is None else Elem(target, (*axes, *elem.slots))

    for node in network.nodes:
        formula = _replaced(node.formula, replaced)
        if formula is not node.formula:
            tensor = moved[node.tensor] = Tensor(node.tensor.name, (*dims, *node.tensor.dims))
            nodes.append(Node(tensor, (*axes, *node.indices), formula))
        else:
            nodes.append(node)
        if node.tensor == output:
            break
    return replace(network, nodes=tuple(nodes), loss=moved.get(output, output))


def _replaced(expr: Expr, entry: Callable[[Elem], Expr]) -> Expr:
    if isinstance(expr, Elem):
        return entry(expr)
    children = expr.children()
    changed = tuple([_replaced(c, entry) for c in children])
    return expr if all(a is b for a, b in zip(children, changed, strict=True)) else expr.rebuild(changed)
