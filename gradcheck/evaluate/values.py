"""Array values: what a program computes, before it is text. Each is made once, however often it is used.

A `Value` is an operation on other values with known symbolic dims. Elementwise operations broadcast as
NumPy does: missing leading axes, and axes of literal size 1. The operations:

    leaf      data = Tensor                     an array handed in
    number    data = Fraction or "pi"           an exact scalar
    size      data = Dim                        a dim as a scalar
    positions data = Dim                        0, 1, ..., n-1
    view      data = (axis or None, ...)        axes permuted, new axes of size 1
    reshape   data = ()                         to `dims`
    spread    data = ()                         broadcast to `dims`
    slice     data = ((start, count, step) | start, ...) per axis
    take      args = (array, positions...)      one entry per combination of positions
    dot       args = (matrix or vector, ...)    the inner axes are last and first
    vdot      args = two arrays of one shape    the sum of their product
    matmul    args = two stacks of matrices
    einsum    data = subscripts
    sum, max, min, prod   data = axes           reductions
    greater, greater_equal, equal, not_equal    0 or 1, as a float
    positive                                    1 where the argument is > 0, else 0
    call      data = (Function, order)          an unspecified function
    any other: the NumPy ufunc of that name, and `sigmoid`, `softplus`, `erf`, `where`
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..algebra.dims import ONE, Dim
from ..algebra.index import Index

Dims = tuple[Dim, ...]


class Value:
    """One array of the program; `number` is its place in the order of computation.

    static: it depends on nothing but the sizes.
    """

    __slots__ = ("args", "data", "dims", "number", "op", "static")

    def __init__(self, op: str, args: tuple[Value, ...], data: Any, dims: Dims, number: int) -> None:
        self.op = op
        self.args = args
        self.data = data
        self.dims = dims
        self.number = number
        self.static: bool = op != "leaf" and all(a.static for a in args)

    def __repr__(self) -> str:
        inner = ", ".join([f"%{a.number}" for a in self.args] + ([repr(self.data)] if self.data != () else []))
        return f"%{self.number} = {self.op}({inner}) : {self.dims}"


class Labelled(NamedTuple):
    """A value whose axes stand for these indices."""

    value: Value
    axes: tuple[Index, ...]


def broadcast(shapes: list[Dims]) -> Dims:
    """The dims that result when arrays of these dims are combined elementwise."""
    first = shapes[0]
    if all(s == first for s in shapes[1:]):
        return first
    rank = max(map(len, shapes))
    out = [ONE] * rank
    for dims in shapes:
        for k, dim in enumerate(dims, rank - len(dims)):
            if dim != ONE:
                out[k] = dim
    return tuple(out)
