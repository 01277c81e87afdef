"""Values put together: products and sums over the axes of all, and what a binder makes of its body."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..expressions import Binder, Extremum, Product, Sum
from ..index import Index
from .located import Located, as_array, as_object, spread, union
from .point import MAX_ENTRIES, Arithmetic, NoValueError, Point


def combined(parts: Sequence[Located], is_sum: bool, point: Point) -> Located:
    """The sum or the product of values, over the axes of all of them."""
    axes, reduce = union(parts), point.arithmetic.reduce
    if len(axes) > 2 and math.prod(point.shape(axes)) > MAX_ENTRIES:
        raise NoValueError(f"an intermediate value with {math.prod(point.shape(axes))} entries")
    (first, own), *rest = parts
    out: Any = spread(first, own, axes) if axes else first[()]
    for found, own in rest:
        other = spread(found, own, axes) if axes else found[()]
        out = out + other if is_sum else reduce(as_array(out * other))
    return reduce(as_array(out)), axes


def contracted(expr: Sum, parts: list[Located], point: Point) -> Located:
    """A sum of large products, one index after the other, the one of fewest products first.

    Only the factors that an index stands in are multiplied.
    """
    left = list(expr.indices)

    def products(index: Index) -> int:
        return math.prod(point.shape(union([p for p in parts if index in p[1]])))

    while left:
        index = min(left, key=products)
        left.remove(index)
        touched = [p for p in parts if index in p[1]]
        parts = [p for p in parts if index not in p[1]]
        whole = combined(touched, False, point) if touched else (as_object(point.arithmetic.number(1)), ())
        parts.append(bound(Sum((index,), expr.body), whole, point))
    return combined(parts, False, point)


def bound(expr: Binder, value: Located, point: Point) -> Located:
    """A sum, product or largest value over the indices of a binder, from the values of its body."""
    found, axes = value
    outer = tuple(i for i in axes if i not in expr.indices)
    absent = [i for i in expr.indices if i not in axes]
    order = [axes.index(i) for i in outer] + [axes.index(i) for i in expr.indices if i in axes]
    arranged = found if order == list(range(len(order))) else found.transpose(order)
    shape = point.shape(outer)
    rows = arranged.reshape((*shape, -1)) if arranged.ndim > len(outer) else arranged[..., None]
    repeats = math.prod(point.shape(absent))
    arithmetic = point.arithmetic
    if isinstance(expr, Sum):
        out = np.add.reduce(rows, axis=-1) if rows.shape[-1] else np.full(shape, arithmetic.number(0), dtype=object)
        return arithmetic.reduce(as_array(out * arithmetic.number(repeats) if repeats != 1 else out)), outer
    out = np.empty(shape, dtype=object)
    flat, lines = out.reshape(-1), rows.reshape(-1, rows.shape[-1])
    for n, line in enumerate(lines):
        flat[n] = (
            _product(list(line) * repeats, arithmetic)
            if isinstance(expr, Product)
            else _largest(expr, list(line), arithmetic)
        )
    return out, outer


def _product(line: list[Any], arithmetic: Arithmetic) -> Any:
    out = as_object(arithmetic.number(1))
    for v in line:
        out = arithmetic.reduce(as_array(out * as_object(v)))
    return out[()]


def _largest(expr: Binder, line: list[Any], arithmetic: Arithmetic) -> Any:
    assert isinstance(expr, Extremum)
    if not line:
        raise NoValueError("a largest value of nothing")
    best = line[0]
    for v in line[1:]:
        above = arithmetic.compare(">", v, best) if expr.kind == "max" else arithmetic.compare(">", best, v)
        best = v if above else best
    return best
