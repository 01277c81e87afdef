"""A network evaluated at many perturbed copies of one leaf at once: the copies become axes of its nodes.

Every node that depends on the leaf gets leading axes, so that a layer applied to all copies is one tall matrix
product. For copies that differ in one entry each, V[j, k] becomes V[j, k] + e[s] A[p, j] delta(q, k) with the
steps e and the chosen rows A: what is linear in V is then computed once and corrected by a term of rank one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..algebra.dims import Dim
from ..algebra.expressions import Add, Elem, Expr, Mul, Sum, add, delta, mul, substitute, total
from ..algebra.index import Index, Slot, Tensor
from ..declare.network import Network, Node

COPIES, STEPS, ROWS = "copies", "steps", "rows"
"""The sizes of the new axes; no declared size has a space in front."""


def copied_leaf(network: Network, leaf: Tensor, output: Tensor) -> Network:
    """The network with `leaf` given as a stack of copies along a new first axis."""
    c = Index("c", Dim.symbol(f" {COPIES}"))
    stack = Tensor(leaf.name, (c.dim, *leaf.dims))

    def entry(elem: Elem) -> Expr:
        return Elem(stack, (c, *elem.slots))

    made = _with_axes(network, leaf, output, (c,), entry)
    leaves = tuple([stack if t == leaf else t for t in network.leaves])
    return replace(made, inputs=leaves, parameters=(), constants=())


def moved_leaf(network: Network, leaf: Tensor, output: Tensor) -> Network:
    """The network with every entry of `leaf` moved by every step: two more leaves, the steps and the rows chosen."""
    s = Index("s", Dim.symbol(f" {STEPS}"))
    steps, rows = Tensor(f" {STEPS}", (s.dim,)), None
    axes: list[Index] = [s]
    if leaf.dims:
        p = Index("p", Dim.symbol(f" {ROWS}"))
        rows = Tensor(f" {ROWS}", (p.dim, leaf.dims[0]))
        axes += [p, *[Index("q", d) for d in leaf.dims[1:]]]

    def entry(elem: Elem) -> Expr:
        return Add((elem, mul(Elem(steps, (s,)), *_selectors(rows, axes[1:], elem.slots))))

    made = _with_axes(network, leaf, output, tuple(axes), entry)
    extra = (steps,) if rows is None else (steps, rows)
    return replace(made, inputs=(*network.leaves, *extra), parameters=(), constants=())


def _selectors(rows: Tensor | None, axes: list[Index], slots: tuple[Slot, ...]) -> list[Expr]:
    if rows is None:
        return []
    return [Elem(rows, (axes[0], slots[0])), *[delta(q, slot) for q, slot in zip(axes[1:], slots[1:], strict=True)]]


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
    """Replace entries; a product or a sum over indices of an entry that became a sum is multiplied out."""
    if isinstance(expr, Elem):
        return entry(expr)
    children = expr.children()
    changed = tuple([_replaced(c, entry) for c in children])
    if all(a is b for a, b in zip(children, changed, strict=True)):
        return expr
    if isinstance(expr, Mul):
        for k, (before, after) in enumerate(zip(children, changed, strict=True)):
            if isinstance(after, Add) and isinstance(before, Elem):
                return add(*[mul(*changed[:k], term, *changed[k + 1 :]) for term in after.terms])
    if isinstance(expr, Sum) and isinstance(changed[0], Add) and not isinstance(expr.body, Add):
        return add(*[_fresh_total(expr.indices, term) for term in changed[0].terms])
    return expr.rebuild(changed)


def _fresh_total(indices: tuple[Index, ...], term: Expr) -> Expr:
    renamed: dict[Index, Slot] = {i: i.fresh() for i in indices}
    return total([i for i in renamed.values() if isinstance(i, Index)], substitute(term, renamed))
