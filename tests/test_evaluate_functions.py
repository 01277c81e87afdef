"""Functions in emitted code follow from their definitions, and stay finite where their values are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import entrywise
import numpy as np
import pytest

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import (
    PI,
    Add,
    Apply,
    Compare,
    Elem,
    Expr,
    Mul,
    Num,
    Pow,
    Sum,
    add,
    mul,
    negate,
    power,
    total,
)
from gradcheck.algebra.functions import BUILT_IN, EXP, LOG, RELU, SIGMOID, SOFTPLUS, TANH, Function, T, unspecified
from gradcheck.algebra.index import Index, Tensor
from gradcheck.declare.network import Network, Node
from gradcheck.errors import GradcheckError
from gradcheck.evaluate import program

N = Dim.symbol("n")
X = Tensor("x", (N,))
POINTS = np.array([-6.5, -2.0, -0.75, -0.125, 0.25, 0.5, 1.5, 3.0, 7.0])


def elementwise(build: Any) -> Network:
    """The network v_i = build(x_i), its loss the sum of v."""
    i, j = Index("i", N), Index("j", N)
    node = Node(Tensor("v", (N,)), (i,), build(Elem(X, (i,))))
    total_node = Node(Tensor("l"), (), total([j], Elem(node.tensor, (j,))))
    return Network("elementwise", (("n", 1),), (X,), (), (), (), (node, total_node), Tensor("l"))


def values(build: Any, points: Any) -> Any:
    return program(elementwise(build)).forward({"x": points})["v"]


def slopes(build: Any, points: Any) -> Any:
    return program(elementwise(build)).gradients({"x": points})["x"]


def domain(function: Function) -> Any:
    return np.abs(POINTS) if function is LOG else POINTS


@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.parametrize("function", BUILT_IN, ids=lambda f: f.name)
def test_every_named_function_and_derivative_has_the_values_of_its_definition(function: Function, order: int) -> None:
    points = domain(function)
    found = values(lambda x: Apply(function, x, order), points)
    expected = [entrywise.scalar_value(function, order, t) for t in points]
    np.testing.assert_allclose(found, expected, rtol=2e-12, atol=1e-13)


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("function", [f for f in BUILT_IN if f.has_kink], ids=lambda f: f.name)
def test_at_a_kink_the_declared_convention_holds(function: Function, order: int) -> None:
    found = values(lambda x: Apply(function, x, order), np.zeros(1))
    assert found[0] == entrywise.scalar_value(function, order, 0.0)


def test_a_declared_slope_at_the_kink_is_used() -> None:
    leaky = Function("leaky", "leaky", T, below=T / 10, slope_at_kink=Fraction(1, 2))
    assert list(values(lambda x: Apply(leaky, x, 1), np.array([-1.0, 0.0, 1.0]))) == [0.1, 0.5, 1.0]


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize(
    "function", [f for f in BUILT_IN if f.name in {"sigmoid", "softplus", "silu", "tanh", "elu", "relu", "gelu", "Phi"}]
)
def test_saturated_functions_stay_finite_without_warnings(function: Function, order: int) -> None:
    points = np.array([-1e4, -800.0, -40.0, 40.0, 800.0, 1e4])
    found = values(lambda x: Apply(function, x, order), points)
    expected = [entrywise.scalar_value(function, order, t) for t in points]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def one_over_one_plus_exp(x: Expr) -> Expr:
    return power(add(Num(1), Apply(EXP, negate(x))), Num(-1))


def test_a_sigmoid_written_out_is_recognised() -> None:
    points = np.array([-800.0, -30.0, 0.5, 800.0])
    expected = [entrywise.scalar_value(SIGMOID, 0, t) for t in points]
    np.testing.assert_allclose(values(one_over_one_plus_exp, points), expected, rtol=1e-14)
    slope = [entrywise.scalar_value(SIGMOID, 1, t) for t in points]
    np.testing.assert_allclose(slopes(one_over_one_plus_exp, points), slope, rtol=1e-12, atol=1e-300)


def test_a_softplus_written_out_is_recognised() -> None:
    points = np.array([-800.0, -30.0, 0.5, 800.0])
    expected = [entrywise.scalar_value(SOFTPLUS, 0, t) for t in points]
    np.testing.assert_allclose(values(lambda x: Apply(LOG, add(Num(1), Apply(EXP, x))), points), expected, rtol=1e-14)


def test_the_log_of_a_sigmoid_does_not_pass_through_zero() -> None:
    found = values(lambda x: Apply(LOG, Apply(SIGMOID, x)), np.array([-800.0, 800.0]))
    assert list(found) == [-800.0, 0.0]


def softmax_network(log_of_node: bool) -> Network:
    """p = softmax(x), l = -sum_k y_k log p_k, the log of the node or of the formula."""
    y, p, loss = Tensor("y", (N,)), Tensor("p", (N,)), Tensor("l")
    i, j, k, q = (Index(s, N) for s in "ijkq")
    formula = Mul((Apply(EXP, Elem(X, (i,))), Pow(Sum((j,), Apply(EXP, Elem(X, (j,)))), Num(-1))))
    inner = (
        Elem(p, (k,))
        if log_of_node
        else Mul((Apply(EXP, Elem(X, (k,))), Pow(Sum((q,), Apply(EXP, Elem(X, (q,)))), Num(-1))))
    )
    cross = negate(total([k], mul(Elem(y, (k,)), Apply(LOG, inner))))
    return Network("softmax", (("n", 1),), (X, y), (), (), (), (Node(p, (i,), formula), Node(loss, (), cross)), loss)


@pytest.mark.parametrize("log_of_node", [True, False])
@pytest.mark.parametrize("scale", [1.0, 1e3, 1e6])
def test_a_softmax_cross_entropy_is_finite_and_right_for_any_logits(log_of_node: bool, scale: float) -> None:
    x = scale * np.array([0.3, -1.0, 0.9, 0.4])
    y = np.array([0.0, 1.0, 0.0, 0.0])
    made = program(softmax_network(log_of_node))
    loss, gradients = made.loss_and_gradients({"x": x, "y": y})
    p = np.exp(x - x.max()) / np.exp(x - x.max()).sum()
    assert loss == pytest.approx(x.max() - x[1] + np.log(np.exp(x - x.max()).sum()), rel=1e-13)
    np.testing.assert_allclose(gradients["x"], p - y, rtol=1e-12, atol=1e-15)
    plain = made.plain_gradients({"x": x, "y": y})
    assert plain[0] == pytest.approx(loss, rel=1e-14)
    np.testing.assert_allclose(plain[1]["x"], p - y, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("written_out", [True, False])
@pytest.mark.parametrize("as_node", [True, False])
@pytest.mark.parametrize("target", [0.0, 0.25, 1.0])
def test_a_binary_cross_entropy_is_finite_and_right_for_any_logit(
    written_out: bool, as_node: bool, target: float
) -> None:
    i, j = Index("i", N), Index("j", N)
    a, loss = Tensor("a", (N,)), Tensor("l")

    def sigmoid(x: Expr) -> Expr:
        return one_over_one_plus_exp(x) if written_out else Apply(SIGMOID, x)

    p = Elem(a, (j,)) if as_node else sigmoid(Elem(X, (j,)))
    y = Num(Fraction(target))
    cross = negate(total([j], y * Apply(LOG, p) + (1 - y) * Apply(LOG, 1 - p)))
    nodes = (Node(a, (i,), sigmoid(Elem(X, (i,)))), Node(loss, (), cross))
    made = program(Network("bce", (("n", 1),), (X,), (), (), (), nodes, loss))
    x = np.array([-2000.0, -3.0, 0.5, 2000.0])
    found, gradients = made.loss_and_gradients({"x": x})
    s = np.array([entrywise.scalar_value(SIGMOID, 0, t) for t in x])
    softplus = np.array([entrywise.scalar_value(SOFTPLUS, 0, t) for t in x])
    assert found == pytest.approx(float((softplus - target * x).sum()), rel=1e-13)
    np.testing.assert_allclose(gradients["x"], s - target, rtol=1e-12, atol=1e-300)


def test_a_node_inside_a_log_can_still_be_derived_by() -> None:
    point = {"x": np.array([0.3, -1.0, 0.9]), "y": np.array([0.0, 1.0, 0.5])}
    made = program(softmax_network(True), wrt=["p", "x"])
    p = np.exp(point["x"]) / np.exp(point["x"]).sum()
    found = made.gradients(point)
    np.testing.assert_allclose(found["p"], -point["y"] / p, rtol=1e-12)
    np.testing.assert_allclose(found["x"], 1.5 * p - point["y"], rtol=1e-12)


def test_a_weighted_mean_under_a_softmax_does_not_overflow() -> None:
    j, k = Index("j", N), Index("k", N)
    top = total([j], mul(Elem(X, (j,)), Apply(EXP, Elem(X, (j,)))))
    mean = mul(top, power(total([k], Apply(EXP, Elem(X, (k,)))), Num(-1)))
    network = Network("mean", (("n", 1),), (X,), (), (), (), (Node(Tensor("l"), (), mean),), Tensor("l"))
    assert program(network).loss({"x": np.array([1000.0, 1000.0, -1000.0])}) == pytest.approx(1000.0)


def test_powers_constants_and_gates_have_their_values() -> None:
    cases: list[tuple[Any, Any]] = [
        (lambda x: power(x, Num(3)), POINTS**3),
        (lambda x: power(x, Num(-2)), POINTS**-2.0),
        (lambda x: power(x * x, Num(Fraction(1, 2))), np.abs(POINTS)),
        (lambda x: power(x * x, Num(Fraction(-3, 2))), np.abs(POINTS) ** -3.0),
        (lambda x: power(Num(2), x), 2.0**POINTS),
        (lambda x: PI * x, np.pi * POINTS),
        (lambda x: Compare(">", x, Num(0)) * x, np.maximum(POINTS, 0)),
        (
            lambda x: Compare(">=", x, Num(Fraction(1, 2))) + Compare("=", x, Num(3)),
            (POINTS >= 0.5) * 1.0 + (POINTS == 3),
        ),
        (lambda x: Compare("!=", x, Num(3)) * Compare(">", Num(1), x), (POINTS != 3) * 1.0 * (POINTS < 1)),
        (lambda x: x - Num(Fraction(1, 3)) - x * Num(-1), 2 * POINTS - 1 / 3),
    ]
    for build, expected in cases:
        np.testing.assert_allclose(values(build, POINTS), expected, rtol=1e-14)


def test_unspecified_functions_are_called() -> None:
    sigma = unspecified("\\sigma")
    network = elementwise(lambda x: Apply(sigma, x) ** 2)
    made = program(network, functions={"\\sigma": (np.sin, np.cos)})
    found = made.gradients({"x": POINTS})["x"]
    np.testing.assert_allclose(found, np.sin(2 * POINTS), rtol=1e-13)
    assert made.loss({"x": POINTS}) == pytest.approx(float((np.sin(POINTS) ** 2).sum()))


def test_a_missing_or_misshapen_callable_is_named() -> None:
    network = elementwise(lambda x: Apply(unspecified("\\sigma"), x))
    with pytest.raises(GradcheckError, match=r"no callable for \\sigma"):
        program(network).forward({"x": POINTS})
    with pytest.raises(GradcheckError, match=r"no callable for derivative 1 of \\sigma"):
        program(network, functions={"\\sigma": (np.sin,)}).gradients({"x": POINTS})
    with pytest.raises(GradcheckError, match="changed the shape"):
        program(network, functions={"\\sigma": (lambda t: t[:1], np.cos)}).forward({"x": POINTS})


def test_a_callable_that_keeps_its_argument_does_no_harm() -> None:
    network = elementwise(lambda x: Apply(unspecified("\\sigma"), x))
    made = program(network, functions={"\\sigma": (lambda t: t, lambda t: t)})
    x = POINTS.copy()
    found = made.gradients({"x": x})["x"]
    found += 1
    assert np.array_equal(x, POINTS)
    assert np.array_equal(made.gradients({"x": x})["x"], POINTS)


def test_a_sum_of_one_term_and_relu_of_a_shared_value() -> None:
    found = slopes(lambda x: Apply(RELU, Apply(TANH, x)) * Apply(TANH, x), POINTS)
    t = np.tanh(POINTS)
    np.testing.assert_allclose(found, (POINTS > 0) * 2 * t * (1 - t**2), rtol=1e-12, atol=1e-15)


def test_a_number_too_large_for_floats_is_an_error_of_words() -> None:
    with pytest.raises(GradcheckError, match="too large"):
        values(lambda x: Add((x, Num(10**400))), POINTS)
