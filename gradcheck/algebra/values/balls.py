"""Ball arithmetic: real values with rigorous error bounds.

A finite ball that excludes 0 refutes; a NaN, or a ball around 0, says nothing. Points are dyadic, so
their balls have radius 0 and x - x is exactly 0.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import flint

from ..expressions import Elem, Number
from ..functions import ABS, ATAN, COS, COSH, ERF, EXP, LOG, RELU, SIGN, SIN, SINH, STEP, TANH, Function, T
from ..index import Tensor
from ..normal_form.elementary import HIGHEST_ORDER, from_sympy
from .located import Array
from .point import NoValueError
from .straight import Step, run, steps

_ARGUMENT = Tensor("argument")
_METHODS = {
    EXP: "exp",
    LOG: "log",
    ERF: "erf",
    SIN: "sin",
    COS: "cos",
    ATAN: "atan",
    TANH: "tanh",
    SINH: "sinh",
    COSH: "cosh",
}


class Balls:
    """Real balls at the working precision.

    taken: other numbers to be taken for some that stand in the expression (decimals as printed in a document).
    kinks: how often a value was taken exactly on a kink, where only a convention decides.
    """

    def __init__(self, taken: Mapping[Fraction, Fraction] | None = None) -> None:
        self.taken = taken or {}
        self.kinks = 0

    def number(self, value: Number) -> Any:
        """The ball of a rational: radius 0 if it is dyadic."""
        return _exact(self.taken.get(Fraction(value), value) if self.taken else value)

    def pi(self) -> Any:
        """The ball of the circle constant."""
        return flint.arb.pi()

    def reduce(self, values: Array) -> Array:
        """Balls need no reduction."""
        return values

    def power(self, base: Any, exponent: Any, exact: Number | None) -> Any:
        """base^exponent; a fractional power needs a base that is not negative."""
        if exact is not None and exact.denominator == 1:
            if exact < 0 and base.contains(0):
                raise NoValueError("a division by a ball around 0")
            return base ** int(exact)
        if exact is not None and base == 0:
            if exact > 0:
                return flint.arb(0)
            raise NoValueError("a negative power of 0")
        if not base > 0:
            raise NoValueError("a root of a value that may be negative")
        if exact == Fraction(1, 2):
            return base.sqrt()
        return base ** (self.number(exact) if exact is not None else exponent)

    def apply(self, function: Function, order: int, argument: Any) -> Any:
        """A function value; on a kink only an exact 0 has the declared value."""
        if function.unspecified:
            raise NoValueError(f"{function.name} is not a concrete function")
        if order > HIGHEST_ORDER:
            raise NoValueError(f"the derivative of order {order} of {function.name}")
        if function is EXP:
            return self._finite(argument.exp())
        method = _METHODS.get(function)
        if method is not None and order == 0:
            if function is LOG and not argument > 0:
                raise NoValueError("a logarithm of a value that may not be positive")
            return self._finite(getattr(argument, method)())
        if function.has_kink:
            return self._piecewise(function, order, argument)
        return self._by_definition(function, order, True, argument)

    def _piecewise(self, function: Function, order: int, argument: Any) -> Any:
        if argument > 0:
            return self._by_definition(function, order, True, argument)
        if argument < 0:
            return self._by_definition(function, order, False, argument)
        if argument == 0:
            self.kinks += int(order > 0 or jumps(function))
            return self.number(kink_value(function, order))
        raise NoValueError(f"{function.name} at a ball around its kink")

    def _by_definition(self, function: Function, order: int, above: bool, argument: Any) -> Any:
        if function in (RELU, ABS, SIGN, STEP):
            slope, value = _straight(function, order, above)
            return flint.arb(value) if not slope else argument if slope > 0 else -argument
        return run(_definition(function, order, above), self, argument)

    def _finite(self, ball: Any) -> Any:
        if not ball.is_finite():
            raise NoValueError("a value that is not finite")
        return ball

    def compare(self, relation: str, left: Any, right: Any) -> int:
        """The truth of a relation between balls that do not overlap, or are both exact."""
        if left.is_exact() and right.is_exact():
            self.kinks += int(relation in (">", ">=") and bool(left == right))
            holds = {">": left > right, ">=": left >= right, "=": left == right, "!=": left != right}
            return int(bool(holds[relation]))
        if left > right:
            return int(relation in (">", ">=", "!="))
        if left < right:
            return int(relation == "!=")
        raise NoValueError("a comparison of balls that overlap")


@functools.lru_cache(maxsize=512)
def _definition(function: Function, order: int, above: bool) -> tuple[Step, ...]:
    return steps(from_sympy(function.derivative(order, above), Elem(_ARGUMENT)))


@functools.lru_cache(maxsize=512)
def _straight(function: Function, order: int, above: bool) -> tuple[int, int]:
    """Slope and value of a piece that is a number, t or -t."""
    formula = function.derivative(order, above)
    return (0, int(formula)) if formula.is_Integer else (1 if formula.is_Symbol else -1, 0)


@functools.lru_cache(maxsize=512)
def jumps(function: Function) -> bool:
    """Whether the function itself, not only its slope, is another one below 0 than at it."""
    return bool(function.derivative(0, above=True).subs(T, 0) != function.derivative(0, above=False).subs(T, 0))


def kink_value(function: Function, order: int) -> Fraction:
    """The declared value at the kink: the lower branch, for a slope the declared one, for sign 0."""
    if order == 1:
        return function.slope_at_kink
    if order == 0 and function.name == "sign":
        return Fraction(0)
    at_zero = function.derivative(order, above=False).subs(T, 0)
    return Fraction(int(at_zero.p), int(at_zero.q)) if at_zero.is_Rational else Fraction(0)


def _exact(value: Number) -> Any:
    if value.denominator == 1:
        return flint.arb(value.numerator)
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


class precision:  # noqa: N801 - reads as a statement: with precision(256)
    """Run a block at a working precision."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        self.before = flint.ctx.prec
        flint.ctx.prec = self.bits

    def __exit__(self, *_: object) -> None:
        flint.ctx.prec = self.before


def separates(ball: Any) -> bool:
    """Whether this ball proves that a value is not 0."""
    return bool(ball.is_finite() and not ball.contains(0))
