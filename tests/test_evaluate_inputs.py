"""What does not fit is named, with what was got and what was expected."""

from __future__ import annotations

from typing import Any

import derive_networks as networks
import numpy as np
import pytest

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import Elem, Size, power, total
from gradcheck.algebra.functions import TANH
from gradcheck.algebra.index import Index, Tensor
from gradcheck.declare.network import Network, Node
from gradcheck.errors import GradcheckError
from gradcheck.evaluate import batch, infer_sizes, program

NETWORK = networks.mlp(TANH, 2)
SHAPES = {"X": (4, 3), "Y": (4, 2), "W^{[1]}": (3, 5), "b^{[1]}": (5,), "W^{[2]}": (5, 2), "b^{[2]}": (2,)}
RUNS = ["forward", "loss", "gradients", "bind"]


def point(**changes: Any) -> dict[str, Any]:
    arrays: dict[str, Any] = {name: np.full(shape, 0.5) for name, shape in SHAPES.items()}
    return {**arrays, **changes}


CASES: list[tuple[Any, list[str]]] = [
    ({"X": np.ones((4, 7))}, ["W^{[1]} has the wrong shape", "got shape (3, 5)", "expected 7", "X of shape (4, 7)"]),
    ({"Y": np.ones((3, 2))}, ["Y has the wrong shape", "got shape (3, 2)", "expected 4 along axis 0"]),
    ({"b^{[1]}": np.ones((1, 5))}, ["b^{[1]} has the wrong number of axes", "got shape (1, 5)", "expected an array"]),
    ({"b^{[1]}": 1.0}, ["b^{[1]} has the wrong number of axes", "got shape ()"]),
    ({"X": np.ones((0, 3)), "Y": np.ones((0, 2))}, ["size m is too small", "got 0", "expected m >= 1"]),
    ({"X": [["a", "b", "c"]]}, ["X is not an array of real numbers"]),
    ({"X": [[1, 2, 3], [1, 2]]}, ["X is not an array of numbers"]),
    ({"X": np.ones((4, 3), dtype=object)}, ["X is not an array of real numbers", "got dtype object"]),
    ({"X": np.ones((4, 3)) * 1j}, ["X is not an array of real numbers", "got dtype complex128"]),
    ({"X": None}, ["X is not an array of real numbers"]),
    ({"Z": np.ones(3)}, ["unknown name 'Z' in the point"]),
    ({"W^{[3]}": np.ones(3)}, ["unknown name", "did you mean W^{[2]}?"]),
]  # fmt: skip


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(("change", "expected"), CASES, ids=[str(e[0]) for _, e in CASES])
def test_a_point_that_does_not_fit_is_refused_in_words(change: dict[str, Any], expected: list[str], run: str) -> None:
    made = program(NETWORK)
    made.gradients(point())
    with pytest.raises(GradcheckError) as error:
        getattr(made, run)(point(**change))
    text = str(error.value).replace("\n   ", " ")
    for part in expected:
        assert part in text


@pytest.mark.parametrize("run", RUNS)
def test_a_missing_array_is_named_with_its_shape(run: str) -> None:
    here = point()
    del here["W^{[2]}"]
    with pytest.raises(GradcheckError) as error:
        getattr(program(NETWORK), run)(here)
    assert "no value for W^{[2]}" in str(error.value)
    assert "expected an array of shape" in str(error.value)


def test_numbers_of_any_real_dtype_and_nested_lists_are_taken() -> None:
    here = {name: np.ones(shape, dtype) for (name, shape), dtype in zip(SHAPES.items(), "bhif?d", strict=True)}
    expected = program(NETWORK).gradients({name: value.astype(float) for name, value in here.items()})
    for given in (here, {name: value.tolist() for name, value in here.items()}):
        found = program(NETWORK).gradients(given)
        assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_a_network_without_a_loss_evaluates_its_nodes_and_says_what_is_missing() -> None:
    x, v = Tensor("x"), Tensor("v")
    network = Network("bare", (), (x,), (), (), (), (Node(v, (), Elem(x) ** 2),))
    made = program(network)
    assert made.forward({"x": 3})["v"] == 9.0
    for run in (made.loss, made.gradients, made.bind):
        with pytest.raises(GradcheckError, match="network bare has no loss to evaluate"):
            run({"x": 3})
    with pytest.raises(GradcheckError, match="no loss"):
        program(network, wrt=["x"])
    with pytest.raises(GradcheckError, match="no loss"):
        batch(network)


def test_names_to_derive_by_are_checked() -> None:
    with pytest.raises(GradcheckError, match="did you mean"):
        program(NETWORK, wrt=["W^{[9]}"])
    with pytest.raises(GradcheckError, match="unknown dtype int8"):
        program(NETWORK, dtype="int8")  # type: ignore[arg-type]


def test_gradients_by_nodes_inputs_and_constants_are_given_on_request() -> None:
    c, x, v, loss = Tensor("c"), Tensor("x"), Tensor("v"), Tensor("l")
    nodes = (Node(v, (), Elem(c) * Elem(x)), Node(loss, (), Elem(v) ** 2 + Elem(c)))
    network = Network("small", (), (x,), (), (c,), (), nodes, loss)
    here = {"x": 3.0, "c": 2.0}
    assert set(program(network).gradients(here)) == {"x"}
    found = program(network, wrt=["c", "v", "x"]).gradients(here)
    assert {name: float(value) for name, value in found.items()} == {"c": 37.0, "v": 12.0, "x": 24.0}


def test_what_the_loss_does_not_reach_has_gradient_zero() -> None:
    x, w, loss = Tensor("x"), Tensor("w", (Dim.symbol("n"),)), Tensor("l")
    network = Network("apart", (), (x,), (w,), (), (), (Node(loss, (), Elem(x) ** 2),), loss)
    assert program(network).gradients({"x": 1.0, "w": np.ones(3)})["w"].tolist() == [0, 0, 0]


def test_sizes_that_no_array_shows_are_asked_for() -> None:
    n, x, loss = Dim.symbol("n"), Tensor("x"), Tensor("l")
    network = Network("mean", (("n", 2),), (x,), (), (), (), (Node(loss, (), Elem(x) * power(Size(n), Size(n))),), loss)
    made = program(network)
    with pytest.raises(GradcheckError, match="no array shows the size n") as error:
        made.gradients({"x": 1.0})
    assert "sizes={'n': ...}" in str(error.value)
    assert float(made.gradients({"x": 1.0}, {"n": 3})["x"]) == 27.0
    assert made.loss({"x": 2.0}, {"n": 2}) == 8.0
    with pytest.raises(GradcheckError, match="size n is too small"):
        made.gradients({"x": 1.0}, {"n": 1})


def test_affine_sizes_are_solved_for() -> None:
    n, m = Dim.symbol("n"), Dim.symbol("m")
    leaves = [Tensor("a", (n + m,)), Tensor("b", (2 * n + 1,)), Tensor("c", (m - n + 4,))]
    assert infer_sizes(leaves, [(7,), (5,), (7,)]) == {"n": 2, "m": 5}
    with pytest.raises(GradcheckError, match="a has the wrong shape"):
        infer_sizes(leaves, [(7,), (5,), (6,)])
    with pytest.raises(GradcheckError, match=r"b has the wrong shape(.|\n)*a length of the form 2n\+1"):
        infer_sizes(leaves, [(7,), (6,), (7,)])


def test_a_network_of_scalars_is_evaluated() -> None:
    i = Index("i", Dim.of(3))
    x, w, loss = Tensor("x", (Dim.of(3),)), Tensor("w"), Tensor("l")
    network = Network(
        "three", (), (x,), (w,), (), (), (Node(loss, (), total([i], Elem(x, (i,))) * Elem(w) ** 3),), loss
    )
    here = {"x": [1.0, 2.0, 3.0], "w": 2.0}
    found = program(network).gradients(here)["w"]
    assert found.shape == ()
    assert found == 72.0
    with pytest.raises(GradcheckError, match="x has the wrong shape"):
        program(network).loss({"x": [1.0, 2.0], "w": 2.0})
