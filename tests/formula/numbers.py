"""An evaluator of its own for what a formula was read as: plain loops and floats, nothing shared with the package."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

import numpy as np
import sympy

from gradcheck.algebra import expressions as e
from gradcheck.algebra.functions import T
from gradcheck.algebra.index import Index, Slot, slot_offset, slot_terms
from gradcheck.formula import Value

Arrays = Mapping[str, np.ndarray]


def array_of(value: Value, arrays: Arrays, sizes: Mapping[str, int], free: Mapping[Index, int] | None = None):
    """The value as an array over its axes."""
    shape = tuple(axis.dim.value(sizes) for axis in value.axes)
    out = np.empty(shape)
    for entry in itertools.product(*(range(n) for n in shape)):
        at = {**(free or {}), **{axis: k + 1 for axis, k in zip(value.axes, entry, strict=True)}}
        out[entry] = number(value.expr, arrays, sizes, at)
    return out if shape else float(out)


def number(expr: e.Expr, arrays: Arrays, sizes: Mapping[str, int], at: Mapping[Index, int]) -> float:
    """One entry, every free index at a position counted from 1."""

    def go(part: e.Expr, more: Mapping[Index, int] | None = None) -> float:
        return number(part, arrays, sizes, {**at, **more} if more else at)

    def where(slot: Slot) -> int:
        return slot_offset(slot).value(sizes) + sum(c * at[i] for i, c in slot_terms(slot))

    def every(indices: tuple[Index, ...]) -> Iterator[dict[Index, int]]:
        for entry in itertools.product(*(range(1, i.dim.value(sizes) + 1) for i in indices)):
            yield dict(zip(indices, entry, strict=True))

    match expr:
        case e.Num():
            return float(expr.value)
        case e.Const():
            return math.pi
        case e.Size():
            return float(expr.dim.value(sizes))
        case e.Ordinal():
            return float(where(expr.slot))
        case e.Elem():
            return float(np.asarray(arrays[expr.tensor.name])[tuple(where(s) - 1 for s in expr.slots)])
        case e.Add():
            return sum(go(t) for t in expr.terms)
        case e.Mul():
            return math.prod(go(f) for f in expr.factors)
        case e.Pow():
            return go(expr.base) ** go(expr.exponent)
        case e.Apply():
            return _applied(expr, go(expr.argument))
        case e.Compare():
            left, right = go(expr.left), go(expr.right)
            return float(
                {">": left > right, ">=": left >= right, "=": left == right, "!=": left != right}[expr.relation]
            )
        case e.Delta():
            return float(where(expr.left) == where(expr.right))
        case e.AtMost():
            return float(where(expr.left) <= where(expr.right))
        case e.Sum():
            return sum(go(expr.body, more) for more in every(expr.indices))
        case e.Product():
            return math.prod(go(expr.body, more) for more in every(expr.indices))
        case e.Extremum():
            values = [go(expr.body, more) for more in every(expr.indices)]
            return max(values) if expr.kind == "max" else min(values)
        case e.Derivative():
            return _difference(expr, arrays, sizes, at, tuple(where(s) - 1 for s in expr.wrt.slots))
    raise TypeError(type(expr))


def _applied(expr: e.Apply, value: float) -> float:
    above = value > 0
    definition = expr.function.derivative(expr.order, above)
    if value == 0 and expr.function.has_kink:
        return float(expr.function.slope_at_kink) if expr.order else float(definition.subs(T, 0))
    return float(sympy.N(definition.subs(T, sympy.Float(value, 25))))


def _difference(expr: e.Derivative, arrays: Arrays, sizes: Mapping[str, int], at: Mapping[Index, int], entry) -> float:
    """The derivative of a body over leaves, by central differences with one extrapolation."""
    step = 1e-3

    def shifted(h: float) -> float:
        name = expr.wrt.tensor.name
        moved = np.array(arrays[name], dtype=float)
        moved[entry] += h
        return number(expr.body, {**arrays, name: moved}, sizes, at)

    coarse = (shifted(step) - shifted(-step)) / (2 * step)
    fine = (shifted(step / 2) - shifted(-step / 2)) / step
    return (4 * fine - coarse) / 3
