"""Functions defined by a formula: what they become, and what is no function of one variable."""

from fractions import Fraction

import pytest
import sympy

from gradcheck.algebra.expressions import PI, ZERO, Apply, Compare, Elem, Num, power
from gradcheck.algebra.functions import ABS, ELU, EXP, LOG, RELU, SIGMOID, SIGN, STEP, TANH, T, unspecified
from gradcheck.algebra.index import Tensor
from gradcheck.declare.functions import function_from
from gradcheck.errors import DeclarationError

u = Elem(Tensor("u"))
POSITIVE = Compare(">", u, ZERO)
ROOT_OF_SQUARE = power(power(u, Num(2)), Num(Fraction(1, 2)))


@pytest.mark.parametrize(
    ("formula", "known"),
    [
        (Apply(RELU, u), RELU),
        (u * POSITIVE, RELU),
        (u * Compare(">=", u, ZERO), RELU),
        (Apply(STEP, 3 * u), STEP),
        (u * Compare(">", 2 * u, ZERO), RELU),
        (Apply(RELU, 2 * u) / 2, RELU),
        (POSITIVE, STEP),
        (1 - Compare(">=", ZERO, u), STEP),
        (POSITIVE - Compare(">", -u, ZERO), SIGN),
        (ROOT_OF_SQUARE, ABS),
        (Apply(RELU, u) + Apply(RELU, -u), ABS),
        (u * POSITIVE + (Apply(EXP, u) - 1) * Compare(">", -u, ZERO), ELU),
        (1 / (1 + Apply(EXP, -u)), SIGMOID),
        (Apply(TANH, u), TANH),
        (Apply(RELU, u, 1), STEP),
    ],
)
def test_a_formula_of_a_known_function_is_that_function(formula, known):
    assert function_from("f", u.tensor, formula) == known


@pytest.mark.parametrize(
    ("formula", "above", "below"),
    [
        (power(u, Num(2)), T**2, None),
        (Num(Fraction(1, 3)) * u + PI, T / 3 + sympy.pi, None),
        (power(Apply(ABS, u), Num(2)), T**2, None),
        (Apply(TANH, u, 1), 1 - sympy.tanh(T) ** 2, None),
        (Apply(RELU, u) - Apply(RELU, -u) / 10, T, T / 10),
        (2 * POSITIVE - 1, sympy.Integer(1), sympy.Integer(-1)),
        (Apply(LOG, 1 + power(u, Num(2))), sympy.log(1 + T**2), None),
        (power(u, Num(Fraction(1, 2))), sympy.sqrt(T), None),
        (u * Compare("=", u, ZERO), sympy.Integer(0), None),
        (u * Compare("!=", u, ZERO), T, None),
    ],
)
def test_a_formula_becomes_one_expression_on_each_side_of_0(formula, above, below):
    made = function_from("f", u.tensor, formula)
    assert (made.name, made.definition, made.below) == ("f", above, below)


@pytest.mark.parametrize(
    ("formula", "slope"),
    [
        (Apply(RELU, u) * u, 0),
        (u + Apply(RELU, u) * Apply(RELU, u), 1),
        (Apply(RELU, u) - Apply(RELU, -u) / 10, 0),
    ],
)
def test_the_slope_at_a_kink_is_that_of_both_sides_or_0(formula, slope):
    assert function_from("f", u.tensor, formula).slope_at_kink == slope


@pytest.mark.parametrize(
    ("formula", "what"),
    [
        (u * Elem(Tensor("w")), "must be a formula in u alone"),
        (Apply(unspecified("g"), u), "must be a formula in u alone"),
        (Apply(RELU, u - 1), "case distinction elsewhere than at 0"),
        (Compare(">", power(u, Num(2)), u), "case distinction elsewhere than at 0"),
        (power(Num(3), Num(10**9)), "too large a power"),
        (Compare(">=", u, ZERO), "another value at its jump"),
        (Apply(ABS, u) + PI, "is no rational number"),
        (1 - 2 * Compare(">", -u, ZERO), "another value at its jump"),
        (Compare("=", u, ZERO) + POSITIVE, "another value at its jump"),
    ],
)
def test_what_is_no_function_of_one_variable_is_refused(formula, what):
    with pytest.raises(DeclarationError, match=what):
        function_from("f", u.tensor, formula)
