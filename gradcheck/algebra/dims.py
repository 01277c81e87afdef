"""Dims: sizes known only by name, such as n, and affine combinations such as n+1."""

from __future__ import annotations

import functools
from collections.abc import Mapping


class Dim:
    """A size: an integer combination of size symbols plus a constant, such as n, n+1, 2m or 3.

    Immutable; equal when written equal. Supports + and - with dims and integers, and * with integers.

    >>> n = Dim.symbol("n")
    >>> (n + 1).value({"n": 4}), str(n + 1), str(n - n + 3)
    (5, 'n+1', '3')
    """

    __slots__ = ("_hash", "constant", "terms")
    terms: tuple[tuple[str, int], ...]
    constant: int

    def __init__(self, terms: tuple[tuple[str, int], ...] = (), constant: int = 0) -> None:
        self.terms = terms
        self.constant = constant
        self._hash = hash((terms, constant))

    @staticmethod
    @functools.cache
    def symbol(name: str) -> Dim:
        """The dim named `name`."""
        return Dim(((name, 1),))

    @staticmethod
    @functools.cache
    def of(value: int) -> Dim:
        """The literal dim `value`."""
        return Dim((), value)

    @property
    def literal(self) -> int | None:
        """The number, if this dim contains no symbol."""
        return None if self.terms else self.constant

    def symbols(self) -> frozenset[str]:
        """The names that occur."""
        return frozenset(name for name, _ in self.terms)

    def value(self, sizes: Mapping[str, int]) -> int:
        """The size when each symbol has the size given."""
        return self.constant + sum(c * sizes[name] for name, c in self.terms)

    def __add__(self, other: Dim | int) -> Dim:
        if isinstance(other, int):
            return Dim(self.terms, self.constant + other) if other else self
        merged = dict(self.terms)
        for name, c in other.terms:
            merged[name] = merged.get(name, 0) + c
        terms = tuple(sorted((name, c) for name, c in merged.items() if c))
        return Dim(terms, self.constant + other.constant)

    __radd__ = __add__

    def __neg__(self) -> Dim:
        return self * -1

    def __sub__(self, other: Dim | int) -> Dim:
        return self + (-other)

    def __rsub__(self, other: int) -> Dim:
        return -self + other

    def __mul__(self, factor: int) -> Dim:
        if not factor:
            return Dim()
        return Dim(tuple((name, c * factor) for name, c in self.terms), self.constant * factor)

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Dim) and self.constant == other.constant and self.terms == other.terms
        )

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        text = ""
        for name, c in self.terms:
            sign = "-" if c < 0 else "+" if text else ""
            text += sign + (str(abs(c)) if abs(c) != 1 else "") + name
        if self.constant or not text:
            sign = "+" if text and self.constant > 0 else ""
            text += f"{sign}{self.constant}"
        return text

    def __repr__(self) -> str:
        return f"Dim({self})"


def put(dim: Dim, sizes: Mapping[str, Dim]) -> Dim:
    """The dim with other sizes in the place of symbols.

    >>> put(Dim.symbol("k") + 1, {"k": Dim.symbol("p") * 2})
    Dim(2p+1)
    """
    if sizes.keys().isdisjoint(dim.symbols()):
        return dim
    return sum((c * sizes.get(name, Dim.symbol(name)) for name, c in dim.terms), start=Dim.of(dim.constant))


ONE = Dim.of(1)
