"""Emitted programs compute what is declared: forward entry by entry, gradients against the complex step."""

from __future__ import annotations

from typing import Any

import derive_networks as networks
import entrywise
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_networks import random_network

from gradcheck.algebra.functions import RELU, SIGMOID, SOFTPLUS, TANH
from gradcheck.declare.network import Network
from gradcheck.evaluate import program

SIZES = [{"n": 2, "m": 3, "d": 4, "k": 5, "p": 3}, {"n": 3, "m": 1, "d": 2, "k": 4, "p": 2}, dict.fromkeys("nmdkp", 1)]
UNSPECIFIED = {networks.SIGMA: TANH}


def random_point(network: Network, sizes: dict[str, int], seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    shapes = {t.name: tuple(d.value(sizes) for d in t.dims) for t in network.leaves}
    return {name: rng.uniform(0.1, 0.9, shape) * rng.choice([-1, 1], shape) for name, shape in shapes.items()}


def positive_rho(point: dict[str, Any]) -> dict[str, Any]:
    return {k: abs(v) if k == "\\rho" else v for k, v in point.items()}


def complex_step(network: Network, point: dict[str, Any], name: str, sizes: Any = None) -> Any:
    """The gradient by one leaf through imaginary perturbations of every entry."""
    forward = program(network, dtype="complex128")
    out = np.empty(np.shape(point[name]))
    for place in np.ndindex(out.shape):
        moved = {k: np.array(v, complex) for k, v in point.items()}
        moved[name][place] += 1e-30j
        out[place] = forward.forward(moved, sizes)[network.loss.name].imag / 1e-30
    return out


def networks_and_sizes() -> list[Any]:
    cases = []
    for build in networks.ALL:
        network = build().with_functions(UNSPECIFIED)
        cases += [pytest.param(network, s, id=f"{build.__name__}-{'x'.join(map(str, s.values()))}") for s in SIZES]
    return cases


@pytest.mark.parametrize(("network", "sizes"), networks_and_sizes())
def test_forward_values_are_those_of_the_formulas_read_entry_by_entry(network: Network, sizes: dict[str, int]) -> None:
    point = positive_rho(random_point(network, sizes))
    expected = entrywise.forward(network, sizes, point)
    for name, value in program(network).forward(point).items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-11, atol=1e-12, err_msg=name)


@pytest.mark.parametrize(("network", "sizes"), networks_and_sizes())
def test_gradients_agree_with_the_complex_step(network: Network, sizes: dict[str, int]) -> None:
    point = positive_rho(random_point(network, sizes))
    loss, gradients = program(network, wrt=[t.name for t in network.leaves]).loss_and_gradients(point)
    assert loss == pytest.approx(float(entrywise.forward(network, sizes, point)[network.loss.name]), rel=1e-11)
    assert set(gradients) == {t.name for t in network.leaves}
    for name, value in gradients.items():
        assert value.shape == np.shape(point[name])
        np.testing.assert_allclose(value, complex_step(network, point, name), rtol=1e-10, atol=1e-12, err_msg=name)


@pytest.mark.parametrize(("network", "sizes"), networks_and_sizes())
def test_the_readable_and_the_fast_program_compute_the_same(network: Network, sizes: dict[str, int]) -> None:
    point = positive_rho(random_point(network, sizes))
    made = program(network, wrt=[t.name for t in network.leaves])
    plain_loss, plain = made.plain_gradients(point)
    loss, gradients = made.loss_and_gradients(point)
    assert loss == pytest.approx(plain_loss, rel=1e-13)
    for name, value in gradients.items():
        np.testing.assert_allclose(value, plain[name], rtol=1e-12, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("function", [TANH, RELU, SIGMOID, SOFTPLUS], ids=lambda f: f.name)
@pytest.mark.parametrize("dtype", ["float32", "longdouble"])
def test_other_precisions_keep_their_dtype_and_their_digits(function: Any, dtype: Any) -> None:
    network = networks.mlp(function, 3)
    point = random_point(network, SIZES[0], seed=3)
    loss, gradients = program(network).loss_and_gradients(point)
    low_loss, low = program(network, dtype=dtype).loss_and_gradients(point)
    tolerance = 2e-5 if dtype == "float32" else 1e-12
    assert low_loss == pytest.approx(loss, rel=tolerance)
    for name, value in low.items():
        assert value.dtype == np.dtype(dtype)
        np.testing.assert_allclose(value.astype(float), gradients[name], rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("batch", [1, 3, 40])
@pytest.mark.parametrize("width", [2, 9, 80])
@pytest.mark.parametrize("function", [TANH, RELU], ids=lambda f: f.name)
def test_every_choice_made_by_size_gives_the_same_gradients(batch: int, width: int, function: Any) -> None:
    network = networks.mlp(function, 3)
    point = random_point(network, {"m": batch, "n": width, "d": width + 1, "k": width, "p": width}, seed=7)
    made = program(network, wrt=[t.name for t in network.leaves])
    for name, value in made.gradients(point).items():
        np.testing.assert_allclose(value, made.plain_gradients(point)[1][name], rtol=1e-9, atol=1e-11, err_msg=name)


def test_a_relu_at_exactly_zero_has_the_declared_slope() -> None:
    network = networks.mlp(RELU, 2)
    zero = {t.name: np.zeros([d.value(SIZES[0]) for d in t.dims]) for t in network.leaves}
    gradients = program(network).gradients({**zero, "X": np.ones_like(zero["X"]), "Y": np.ones_like(zero["Y"])})
    assert not gradients["W^{[1]}"].any()


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_random_networks_agree_with_reading_and_complex_step(seed: int, n: int, m: int, k: int) -> None:
    network = random_network(np.random.default_rng(seed))
    sizes = {"n": n, "m": m, "k": k}
    point = random_point(network, sizes, seed)
    made = program(network, wrt=[t.name for t in network.leaves])
    expected = entrywise.forward(network, sizes, point)
    for name, value in made.forward(point, sizes).items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-9, atol=1e-10, err_msg=name)
    for name, value in made.gradients(point, sizes).items():
        np.testing.assert_allclose(value, complex_step(network, point, name, sizes), rtol=1e-8, atol=1e-9, err_msg=name)
