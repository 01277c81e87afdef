"""Indicators: nodes that are 1 where a relation holds, of values or of positions, and 0 elsewhere."""

from __future__ import annotations

from typing import Literal

from .index import Index, Slot, slot_terms
from .nodes import Expr


class Compare(Expr):
    """The indicator of a relation between two real expressions: 1 where it holds, else 0.

    `relation` is ">", ">=", "=" or "!="; the other directions are written with the sides exchanged.
    Its derivative is 0 away from the boundary.
    """

    __slots__ = ("left", "relation", "right")

    def __init__(self, relation: Literal[">", ">=", "=", "!="], left: Expr, right: Expr) -> None:
        self._free = None
        self._hash = None
        self.relation = relation
        self.left = left
        self.right = right

    def parts(self) -> tuple[object, ...]:
        return (self.relation, self.left, self.right)

    def children(self) -> tuple[Expr, ...]:
        return (self.left, self.right)

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        return Compare(self.relation, children[0], children[1])

    def __repr__(self) -> str:
        return f"[{self.left!r} {self.relation} {self.right!r}]"


class Delta(Expr):
    """Kronecker's delta of two positions: 1 where they coincide."""

    __slots__ = ("left", "right")

    def __init__(self, left: Slot, right: Slot) -> None:
        self._free = None
        self._hash = None
        self.left = left
        self.right = right

    def parts(self) -> tuple[object, ...]:
        return (self.left, self.right)

    def own_indices(self) -> frozenset[Index]:
        return frozenset(i for s in (self.left, self.right) for i, _ in slot_terms(s))

    def __repr__(self) -> str:
        return f"delta({self.left!r}, {self.right!r})"


class AtMost(Expr):
    """The indicator of an order of two positions: 1 where left <= right."""

    __slots__ = ("left", "right")

    def __init__(self, left: Slot, right: Slot) -> None:
        self._free = None
        self._hash = None
        self.left = left
        self.right = right

    def parts(self) -> tuple[object, ...]:
        return (self.left, self.right)

    def own_indices(self) -> frozenset[Index]:
        return frozenset(i for s in (self.left, self.right) for i, _ in slot_terms(s))

    def __repr__(self) -> str:
        return f"[{self.left!r} <= {self.right!r}]"
