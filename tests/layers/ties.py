"""Layers whose bugs show at one value only: where two inputs tie, at a zero, in a sliver beside a threshold."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, FORMULA, Right, Setting, wrong


class AbsoluteError:
    """The sum of |a - b|."""

    def forward(self, a, b):
        return np.abs(a - b).sum(), (a, b)

    def backward(self, dy, cache):
        a, b = cache
        return {"a": dy * np.sign(a - b), "b": dy * np.sign(b - a)}


class Larger:
    """The larger of a and b, entry by entry."""

    def forward(self, a, b):
        return np.maximum(a, b), (a, b)

    def backward(self, dy, cache):
        a, b = cache
        return {"a": dy * (a >= b), "b": dy * (a < b)}


class Huber:
    """The sum over all entries of Huber's loss of a - b, quadratic up to 1: its gradient has the kink, not the loss."""

    def forward(self, a, b):
        size = np.abs(a - b)
        return np.where(size <= 1, size**2 / 2, size - 0.5).sum(), (a, b)

    def backward(self, dy, cache):
        a, b = cache
        g = dy * np.clip(a - b, -1, 1)
        return {"a": g, "b": -g}


class RowProduct:
    """The product of the entries of each row."""

    def forward(self, x):
        return x.prod(axis=1), (x,)

    def backward(self, dy, cache):
        (x,) = cache
        gradient = np.empty_like(x)
        for i in range(x.shape[1]):
            gradient[:, i] = dy * np.delete(x, i, axis=1).prod(axis=1)
        return {"x": gradient}


class SignedLog:
    """sign(x) log(1 + |x|): smooth at 0, though neither of its parts is."""

    def forward(self, x):
        return np.sign(x) * np.log1p(np.abs(x)), (x,)

    def backward(self, dy, cache):
        return {"x": dy / (1 + np.abs(cache[0]))}


def beyond(threshold):
    """Huber's gradient with another threshold."""
    return lambda dy, a, b: dy * np.where(np.abs(a - b) <= threshold, a - b, np.sign(a - b))


PAIR = Setting({"a": ("m", "d"), "b": ("m", "d")})
ROWS = Setting({"x": ("m", "d")})
TIE = {"a": np.array([[2.0]]), "b": np.array([[2.0]])}
ZERO = {"x": np.array([[0.0, 3.0]])}

RIGHT = [
    Right("absolute error", AbsoluteError, PAIR, lambda torch, a, b: (a - b).abs().sum()),
    Right("larger of two inputs", Larger, PAIR, lambda torch, a, b: torch.maximum(a, b)),
    Right("Huber", Huber, PAIR, lambda torch, a, b: torch.nn.functional.huber_loss(a, b, reduction="sum", delta=1.0)),
    Right("product of each row", RowProduct, ROWS, lambda torch, x: x.prod(1)),
    Right(
        "signed logarithm", SignedLog, ROWS, lambda torch, x: torch.where(x < 0, -torch.log1p(-x), torch.log1p(x.abs()))
    ),
]

BUGS = [
    wrong(AbsoluteError, PAIR, FORMULA, "b's sign forgotten", b=lambda dy, a, b: dy * np.sign(a - b)),
    wrong(
        AbsoluteError,
        PAIR,
        EDGE,
        "both slopes are 1 at a tie",
        witness=TIE,
        a=lambda dy, a, b: dy * np.where(a >= b, 1.0, -1.0),
        b=lambda dy, a, b: dy * np.where(b >= a, 1.0, -1.0),
    ),
    wrong(Larger, PAIR, EDGE, "both win a tie", witness=TIE, b=lambda dy, a, b: dy * (a <= b)),
    wrong(Larger, PAIR, EDGE, "nobody wins a tie", witness=TIE, a=lambda dy, a, b: dy * (a > b)),
    wrong(
        Huber,
        PAIR,
        EDGE,
        "linear from 0.99 on in backward",
        witness={"a": np.array([[0.995]]), "b": np.array([[0.0]])},
        a=beyond(0.99),
    ),
    wrong(
        RowProduct,
        ROWS,
        EDGE,
        "divided by x, with zeros guarded",
        witness=ZERO,
        x=lambda dy, x: (dy * x.prod(axis=1))[:, None] / np.where(x == 0, 1, x),
    ),
    wrong(
        SignedLog,
        ROWS,
        EDGE,
        "chain of the two parts, 0 at 0",
        witness={"x": np.array([[0.0]])},
        x=lambda dy, x: dy * np.sign(x) ** 2 / (1 + np.abs(x)),
    ),
]
