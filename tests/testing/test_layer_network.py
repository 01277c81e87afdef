"""A layer against its declared mathematics: the term that is missing, doubled or of the wrong sign is named."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck import LayerError, check_layer, network

LAYER_NORM = r"""
input x : m, d
input dy : m, d
parameter \gamma : d
parameter \beta : d
\mu_i = \frac{1}{d} \sum_j x_{ij}
v_i = \frac{1}{d} \sum_j (x_{ij} - \mu_i)^2
h_{ij} = \frac{x_{ij} - \mu_i}{\sqrt{v_i + \frac{1}{100}}}
y_{ij} = \gamma_j h_{ij} + \beta_j
loss l = \sum_{i} \sum_{j} dy_{ij} y_{ij}
"""


class LayerNorm:
    by_mean, by_variance, factor = 1, 1, 1

    def forward(self, x, gamma, beta):
        centred = x - x.mean(1, keepdims=True)
        rate = 1 / np.sqrt((centred**2).mean(1, keepdims=True) + 0.01)
        h = centred * rate
        return self.factor * (gamma * h + beta), (h, rate, gamma)

    def backward(self, dy, cache):
        h, rate, gamma = cache
        dh = dy * gamma
        mean, slope = dh.mean(1, keepdims=True), (dh * h).mean(1, keepdims=True)
        dx = (dh - self.by_mean * mean - self.by_variance * h * slope) * rate
        return {"x": dx, "gamma": (dy * h).sum(0), "beta": dy.sum(0)}


def variant(**changed):
    return type("LayerNorm", (LayerNorm,), changed)()


def test_a_right_layer_agrees_with_its_mathematics():
    verdict = check_layer(LayerNorm(), network=network(LAYER_NORM), points=2)
    assert verdict.status == "pass", verdict.message


TERMS = {
    "mean forgotten": ({"by_mean": 0}, "missing path: through x in the equation of μ"),
    "variance forgotten": ({"by_variance": 0}, "missing path: through x in the equation of v"),
    "variance twice": ({"by_variance": 2}, "the path through x in the equation of v is counted twice"),
    "sign of the variance": ({"by_variance": -1}, "sign: the path through x in the equation of v"),
}


@pytest.mark.parametrize(("changed", "cause"), TERMS.values(), ids=TERMS)
def test_the_failing_term_is_named(changed, cause):
    verdict = check_layer(variant(**changed), network=network(LAYER_NORM))
    assert verdict.failure.kind == "mathematics"
    assert verdict.failure.array == "x"
    assert verdict.failure.cause == cause
    assert len(verdict.message) < 600
    assert len(verdict.message.splitlines()[0]) <= 60


def test_another_forward_is_found_even_where_the_gradient_fits_it():
    class Scaled(LayerNorm):
        factor = 1.01

        def backward(self, dy, cache):
            return super().backward(1.01 * dy, cache)

    verdict = check_layer(Scaled(), network=network(LAYER_NORM))
    assert verdict.failure.headline == "forward is not what the network declares"


def test_a_loss_needs_no_cotangent():
    declared = network(r"""
    input x : n
    parameter w : n
    loss l = \frac{1}{2} (\sum_{i} w_i x_i)^2
    """)
    loss = lambda x, w: 0.5 * (w @ x) ** 2  # noqa: E731
    right = lambda x, w: ((w @ x) * w, (w @ x) * x)  # noqa: E731
    wrong = lambda x, w: ((w @ x) * w, 2 * (w @ x) * x)  # noqa: E731
    assert check_layer(loss, network=declared, gradient=right, points=2).passed
    failure = check_layer(loss, network=declared, gradient=wrong).failure
    assert (failure.array, failure.ratio) == ("w", pytest.approx(2))


@pytest.mark.parametrize(
    ("layer", "options", "what"),
    [
        (LayerNorm(), {"network": "not a network"}, "takes a declared network"),
        (LayerNorm(), {"shapes": {"x": ("m", "d"), "g": ("d",)}}, "does not have the inputs of the layer"),
        (LayerNorm(), {"network": network(LAYER_NORM.replace("loss l", "l"))}, "has no loss"),
    ],
)
def test_a_network_that_does_not_fit_is_explained(layer, options, what):
    with pytest.raises(LayerError, match=what):
        check_layer(layer, **{"network": network(LAYER_NORM), **options})
