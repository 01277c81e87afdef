"""The graph of a program: array values made through constructors that simplify, each once."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ..algebra.dims import ONE, Dim
from ..algebra.index import Index, Tensor
from .identities import simplified
from .values import Dims, Labelled, Value, broadcast


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
        simpler = simplified(self, op, args)
        if simpler is not None:
            return simpler
        return self.make(op, args, (), broadcast([a.dims for a in args]))

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
        if op == "sum":
            scaled = self._summed_scale(item, gone)
            if scaled is not None:
                return scaled
        axes = tuple([k for k, index in enumerate(item.axes) if index in gone])
        if not axes:
            return item
        left = tuple([index for index in item.axes if index not in gone])
        dims = tuple([d for k, d in enumerate(item.value.dims) if k not in axes])
        return Labelled(self.make(op, (item.value,), axes, dims), left)

    def _summed_scale(self, item: Labelled, gone: set[Index]) -> Labelled | None:
        """The sum of an argument scaled by a number: its sum, scaled. What is computed is kept scaled instead."""
        value = item.value
        if value.op == "negative" or (value.op == "divide" and value.args[1].static and not value.args[1].dims):
            inner = Labelled(value.args[0], item.axes)
            total = self.reduce("sum", inner, gone) if inner.value.op == "leaf" else self._summed_scale(inner, gone)
            if total is not None and inner.value.dims == value.dims:
                return Labelled(self.map(value.op, total.value, *value.args[1:]), total.axes)
        return None
