"""Gradients of somebody's own NumPy code: right ones agree, wrong ones are named with entry, values and a hint."""

from __future__ import annotations

from typing import Any

import derive_networks as networks
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradcheck
from gradcheck.algebra.functions import RELU, SIGMOID, TANH
from gradcheck.errors import GradcheckError
from gradcheck.evaluate import program

SIZES = {"n": 3, "m": 5, "d": 4, "k": 4, "p": 4}
NETWORK = networks.mlp(TANH, 2)
POINT: dict[str, Any] = {
    t.name: np.random.default_rng(0).standard_normal([d.value(SIZES) for d in t.dims]) for t in NETWORK.leaves
}


def right() -> dict[str, Any]:
    return program(NETWORK).gradients(POINT)


def row(table: Any, name: str) -> Any:
    return next(r for r in table.rows if r.name == name)


@pytest.mark.parametrize("function", [TANH, RELU, SIGMOID], ids=lambda f: f.name)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.longdouble])
def test_right_gradients_agree_in_every_precision(function: Any, dtype: Any) -> None:
    network = networks.mlp(function, 3)
    rng = np.random.default_rng(4)
    here = {t.name: rng.standard_normal([d.value(SIZES) for d in t.dims]) for t in network.leaves}
    dtype_name = np.dtype(dtype).name if dtype is not np.longdouble else "longdouble"
    claimed = program(network, dtype=dtype_name).gradients(here)  # type: ignore[arg-type]
    table = gradcheck.check_arrays(network, here, claimed)
    assert table.ok
    assert [r.name for r in table.rows] == [t.name for t in network.parameters]
    assert all(r.status == "agrees" for r in table.rows)


@pytest.mark.parametrize("name", ["W^{[1]}", "b^{[1]}", "W^{[2]}", "b^{[2]}"])
@pytest.mark.parametrize("relative", [1e-9, 1e-6, 0.5])
def test_one_wrong_entry_is_found_and_named(name: str, relative: float) -> None:
    claimed = right()
    place = tuple(length // 2 for length in claimed[name].shape)
    claimed[name][place] *= 1 + relative
    table = gradcheck.check_arrays(NETWORK, POINT, claimed)
    assert not table.ok
    found = row(table, name)
    assert (found.status, found.worst) == ("wrong", place)
    assert found.claimed == claimed[name][place]
    assert found.max_relative == pytest.approx(relative, rel=1e-3)
    assert abs(found.finite_difference - found.derived) <= 20 * found.error + 1e-10
    assert all(r.status == "agrees" for r in table.rows if r.name != name)


HINTS: list[tuple[str, Any, str]] = [
    ("W^{[1]}", lambda g: -g, "the sign is reversed"),
    ("W^{[1]}", lambda g: 2 * g, "2 times the derived gradient"),
    ("W^{[1]}", lambda g: g / 2, "1/2 times the derived gradient"),
    ("W^{[1]}", lambda g: g * SIZES["m"], "5 times the derived gradient (m = 5: a mean taken as a sum?)"),
    ("b^{[1]}", lambda g: g / SIZES["m"], "1/5 times the derived gradient (1/m, m = 5: a sum taken as a mean?)"),
    ("W^{[2]}", lambda g: g.T, "the derived gradient transposed"),
    ("b^{[2]}", lambda g: g[::-1], "the derived gradient with its first axis reversed"),
    ("b^{[2]}", lambda g: 0 * g, "all zero"),
    ("W^{[2]}", lambda g: g * (np.arange(4) != 2)[:, None], "wrong in row 2 only"),
    ("W^{[2]}", lambda g: g * (np.arange(4) != 1), "wrong in column 1 only"),
    ("W^{[2]}", lambda g: g + (np.arange(16).reshape(4, 4) % 7 == 0), "3 of 16 entries are wrong"),
]


@pytest.mark.parametrize(("name", "change", "hint"), HINTS, ids=[h for *_, h in HINTS])
def test_a_simple_mistake_is_recognised(name: str, change: Any, hint: str) -> None:
    claimed = right()
    claimed[name] = change(claimed[name])
    table = gradcheck.check_arrays(NETWORK, POINT, claimed)
    assert row(table, name).hint == hint
    assert f"wrong: {hint}" in str(table)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["W^{[1]}", "b^{[1]}", "W^{[2]}", "b^{[2]}"]), st.floats(-9, 3))
def test_no_wrong_entry_beyond_rounding_passes(seed: int, name: str, exponent: float) -> None:
    rng = np.random.default_rng(seed)
    claimed = right()
    place = tuple(rng.integers(0, length) for length in claimed[name].shape)
    claimed[name][place] += 10**exponent * rng.choice([-1, 1]) * np.abs(claimed[name]).max()
    found = row(gradcheck.check_arrays(NETWORK, POINT, claimed), name)
    assert (found.status, found.worst) == ("wrong", place)


def test_the_table_names_parameters_sizes_and_a_summary() -> None:
    claimed = right()
    claimed["W^{[1]}"] = 2 * claimed["W^{[1]}"]
    text = str(gradcheck.check_arrays(NETWORK, POINT, claimed))
    head, first, *_ = text.splitlines()
    assert head.split()[:3] == ["parameter", "shape", "max"]
    assert "±" in first
    assert text.splitlines()[-1] == "1 of 4 gradients wrong at m = 5, n = 3, p = 4, d = 4: W^{[1]}"
    assert str(gradcheck.check_arrays(NETWORK, POINT, right())).splitlines()[-1].startswith("all 4 gradients agree at ")


def test_a_table_is_not_a_bool() -> None:
    with pytest.raises(TypeError, match=r"ask \.ok"):
        bool(gradcheck.check_arrays(NETWORK, POINT, right()))


def at_the_kink() -> tuple[Any, dict[str, Any]]:
    """A ReLU network with the first unit's sum exactly 0 for every sample."""
    network = networks.mlp(RELU, 2)
    rng = np.random.default_rng(1)
    here = {t.name: rng.standard_normal([d.value(SIZES) for d in t.dims]) for t in network.leaves}
    here["W^{[1]}"][:, 0] = 0
    here["b^{[1]}"][0] = 0
    return network, here


def halfway(network: Any, here: dict[str, Any]) -> dict[str, Any]:
    """The gradients with the slope 1/2 at the kink."""
    claimed = program(network).gradients(here)
    z = here["X"] @ here["W^{[1]}"] + here["b^{[1]}"]
    y = np.maximum(z, 0) @ here["W^{[2]}"] + here["b^{[2]}"]
    slope = (y - here["Y"]) @ here["W^{[2]}"].T * np.where(z == 0, 0.5, z > 0)
    return {**claimed, "b^{[1]}": slope.sum(axis=0)}


def test_another_convention_at_a_kink_is_not_wrong() -> None:
    network, here = at_the_kink()
    table = gradcheck.check_arrays(network, here, halfway(network, here))
    assert row(table, "b^{[1]}").status == "at a kink"
    assert table.ok
    assert "at a kink, where only a convention decides: b^{[1]}" in str(table)


def test_a_mistake_elsewhere_is_not_excused_by_a_kink() -> None:
    network, here = at_the_kink()
    claimed = halfway(network, here)
    claimed["b^{[1]}"][2] += 1e-6
    table = gradcheck.check_arrays(network, here, claimed)
    assert row(table, "b^{[1]}").status == "wrong"
    assert row(table, "b^{[1]}").worst == (2,)


REFUSED: list[tuple[Any, str]] = [
    (lambda g: g.pop("W^{[2]}"), "there is no gradient for W"),
    (lambda g: g.update(Z=1.0), "unknown name 'Z' in the gradients"),
    (lambda g: g.update({"b^{[1]}": np.ones((1, 4))}), "the gradient for b.* has the wrong shape"),
    (lambda g: g["b^{[1]}"].__setitem__(2, np.nan), r"the gradient given for b.* is not finite(.|\n)*nan at \[2\]"),
    (lambda g: g["W^{[1]}"].__setitem__((0, 1), np.inf), r"is not finite(.|\n)*inf at \[0, 1\]"),
    (lambda g: g.update({"b^{[1]}": ["a"] * 4}), "is not an array of real numbers"),
    (lambda g: g.update({"b^{[1]}": np.ones(4, object)}), "got dtype object"),
    (lambda g: g.update({"b^{[1]}": np.ones(4) * 1j}), "got dtype complex128"),
    (lambda g: g.update({"b^{[1]}": [[1.0], [1.0, 2.0]]}), "is not an array of"),
    (lambda g: g.clear(), "there is no gradient for"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=[m for _, m in REFUSED])
def test_gradients_that_cannot_be_compared_are_refused_in_words(change: Any, message: str) -> None:
    claimed = right()
    change(claimed)
    with pytest.raises(GradcheckError, match=message):
        gradcheck.check_arrays(NETWORK, POINT, claimed)


def test_a_point_that_is_not_finite_is_refused_in_words() -> None:
    here = {**POINT, "X": POINT["X"].copy()}
    here["X"][1, 2] = np.nan
    with pytest.raises(GradcheckError, match=r"X is not finite(.|\n)*nan at \[1, 2\]"):
        gradcheck.check_arrays(NETWORK, here, right())


def test_some_names_only_and_inputs_too_can_be_checked() -> None:
    everything = program(NETWORK, wrt=["X", "W^{[1]}"]).gradients(POINT)
    table = gradcheck.check_arrays(NETWORK, POINT, everything, names=["X"])
    assert [r.name for r in table.rows] == ["X"]
    assert str(table).splitlines()[-1].startswith("the gradient agrees")
    table = gradcheck.check_arrays(NETWORK, POINT, {**right(), "X": everything["X"]})
    assert [r.name for r in table.rows] == [*[t.name for t in NETWORK.parameters], "X"]


def test_a_scalar_network_with_an_unspecified_function_is_checked() -> None:
    network = networks.three_neurons()
    here = {"x_1": 0.5, "y": 1.0, "w_1": 2.0, "w_2": -1.5}
    sigma = (np.tanh, lambda t: 1 - np.tanh(t) ** 2)
    error = -1.5 * np.tanh(1.0) - 1.0
    claimed = {"w_2": error * np.tanh(1.0), "w_1": error * -1.5 * (1 - np.tanh(1.0) ** 2) * 0.5}
    table = gradcheck.check_arrays(network, here, claimed, functions={"\\sigma": sigma})
    assert table.ok
    wrong = gradcheck.check_arrays(network, here, {**claimed, "w_1": 0.1}, functions={"\\sigma": sigma})
    assert (wrong.rows[0].status, wrong.rows[0].worst) == ("wrong", ())
