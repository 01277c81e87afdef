"""Every rewrite of the normal form keeps the value: random expressions against their own normal forms.

Where an expression is defined and off its kinks, balls around it and around its normal form overlap.
Logarithms in a normal form stand for log|u|, which is log u wherever that is defined.
"""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gradcheck.algebra import facts
from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import (
    ZERO,
    Apply,
    Compare,
    Delta,
    Elem,
    Expr,
    Extremum,
    Num,
    Product,
    Size,
    add,
    at_most,
    mul,
    power,
    total,
)
from gradcheck.algebra.functions import (
    ABS,
    ELU,
    ERF,
    EXP,
    GELU,
    LOG,
    RELU,
    SIGMOID,
    SIGN,
    SINH,
    SOFTPLUS,
    TANH,
    Function,
)
from gradcheck.algebra.index import Index, Tensor
from gradcheck.algebra.keys import TooLargeError
from gradcheck.algebra.normal_form.normal import normal
from gradcheck.algebra.normal_form.powers import UndefinedError
from gradcheck.algebra.polynomials import expression
from gradcheck.algebra.signs.knowledge import Knowledge
from gradcheck.algebra.values.balls import Balls, precision
from gradcheck.algebra.values.point import NoValueError, Point
from gradcheck.algebra.values.pointwise import evaluate
from gradcheck.compare.points.draws import Numbers, draw

N = Dim.symbol("n")
SCALARS = [
    Tensor("s"),
    Tensor("t"),
    Tensor("p", (), frozenset({facts.POSITIVE})),
    Tensor("b", (), frozenset({facts.BINARY})),
]
VECTORS = [
    Tensor("x", (N,)),
    Tensor("y", (N,), frozenset({facts.ONE_HOT})),
    Tensor("r", (N,), frozenset({facts.SIMPLEX})),
    Tensor("q", (N,), frozenset({facts.UNIT_NORM})),
]
MATRICES = [
    Tensor("A", (N, N)),
    Tensor("S", (N, N), frozenset({facts.SYMMETRIC})),
    Tensor("V", (N, N), frozenset({facts.SKEW})),
    Tensor("Q", (N, N), frozenset({facts.ORTHOGONAL})),
]
FUNCTIONS = [EXP, LOG, TANH, SIGMOID, RELU, ABS, SIGN, SOFTPLUS, ERF, GELU, ELU, SINH]


class Logarithms(Balls):
    """Balls in which log u is log|u|."""

    def apply(self, function: Function, order: int, argument: object) -> object:
        if function is LOG and order == 0:
            argument = abs(argument)  # type: ignore[arg-type]
        return super().apply(function, order, argument)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3, bound: tuple[Index, ...] = ()) -> Expr:
    kinds = (
        ["scalar", "number", "entry"]
        if depth == 0
        else ["scalar", "entry", "add", "mul", "pow", "apply", "gate", "sum", "sum", "max"]
    )
    kind = draw(st.sampled_from(kinds))

    def inner(more: tuple[Index, ...] = ()) -> Expr:
        return draw(expressions(depth - 1, bound + more))

    if kind == "number":
        return Num(draw(st.sampled_from([2, -1, 3, Fraction(1, 2)])))
    if kind == "scalar" or (kind == "entry" and not bound):
        return draw(st.sampled_from([*map(Elem, SCALARS), Size(N)]))
    if kind == "entry":
        i, j = draw(st.sampled_from(bound)), draw(st.sampled_from(bound))
        vectors = [Elem(v, (i,)) for v in VECTORS]
        return draw(st.sampled_from([*vectors, *(Elem(m, (i, j)) for m in MATRICES), Delta(i, j), at_most(i, j)]))
    if kind == "add":
        return add(inner(), inner())
    if kind == "mul":
        return mul(inner(), inner())
    if kind == "pow":
        return power(
            inner(), Num(draw(st.sampled_from([2, 3, -1, -2, Fraction(1, 2), Fraction(-1, 2), Fraction(2, 3)])))
        )
    if kind == "apply":
        return Apply(draw(st.sampled_from(FUNCTIONS)), inner(), draw(st.sampled_from([0, 0, 0, 1])))
    if kind == "gate":
        return Compare(
            draw(st.sampled_from([">", ">=", "=", "!="])), inner(), draw(st.sampled_from([ZERO, Elem(SCALARS[0])]))
        )
    index = Index("i", N)
    body = inner((index,))
    if kind == "max" and index in body.free:
        return draw(
            st.sampled_from([Extremum("max", (index,), body), Extremum("min", (index,), body), Product((index,), body)])
        )
    return total([index], body)


def value(expr: Expr, arithmetic: Balls, size: int, seed: int, level: int) -> object:
    rng = random.Random(seed)
    numbers = Numbers(level, rng)
    point = Point(arithmetic, {"n": size}, {})
    for t in [*SCALARS, *VECTORS, *MATRICES]:
        exact = draw(t, {"n": size}, numbers)
        out = np.empty(exact.shape, dtype=object)
        out.reshape(-1)[:] = [arithmetic.number(v) for v in exact.flat]
        point.values[t] = out
    return evaluate(expr, (), point)[()]


@settings(max_examples=150, deadline=None)
@given(expressions(), st.integers(1, 3), st.integers(0, 10**6), st.integers(0, 3))
def test_a_normal_form_has_the_value_of_its_expression(expr: Expr, size: int, seed: int, level: int) -> None:
    try:
        poly = normal(expr, Knowledge())
    except (TooLargeError, UndefinedError):
        assume(False)
    with precision(200):
        arithmetic = Balls()
        try:
            before = value(expr, arithmetic, size, seed, level)
        except (NoValueError, ValueError):
            assume(False)
        assume(not arithmetic.kinks)
        after = value(expression(poly), Logarithms(), size, seed, level)
    assert before.overlaps(after), (expr, expression(poly), before, after)
