"""Layer normalisation."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, ENTRY, FORMULA, PRECISION, PURITY, SHAPE, TINY, Right, Setting, single, wrong

EPS = 1e-5


class LayerNorm:
    """y = gamma (x - mean) / sqrt(var + eps) + beta, mean and variance over the features."""

    def forward(self, x, gamma, beta):
        mean = x.mean(axis=-1, keepdims=True)
        std = np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True) + EPS)
        hat = (x - mean) / std
        return gamma * hat + beta, (x, gamma, hat, std)

    def backward(self, dy, cache):
        _, gamma, hat, std = cache
        dhat = dy * gamma
        dx = (dhat - dhat.mean(axis=-1, keepdims=True) - hat * (dhat * hat).mean(axis=-1, keepdims=True)) / std
        return {"x": dx, "gamma": (dy * hat).sum(axis=0), "beta": dy.sum(axis=0)}


LAYER = Setting({"x": ("m", "d"), "gamma": ("d",), "beta": ("d",)})
OFFSET = LAYER.but(ranges={"x": (1000.0, 1001.0)})


def mean(a):
    return a.mean(axis=-1, keepdims=True)


def layer_dx(formula):
    """An input gradient of LayerNorm as a function of (dhat, hat, std, x)."""
    return lambda dy, x, gamma, hat, std: formula(dy * gamma, hat, std, x)


def whitens_the_cache(self, dy, cache):
    _, gamma, hat, _ = cache
    gradients = LayerNorm.backward(self, dy, cache)
    hat *= gamma
    return gradients


def centres_x_in_place(self, x, gamma, beta):
    x -= x.mean(axis=-1, keepdims=True)
    return LayerNorm.forward(self, x, gamma, beta)


def one_pass_std(dhat, hat, std, x):
    std = np.sqrt((x * x).mean(axis=-1, keepdims=True) - mean(x) ** 2 + EPS)
    hat = (x - mean(x)) / std
    return (dhat - mean(dhat) - hat * mean(dhat * hat)) / std


def across(a):
    return a.sum(axis=1, keepdims=True)


FLAT = {"x": np.array([[1e-2, -2e-2, 5e-3], [0.0, 1e-2, 2e-2]]), "gamma": np.ones(3), "beta": np.zeros(3)}


RIGHT = [
    Right(
        "layer norm",
        LayerNorm,
        LAYER,
        lambda torch, x, gamma, beta: torch.nn.functional.layer_norm(x, x.shape[1:], gamma, beta),
    ),
]

BUGS = [
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "gamma forgotten in the input gradient",
        x=lambda dy, x, gamma, hat, std: (dy - mean(dy) - hat * mean(dy * hat)) / std,
    ),
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "the mean's path missing",
        x=layer_dx(lambda dhat, hat, std, x: (dhat - hat * mean(dhat * hat)) / std),
    ),
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "the variance's path missing",
        x=layer_dx(lambda dhat, hat, std, x: (dhat - mean(dhat)) / std),
    ),
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "mean and deviation taken as constants",
        x=layer_dx(lambda dhat, hat, std, x: dhat / std),
    ),
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "sums over the batch as in batch norm",
        x=layer_dx(lambda dhat, hat, std, x: (dhat - dhat.mean(axis=0) - hat * (dhat * hat).mean(axis=0)) / std),
    ),
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "divided by the variance",
        x=layer_dx(lambda dhat, hat, std, x: (dhat - mean(dhat) - hat * mean(dhat * hat)) / std**2),
    ),
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "d - 1 in the variance's path",
        witness={"d": 3},
        x=layer_dx(
            lambda dhat, hat, std, x: (dhat - mean(dhat) - hat * across(dhat * hat) / max(x.shape[1] - 1, 1)) / std
        ),
    ),
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "gamma's gradient from x, not the normalised x",
        gamma=lambda dy, x, gamma, hat, std: (dy * x).sum(axis=0),
    ),
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "beta's gradient averages over the batch",
        beta=lambda dy, x, gamma, hat, std: dy.mean(axis=0),
    ),
    wrong(
        LayerNorm,
        LAYER,
        FORMULA,
        "sum over features divided by the batch size",
        witness={"m": 2, "d": 3},
        x=layer_dx(lambda dhat, hat, std, x: (dhat - across(dhat) / len(x) - hat * across(dhat * hat) / len(x)) / std),
    ),
    wrong(
        LayerNorm,
        LAYER,
        ENTRY,
        "beta's last entry not reduced over the batch",
        witness={"m": 2},
        beta=lambda dy, x, gamma, hat, std: np.append(dy.sum(axis=0)[:-1], dy[-1, -1:]),
    ),
    wrong(
        LayerNorm,
        LAYER,
        SHAPE,
        "one feature passed through",
        witness={"m": 2, "d": 1},
        x=lambda dy, x, gamma, hat, std: (
            dy * gamma if x.shape[1] == 1 else LayerNorm.backward(None, dy, (x, gamma, hat, std))["x"]
        ),
    ),
    wrong(
        LayerNorm,
        LAYER,
        SHAPE,
        "gamma's gradient sums the wrong axis where m = d",
        witness={"m": 3, "d": 3},
        gamma=lambda dy, x, gamma, hat, std: (dy * hat).sum(axis=1 if x.shape[0] == x.shape[1] else 0),
    ),
    wrong(
        LayerNorm,
        LAYER,
        EDGE,
        "eps forgotten in backward",
        witness=FLAT,
        x=layer_dx(
            lambda dhat, hat, std, x: LayerNorm.backward(
                None, dhat, (x, 1.0, hat, np.sqrt(np.maximum(std**2 - EPS, 1e-12)))
            )["x"]
        ),
    ),
    wrong(
        LayerNorm,
        LAYER,
        EDGE,
        "eps outside the root in backward",
        witness=FLAT,
        x=layer_dx(
            lambda dhat, hat, std, x: LayerNorm.backward(
                None, dhat, (x, 1.0, hat, np.sqrt(np.maximum(std**2 - EPS, 0)) + EPS)
            )["x"]
        ),
    ),
    wrong(
        LayerNorm,
        LAYER,
        TINY,
        "eps of 1e-4 in backward",
        x=layer_dx(
            lambda dhat, hat, std, x: LayerNorm.backward(None, dhat, (x, 1.0, hat, np.sqrt(std**2 - EPS + 1e-4)))["x"]
        ),
    ),
    wrong(LayerNorm, LAYER, PURITY, "the cached normalised x scaled in place", backward=whitens_the_cache),
    wrong(LayerNorm, LAYER, PURITY, "x centred in place", forward=centres_x_in_place),
    wrong(
        LayerNorm,
        LAYER,
        PRECISION,
        "statistics in float32",
        x=lambda dy, x, gamma, hat, std: LayerNorm.backward(None, dy, (x, gamma, single(hat).astype(x.dtype), std))[
            "x"
        ],
    ),
    wrong(
        LayerNorm,
        OFFSET,
        PRECISION,
        "one-pass variance in float32 far from zero",
        x=lambda dy, x, gamma, hat, std: one_pass_std(dy * gamma, hat, std, x.astype(np.float32)).astype(x.dtype),
    ),
]
