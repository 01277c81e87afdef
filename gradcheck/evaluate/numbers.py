"""Scalars made of numbers and sizes alone, at given sizes: exact where they are rational."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from .values import Value

Number = Fraction | float


class Numbers:
    """The numbers that static scalars are at given sizes."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes
        self._known: dict[int, Number | None] = {}

    def of(self, value: Value) -> Number | None:
        """The number that a static scalar is, exactly where it is rational."""
        if not value.static or value.dims:
            return None
        if value.number not in self._known:
            self._known[value.number] = self._evaluate(value)
        return self._known[value.number]

    def _evaluate(self, value: Value) -> Number | None:
        if value.op == "number":
            return math.pi if value.data == "pi" else value.data
        if value.op == "size":
            return Fraction(value.data.value(self.sizes))
        numbers = [self.of(a) for a in value.args]
        if any(n is None for n in numbers) or value.op not in _ARITHMETIC:
            return None
        result: Number = _ARITHMETIC[value.op](*numbers)
        return result

    def divides_by_zero(self, values: Iterable[Value]) -> bool:
        """Whether any of the values has a divisor that is 0 at these sizes."""
        try:
            return any(v.op == "divide" and self.of(v.args[1]) == 0 for v in values)
        except ZeroDivisionError:
            return True


def _divided(left: Number, right: Number) -> Number:
    if right == 0:
        raise ZeroDivisionError
    return left / right


def _root(value: Number) -> Number:
    return math.sqrt(value)


_ARITHMETIC: dict[str, Callable[..., Number]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": _divided,
    "negative": lambda a: -a,
    "square": lambda a: a * a,
    "sqrt": _root,
}
