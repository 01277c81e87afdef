"""The nodes that bind indices, and the derivative as a person wrote it."""

from __future__ import annotations

from typing import Literal

from .index import Index
from .nodes import Elem, Expr


class Binder(Expr):
    """A node that binds indices over one body."""

    __slots__ = ("body", "indices")

    def __init__(self, indices: tuple[Index, ...], body: Expr) -> None:
        self._free = None
        self._hash = None
        self.indices = indices
        self.body = body

    def parts(self) -> tuple[object, ...]:
        return (self.indices, self.body)

    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def bound(self) -> tuple[Index, ...]:
        return self.indices

    def rebind(self, indices: tuple[Index, ...], body: Expr) -> Expr:
        """The same binder over other indices and another body."""
        raise NotImplementedError

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        return self.rebind(self.indices, children[0])

    def __repr__(self) -> str:
        return f"{type(self).__name__}[{', '.join(map(repr, self.indices))}]({self.body!r})"


class Sum(Binder):
    """The sum of a body over indices, each over its whole range; side conditions are indicator factors."""

    __slots__ = ()

    def rebind(self, indices: tuple[Index, ...], body: Expr) -> Expr:
        return total(indices, body)


class Product(Binder):
    """The product of a body over indices."""

    __slots__ = ()

    def rebind(self, indices: tuple[Index, ...], body: Expr) -> Expr:
        return Product(indices, body)


class Extremum(Binder):
    """The largest or smallest value of a body over indices. Not for two numbers: that is a gate."""

    __slots__ = ("kind",)

    def __init__(self, kind: Literal["max", "min"], indices: tuple[Index, ...], body: Expr) -> None:
        super().__init__(indices, body)
        self.kind = kind

    def parts(self) -> tuple[object, ...]:
        return (self.kind, self.indices, self.body)

    def rebind(self, indices: tuple[Index, ...], body: Expr) -> Expr:
        return Extremum(self.kind, indices, body)


class Rank(Binder):
    """The rank of the matrix whose entry at the two bound indices is the body: a number for claims of rank."""

    __slots__ = ()

    def rebind(self, indices: tuple[Index, ...], body: Expr) -> Expr:
        return Rank(indices, body)


class Derivative(Expr):
    """A derivative as a person wrote it, not yet derived: of `body` with respect to one tensor entry.

    `derive.resolve` replaces it. `reading` is "total" (through every path, the default) or "partial"
    (only where the entry stands in the body itself).
    """

    __slots__ = ("body", "reading", "wrt")

    def __init__(self, body: Expr, wrt: Elem, reading: Literal["total", "partial"] = "total") -> None:
        self._free = None
        self._hash = None
        self.body = body
        self.wrt = wrt
        self.reading = reading

    def parts(self) -> tuple[object, ...]:
        return (self.body, self.wrt, self.reading)

    def children(self) -> tuple[Expr, ...]:
        return (self.body, self.wrt)

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        body, wrt = children
        assert isinstance(wrt, Elem)
        return Derivative(body, wrt, self.reading)

    def __repr__(self) -> str:
        return f"d({self.body!r})/d({self.wrt!r})"


# A sum is rebuilt through its constructor, which substitutes deltas.
from .totals import total  # noqa: E402
