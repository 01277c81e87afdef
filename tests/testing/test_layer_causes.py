"""Causes that are a term, a factor or an input: named for the wrong layer, while the right one beside it passes."""

# ruff: noqa: ARG005 -- gradients take what they are given
from __future__ import annotations

import numpy as np
import pytest

from gradcheck import check_layer

ROWS = {"x": ("m", "d")}
EPS = 1e-5


def scale(x):
    return np.sqrt((x * x).mean(axis=1, keepdims=True) + EPS)


def rms_norm(dy, x, projection=1.0):
    r = scale(x)
    return dy / r - projection * x * (dy * x).mean(axis=1, keepdims=True) / r**3


def batch_norm(dy, x, mean=1.0, variance=1.0):
    i = 1 / np.sqrt(x.var(axis=0) + EPS)
    z = (x - x.mean(axis=0)) * i
    return i * (dy - mean * dy.mean(axis=0) - variance * z * (dy * z).mean(axis=0))


def standardised(x):
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + EPS)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def logistic(dy, s):
    return dy * s * (1 - s)


def gelu(x):
    return 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))


def gelu_slope(dy, x, cubic=0.044715):
    t = np.tanh(0.7978845608 * (x + cubic * x**3))
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978845608 * (1 + 3 * cubic * x * x))


def row_norm(dy, x, power=1):
    return dy[:, None] * x / scale(x) ** power / x.shape[1]


# forward, the right gradient, the wrong one, and what its cause says
ROWWISE = {
    "projection forgotten": (
        lambda x: x / scale(x),
        rms_norm,
        lambda dy, x: rms_norm(dy, x, 0),
        "in proportion to x along axis 1",
    ),
    "mean forgotten": (standardised, batch_norm, lambda dy, x: batch_norm(dy, x, mean=0), "mean or sum over axis 0"),
    "variance forgotten": (
        standardised,
        batch_norm,
        lambda dy, x: batch_norm(dy, x, variance=0),
        "in proportion to x less its mean over axis 0",
    ),
    "both forgotten": (
        standardised,
        batch_norm,
        lambda dy, x: batch_norm(dy, x, 0, 0),
        "a mean over axis 0 and a term in proportion to x",
    ),
    "a norm forgotten": (lambda x: scale(x)[:, 0], row_norm, lambda dy, x: row_norm(dy, x, 0), "number along axis 1"),
    "derivative at y": (
        sigmoid,
        lambda dy, x: logistic(dy, sigmoid(x)),
        lambda dy, x: logistic(dy, sigmoid(sigmoid(x))),
        "the derivative is taken at y, not at x",
    ),
    "formula in y": (
        sigmoid,
        lambda dy, x: logistic(dy, sigmoid(x)),
        logistic,
        "a formula in y is given x",
    ),
    "rounded constant": (gelu, gelu_slope, lambda dy, x: gelu_slope(dy, x, 0.0447), "nearly right"),
    "degrees of freedom": (
        lambda x: x.var(axis=0),
        lambda dy, x: 2 * (x - x.mean(axis=0)) * dy / len(x),
        lambda dy, x: 2 * (x - x.mean(axis=0)) * dy / max(len(x) - 1, 1),
        "1/(m-1) for 1/m",
    ),
    "a factor of 1/3 that is no size": (
        lambda x: x**3,
        lambda dy, x: 3 * x * x * dy,
        lambda dy, x: x * x * dy,
        "constant factor 0.33333",
    ),
    "straight through": (np.round, lambda dy, x: np.zeros_like(x), lambda dy, x: dy, "forward is flat"),
    "a mask that lets all through": (
        lambda x: np.clip(0.2 * x + 0.5, 0, 1),
        lambda dy, x: 0.2 * dy * (np.abs(x) < 2.5),
        lambda dy, x: 0.2 * dy,
        "mask",
    ),
}


@pytest.mark.parametrize(("forward", "right", "wrong", "cause"), ROWWISE.values(), ids=ROWWISE)
def test_what_is_wrong_is_named_and_what_is_right_passes(forward, right, wrong, cause):
    assert check_layer(forward, ROWS, vjp=right).passed
    failure = check_layer(forward, ROWS, vjp=wrong).failure
    assert failure is not None
    assert cause in failure.cause


@pytest.mark.parametrize(
    ("added", "status"), [(lambda g, i, dy: np.add.at(g, i, dy), "pass"), (np.ndarray.__setitem__, "fail")]
)
def test_repeated_indices_are_named(added, status):
    def backward(dy, W, i):
        g = np.zeros_like(W)
        added(g, i, dy)
        return g

    verdict = check_layer(
        lambda W, i: W[i],
        {"W": ("v", "d"), "i": ("n",)},
        vjp=backward,
        dtypes={"i": int},
        ranges={"i": (0, "v")},
    )
    assert verdict.status == status
    assert verdict.failure is None or "entries of i are repeated" in verdict.failure.cause


def test_a_float32_layer_has_its_cause_as_well():
    verdict = check_layer(lambda x: x * x, ROWS, vjp=lambda dy, x: 1.98 * x * dy, dtypes="float32")
    assert "constant factor 0.99" in verdict.failure.cause


def test_simple_values_still_show_a_gross_error():
    """1, 2, 3 drive the logistic to where its slope is next to nothing: values that hide the error aren't simple."""
    w = np.arange(1.0, 6.0)
    verdict = check_layer(
        lambda x: sigmoid(x * 4) @ w[: x.shape[1]],
        {"x": ("m", 5)},
        vjp=lambda dy, x: dy[:, None] * w * (4 * sigmoid(4 * x) * (1 - sigmoid(4 * x)) + 0.1),
    )
    assert verdict.failure.gap > 0.1
