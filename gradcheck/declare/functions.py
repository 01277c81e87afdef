"""Functions that a document defines, f(u) = formula: from the formula to a `Function`.

The formula becomes a SymPy expression node by node; no text is ever handed to SymPy. Where the formula
has a case distinction at 0 it becomes one expression on each side. The sides are found with a positive
symbol, so that (u^2)^{1/2} is u on one side and -u on the other.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..algebra.expressions import Add, Apply, Compare, Const, Elem, Expr, Extremum, Mul, Num, Pow, walk
from ..algebra.functions import BUILT_IN, Function, T
from ..algebra.index import Tensor
from ..algebra.values.balls import kink_value
from ..errors import DeclarationError

_POSITIVE: Any = sympy.Symbol("p", positive=True)
_LARGEST_POWER, _LONGEST_CONDITION = 1000, 40


def function_from(name: str, variable: Tensor, formula: Expr) -> Function:
    r"""The function of one variable that a formula defines; a built-in one if it is defined alike.

    Raises `DeclarationError` where the formula contains anything but the variable, numbers and defined
    functions, or has a kink elsewhere than at 0.

    >>> from gradcheck.algebra.expressions import Compare, ZERO
    >>> u = Elem(Tensor("u"))
    >>> function_from("f", u.tensor, u * Compare(">", u, ZERO))
    Function(relu)
    """
    above = _expression(name, variable, formula, T, None)
    below = None
    if _has_cases(formula) or above.has(sympy.Abs, sympy.sign):
        above = _expression(name, variable, formula, _POSITIVE, 1).xreplace({_POSITIVE: T})
        below = _expression(name, variable, formula, -_POSITIVE, -1).xreplace({_POSITIVE: -T})
        below = None if below == above else below
    slope = Fraction(0) if below is None else _slope_at_0(above, below)
    alike = [f for f in BUILT_IN if (f.definition, f.below, f.slope_at_kink) == (above, below, slope)]
    candidates = [*alike, Function(name, name, above, below, slope)]
    if below is None:
        return candidates[0]
    at_kink = _expression(name, variable, formula, sympy.Integer(0), 0)
    return _with_value_at_0(name, candidates, at_kink)


def _with_value_at_0(name: str, candidates: list[Function], written: Any) -> Function:
    """The first of these functions that has the written value at its kink.

    Everywhere in gradcheck a jump takes the value of its lower branch (sign: 0); another one would be ignored.
    """
    if not written.is_finite:
        return candidates[0]
    if not written.is_Rational:
        raise DeclarationError(f"the value of {name} at its kink is no rational number", got=f"{name}(0) = {written}")
    value = Fraction(int(written.p), int(written.q))
    for candidate in candidates:
        if kink_value(candidate, 0) == value:
            return candidate
    raise DeclarationError(
        f"{name} has another value at its jump than gradcheck takes there",
        got=f"{name}(0) = {written}",
        expected=f"{name}(0) = {kink_value(candidates[-1], 0)}",
        hint="write > instead of >= (or < instead of <=): claims are judged away from the jump",
    )


def _has_cases(formula: Expr) -> bool:
    return any(isinstance(e, Compare) or (isinstance(e, Apply) and e.function.has_kink) for e in walk(formula))


def _slope_at_0(above: Any, below: Any) -> Fraction:
    """The slope at 0 where both sides agree on value and slope, else 0, the convention."""
    sides = [(side.subs(T, 0), sympy.diff(side, T).subs(T, 0)) for side in (above, below)]
    slope = sides[0][1]
    return Fraction(int(slope.p), int(slope.q)) if sides[0] == sides[1] and slope.is_Rational else Fraction(0)


def _expression(name: str, variable: Tensor, expr: Expr, value: Any, side: int | None) -> Any:
    """The formula at u = `value`; `side` is the sign of u, None while no case distinction is to be decided."""

    def convert(e: Expr) -> Any:
        return _expression(name, variable, e, value, side)

    if isinstance(expr, Num):
        number = Fraction(expr.value)
        return sympy.Rational(number.numerator, number.denominator)
    if isinstance(expr, Const):
        return sympy.pi
    if isinstance(expr, Elem) and expr.tensor == variable:
        return value
    if isinstance(expr, Add):
        return sympy.Add(*map(convert, expr.terms))
    if isinstance(expr, Mul):
        return sympy.Mul(*map(convert, expr.factors))
    if isinstance(expr, Pow):
        return _power(name, convert(expr.base), convert(expr.exponent))
    if isinstance(expr, Apply) and not expr.function.unspecified:
        argument = convert(expr.argument)
        if expr.function.has_kink and argument == 0 and side is not None:
            at_kink = kink_value(expr.function, expr.order)
            return sympy.Rational(at_kink.numerator, at_kink.denominator)
        above = not expr.function.has_kink or side is None or _sign(name, argument) >= 0
        return expr.function.derivative(expr.order, above).xreplace({T: argument})
    if isinstance(expr, Compare):
        return sympy.Integer(side is None or _holds(name, expr, convert(expr.left) - convert(expr.right)))
    raise DeclarationError(
        f"the definition of {name} must be a formula in {variable.name} alone",
        got=_what(expr),
        expected=f"{variable.name}, numbers and functions that are defined",
    )


def _power(name: str, base: Any, exponent: Any) -> Any:
    if base.is_number and exponent.is_Integer and abs(int(exponent)) > _LARGEST_POWER:
        raise DeclarationError(f"the definition of {name} has too large a power", got=f"{base}^{exponent}")
    return sympy.Pow(base, exponent)


def _sign(name: str, difference: Any) -> int:
    """The sign of c*|u|, written with the positive symbol."""
    if difference == 0:
        return 0
    if sympy.count_ops(difference) <= _LONGEST_CONDITION:  # expand_mul leaves powers alone: no blow-up
        factor = sympy.expand_mul(difference / _POSITIVE)
        if factor.is_positive or factor.is_negative:
            return 1 if factor.is_positive else -1
    raise DeclarationError(
        f"the definition of {name} has a case distinction elsewhere than at 0",
        hint="write it as a network node, or shift the argument so that the kink is at 0",
    )


def _holds(name: str, relation: Compare, difference: Any) -> bool:
    sign = _sign(name, difference)
    match relation.relation:
        case ">":
            return sign > 0
        case ">=":
            return sign >= 0
        case "=":
            return sign == 0
        case _:
            return sign != 0


def _what(expr: Expr) -> str:
    if isinstance(expr, Apply):
        return f"the function {expr.function.name}, which has no definition"
    if isinstance(expr, Elem):
        return expr.tensor.name
    return "a maximum over an index" if isinstance(expr, Extremum) else type(expr).__name__.lower()
