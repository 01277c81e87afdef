"""Straight-line steps give the very ball that evaluating the definition as an expression gives."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from gradcheck.algebra.expressions import UNIT, Elem, Expr, Num, Pow
from gradcheck.algebra.functions import BUILT_IN, Function
from gradcheck.algebra.index import Tensor
from gradcheck.algebra.normal_form.elementary import from_sympy
from gradcheck.algebra.values.balls import Balls, precision
from gradcheck.algebra.values.point import NoValueError, Point
from gradcheck.algebra.values.pointwise import evaluate
from gradcheck.algebra.values.straight import run, steps

ARGUMENT = Elem(Tensor("t"))
SMOOTH = [f for f in BUILT_IN if not f.has_kink]


def as_expression(expr: Expr, value: Fraction) -> object:
    balls = Balls()
    stored = np.empty((), dtype=object)
    stored[()] = balls.number(value)
    return evaluate(expr, (), Point(balls, {}, {ARGUMENT.tensor: stored}))[()]


def agree(expr: Expr, value: Fraction) -> bool:
    balls = Balls()
    try:
        expected = as_expression(expr, value)
    except NoValueError:
        with pytest.raises(NoValueError):
            run(steps(expr), balls, balls.number(value))
        return True
    found = run(steps(expr), balls, balls.number(value))
    return bool(found.mid() == expected.mid() and found.rad() == expected.rad())


@pytest.mark.parametrize("order", range(4))
@pytest.mark.parametrize("function", SMOOTH, ids=lambda f: f.name)
def test_a_derivative_of_a_named_function_has_the_same_ball(function: Function, order: int) -> None:
    expr = from_sympy(function.derivative(order), ARGUMENT)
    with precision(192):
        assert all(agree(expr, value) for value in (Fraction(2), Fraction(-3, 4), Fraction(0)))


@pytest.mark.parametrize(
    "expr",
    [
        ARGUMENT,
        UNIT,
        Pow(Num(2), Num(Fraction(1, 2))),
        Pow(ARGUMENT, ARGUMENT),
        Pow(ARGUMENT, Num(-1)),
        (ARGUMENT + 1) * (ARGUMENT + 1) - ARGUMENT * 3,
    ],
    ids=repr,
)
def test_powers_numbers_and_the_variable_itself_have_the_same_ball(expr: Expr) -> None:
    with precision(128):
        assert all(agree(expr, value) for value in (Fraction(2), Fraction(1, 3), Fraction(0)))
