"""Entrywise layers: GELU, softplus, PReLU, hard tanh, dropout with a given mask."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import math

import numpy as np

from .lstm import sigmoid
from .suite import EDGE, ENTRY, FORMULA, PRECISION, PURITY, SHAPE, TINY, Right, Setting, wrong

ROOT = math.sqrt(2 / math.pi)


class Gelu:
    """The tanh form of GELU."""

    def forward(self, x):
        t = np.tanh(ROOT * (x + 0.044715 * x**3))
        return 0.5 * x * (1 + t), (x, t)

    def backward(self, dy, cache):
        x, t = cache
        return {"x": dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * ROOT * (1 + 3 * 0.044715 * x**2))}


class Softplus:
    """log(1 + e^x)."""

    def forward(self, x):
        return np.logaddexp(0, x), (x,)

    def backward(self, dy, cache):
        return {"x": dy * sigmoid(cache[0])}


class PRelu:
    """x where x > 0, a x elsewhere, one slope a for each column."""

    def forward(self, x, a):
        return np.where(x > 0, x, a * x), (x, a)

    def backward(self, dy, cache):
        x, a = cache
        return {"x": dy * np.where(x > 0, 1.0, a), "a": (dy * np.minimum(x, 0)).sum(axis=0)}


class Dropout:
    """x times a mask of zeros and ones, divided by the share kept; the mask is an input."""

    keep = 0.8

    def forward(self, x, mask):
        return x * mask / self.keep, (x, mask)

    def backward(self, dy, cache):
        return {"x": dy * cache[1] / self.keep}


class HardTanh:
    """x clipped to [-1, 1]."""

    def forward(self, x):
        return np.clip(x, -1, 1), (x,)

    def backward(self, dy, cache):
        return {"x": dy * (np.abs(cache[0]) < 1)}


ROWS = Setting({"x": ("m", "d")})
SLOPES = Setting({"x": ("m", "d"), "a": ("d",)})
MASKED = Setting({"x": ("m", "d"), "mask": ("m", "d")}, integers={"mask": 2})


def gelu(form):
    """A gradient of Gelu: `form(x, t)` times dy."""
    return lambda dy, x, t: dy * form(x, t)


def erf_slope(x):
    cdf = 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2)))
    return cdf + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def gelu_slope(x, a=0.044715, root=ROOT):
    t = np.tanh(root * (x + a * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * root * (1 + 3 * a * x**2)


def softplus_naive(dy, x):
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(x)
        return dy * e / (1 + e)


def draws_a_new_mask(self, dy, cache):
    self.calls = getattr(self, "calls", 0) + 1
    return {"x": dy * (np.random.default_rng(self.calls).random(dy.shape) < self.keep) / self.keep}


def leaves_noise(self, dy, cache):
    self.calls = getattr(self, "calls", 0) + 1
    noise = np.random.default_rng(self.calls).normal(size=dy.shape)
    return {"x": Gelu.backward(self, dy, cache)["x"] * (1 + 1e-3 * noise)}


def clips_in_place(self, x):
    np.clip(x, -1, 1, out=x)
    return x.copy(), (x.copy(),)


def pops_the_cache(self, dy, cache):
    x = cache.pop()
    return {"x": dy * sigmoid(x)}


def mask_times_dy_in_place(self, dy, cache):
    dy *= cache[1]
    return {"x": dy / self.keep}


BIG = {"x": np.array([[800.0, 1.0]])}
EDGE_OF_CLIP = {"x": np.array([[1.05]])}


RIGHT = [
    Right("GELU", Gelu, ROWS, lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh")),
    Right("softplus", Softplus, ROWS, lambda torch, x: torch.logaddexp(x, torch.zeros_like(x))),
    Right("PReLU", PRelu, SLOPES, lambda torch, x, a: torch.where(x > 0, x, a * x)),
    Right("dropout", Dropout, MASKED, lambda torch, x, mask: x * mask / 0.8),
    Right("hard tanh", HardTanh, ROWS, lambda torch, x: torch.nn.functional.hardtanh(x)),
]

BUGS = [
    wrong(Gelu, ROWS, FORMULA, "the tanh taken as a constant", x=gelu(lambda x, t: 0.5 * (1 + t))),
    wrong(
        Gelu,
        ROWS,
        FORMULA,
        "factor 3 missing",
        x=gelu(lambda x, t: 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * ROOT * (1 + 0.044715 * x**2)),
    ),
    wrong(
        Gelu,
        ROWS,
        FORMULA,
        "1 - t in place of 1 - t^2",
        x=gelu(lambda x, t: 0.5 * (1 + t) + 0.5 * x * (1 - t) * ROOT * (1 + 3 * 0.044715 * x**2)),
    ),
    wrong(Gelu, ROWS, TINY, "the slope of the erf form", x=gelu(lambda x, t: erf_slope(x))),
    wrong(Gelu, ROWS, TINY, "0.0447 in place of 0.044715", x=gelu(lambda x, t: gelu_slope(x, a=0.0447))),
    wrong(Gelu, ROWS, TINY, "root of 2 / pi written 0.7978", x=gelu(lambda x, t: gelu_slope(x, root=0.7978))),
    wrong(
        Gelu,
        ROWS,
        TINY,
        "sigmoid form's constant 1.702",
        x=gelu(lambda x, t: sigmoid(1.702 * x) + 1.702 * x * sigmoid(1.702 * x) * (1 - sigmoid(1.702 * x))),
    ),
    wrong(
        Gelu,
        ROWS,
        EDGE,
        "slope set to 1 above 3",
        x=gelu(lambda x, t: np.where(x > 3, 1.0, gelu_slope(x))),
        witness={"x": np.array([[3.1]])},
    ),
    wrong(Gelu, ROWS, PURITY, "noise of 1e-3 in backward", backward=leaves_noise),
    wrong(
        Gelu,
        ROWS,
        PRECISION,
        "constants and slope in float32",
        x=gelu(lambda x, t: gelu_slope(x.astype(np.float32)).astype(x.dtype)),
    ),
    wrong(
        Gelu,
        ROWS,
        PRECISION,
        "root of 2 / pi rounded to float32",
        x=gelu(lambda x, t: gelu_slope(x, root=float(np.float32(ROOT)))),
    ),
    wrong(Softplus, ROWS, FORMULA, "the slope of the slope", x=lambda dy, x: dy * sigmoid(x) * (1 - sigmoid(x))),
    wrong(Softplus, ROWS, EDGE, "e^x / (1 + e^x) overflows", x=softplus_naive, witness=BIG),
    wrong(
        Softplus,
        ROWS,
        EDGE,
        "slope 1 beyond 4",
        x=lambda dy, x: dy * np.where(x > 4, 1.0, sigmoid(x)),
        witness={"x": np.array([[4.2]])},
    ),
    wrong(
        Softplus,
        ROWS,
        PURITY,
        "backward works once only",
        forward=lambda self, x: (np.logaddexp(0, x), [x]),
        backward=pops_the_cache,
    ),
    wrong(PRelu, SLOPES, FORMULA, "slope's gradient not masked", a=lambda dy, x, a: (dy * x).sum(axis=0)),
    wrong(
        PRelu,
        SLOPES,
        FORMULA,
        "slope's gradient averaged over the batch",
        witness={"m": 3},
        a=lambda dy, x, a: (dy * np.minimum(x, 0)).mean(axis=0),
    ),
    wrong(
        PRelu,
        SLOPES,
        FORMULA,
        "mask from the slope's sign",
        x=lambda dy, x, a: dy * np.where(a > 0, 1.0, a) * np.ones_like(x),
    ),
    wrong(
        PRelu,
        SLOPES,
        ENTRY,
        "all columns use the first slope",
        x=lambda dy, x, a: dy * np.where(x > 0, 1.0, a[0]),
        witness={"d": 3, "m": 3},
    ),
    wrong(
        PRelu,
        SLOPES,
        SHAPE,
        "the slopes' gradient summed to one number where d = m",
        witness={"m": 3, "d": 3},
        a=lambda dy, x, a: (dy * np.minimum(x, 0)).sum(axis=int(x.shape[0] == x.shape[1])),
    ),
    wrong(Dropout, MASKED, FORMULA, "not divided by the share kept", x=lambda dy, x, mask: dy * mask),
    wrong(Dropout, MASKED, FORMULA, "mask forgotten", x=lambda dy, x, mask: dy / 0.8),
    wrong(
        Dropout,
        MASKED,
        FORMULA,
        "mask guessed from the output being zero",
        x=lambda dy, x, mask: dy * (x * mask > 0) / 0.8,
    ),
    wrong(
        Dropout,
        MASKED,
        EDGE,
        "mask guessed from the output, wrong for zeros of x",
        x=lambda dy, x, mask: dy * (x * mask != 0) / 0.8,
        witness={"x": np.zeros((1, 1)), "mask": np.ones((1, 1), int)},
    ),
    wrong(Dropout, MASKED, PURITY, "a new mask in backward", backward=draws_a_new_mask),
    wrong(Dropout, MASKED, PURITY, "dy masked in place", backward=mask_times_dy_in_place, witness={"m": 4, "d": 4}),
    wrong(HardTanh, ROWS, FORMULA, "the slope of tanh", x=lambda dy, x: dy * (1 - np.tanh(x) ** 2)),
    wrong(HardTanh, ROWS, EDGE, "only the lower bound masked", x=lambda dy, x: dy * (x > -1), witness=EDGE_OF_CLIP),
    wrong(
        HardTanh, ROWS, EDGE, "bound of 1.1 in backward", x=lambda dy, x: dy * (np.abs(x) < 1.1), witness=EDGE_OF_CLIP
    ),
    wrong(HardTanh, ROWS, PURITY, "clipped in place", forward=clips_in_place, witness=EDGE_OF_CLIP),
]
