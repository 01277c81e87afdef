"""Softmax and log-sum-exp of each row."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .classification import softmax
from .suite import EDGE, FORMULA, PRECISION, SHAPE, Right, Setting, wrong


class LogSumExp:
    """log sum_j e^x_j of each row."""

    def forward(self, x):
        top = x.max(axis=1, keepdims=True)
        y = top[:, 0] + np.log(np.exp(x - top).sum(axis=1))
        return y, (x, y)

    def backward(self, dy, cache):
        x, y = cache
        return {"x": dy[:, None] * np.exp(x - y[:, None])}


class Softmax:
    """softmax of each row."""

    def forward(self, x):
        p = softmax(x)
        return p, (x, p)

    def backward(self, dy, cache):
        _, p = cache
        return {"x": p * (dy - (p * dy).sum(axis=1, keepdims=True))}


ROWS = Setting({"x": ("m", "d")})


def softmax_of_logs(dy, x, y):
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(x)
        return dy[:, None] * e / e.sum(axis=1, keepdims=True)


BIG = {"x": np.array([[800.0, 1.0]])}


RIGHT = [
    Right("log-sum-exp", LogSumExp, ROWS, lambda torch, x: torch.logsumexp(x, 1)),
    Right("softmax", Softmax, ROWS, lambda torch, x: torch.softmax(x, 1)),
]

BUGS = [
    wrong(
        LogSumExp,
        ROWS,
        FORMULA,
        "sum over the batch",
        x=lambda dy, x, y: dy[:, None] * np.exp(x - x.max()) / np.exp(x - x.max()).sum(axis=0),
        witness={"m": 2},
    ),
    wrong(LogSumExp, ROWS, FORMULA, "dy ignored", x=lambda dy, x, y: np.exp(x - y[:, None])),
    wrong(LogSumExp, ROWS, EDGE, "softmax without the shift", x=softmax_of_logs, witness=BIG),
    wrong(
        LogSumExp,
        ROWS,
        EDGE,
        "all to the largest where it leads by 3",
        x=lambda dy, x, y: (
            dy[:, None] * np.where(x.max(axis=1) > y - 0.05, 1.0, 0.0)[:, None] * (x == x.max(axis=1, keepdims=True))
            + dy[:, None] * np.where(x.max(axis=1) > y - 0.05, 0.0, 1.0)[:, None] * np.exp(x - y[:, None])
        ),
        witness={"x": np.array([[4.0, 0.5]])},
    ),
    wrong(
        LogSumExp,
        ROWS,
        PRECISION,
        "exponentials in float32",
        x=lambda dy, x, y: dy[:, None] * np.exp((x - y[:, None]).astype(np.float32)).astype(x.dtype),
    ),
    wrong(Softmax, ROWS, FORMULA, "only the diagonal of the Jacobian", x=lambda dy, x, p: dy * p * (1 - p)),
    wrong(
        Softmax,
        ROWS,
        FORMULA,
        "sum over the batch",
        x=lambda dy, x, p: p * (dy - (p * dy).sum(axis=0)),
        witness={"m": 2, "d": 3},
    ),
    wrong(
        Softmax,
        ROWS,
        FORMULA,
        "mean where the sum belongs",
        x=lambda dy, x, p: p * (dy - (p * dy).mean(axis=1, keepdims=True)),
        witness={"d": 3},
    ),
    wrong(
        Softmax,
        ROWS,
        SHAPE,
        "classes beyond the tenth left out of the sum",
        x=lambda dy, x, p: p * (dy - (p * dy)[:, :10].sum(axis=1, keepdims=True)),
        witness={"d": 11},
    ),
]
