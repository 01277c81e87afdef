"""A concrete point: sizes, a value for every entry, and the arithmetic that values are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..expressions import Expr, Number
from ..functions import Function
from ..index import Index, Tensor
from .located import Array, Located

MAX_ENTRIES = 200_000


class NoValueError(Exception):
    """The expression has no value here: outside its domain, on a kink, or nothing this arithmetic can say."""


class Arithmetic(Protocol):
    """What a value is made of. `kinks` counts the values taken exactly on a kink."""

    kinks: int

    def number(self, value: Number) -> Any:
        """The exact rational."""

    def pi(self) -> Any:
        """The circle constant."""

    def reduce(self, values: Array) -> Array:
        """Values brought into their standard form after ring operations."""

    def power(self, base: Any, exponent: Any, exact: Number | None) -> Any:
        """One power; `exact` is the exponent where it is a known rational."""

    def apply(self, function: Function, order: int, argument: Any) -> Any:
        """One value of a scalar function or its derivative."""

    def compare(self, relation: str, left: Any, right: Any) -> int:
        """1 or 0; raises NoValueError where that can't be told."""


@dataclass
class Point:
    """Sizes for the dim symbols and a value for every entry of every tensor that occurs."""

    arithmetic: Arithmetic
    sizes: Mapping[str, int]
    values: dict[Tensor, Array]
    cache: dict[Expr, Located] = field(default_factory=dict)
    counts: dict[Index, int] = field(default_factory=dict)

    def special(self, expr: Expr) -> Located | None:
        """A value that this kind of point finds in its own way, or None for the ordinary way."""
        del expr
        return None

    def shape(self, indices: Sequence[Index]) -> tuple[int, ...]:
        """How many positions each index has here."""
        return tuple([self.count(i) for i in indices])

    def count(self, index: Index) -> int:
        """How many positions one index has here."""
        found = self.counts.get(index)
        if found is None:
            found = self.counts[index] = index.dim.value(self.sizes)
        if found < 0:
            raise NoValueError("a range of negative length")
        return found
