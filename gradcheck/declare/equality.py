"""When two networks are the same value: equal up to the identity and the names of their indices.

Indices are compared by identity, and every reading of a text makes new ones. So equality goes through
a key in which an index is a number: its place among the node's own indices or, if it is bound, the
order in which it is met. The terms of a sum and the factors of a product may stand in any order: they
are sorted by a key that leaves bound indices without numbers. Where that leaves a tie, the order as
written counts, so the key may tell apart what is equal, but never takes for equal what is not.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ..algebra.expressions import (
    Add,
    Apply,
    AtMost,
    Binder,
    Compare,
    Delta,
    Derivative,
    Elem,
    Expr,
    Extremum,
    Mul,
    Ordinal,
)
from ..algebra.index import Index, Slot, Tensor, slot_offset, slot_terms

if TYPE_CHECKING:
    from .network import Network, Node

Key = tuple[object, ...]


def tensor_key(tensor: Tensor) -> Key:
    """Name, dims and facts of a tensor."""
    return (tensor.name, tensor.dims, tensor.facts)


def node_key(node: Node) -> Key:
    """The equation of a node, whatever its indices are called and wherever it was written."""
    return (tensor_key(node.tensor), expression_key(node.formula, node.indices))


def network_key(network: Network) -> Key:
    """Everything that a network is, its notation and the lines of its text aside."""
    leaves = [tuple(map(tensor_key, part)) for part in (network.inputs, network.parameters, network.constants)]
    equations = [tuple(map(node_key, part)) for part in (network.nodes, network.adjoints)]
    loss = tensor_key(network.loss) if network.loss else None
    return (network.name, frozenset(network.dims), *leaves, network.functions, *equations, loss)


def expression_key(expr: Expr, free: tuple[Index, ...] = ()) -> Key:
    """An expression as nested tuples, without any index object; `free` are its free indices in order."""
    numbering = _Numbering(free)
    return (tuple(i.dim for i in free), numbering.key(expr))


class _Numbering:
    """The numbers that indices have got so far: free ones first, bound ones as they are met."""

    def __init__(self, free: tuple[Index, ...]) -> None:
        self.numbers: dict[Index, int] = {}
        self.given = itertools.count()
        for index in free:
            self.number(index)

    def number(self, index: Index) -> int:
        if index not in self.numbers:
            self.numbers[index] = next(self.given)
        return self.numbers[index]

    def slot(self, slot: Slot) -> Key:
        terms = sorted((self.number(i), c) for i, c in slot_terms(slot))
        return (tuple(terms), slot_offset(slot))

    def key(self, expr: Expr) -> Key:
        kind = type(expr).__name__
        if isinstance(expr, Elem):
            return (kind, tensor_key(expr.tensor), *map(self.slot, expr.slots))
        if isinstance(expr, Delta | AtMost):
            return (kind, self.slot(expr.left), self.slot(expr.right))
        if isinstance(expr, Ordinal):
            return (kind, self.slot(expr.slot))
        parts = expr.children()
        if isinstance(expr, Add | Mul):
            parts = tuple(sorted(parts, key=self.anonymous))
        children = tuple([self.key(c) for c in parts])
        if isinstance(expr, Binder):
            ranges = tuple(sorted((self.number(i), str(i.dim)) for i in expr.indices))
            for index in expr.indices:  # the same index object may be bound again elsewhere
                del self.numbers[index]
            return (kind, ranges, expr.kind if isinstance(expr, Extremum) else "", *children)
        if isinstance(expr, Apply):
            return (kind, expr.function, expr.order, *children)
        if isinstance(expr, Compare):
            return (kind, expr.relation, *children)
        if isinstance(expr, Derivative):
            return (kind, expr.reading, *children)
        return (kind, *children) if children else (kind, *expr.parts())

    def anonymous(self, expr: Expr) -> str:
        """The same for every naming and order: indices without a number are told apart by their dims only."""

        def slot(slot: Slot) -> str:
            named = sorted(f"{c}*{self.numbers.get(i, i.dim)}" for i, c in slot_terms(slot))
            return f"{named}{slot_offset(slot)}"

        if isinstance(expr, Elem):
            return f"{expr.tensor!r}{[slot(s) for s in expr.slots]}"
        if isinstance(expr, Delta | AtMost):
            return f"{type(expr).__name__}{slot(expr.left)}{slot(expr.right)}"
        if isinstance(expr, Ordinal):
            return f"Ordinal{slot(expr.slot)}"
        children = [self.anonymous(c) for c in expr.children()]
        if isinstance(expr, Add | Mul):
            children.sort()
        if isinstance(expr, Apply):
            children.append(f"{expr.function.name}{expr.order}")
        inside = ",".join(children) if children else repr(expr.parts())  # a repr of texts would grow with every level
        return f"{type(expr).__name__}({inside})"
