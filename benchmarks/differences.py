"""Finite differences of every entry of a network with 216 parameters, against SciPy's."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.evaluate import batch, program

from .mlp_by_hand import mlp_data
from .networks import mlp
from .timing import ratio, side_by_side, table, text

DEPTH, WIDTH = 3, 8


def run(*, quick: bool) -> None:
    """Print a row for each batch size."""
    rows = []
    for samples in (1, 32):
        found = measure(samples, rounds=5 if quick else 15)
        times = [text(float(np.median(found[name]))) for name in found]
        ratios = [f"{ratio(found, name, 'ours'):.1f}" for name in ("2-point", "3-point", "loop")]
        rows.append([f"{samples}", *times, *ratios])
    peers = ["SciPy 2-point", "SciPy 3-point", "plain loop"]
    head = ["batch", "ours", *peers, "2-point/ours", "3-point/ours", "loop/ours"]
    table(head, rows)
    print("\nours takes four points for each entry and gives an error bar; 2-point takes one, 3-point and the loop two")


def measure(samples: int, rounds: int) -> dict[str, list[float]]:
    """The times of all, after each was found to be near the derived gradient."""
    from scipy.optimize._numdiff import approx_derivative

    data = mlp_data(DEPTH, WIDTH, samples, "tanh", "sq")
    network = mlp(DEPTH)
    names = [t.name for t in network.parameters]
    point = {"x": data["x"], "y": data["y"]}
    for level in range(DEPTH):
        point |= {f"W_{level + 1}": data["W"][level], f"b_{level + 1}": data["b"][level]}
    flat = np.concatenate([point[name].ravel() for name in names])
    assert flat.size == 216
    many = batch(network)

    def loss(values: Any) -> float:
        a, at = data["x"], 0
        for level in range(DEPTH):
            w = values[at : at + WIDTH * WIDTH].reshape(WIDTH, WIDTH)
            b = values[at + WIDTH * WIDTH : at + WIDTH * WIDTH + WIDTH]
            at += WIDTH * WIDTH + WIDTH
            z = a @ w + b
            a = np.tanh(z) if level < DEPTH - 1 else z
        r = a - data["y"]
        return float(0.5 * np.vdot(r, r) / samples)

    def loop() -> Any:
        out, moved = np.empty_like(flat), flat.copy()
        for k, value in enumerate(flat):
            moved[k] = value + 1e-6
            above = loss(moved)
            moved[k] = value - 1e-6
            out[k] = (above - loss(moved)) / 2e-6
            moved[k] = value
        return out

    work = {
        "ours": lambda: many.differences(point, names),
        "2-point": lambda: approx_derivative(loss, flat, method="2-point"),
        "3-point": lambda: approx_derivative(loss, flat, method="3-point"),
        "loop": loop,
    }
    derived = program(network).gradients(point)
    exact = np.concatenate([derived[name].ravel() for name in names])
    ours = np.concatenate([work["ours"]()[name].values.ravel() for name in names])
    np.testing.assert_allclose(ours, exact, rtol=1e-5, atol=1e-7)
    for name in ("2-point", "3-point", "loop"):
        np.testing.assert_allclose(work[name](), exact, rtol=1e-4, atol=1e-5, err_msg=name)
    return side_by_side(work, rounds)
