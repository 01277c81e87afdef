"""Indices, positions and tensors: what an entry such as W[j, k] or x[i+1] is made of.

Positions count from 1, as people write them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from .dims import Dim

_serial = itertools.count()


class Index:
    """A unique index object running from 1 to its dim; the name exists only for printing."""

    __slots__ = ("dim", "name", "serial")

    def __init__(self, name: str, dim: Dim) -> None:
        self.name = name
        self.dim = dim
        self.serial = next(_serial)

    def fresh(self) -> Index:
        """Another index with the same name and dim."""
        return Index(self.name, self.dim)

    def __repr__(self) -> str:
        return f"{self.name}#{self.serial}:{self.dim}"


class Affine:
    """A position computed from indices and dims: 2i+1, i+k, n-1, or the literal 1.

    A position that is one plain index is always written as that `Index`, never as an `Affine`
    (`position` sees to it).
    """

    __slots__ = ("_hash", "offset", "terms")

    def __init__(self, terms: tuple[tuple[Index, int], ...], offset: Dim) -> None:
        self.terms = terms
        self.offset = offset
        self._hash = hash((terms, offset))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Affine) and self.terms == other.terms and self.offset == other.offset

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        parts = [f"{c}*{i!r}" if c != 1 else repr(i) for i, c in self.terms]
        return "+".join([*parts, str(self.offset)])


Slot = Index | Affine


def position(terms: Iterable[tuple[Index, int]], offset: Dim | int = 0) -> Slot:
    """The position with these index coefficients and this offset, in its one canonical form."""
    merged: dict[Index, int] = {}
    for index, c in terms:
        merged[index] = merged.get(index, 0) + c
    kept = tuple(sorted(((i, c) for i, c in merged.items() if c), key=lambda pair: pair[0].serial))
    shift = Dim.of(offset) if isinstance(offset, int) else offset
    if len(kept) == 1 and kept[0][1] == 1 and shift == Dim():
        return kept[0][0]
    return Affine(kept, shift)


def slot_terms(slot: Slot) -> tuple[tuple[Index, int], ...]:
    """The index coefficients of a position."""
    return ((slot, 1),) if isinstance(slot, Index) else slot.terms


def slot_offset(slot: Slot) -> Dim:
    """The offset of a position (0 for a plain index)."""
    return Dim() if isinstance(slot, Index) else slot.offset


class Tensor:
    """A named array with symbolic dims; a scalar has no dims.

    Equal when name and dims are equal. `facts` are declared properties of its entries
    ("positive", "one-hot", "symmetric", ...), spelled as in `gradcheck.algebra.facts`.
    """

    __slots__ = ("_hash", "dims", "facts", "name")

    def __init__(self, name: str, dims: tuple[Dim, ...] = (), facts: frozenset[str] = frozenset()) -> None:
        self.name = name
        self.dims = dims
        self.facts = facts
        self._hash = hash((name, dims))

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Tensor) and self.name == other.name and self.dims == other.dims)

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.dims))}]"
