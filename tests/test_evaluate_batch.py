"""The loss at many copies at once is the loss at each; differences agree with gradients within their bars."""

from __future__ import annotations

from typing import Any

import derive_networks as networks
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_networks import random_network

import gradcheck.evaluate.slopes as batches
from gradcheck.algebra.functions import RELU, TANH
from gradcheck.declare.network import Network
from gradcheck.differences import gradient
from gradcheck.errors import GradcheckError
from gradcheck.evaluate import batch, program

SIZES = {"n": 3, "m": 4, "d": 2, "k": 3, "p": 2}
UNSPECIFIED = {networks.SIGMA: TANH}


def point(network: Network, sizes: dict[str, int] = SIZES, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {t.name: rng.uniform(0.1, 0.9, [d.value(sizes) for d in t.dims]) for t in network.leaves}


@pytest.mark.parametrize("build", networks.ALL, ids=lambda b: b.__name__)
def test_losses_of_a_stack_are_those_of_its_copies(build: Any) -> None:
    network = build().with_functions(UNSPECIFIED)
    here, made, many = point(network), program(network), batch(network)
    rng = np.random.default_rng(1)
    for name, value in here.items():
        stack = rng.uniform(0.1, 0.9, (5, *value.shape))
        expected = [made.loss({**here, name: copy}) for copy in stack]
        np.testing.assert_allclose(many.losses(here, name, stack), expected, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("build", networks.ALL, ids=lambda b: b.__name__)
def test_differences_hold_the_derived_gradient_within_their_bars(build: Any) -> None:
    network = build().with_functions(UNSPECIFIED)
    here = point(network)
    derived = program(network, wrt=[t.name for t in network.leaves]).gradients(here)
    for name, slopes in batch(network).differences(here).items():
        assert slopes.values.shape == here[name].shape
        scale = np.abs(derived[name]).max()
        assert (np.abs(slopes.values - derived[name]) <= slopes.errors + 1e-9 * scale).all(), name
        assert (slopes.errors <= 1e-3 * scale + 1e-9).all(), name


@pytest.mark.parametrize("block", [1, 40, 400])
def test_blocks_do_not_change_the_result(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network = networks.mlp(RELU, 3)
    here = point(network)
    stack = np.random.default_rng(2).uniform(size=(11, 3, 2))
    whole = batch(network).differences(here), batch(network).losses(here, "W^{[1]}", stack)
    monkeypatch.setattr(batches, "BLOCK", block)
    parts = batch(network).differences(here), batch(network).losses(here, "W^{[1]}", stack)
    np.testing.assert_allclose(parts[1], whole[1], rtol=1e-13)
    for name, slopes in parts[0].items():
        np.testing.assert_allclose(slopes.values, whole[0][name].values, rtol=1e-8, atol=1e-10)


def test_the_general_finite_differences_can_use_it() -> None:
    network = networks.mlp(TANH, 2)
    here = point(network)
    many = batch(network)
    found = gradient(lambda stack: many.losses(here, "W^{[1]}", stack), here["W^{[1]}"], batched=True)
    derived = program(network).gradients(here)["W^{[1]}"]
    assert (np.abs(found.values - derived) <= 4 * found.errors + 1e-12).all()


@given(st.integers(0, 2**32 - 1))
def test_copies_of_random_networks_are_evaluated_one_by_one(seed: int) -> None:
    network = random_network(np.random.default_rng(seed))
    sizes = {"n": 2, "m": 3, "k": 1}
    here = point(network, sizes, seed)
    if set(sizes) - {s for t in network.leaves for d in t.dims for s in d.symbols()}:
        return  # a size that no array shows
    made, many = program(network), batch(network)
    rng = np.random.default_rng(seed)
    for name, value in here.items():
        stack = rng.uniform(0.1, 0.9, (3, *np.shape(value)))
        expected = [made.loss({**here, name: copy}) for copy in stack]
        np.testing.assert_allclose(many.losses(here, name, stack), expected, rtol=1e-9, atol=1e-11)
    derived = program(network, wrt=list(here)).gradients(here)
    for name, slopes in many.differences(here, here).items():
        slack = 4 * slopes.errors + 1e-7 * (1 + np.abs(derived[name]).max(initial=0.0))
        assert (np.abs(slopes.values - derived[name]) <= slack).all()


def test_a_stack_that_does_not_fit_is_refused() -> None:
    network = networks.mlp(TANH, 2)
    many = batch(network)
    with pytest.raises(GradcheckError, match="a stack for"):
        many.losses(point(network), "W^{[1]}", np.ones((5, 2, 2)))
    with pytest.raises(GradcheckError, match="unknown name"):
        many.losses(point(network), "W", np.ones((5, 2, 2)))


def test_unspecified_functions_are_called_for_all_copies_at_once() -> None:
    network = networks.three_neurons()
    many = batch(network, functions={"\\sigma": (np.tanh,)})
    here = {"x_1": 0.5, "y": 1.0, "w_1": 0.25, "w_2": -2.0}
    found = many.losses(here, "w_1", np.array([0.0, 1.0, 2.0]))
    np.testing.assert_allclose(found, 0.5 * (1 + 2 * np.tanh(0.5 * np.array([0.0, 1.0, 2.0]))) ** 2, rtol=1e-13)
