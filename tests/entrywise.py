"""A second, slow reading of formulas: one entry at a time with Python numbers, for tests of array programs."""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import mpmath
import numpy as np
import sympy

from gradcheck.algebra.expressions import (
    Add,
    Apply,
    AtMost,
    Compare,
    Const,
    Delta,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Ordinal,
    Pow,
    Product,
    Size,
    Sum,
)  # fmt: skip
from gradcheck.algebra.functions import Function, T
from gradcheck.algebra.index import Index, Slot, slot_offset, slot_terms
from gradcheck.declare.network import Network

RELATIONS = {">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "=": lambda a, b: a == b, "!=": lambda a, b: a != b}


class Reader:
    """Values of formulas at sizes and arrays; positions count from 1, entries out of range are 0."""

    def __init__(self, sizes: dict[str, int], arrays: dict[str, Any]) -> None:
        self.sizes = sizes
        self.arrays = dict(arrays)

    def position(self, slot: Slot, at: dict[Index, int]) -> int:
        return slot_offset(slot).value(self.sizes) + sum(c * at[i] for i, c in slot_terms(slot))

    def over(self, indices: tuple[Index, ...], body: Expr, at: dict[Index, int]) -> list[float]:
        ranges = [range(1, i.dim.value(self.sizes) + 1) for i in indices]
        return [self.value(body, {**at, **dict(zip(indices, p, strict=True))}) for p in itertools.product(*ranges)]

    def value(self, e: Expr, at: dict[Index, int]) -> float:
        if isinstance(e, Num):
            return float(e.value)
        if isinstance(e, Const):
            return math.pi
        if isinstance(e, Size):
            return float(e.dim.value(self.sizes))
        if isinstance(e, Ordinal):
            return float(self.position(e.slot, at))
        if isinstance(e, Elem):
            place = tuple(self.position(s, at) - 1 for s in e.slots)
            array = np.asarray(self.arrays[e.tensor.name])
            inside = all(0 <= p < length for p, length in zip(place, array.shape, strict=True))
            return float(array[place]) if inside else 0.0
        if isinstance(e, Delta | AtMost):
            left, right = self.position(e.left, at), self.position(e.right, at)
            return float(left == right if isinstance(e, Delta) else left <= right)
        if isinstance(e, Sum):
            return math.fsum(self.over(e.indices, e.body, at))
        if isinstance(e, Product):
            return math.prod(self.over(e.indices, e.body, at))
        if isinstance(e, Extremum):
            return (max if e.kind == "max" else min)(self.over(e.indices, e.body, at))
        parts = [self.value(c, at) for c in e.children()]
        if isinstance(e, Add):
            return math.fsum(parts)
        if isinstance(e, Mul):
            return math.prod(parts)
        if isinstance(e, Pow):
            return parts[0] ** parts[1]
        if isinstance(e, Compare):
            return float(RELATIONS[e.relation](*parts))
        assert isinstance(e, Apply)
        return scalar_value(e.function, e.order, parts[0])

    def array(self, indices: tuple[Index, ...], body: Expr) -> Any:
        shape = [i.dim.value(self.sizes) for i in indices]
        return np.array(self.over(indices, body, {})).reshape(shape)


@functools.cache
def _compiled(function: Function, order: int, above: bool) -> Any:
    return sympy.lambdify(T, function.derivative(order, above), "mpmath")


def scalar_value(function: Function, order: int, t: float) -> float:
    """A derivative of a named function, in 40 digits; at a kink the declared slope, else the lower side."""
    if t == 0 and function.has_kink:
        if order == 1:
            return float(function.slope_at_kink)
        if function.name == "sign":
            return 0.0
    with mpmath.workdps(40):
        return float(_compiled(function, order, t > 0)(mpmath.mpf(t)))


def forward(network: Network, sizes: dict[str, int], point: dict[str, Any]) -> dict[str, Any]:
    """Every node of a network, entry by entry."""
    reader = Reader(sizes, point)
    for node in network.nodes:
        reader.arrays[node.tensor.name] = reader.array(node.indices, node.formula)
    return {n.tensor.name: reader.arrays[n.tensor.name] for n in network.nodes}
