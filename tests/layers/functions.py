"""Entrywise functions that are awkward to differentiate by differences, each with its right slope."""

from __future__ import annotations

import math

import numpy as np

from .suite import Awkward, Setting


class Entrywise:
    """y = f(x), entry by entry, and dy times the slope as its gradient."""

    def __init__(self, f, slope):
        self.f, self.slope = f, slope

    def forward(self, x):
        with np.errstate(all="ignore"):
            return self.f(x), (x,)

    def backward(self, dy, cache):
        with np.errstate(all="ignore"):
            return {"x": dy * self.slope(cache[0])}


def erf(x):
    return np.vectorize(math.erf, otypes=[float])(x)


def knots(x):
    """A table with linear interpolation: a kink every 0.05."""
    at = np.linspace(-3, 3, 121)
    return np.interp(x, at, np.sin(3 * at)).astype(x.dtype)


def knots_slope(x):
    at = np.linspace(-3, 3, 121)
    rise = np.append(0, np.append(np.diff(np.sin(3 * at)) / np.diff(at), 0))
    return rise[np.searchsorted(at, np.asarray(x, float), side="right")].astype(x.dtype)


def cube_root_of(cubed):
    """Newton's iteration to a tolerance of 1e-10 relative: the answer is noisy in its last digits."""
    root = np.sign(cubed) * np.maximum(np.abs(cubed), 1e-3) ** 0.3
    for _ in range(60):
        step = (root - cubed / root**2) / 3
        root = root - step
        if np.all(np.abs(step) <= 1e-10 * np.abs(root)):
            break
    return root


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def where(*cases):
    """A step function: where(value, edge, value, edge, value ...) with edges in ascending order."""
    values, edges = cases[::2], cases[1::2]

    def steps(x):
        place = np.searchsorted(edges, np.asarray(x, float), side="right")
        return np.choose(place, [np.full_like(x, value) for value in values])

    return steps


ZERO, ONE = where(0.0), where(1.0)

FUNCTIONS = {
    "|x|, slope 0 at 0": (np.abs, np.sign),
    "|x|, slope 1 at 0": (np.abs, where(-1.0, 0.0, 1.0)),
    "ReLU, slope 0 at 0": (lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0),
    "ReLU, slope 1 at 0": (lambda x: np.maximum(x, 0), lambda x: (x >= 0) * 1.0),
    "ReLU, slope 1/2 at 0": (lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, 0.5)),
    "leaky ReLU": (lambda x: np.where(x > 0, x, 0.01 * x), lambda x: np.where(x > 0, 1.0, 0.01)),
    "ELU": (lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), lambda x: np.exp(np.minimum(x, 0))),
    "SELU": (
        lambda x: 1.0507 * np.where(x > 0, x, 1.6733 * np.expm1(np.minimum(x, 0))),
        lambda x: 1.0507 * np.where(x > 0, 1.0, 1.6733 * np.exp(np.minimum(x, 0))),
    ),
    "soft threshold": (lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0), lambda x: (np.abs(x) > 0.5) * 1.0),
    "hard sigmoid": (lambda x: np.clip(x / 6 + 0.5, 0, 1), lambda x: (np.abs(x) < 3) / 6),
    "hard swish": (
        lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
        lambda x: np.where(np.abs(x) < 3, x / 3 + 0.5, (x >= 3) * 1.0),
    ),
    "step at 0": (lambda x: np.heaviside(x, 0.0), ZERO),
    "sign": (np.sign, ZERO),
    "round to quarters": (lambda x: np.round(4 * x) / 4, ZERO),
    "floor": (np.floor, ZERO),
    "sawtooth": (lambda x: x - np.floor(x), ONE),
    "hard shrink, a jump at 1/2": (lambda x: np.where(np.abs(x) > 0.5, x, 0), lambda x: (np.abs(x) > 0.5) * 1.0),
    "a jump at 1": (lambda x: np.where(x < 1, x, x + 5), ONE),
    "a bump of width 0.01": (lambda x: np.exp(-((x / 0.01) ** 2)), lambda x: -2e4 * x * np.exp(-((x / 0.01) ** 2))),
    "a plateau with a hole": (lambda x: np.where(np.abs(x) < 1e-4, 0.0, 1.0), ZERO),
    "constant": (lambda x: np.ones_like(x), ZERO),
    "x |x|": (lambda x: x * np.abs(x), lambda x: 2 * np.abs(x)),
    "|x| to the power 3/2": (lambda x: np.abs(x) ** 1.5, lambda x: 1.5 * np.sign(x) * np.sqrt(np.abs(x))),
    "square root of |x|, a cusp": (
        lambda x: np.sqrt(np.abs(x)),
        lambda x: np.where(x == 0, 0, np.sign(x) / (2 * np.sqrt(np.abs(x)))),
    ),
    "square root, NaN below -0.3": (lambda x: np.sqrt(x + 0.3), lambda x: 0.5 / np.sqrt(x + 0.3)),
    "logarithm, NaN below 0": (np.log, lambda x: 1 / np.where(x < 0, np.nan, x)),
    "reciprocal, infinite at 0": (lambda x: 1 / x, lambda x: -1 / x**2),
    "tangent": (np.tan, lambda x: 1 / np.cos(x) ** 2),
    "x^2 sin(1/x)": (
        lambda x: np.where(x == 0, 0, x * x * np.sin(1 / x)),
        lambda x: np.where(x == 0, 0, 2 * x * np.sin(1 / x) - np.cos(1 / x)),
    ),
    "sin 1000 x": (lambda x: np.sin(1000 * x), lambda x: 1000 * np.cos(1000 * x)),
    "sin 1e5 x, small, on x": (lambda x: x + 1e-6 * np.sin(1e5 * x), lambda x: 1 + 0.1 * np.cos(1e5 * x)),
    "x + 1e8 - 1e8": (lambda x: (x + 1e8) - 1e8, ONE),
    "(1 - cos x) / x^2": (
        lambda x: np.where(x == 0, 0.5, (1 - np.cos(x)) / x**2),
        lambda x: np.where(np.abs(x) < 1e-2, -x / 12 + x**3 / 180, (x * np.sin(x) - 2 * (1 - np.cos(x))) / x**3),
    ),
    "log(1 + x^2), inaccurate for small x": (lambda x: np.log(1 + x * x), lambda x: 2 * x / (1 + x * x)),
    "e^x": (np.exp, np.exp),
    "e^(x^2), overflowing": (lambda x: np.exp(x * x), lambda x: 2 * x * np.exp(x * x)),
    "x to the power 9": (lambda x: x**9, lambda x: 9 * x**8),
    "erf, in double precision only": (erf, lambda x: 2 / math.sqrt(math.pi) * np.exp(-x * x)),
    "a table with a kink every 0.05": (knots, knots_slope),
    "cube root by iteration to 1e-10": (
        lambda x: cube_root_of(x * x + 1),
        lambda x: 2 * x / (3 * np.cbrt(x * x + 1) ** 2),
    ),
    "logistic, saturating": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "tanh 50 x": (lambda x: np.tanh(50 * x), lambda x: 50 * (1 - np.tanh(50 * x) ** 2)),
    "softsign": (lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2),
    "Mish": (
        lambda x: x * np.tanh(np.logaddexp(0, x)),
        lambda x: np.tanh(np.logaddexp(0, x)) + x * (1 - np.tanh(np.logaddexp(0, x)) ** 2) * sigmoid(x),
    ),
    "1e-9 x": (lambda x: 1e-9 * x, where(1e-9)),
    "1 + 1e-9 x": (lambda x: 1 + 1e-9 * x, where(1e-9)),
    "1e9 x": (lambda x: 1e9 * x, where(1e9)),
    "identity": (lambda x: x.copy(), ONE),
}

AWKWARD = [
    Awkward(name, lambda f=f, slope=slope: Entrywise(f, slope), Setting({"x": ("m", "d")}))
    for name, (f, slope) in FUNCTIONS.items()
] + [
    Awkward(
        "cube root, steep near 0",
        lambda: Entrywise(np.cbrt, lambda x: 1 / (3 * np.cbrt(x) ** 2)),
        Setting({"x": ("m", "d")}, ranges={"x": (1e-6, 1.0)}),
    ),
    Awkward(
        "logarithm near 0",
        lambda: Entrywise(np.log, lambda x: 1 / x),
        Setting({"x": ("m", "d")}, ranges={"x": (1e-12, 1e-3)}),
    ),
    Awkward(
        "1 - cos x, lost to rounding for small x",
        lambda: Entrywise(lambda x: 1 - np.cos(x), np.sin),
        Setting({"x": ("m", "d")}, ranges={"x": (-1e-3, 1e-3)}),
    ),
    Awkward(
        "1 - cos x, where little more than rounding is left",
        lambda: Entrywise(lambda x: 1 - np.cos(x), np.sin),
        Setting({"x": ("m", "d")}, ranges={"x": (-3e-5, 3e-5)}),
    ),
]
