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

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from ..algebra.dims import ONE, Dim
from ..algebra.index import Index, Tensor

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


class Graph:
    """The values made so far; asking for the same operation again gives the same value."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self._known: dict[Any, Value] = {}

    def find(self, op: str, args: tuple[Value, ...], data: Any = ()) -> Value | None:
        """The value of this operation, if it was made."""
        return self._known.get((op, data, *[a.number for a in args]))

    def make(self, op: str, args: tuple[Value, ...], data: Any, dims: Dims) -> Value:
        """The value of this operation."""
        key = (op, data, *[a.number for a in args])
        value = self._known.get(key)
        if value is None:
            value = self._known[key] = Value(op, args, data, dims, len(self.values))
            self.values.append(value)
        return value

    def leaf(self, tensor: Tensor) -> Value:
        """An array handed in."""
        return self.make("leaf", (), tensor, tensor.dims)

    def number(self, value: Fraction | int) -> Value:
        """An exact scalar."""
        return self.make("number", (), Fraction(value), ())

    def size(self, dim: Dim) -> Value:
        """A dim as a scalar."""
        literal = dim.literal
        return self.number(literal) if literal is not None else self.make("size", (), dim, ())

    def map(self, op: str, *args: Value) -> Value:
        """An elementwise operation, with the identities of 0 and 1 applied."""
        trivial = self._trivial(op, args)
        if trivial is not None:
            return trivial
        return self.make(op, args, (), broadcast([a.dims for a in args]))

    def _trivial(self, op: str, args: tuple[Value, ...]) -> Value | None:
        if op == "negative" and args[0].op == "number":
            return self.number(-args[0].data)
        if len(args) != 2 or all(a.op != "number" for a in args):
            return None
        left, right = args
        if left.op == right.op == "number":
            return self._folded(op, left.data, right.data)
        if op == "multiply" and (one := _exact(left)) is not None:
            return right if one == 1 else self.map("negative", right) if one == -1 else None
        if op in ("multiply", "divide") and _exact(right) == 1:
            return left
        if op == "multiply" and _exact(right) == -1:
            return self.map("negative", left)
        if op in ("add", "subtract") and _exact(right) == 0:
            return left
        return right if op == "add" and _exact(left) == 0 else None

    def _folded(self, op: str, left: Any, right: Any) -> Value | None:
        if isinstance(left, str) or isinstance(right, str):
            return None
        if op == "multiply":
            return self.number(left * right)
        if op == "divide" and right:
            return self.number(left / right)
        if op in ("add", "subtract"):
            return self.number(left + right if op == "add" else left - right)
        return None

    def view(self, value: Value, order: tuple[int | None, ...]) -> Value:
        """The axes in another order, `None` for a new axis; leading new axes are left to broadcasting."""
        if value.op == "view":
            inner = value.data
            order = tuple([None if k is None else inner[k] for k in order])
            value = value.args[0]
        while order and order[0] is None:
            order = order[1:]
        if order == tuple(range(len(value.dims))):
            return value
        return self.make("view", (value,), order, tuple([ONE if k is None else value.dims[k] for k in order]))

    def reshape(self, value: Value, dims: Dims) -> Value:
        """The same entries, in the same order, over other dims."""
        if value.op == "reshape":
            value = value.args[0]
        return value if value.dims == dims else self.make("reshape", (value,), dims, dims)

    def spread(self, value: Value, dims: Dims) -> Value:
        """The value repeated along the axes it lacks."""
        return value if value.dims == dims else self.make("spread", (value,), dims, dims)

    def align(self, item: Labelled, axes: tuple[Index, ...]) -> Value:
        """The value with its axes in this order, so that it broadcasts against others aligned so."""
        if item.axes == axes:
            return item.value
        place = {index: k for k, index in enumerate(item.axes)}
        return self.view(item.value, tuple([place.get(index) for index in axes]))

    def reduce(self, op: str, item: Labelled, over: Iterable[Index]) -> Labelled:
        """Sum, max, min or product over some of its indices."""
        gone = set(over)
        axes = tuple([k for k, index in enumerate(item.axes) if index in gone])
        if not axes:
            return item
        left = tuple([index for index in item.axes if index not in gone])
        dims = tuple([d for k, d in enumerate(item.value.dims) if k not in axes])
        return Labelled(self.make(op, (item.value,), axes, dims), left)


def _exact(value: Value) -> Fraction | None:
    return value.data if value.op == "number" and not isinstance(value.data, str) else None


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
