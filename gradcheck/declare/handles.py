"""What the builder hands out: a named array to take entries of, and a function to apply."""

from __future__ import annotations

from dataclasses import dataclass

from ..algebra.dims import Dim
from ..algebra.expressions import Apply, Elem, Expr, as_expr
from ..algebra.functions import Function
from ..algebra.index import Index, Slot, Tensor, position
from ..errors import DeclarationError
from ..formula.meaning.terms import Side

Position = Slot | int


@dataclass(frozen=True)
class Written:
    """How an equation was written, for messages and reports; the fields are those of `Node`."""

    latex: str = ""
    line: int | None = None
    readings: tuple[str, ...] = ()
    vectors: Side | None = None


IN_PYTHON = Written()
"""Not written as a text at all."""


@dataclass(frozen=True)
class Array:
    """A declared array. `W[j, k]` is an entry; sample positions come first, as in `x[i, j]`.

    >>> from gradcheck.algebra.dims import Dim
    >>> n = Dim.symbol("n")
    >>> W = Array(Tensor("W", (n, n)))
    >>> W.tensor.name, W.dims == (n, n)
    ('W', True)
    """

    tensor: Tensor
    samples: tuple[Index, ...] = ()

    @property
    def dims(self) -> tuple[Dim, ...]:
        """The dims, those of the samples first."""
        return self.tensor.dims

    @property
    def shape(self) -> tuple[Dim, ...]:
        """The dims of one sample."""
        return self.tensor.dims[len(self.samples) :]

    def __getitem__(self, positions: Position | tuple[Position, ...]) -> Elem:
        given = positions if isinstance(positions, tuple) else (positions,)
        if len(given) != len(self.dims):
            raise DeclarationError(
                f"{self.tensor.name} has {len(self.dims)} axes",
                got=f"{len(given)} positions",
                expected=", ".join(map(str, self.dims)),
            )
        return Elem(self.tensor, tuple(position([], p) if isinstance(p, int) else p for p in given))

    def at_sample(self, *positions: Position) -> Elem:
        """The entry at these positions of the sample that the declared indices name."""
        return self[(*self.samples, *positions)]


@dataclass(frozen=True)
class Activation:
    """A declared function: `sigma(u)`, and `sigma(u, order=1)` for its derivative."""

    function: Function

    def __call__(self, argument: Expr | int, order: int = 0) -> Expr:
        return Apply(self.function, as_expr(argument), order)
