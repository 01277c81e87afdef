"""Gradients of an MLP: the emitted program against backprop written by hand, and against autograd.

`hand` is `hand_fast` of mlp_by_hand.py, with every buffer made beforehand and its data bound; `bound` is the
emitted program bound to the same arrays, `point` the same handed a dict of arrays on every call. Both hand out
results that are the caller's. Every ratio is to `hand`, the last column is autograd's time to that of `point`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from gradcheck.evaluate import program

from .mlp_by_hand import hand_fast, hand_plain, mlp_data
from .networks import mlp
from .timing import ratio, side_by_side, table, text

CASES = [
    (width, batch, depth, act, loss)
    for width, batch, depth, act, loss in itertools.product(
        (8, 32, 128, 512, 1024), (1, 32, 256), (2, 4, 8), ("tanh", "relu"), ("sq", "ce")
    )
    if width * batch * depth <= 1024 * 256 * 2
]
Case = tuple[int, int, int, str, str]


def run(*, quick: bool) -> None:
    """Print one row for each case, and the extremes."""
    cases = [c for c in CASES if c[0] <= 128 and c[1] <= 32 and c[2] != 4] if quick else CASES
    rows, worst = [], {"bound": 0.0, "point": 0.0, "to plain": 0.0}
    for case in cases:
        found = measure(case)
        ratios = {name: ratio(found, name, "hand") for name in found if name != "hand"}
        ratios["to plain"] = ratio(found, "bound", "plain")
        worst = {name: max(value, ratios[name]) for name, value in worst.items()}
        shown = [f"{ratios[name]:.2f}" for name in ("bound", "point", "plain")]
        peer = f"{ratio(found, 'autograd', 'point'):.1f}" if "autograd" in found else ""
        width, batch, depth, act, loss = case
        rows.append([f"{width}", f"{batch}", f"{depth}", act, loss, text(min(found["hand"])), *shown, peer])
    table(["width", "batch", "depth", "act", "loss", "hand", "bound", "point", "plain", "autograd/point"], rows)
    print("\n" + ", ".join(f"worst {name} {value:.2f}" for name, value in worst.items()))


def measure(case: Case) -> dict[str, list[float]]:
    """The times of all contenders, after their results were found to be the same."""
    width, batch, depth, act, loss = case
    data = mlp_data(depth, width, batch, act, loss)
    point = {"x": data["x"], "y": data["y"]}
    for level in range(depth):
        point |= {f"W_{level + 1}": data["W"][level], f"b_{level + 1}": data["b"][level]}
    made = program(mlp(depth, act, loss))
    work: dict[str, Callable[[], Any]] = {
        "hand": hand_fast(data),
        "bound": made.bind(point),
        "point": lambda: made.loss_and_gradients(point),
        "plain": hand_plain(data),
    }
    check(work, depth)
    if find_spec("autograd") and width <= 128:
        work["autograd"] = with_autograd(data)
        check(work, depth)
    large = width * width * batch * depth > 5e6
    return side_by_side(work, rounds=7 if large else 31)


def check(work: dict[str, Callable[[], Any]], depth: int) -> None:
    """Every contender finds the loss and the gradients of `plain`."""
    loss, weights, biases = work["plain"]()
    for name, contender in work.items():
        value, *rest = contender()
        found = rest[0] if isinstance(rest[0], dict) else named(*rest)
        assert np.isclose(value, loss, rtol=1e-9), name
        for level in range(depth):
            for letter, expected in (("W", weights[level]), ("b", biases[level])):
                np.testing.assert_allclose(
                    found[f"{letter}_{level + 1}"], expected, rtol=1e-7, atol=1e-10, err_msg=name
                )


def named(weights: Any, biases: Any) -> dict[str, Any]:
    """Lists of gradients by name."""
    return {f"{c}_{k + 1}": g for c, gradients in (("W", weights), ("b", biases)) for k, g in enumerate(gradients)}


def with_autograd(data: dict[str, Any]) -> Callable[[], Any]:
    """The same by autograd, from the forward written in its NumPy."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    x, y, batch, depth = data["x"], data["y"], data["batch"], data["depth"]

    def loss(parameters: Any) -> Any:
        weights, biases = parameters
        a = x
        for level in range(depth):
            z = anp.dot(a, weights[level]) + biases[level]
            a = z if level == depth - 1 else anp.tanh(z) if data["act"] == "tanh" else anp.maximum(z, 0)
        if data["loss"] == "sq":
            return 0.5 * anp.sum((a - y) ** 2) / batch
        top = anp.max(a, axis=1, keepdims=True)
        return (anp.sum(anp.log(anp.sum(anp.exp(a - top), axis=1)) + top[:, 0]) - anp.sum(y * a)) / batch

    both = value_and_grad(loss)
    parameters = (data["W"], data["b"])

    def work() -> Any:
        value, (weights, biases) = both(parameters)
        return value, weights, biases

    return work
