"""The message: complete, short, with the likely cause, at the smallest shapes."""

# ruff: noqa: ARG005 -- layers take what they are given
from __future__ import annotations

import itertools

import numpy as np
import pytest

from gradcheck import check_layer

SHAPES = {"x": ("m", "d"), "W": ("d", "k"), "b": ("k",)}


def dense(**wrong):
    """A dense layer with some gradients replaced: name -> function of (dy, x, W)."""
    right = {
        "x": lambda dy, x, W: dy @ W.T,
        "W": lambda dy, x, W: x.T @ dy,
        "b": lambda dy, x, W: dy.sum(0),
    }
    used = {**right, **wrong}
    return (
        lambda x, W, b: (x @ W + b, (x, W)),
        lambda dy, cache: {name: gradient(dy, *cache) for name, gradient in used.items()},
    )


def tanh(slope):
    return lambda x: (np.tanh(x), np.tanh(x)), lambda dy, y: dy * slope(y)


def once(array, at):
    changed = array.copy()
    changed[at] *= 3
    return changed


def relu_masked_by(mask):
    def forward(x, W, b):
        z = x @ W + b
        return np.maximum(z, 0), (x, W, z)

    def backward(dy, cache):
        x, W, z = cache
        dz = dy * mask(dy, z)
        return dz @ W.T, x.T @ dz, dz.sum(0)

    return forward, backward


def remainder_lost(g):
    kept = g.shape[1] if g.shape[1] < 32 else g.shape[1] // 32 * 32
    return g * (np.arange(g.shape[1]) < kept)


CAUSES = {
    "1/m forgotten": (dense(W=lambda dy, x, W: len(x) * x.T @ dy), "1/m missing"),
    "1/m too much": (dense(W=lambda dy, x, W: x.T @ dy / len(x)), "1/m too much"),
    "sqrt": (dense(x=lambda dy, x, W: dy @ W.T / np.sqrt(W.shape[1])), "1/sqrt(k) too much"),
    "factor 2": (dense(b=lambda dy, x, W: 2 * dy.sum(0)), "factor 2 too much"),
    "sign": (dense(b=lambda dy, x, W: -dy.sum(0)), "sign"),
    "a constant": (dense(b=lambda dy, x, W: 0.3 * dy.sum(0)), "constant factor 0.3"),
    "zero": (dense(b=lambda dy, x, W: 0 * dy.sum(0)), "missing path"),
    "first example only": (dense(b=lambda dy, x, W: dy[0]), "only for m ≥ 2"),
    "reversed": (dense(x=lambda dy, x, W: (dy @ W.T)[:, ::-1]), "reversed along axis 1"),
    "last row": (dense(x=lambda dy, x, W: once(dy @ W.T, -1)), "last of axis 0"),
    "one entry": (dense(W=lambda dy, x, W: once(x.T @ dy, (0, 0))), "one entry only, W[0,0]"),
    "odd sizes": (dense(b=lambda dy, x, W: dy[: len(dy) // 2 * 2].sum(0)), "only for odd m"),
    "a batch of one": (dense(b=lambda dy, x, W: dy.sum(0) * (1 + (len(dy) == 1))), "only for m=1"),
    "different sizes": (dense(W=lambda dy, x, W: (1 + (W.shape[0] != W.shape[1])) * x.T @ dy), "only for d ≠ k"),
    "slope of tanh": (tanh(lambda y: 1 - y), ""),
    "slope forgotten": (tanh(lambda y: 1.0), "factor (1 - y²) missing"),
    "mask of dy": (relu_masked_by(lambda dy, z: dy > 0), "mask"),
    "skip": (
        (lambda x: (x + np.tanh(x), x), lambda dy, x: dy * (1 - np.tanh(x) ** 2)),
        "skip connection) is not added",
    ),
    "ties": (
        (lambda x: (x.max(axis=1), x), lambda dy, x: dy[:, None] * (x == x.max(axis=1, keepdims=True))),
        "ties or kinks only",
    ),
    "threshold": (
        (lambda x: (np.maximum(x, 0), x), lambda dy, x: dy * (x > 0.01)),
        "near a kink or threshold only",
    ),
    "both take a tie": (
        (lambda x, y: (np.maximum(x, y), (x, y)), lambda dy, c: (dy * (c[0] >= c[1]), dy * (c[1] >= c[0]))),
        "at a tie both take the gradient",
    ),
    "a zero guarded": (
        (lambda x: (x.prod(axis=1), x), lambda dy, x: (dy * x.prod(axis=1))[:, None] / np.where(x == 0, 1, x)),
        "switches off what is smooth there",
    ),
    "threshold of a smooth loss": (
        (
            lambda x: (np.where(np.abs(x) <= 1, x * x / 2, np.abs(x) - 0.5), x),
            lambda dy, x: dy * np.where(np.abs(x) <= 0.99, x, np.sign(x)),
        ),
        "near a kink or threshold only",
    ),
    "remainder of 32": (
        (lambda x: (np.tanh(x), x), lambda dy, x: remainder_lost(dy * (1 - np.tanh(x) ** 2))),
        "only for large d, 33 and more",
    ),
    "a constant in every entry": (
        dense(W=lambda dy, x, W: x.T @ dy + 1e-4 * dy.sum()),
        "same number is added to every entry",
    ),
    "a part in a million": (dense(b=lambda dy, x, W: 1.000001 * dy.sum(0)), "constant factor 1.000001"),
    "overflow": (
        (
            lambda x: (np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0), x),
            lambda dy, x: dy * np.exp(x) / (1 + np.exp(x)),
        ),
        "∞",
    ),
}


@pytest.mark.parametrize(("layer", "cause"), CAUSES.values(), ids=CAUSES)
def test_the_likely_cause_is_named_in_a_short_message(layer, cause):
    names = layer[0].__code__.co_varnames
    shapes = SHAPES if "W" in names else {name: ("m", "d") for name in names if name in "xy"}
    verdict = check_layer(layer, shapes, name="a layer")
    assert verdict.status == "fail"
    assert cause in verdict.failure.cause
    lines = verdict.message.splitlines()
    assert len(lines[0]) <= 60
    assert len(verdict.message) < 600
    assert lines[-1].startswith("  run again: ")


def test_numbers_show_the_digits_that_differ():
    message = check_layer(dense(b=lambda dy, x, W: (1 + 1e-7) * dy.sum(0)), SHAPES).message
    claimed, expected = (message.split(word)[1].split()[0].rstrip(",") for word in ("claimed", "expected"))
    assert float(claimed) / float(expected) == pytest.approx(1 + 1e-7, abs=2e-9)


def count():
    return itertools.count().__next__


def noisy():
    rng = np.random.default_rng(0)
    return (lambda x: (x * (rng.random(x.shape) < 0.5), None)), lambda dy, cache: dy


class Stale:
    """Remembers the first input it has ever seen."""

    cache = None

    def forward(self, x):
        self.cache = x if self.cache is None or self.cache.shape != x.shape else self.cache
        return x**2

    def backward(self, dy):
        return 2 * self.cache * dy


class Adding:
    """Adds its gradients up between calls."""

    total = 0.0

    def forward(self, x):
        return x**2, x

    def backward(self, dy, x):
        self.total = self.total + 2 * x * dy
        return self.total


def scaled_in_place(dy, x):
    dy *= 2
    return dy * x


def forward_in_place(x):
    y = x
    y *= 2
    return y, None


def input_in_place(dy, x):
    x *= 2
    return x * dy


SHARED = np.zeros((50, 50))


def in_a_buffer(dy, x):
    out = SHARED[: x.shape[0], : x.shape[1]]
    np.multiply(2 * x, dy, out=out)
    return out


IMPURE = {
    "dy": ((lambda x: (x**2, x), scaled_in_place), "dy changed in place"),
    "input in backward": ((lambda x: (x**2, x), input_in_place), "input changed in place"),
    "input in forward": ((forward_in_place, lambda dy, cache: 2 * dy), "input changed in place"),
    "nondeterminism": (noisy(), "nondeterminism"),
    "stale cache": (Stale(), "stale cache"),
    "adding up": (Adding(), "adds up"),
    "buffer": ((lambda x: (x**2, x), in_a_buffer), "buffer"),
    "clipped": ((lambda x: (x**2, x), lambda dy, x: np.clip(2 * x * dy, -100, 100)), "clipped"),
    "dy ignored": ((lambda x: (x.sum(), x), lambda dy, x: np.ones_like(x)), "dy is ignored"),
    "float32 gradient": ((lambda x: (x**2, x), lambda dy, x: (2 * x * dy).astype(np.float32)), "hidden float32"),
    "float32 inside": (
        (lambda x: (x**2, x), lambda dy, x: 2 * x.astype(np.float32).astype(float) * dy),
        "hidden float32",
    ),
    "float32 forward": (
        (lambda x: ((x.astype(np.float32) ** 2).astype(float), x), lambda dy, x: 2 * x * dy),
        "hidden float32",
    ),
}


@pytest.mark.parametrize(("layer", "cause"), IMPURE.values(), ids=IMPURE)
def test_impurity_is_found_before_any_difference_is_taken(layer, cause):
    verdict = check_layer(layer, {"x": ("m", "d")})
    assert verdict.status == "fail"
    assert verdict.failure.kind in ("purity", "linearity", "precision")
    assert cause in verdict.failure.cause
    assert len(verdict.message) < 600
    assert len(verdict.message.splitlines()[0]) <= 60


def test_a_long_name_does_not_push_the_fault_out_of_the_first_line():
    verdict = check_layer(dense(b=lambda dy, x, W: -dy.sum(0)), SHAPES, name="a very long name " * 10)
    assert verdict.message.startswith("gradient of b is wrong (a very long")
    assert len(verdict.message.splitlines()[0]) <= 60


def test_large_arrays_are_named_by_their_worst_entry():
    verdict = check_layer(
        dense(W=lambda dy, x, W: once(x.T @ dy, (71, 133))), {"x": (4, 300), "W": (300, 200), "b": (200,)}
    )
    assert verdict.failure.index == (71, 133)
    assert verdict.failure.ratio == pytest.approx(3)


def test_an_empty_batch_is_checked_where_it_is_asked_for():
    crashing = (lambda x: (x**2, x), lambda dy, x: 2 * x * dy if len(x) else dy[0])
    assert check_layer(crashing, {"x": ("m", "d")}).passed
    verdict = check_layer(crashing, {"x": ("m", "d")}, dims={"m": (0, None)})
    assert verdict.status == "fail"
    assert verdict.failure.sizes["m"] == 0
