"""A scalar expression of one variable as straight-line steps: a definition is evaluated at thousands of values.

The steps do exactly what `pointwise.evaluate` does with the expression, in the same order, each
sub-expression once; only the walk through the expression is made once and for all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..expressions import Add, Apply, Const, Elem, Expr, Mul, Num, Pow
from .point import Arithmetic, NoValueError

Step = Callable[[Arithmetic, list[Any]], Any]
"""One value from those before it; the first of them is the variable's."""


def steps(expr: Expr) -> tuple[Step, ...]:
    """The steps of an expression whose only entry is the variable."""
    slots: dict[Expr, int] = {}
    made: list[Step] = []
    _slot(expr, slots, made)
    return tuple(made)


def run(made: tuple[Step, ...], arithmetic: Arithmetic, variable: Any) -> Any:
    """The value of the expression at a value of its variable."""
    values = [variable]
    for step in made:
        values.append(step(arithmetic, values))
    return values[-1]


def _slot(expr: Expr, slots: dict[Expr, int], made: list[Step]) -> int:
    """Where the value of an expression stands, after the steps that it still needs."""
    if isinstance(expr, Elem):
        return 0
    if expr not in slots:
        parts = [_slot(c, slots, made) for c in _computed(expr)]
        made.append(_step(expr, parts))
        slots[expr] = len(made)
    return slots[expr]


def _computed(expr: Expr) -> tuple[Expr, ...]:
    """The sub-expressions whose values are needed: an exponent that is a number is taken as it is."""
    return (expr.base,) if isinstance(expr, Pow) and isinstance(expr.exponent, Num) else expr.children()


def _step(expr: Expr, parts: list[int]) -> Step:
    first, *rest = parts or [0]
    if isinstance(expr, Num):
        number = expr.value
        return lambda a, _: a.number(number)
    if isinstance(expr, Const):
        return lambda a, _: a.pi()
    if isinstance(expr, Add):
        return lambda _, values: sum((values[n] for n in rest), start=values[first])
    if isinstance(expr, Mul):
        return lambda _, values: _product(values, first, rest)
    if isinstance(expr, Apply):
        function, order = expr.function, expr.order
        return lambda a, values: a.apply(function, order, values[first])
    if isinstance(expr, Pow):
        exact = expr.exponent.value if isinstance(expr.exponent, Num) else None
        other = rest[0] if rest else first
        return lambda a, values: a.power(values[first], None if exact is not None else values[other], exact)
    raise NoValueError(f"no value for {type(expr).__name__}")


def _product(values: list[Any], first: int, rest: list[int]) -> Any:
    out = values[first]
    for n in rest:
        out = out * values[n]
    return out
