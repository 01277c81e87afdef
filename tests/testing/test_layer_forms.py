"""Every way of handing over a layer: the right one passes, the same with a wrong factor fails and is named."""

# ruff: noqa: ARG002, ARG005 -- layers take what they are given

from __future__ import annotations

import numpy as np
import pytest

from gradcheck import LayerError, check_layer
from gradcheck.testing import LayerCheckError, LayerVerdict, assert_layer

SHAPES = {"x": ("m", "d"), "W": ("d", "k"), "b": ("k",)}
PAIR = {"x": ("m", "d"), "h": ("m", "d")}


class Dense:
    """forward(**inputs) -> (y, cache), backward(dy, cache) -> dict."""

    factor = 1.0

    def forward(self, x, W, b):
        return x @ W + b, (x, W)

    def backward(self, dy, cache):
        x, W = cache
        return {"x": dy @ W.T, "W": self.factor * x.T @ dy, "b": dy.sum(0)}


class Keeping(Dense):
    """The cache stays in the object."""

    def forward(self, x, W, b):
        self.cache = (x, W)
        return x @ W + b

    def backward(self, dy):
        return super().backward(dy, self.cache)


class Prefixed(Dense):
    def backward(self, dy, cache):
        return {"d" + name: g for name, g in super().backward(dy, cache).items()}


class Listed(Dense):
    def backward(self, dy, cache):
        return list(super().backward(dy, cache).values())


class Static:
    @staticmethod
    def forward(x, W, b):
        return x @ W + b, (x, W)

    @staticmethod
    def backward(dy, cache):
        x, W = cache
        return dy @ W.T, x.T @ dy, dy.sum(0)


class CacheFirst(Dense):
    def backward(self, cache, dy):
        return super().backward(dy, cache)


def forward(data, weight, bias):
    return data @ weight + bias, (data, weight)


def backward(dout, cache):
    data, weight = cache
    return dout @ weight.T, data.T @ dout, dout.sum(0)


def with_gradient(x, W, b):
    ones = np.ones((len(x), len(b)))
    return np.sum(x @ W + b), (ones @ W.T, x.T @ ones, ones.sum(0))


class Wrong(Dense):
    factor = 0.5


class WrongKeeping(Keeping):
    factor = 0.5


class WrongListed(Listed):
    factor = 0.5


class Called:
    """`layer(x, W, b)` with `layer.backward(dy)`."""

    def __call__(self, x, W, b):
        self.cache = x, W
        return x @ W + b

    def backward(self, dy):
        x, W = self.cache
        return dy @ W.T, x.T @ dy, dy.sum(0)


def forward_with(form):
    """The pair of functions with the gradients of x, W and b handed back in another form."""
    return forward, lambda dy, cache: form(dy @ cache[1].T, cache[0].T @ dy, dy.sum(0))


RIGHT = {
    "an object": (Dense(), {}),
    "a class": (Dense, {}),
    "an object that keeps its cache": (Keeping(), {}),
    "gradients called dx, dW, db": (Prefixed(), {}),
    "gradients in a list": (Listed(), {}),
    "static methods": (Static, {}),
    "backward(cache, dy)": (CacheFirst(), {}),
    "an object that is called": (Called(), {}),
    "some gradients in a dict": (forward_with(lambda x, W, b: (x, {"dW": W, "b_grad": b})), {}),
    "a pair of functions with other names": ((forward, backward), {}),
    "forward with backward=": (forward, {"backward": backward}),
    "a function with its vjp": (
        lambda x, W, b: x @ W + b,
        {"vjp": lambda dy, x, W, b: (dy @ W.T, x.T @ dy, dy.sum(0))},
    ),
    "a loss with its gradient": (
        lambda x, W, b: 0.5 * np.sum((x @ W + b) ** 2),
        {"gradient": lambda x, W, b: {"x": (x @ W + b) @ W.T, "W": x.T @ (x @ W + b), "b": (x @ W + b).sum(0)}},
    ),
    "a function that returns value and gradient": (with_gradient, {"gradient": True}),
}
WRONG = {
    "some gradients in a dict": (forward_with(lambda x, W, b: (x, {"dW": 0.5 * W, "b_grad": b})), {}),
    "an object": (Wrong(), {}),
    "an object that keeps its cache": (WrongKeeping(), {}),
    "gradients in a list": (WrongListed(), {}),
    "a pair of functions": ((forward, lambda dy, cache: (dy @ cache[1].T, 0.5 * cache[0].T @ dy, dy.sum(0))), {}),
    "a function with its vjp": (
        lambda x, W, b: x @ W + b,
        {"vjp": lambda dy, x, W, b: (dy @ W.T, 0.5 * x.T @ dy, dy.sum(0))},
    ),
    "a loss with its gradient": (
        lambda x, W, b: 0.5 * np.sum((x @ W + b) ** 2),
        {"gradient": lambda x, W, b: ((x @ W + b) @ W.T, 0.5 * x.T @ (x @ W + b), (x @ W + b).sum(0))},
    ),
}


@pytest.mark.parametrize(("layer", "options"), RIGHT.values(), ids=RIGHT)
def test_a_right_layer_passes(layer, options):
    verdict = check_layer(layer, SHAPES, points=5, **options)
    assert verdict.status == "pass", verdict.message
    assert verdict.confidence > 0.999


@pytest.mark.parametrize(("layer", "options"), WRONG.values(), ids=WRONG)
def test_a_wrong_factor_is_found_and_named(layer, options):
    verdict = check_layer(layer, SHAPES, points=5, **options)
    assert verdict.status == "fail"
    failure = verdict.failure
    assert (failure.kind, failure.array) == ("gradient", "W")
    assert failure.ratio == pytest.approx(0.5)
    assert failure.cause.startswith("factor 2 missing")
    assert set(failure.sizes.values()) == {1}


class TwoOutputs:
    """Sum and product, several outputs, dy a tuple."""

    def forward(self, x, h):
        return (x + h, x * h), (x, h)

    def backward(self, dy, cache):
        (ds, dp), (x, h) = dy, cache
        return {"x": ds + dp * h, "h": ds + dp * x}


class Spread(TwoOutputs):
    """forward -> (y1, y2, cache), backward(dy1, dy2, cache)."""

    def forward(self, x, h):
        return x + h, x * h, (x, h)

    def backward(self, ds, dp, cache):
        return super().backward((ds, dp), cache)


class Named(TwoOutputs):
    """Outputs in a dict."""

    def forward(self, x, h):
        return {"sum": x + h, "product": x * h}, (x, h)

    def backward(self, dy, cache):
        return super().backward((dy["sum"], dy["product"]), cache)


class Forgets(TwoOutputs):
    def backward(self, dy, cache):
        return {"x": dy[0] + dy[1] * cache[1], "h": dy[0]}


@pytest.mark.parametrize("layer", [TwoOutputs(), Spread(), Named()], ids=lambda layer: type(layer).__name__)
def test_several_outputs_are_checked_together(layer):
    assert check_layer(layer, PAIR, points=5).passed


def test_a_path_through_one_of_several_outputs_is_missed():
    failure = check_layer(Forgets(), PAIR, points=5).failure
    assert failure.array == "h"
    assert "output 2" in failure.cause


class CrossEntropy:
    """A loss with labels: dy is a number."""

    def forward(self, z, labels):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return -np.mean(np.log(p[np.arange(len(z)), labels])), (p, labels)

    def backward(self, dy, cache):
        p, labels = cache
        g = p.copy()
        g[np.arange(len(p)), labels] -= 1
        return dy * g / len(p)


class LossOnly(CrossEntropy):
    """A last layer of the old school: backward(dout=1) uses no dout."""

    def forward(self, z, labels):
        loss, self.cache = super().forward(z, labels)
        return loss

    def backward(self, dout=1):
        return super().backward(1.0, self.cache)


@pytest.mark.parametrize("layer", [CrossEntropy(), LossOnly()], ids=lambda layer: type(layer).__name__)
def test_labels_are_drawn_below_their_dim(layer):
    verdict = check_layer(
        layer, {"z": ("m", "c"), "labels": ("m",)}, dtypes={"labels": "int64"}, ranges={"labels": (0, "c")}, points=5
    )
    assert verdict.status == "pass", verdict.message


def test_inputs_without_gradient_are_left_alone():
    mask = lambda x, keep: (x * keep, keep)  # noqa: E731
    verdict = check_layer(
        mask,
        {"x": ("n",), "keep": ("n",)},
        backward=lambda dy, cache: {"x": dy * cache},
        nondifferentiable=["keep"],
        points=5,
    )
    assert verdict.passed


def test_ranges_hold_at_every_point():
    seen = []

    def log(p):
        seen.append((p.min(initial=1), p.max(initial=0)))
        return np.log(p)

    assert check_layer(log, {"p": ("n",)}, vjp=lambda dy, p: dy / p, ranges={"p": (0.1, 0.9)}, points=5).passed
    # Differences step outside by a little; the points themselves do not.
    assert min(low for low, _ in seen) > 0
    assert max(high for _, high in seen) < 1


def test_constants_go_to_forward_as_they_are():
    def scaled(x, by):
        return x * by, by

    assert check_layer((scaled, lambda dy, by: dy * by), {"x": ("n",)}, constants={"by": 3.0}, points=5).passed


def test_float32_layers_are_checked_in_both_precisions():
    assert check_layer(Dense(), SHAPES, dtypes="float32", points=5).passed
    assert check_layer(Wrong(), SHAPES, dtypes="float32", points=5).status == "fail"


def test_the_same_seed_gives_the_same_verdict():
    first, second = (check_layer(Wrong(), SHAPES, seed=3) for _ in range(2))
    assert first.message == second.message
    assert np.array_equal(first.failure.inputs["x"], second.failure.inputs["x"])


def test_a_verdict_is_not_a_bool():
    verdict = check_layer(Dense(), SHAPES, points=1)
    assert isinstance(verdict, LayerVerdict)
    with pytest.raises(TypeError, match="not a bool"):
        bool(verdict)


def test_assert_layer_raises_with_the_whole_message():
    assert_layer(Dense(), SHAPES, points=1)
    with pytest.raises(LayerCheckError, match="gradient of W is wrong") as caught:
        assert_layer(Wrong(), SHAPES, points=1)
    assert isinstance(caught.value, AssertionError)
    assert str(caught.value) == caught.value.verdict.message


def test_layers_of_the_frameworks_are_named_where_numpy_cannot_call_them():
    with pytest.raises(LayerError, match="not a layer"):
        check_layer(lambda x: x, {"x": ("n",)})


@pytest.mark.parametrize(("factor", "status"), [(2, "pass"), (1, "fail")])
def test_one_gradient_may_come_in_a_list(factor, status):
    layer = (lambda x: (x * x, x)), (lambda dy, x: [factor * x * dy])
    assert check_layer(layer, {"x": ("m", "d")}, points=5).status == status


def test_a_gradient_of_another_name_is_no_bug_but_a_misunderstanding():
    with pytest.raises(LayerError, match="no gradient for V, but one for W"):
        check_layer(WithNames(), {"x": ("m", "d"), "V": ("d", "k")})


class WithNames:
    def forward(self, x, weights):
        return x @ weights, (x, weights)

    def backward(self, dy, cache):
        return {"x": dy @ cache[1].T, "W": cache[0].T @ dy}
