"""What the benchmarks time is right, and the yardstick is the one everybody measures against."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from benchmarks import gradients, networks
from benchmarks.mlp_by_hand import hand_fast, hand_plain, mlp_data
from gradcheck.evaluate import program

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_the_yardstick_is_unchanged() -> None:
    text = (BENCHMARKS / "mlp_by_hand.py").read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(text).hexdigest() == "4931f5e7e140cc54646399ca100e442311a25453daf670d144be7a428d52607d"


@pytest.mark.parametrize("loss", ["sq", "ce"])
@pytest.mark.parametrize("act", ["tanh", "relu"])
@pytest.mark.parametrize(("width", "batch", "depth"), [(8, 1, 2), (8, 5, 11), (50, 3, 3), (70, 64, 2)])
def test_emitted_gradients_are_those_written_by_hand(width: int, batch: int, depth: int, act: str, loss: str) -> None:
    data = mlp_data(depth, width, batch, act, loss)
    names = [(networks.indexed("W", k + 1), networks.indexed("b", k + 1)) for k in range(depth)]
    point = {"x": data["x"], "y": data["y"]}
    for (weight, bias), w, b in zip(names, data["W"], data["b"], strict=True):
        point |= {weight: w, bias: b}
    value, found = program(networks.mlp(depth, act, loss)).loss_and_gradients(point)
    for by_hand in (hand_plain, hand_fast):
        expected, weights, biases = by_hand(data)()
        assert value == pytest.approx(expected, rel=1e-11)
        for (weight, bias), w, b in zip(names, weights, biases, strict=True):
            np.testing.assert_allclose(found[weight], w, rtol=1e-9, atol=1e-11)
            np.testing.assert_allclose(found[bias], b, rtol=1e-9, atol=1e-11)


def test_a_case_is_measured() -> None:
    found = gradients.measure((8, 1, 2, "tanh", "sq"))
    assert {"hand", "bound", "point", "plain"} <= set(found)
    assert all(t > 0 for times in found.values() for t in times)
