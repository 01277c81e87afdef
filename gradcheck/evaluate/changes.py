"""A network with every entry of a leaf moved by several steps, each value as what it was plus how it changed.

Written V[j, k] + e[s] delta(p, j) delta(q, k), with the steps e, a move enters what is linear in V as a change of its
own, which is cheap: it has rank one. A change that sits at one position only, because of its
delta, stays there through functions applied entry by entry: f(z + delta P) = f(z) + delta (f(z + P) - f(z)). From the
first node that mixes, values carry the new axes in full. All this is exact; no derivative is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..algebra.dims import Dim
from ..algebra.expressions import (
    ZERO,
    Add,
    Delta,
    Elem,
    Expr,
    Mul,
    Sum,
    add,
    delta,
    mul,
    substitute,
    total,
    walk,
)  # fmt: skip
from ..algebra.index import Index, Slot, Tensor
from ..declare.network import Network, Node

STEPS, ROWS = " steps", " rows"
"""The sizes of the new axes, and how the leaves that give them are called; no declared name starts with a blank."""


@dataclass(frozen=True)
class Change:
    """How a tensor's entry at `slots` changes: `amount` at those of its indices that are not pinned.

    pins: index -> the axis it must equal for there to be a change at all. amount speaks of `indices`, with the
    pinned ones replaced by their axes.
    """

    indices: tuple[Index, ...]
    pins: Mapping[Index, Index]
    amount: Expr

    def at(self, slots: tuple[Slot, ...]) -> Expr:
        """The change at these positions."""
        deltas = [delta(self.pins[i], s) for i, s in zip(self.indices, slots, strict=True) if i in self.pins]
        return mul(*deltas, self.where_pinned(slots))

    def where_pinned(self, slots: tuple[Slot, ...]) -> Expr:
        """The change at positions whose pinned ones are known to be the axes."""
        return substitute(self.amount, dict(zip(self.indices, slots, strict=True)))


@dataclass(frozen=True)
class MovedNetwork:
    """A network with entries of some leaves moved by several steps.

    outputs: for each leaf the tensor of the output with that leaf moved; its new leading axes are the steps and
    the leaf's own. network: its leaves are those of the original, then one of steps for each moved leaf, then,
    if rows are chosen, the rows.
    """

    network: Network
    outputs: dict[Tensor, Tensor]


def moved_leaves(network: Network, leaves: Sequence[Tensor], output: Tensor) -> MovedNetwork:
    """Every entry of each of these leaves moved, one leaf at a time, what is not moved computed once."""
    nodes: dict[Tensor, Node] = {}
    extra, outputs = [], {}
    for k, leaf in enumerate(leaves):
        s = Index("s", Dim.symbol(STEPS))
        extra.append(Tensor(f"{STEPS} {k}", (s.dim,)))
        pins = {Index("j", d): Index("q", d) for d in leaf.dims}
        change = Change(tuple(pins), pins, Elem(extra[-1], (s,)))
        state = _Moves(f"{k}", (s, *pins.values()), {leaf: change})
        outputs[leaf] = state.run(network, output)
        nodes.update({node.tensor: node for node in state.nodes})
    return _moved(network, extra, nodes, outputs)


def moved_rows(network: Network, leaf: Tensor, output: Tensor) -> MovedNetwork:
    """Every entry of the chosen rows of one leaf moved: chosen by a matrix of ones and zeros, a row for each."""
    s, p = Index("s", Dim.symbol(STEPS)), Index("p", Dim.symbol(ROWS))
    steps, rows = Tensor(STEPS, (s.dim,)), Tensor(ROWS, (p.dim, leaf.dims[0]))
    indices = tuple([Index("j", d) for d in leaf.dims])
    pins = {i: Index("q", i.dim) for i in indices[1:]}
    amount = mul(Elem(steps, (s,)), Elem(rows, (p, indices[0])))
    state = _Moves("", (s, p, *pins.values()), {leaf: Change(indices, pins, amount)})
    outputs = {leaf: state.run(network, output)}
    return _moved(network, [steps, rows], {node.tensor: node for node in state.nodes}, outputs)


def _moved(
    network: Network, extra: list[Tensor], nodes: Mapping[Tensor, Node], outputs: dict[Tensor, Tensor]
) -> MovedNetwork:
    leaves = (*network.leaves, *extra)
    changed = replace(network, inputs=leaves, parameters=(), constants=(), nodes=tuple(nodes.values()), loss=None)
    return MovedNetwork(changed, outputs)


class _Moves:
    """The nodes so far: `changes` of tensors that are kept as they were, `values` of those that have the new axes."""

    def __init__(self, mark: str, axes: tuple[Index, ...], changes: dict[Tensor, Change]) -> None:
        self.mark = mark
        self.axes = axes
        self.changes = changes
        self.values: dict[Tensor, Tensor] = {}
        self.nodes: list[Node] = []

    def run(self, network: Network, output: Tensor) -> Tensor:
        """Move the nodes up to the output; the tensor of the output with the new axes."""
        for node in network.nodes:
            self.move(node)
            if node.tensor == output:
                return self.values.get(output) or self.in_full(output, node)
        raise AssertionError(f"no node defines {output}")

    def move(self, node: Node) -> None:
        """Add a node, its change, or its value with the new axes."""
        entries = [e for e in walk(node.formula) if isinstance(e, Elem)]
        if any(e.tensor in self.values for e in entries):
            self.define(node)
            return
        self.nodes.append(node)
        if not any(e.tensor in self.changes for e in entries):
            return
        change = self.change_of(node.formula)
        if change is None:
            self.define(node)
        else:
            self.add_change(node, *_pinned(change, node.indices, self.axes))

    def add_change(self, node: Node, pins: Mapping[Index, Index], amount: Expr) -> None:
        """Give a change a node of its own, over the axes it depends on and the indices that are not pinned."""
        free = tuple([i for i in node.indices if i not in pins])
        own = tuple([a for a in self.axes if a in amount.free])
        tensor = Tensor(f" change {self.mark} of {node.tensor.name}", tuple([i.dim for i in (*own, *free)]))
        self.nodes.append(Node(tensor, (*own, *free), amount))
        self.changes[node.tensor] = Change(node.indices, pins, Elem(tensor, (*own, *free)))

    def define(self, node: Node) -> None:
        """The node with the new axes."""
        self.in_full(node.tensor, replace(node, formula=self.with_changes(node.formula)))

    def in_full(self, tensor: Tensor, node: Node) -> Tensor:
        """A node whose value has the new axes; where a change is known, what it was plus its change."""
        change = self.changes.get(tensor)
        formula = Elem(tensor, node.indices) + change.at(node.indices) if change else node.formula
        whole = Tensor(f" moved {self.mark} {tensor.name}", (*[a.dim for a in self.axes], *tensor.dims))
        self.values[tensor] = whole
        self.nodes.append(Node(whole, (*self.axes, *node.indices), formula))
        return whole

    def change_of(self, expr: Expr) -> Expr | None:
        """The change of an expression that is linear in what changes, or applied entry by entry; else None."""
        if isinstance(expr, Elem):
            change = self.changes.get(expr.tensor)
            return ZERO if change is None else change.at(expr.slots)
        found = [self.change_of(c) for c in expr.children()]
        if all(f is ZERO for f in found):
            return ZERO
        changes = [f for f in found if f is not None]
        if len(changes) < len(found):
            return self.change_at_pins(expr)
        if isinstance(expr, Add):
            return add(*changes)
        if isinstance(expr, Mul):
            k, *more = [k for k, f in enumerate(changes) if f is not ZERO]
            return self.change_at_pins(expr) if more else mul(*expr.factors[:k], changes[k], *expr.factors[k + 1 :])
        if isinstance(expr, Sum):
            renamed: dict[Index, Slot] = {i: i.fresh() for i in expr.indices}
            bound = [i for i in renamed.values() if isinstance(i, Index)]
            terms = changes[0].terms if isinstance(changes[0], Add) else (changes[0],)
            return add(*[_summed(bound, substitute(t, renamed)) for t in terms])
        return self.change_at_pins(expr)

    def change_at_pins(self, expr: Expr) -> Expr | None:
        """The change of an expression that changes at one position only, if it does: f(z + delta P) - f(z)."""
        pins = self.shared_pins(expr)
        if not pins:
            return None
        here = substitute(expr, dict(pins))
        return mul(*[delta(axis, index) for index, axis in pins.items()], self.with_pinned(here) - here)

    def shared_pins(self, expr: Expr) -> dict[Index, Index]:
        """The pins of an expression, if all in it that changes is pinned at the same of its free indices."""
        found: list[dict[Index, Index]] = []
        for entry in walk(expr):
            change = self.changes.get(entry.tensor) if isinstance(entry, Elem) else None
            if change is None or not isinstance(entry, Elem):
                continue
            pins: dict[Index, Index] = {}
            for index, slot in zip(change.indices, entry.slots, strict=True):
                if index in change.pins:
                    if not isinstance(slot, Index) or slot not in expr.free or slot.dim != index.dim or slot in pins:
                        return {}
                    pins[slot] = change.pins[index]
            found.append(pins)
        return found[0] if all(pins == found[0] for pins in found[1:]) else {}

    def with_pinned(self, expr: Expr) -> Expr:
        """The expression after the move, at the pinned positions."""
        if isinstance(expr, Elem):
            change = self.changes.get(expr.tensor)
            return expr if change is None else expr + change.where_pinned(expr.slots)
        children = expr.children()
        return expr.rebuild(tuple([self.with_pinned(c) for c in children])) if children else expr

    def with_changes(self, expr: Expr) -> Expr:
        """The expression after the move, everywhere."""
        if isinstance(expr, Elem):
            whole = self.values.get(expr.tensor)
            if whole is not None:
                return Elem(whole, (*self.axes, *expr.slots))
            change = self.changes.get(expr.tensor)
            return expr if change is None else expr + change.at(expr.slots)
        children = expr.children()
        return expr.rebuild(tuple([self.with_changes(c) for c in children])) if children else expr


def _summed(bound: list[Index], term: Expr) -> Expr:
    """The sum of a term, what does not vary with the indices in front of it."""
    inner = total(bound, term)
    if not isinstance(inner, Sum) or not isinstance(inner.body, Mul):
        return inner
    apart = [f for f in inner.body.factors if f.free.isdisjoint(inner.indices)]
    return mul(*apart, total(inner.indices, mul(*[f for f in inner.body.factors if f not in apart])))


def _pinned(change: Expr, indices: tuple[Index, ...], axes: tuple[Index, ...]) -> tuple[dict[Index, Index], Expr]:
    """The pins that every term of a change has as deltas, and the change where they hold."""
    terms = change.terms if isinstance(change, Add) else (change,)
    found = [_deltas(term, indices, axes) for term in terms]
    pins = {i: a for i, a in found[0].items() if all(other.get(i) is a for other in found[1:])}
    if not pins:
        return {}, change
    left = []
    for term in terms:
        factors = term.factors if isinstance(term, Mul) else (term,)
        kept = [f for f in factors if not (isinstance(f, Delta) and _holds(_pin(f, indices, axes), pins))]
        left.append(substitute(mul(*kept), dict(pins)))
    return pins, add(*left)


def _holds(pair: tuple[Index, Index] | None, pins: Mapping[Index, Index]) -> bool:
    return pair is not None and pins.get(pair[0]) is pair[1]


def _deltas(term: Expr, indices: tuple[Index, ...], axes: tuple[Index, ...]) -> dict[Index, Index]:
    factors = term.factors if isinstance(term, Mul) else (term,)
    pairs = [_pin(f, indices, axes) for f in factors if isinstance(f, Delta)]
    return dict(pair for pair in pairs if pair is not None)


def _pin(factor: Delta, indices: tuple[Index, ...], axes: tuple[Index, ...]) -> tuple[Index, Index] | None:
    """The index of the node and the axis that a delta makes equal, if it does."""
    for index, axis in ((factor.left, factor.right), (factor.right, factor.left)):
        if isinstance(index, Index) and isinstance(axis, Index) and index in indices and axis in axes:
            return (index, axis) if index.dim == axis.dim else None
    return None
