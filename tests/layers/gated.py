"""Gated layers: SwiGLU and a highway layer."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .lstm import sigmoid
from .suite import FORMULA, PURITY, TINY, Right, Setting, wrong


class SwiGLU:
    """y = u sigmoid(u) v with u = x W, v = x V."""

    def forward(self, x, W, V):
        u, v = x @ W, x @ V
        s = sigmoid(u)
        return u * s * v, (x, W, V, u, v, s)

    def backward(self, dy, cache):
        x, W, V, u, v, s = cache
        du = dy * v * (s + u * s * (1 - s))
        dv = dy * u * s
        return {"x": du @ W.T + dv @ V.T, "W": x.T @ du, "V": x.T @ dv}


class Highway:
    """y = t tanh(x) + (1 - t) x with the gate t = sigmoid(x W + b)."""

    def forward(self, x, W, b):
        t = sigmoid(x @ W + b)
        return t * np.tanh(x) + (1 - t) * x, (x, W, t)

    def backward(self, dy, cache):
        x, W, t = cache
        dz = dy * (np.tanh(x) - x) * t * (1 - t)
        return {"x": dy * (t * (1 - np.tanh(x) ** 2) + 1 - t) + dz @ W.T, "W": x.T @ dz, "b": dz.sum(axis=0)}


TWO = Setting({"x": ("m", "d"), "W": ("d", "n"), "V": ("d", "n")})
ONE = Setting({"x": ("m", "d"), "W": ("d", "d"), "b": ("d",)})


def torch_highway(torch, x, W, b):
    t = torch.sigmoid(x @ W + b)
    return t * torch.tanh(x) + (1 - t) * x


RIGHT = [
    Right("SwiGLU", SwiGLU, TWO, lambda torch, x, W, V: torch.nn.functional.silu(x @ W) * (x @ V)),
    Right("highway", Highway, ONE, torch_highway),
]


def gate_slope(dy, x, t):
    return dy * (np.tanh(x) - x) * t * (1 - t)


def carry(dy, x, t):
    return dy * (t * (1 - np.tanh(x) ** 2) + 1 - t)


def gates_dy_in_place(self, dy, cache):
    gradients = Highway.backward(self, dy, cache)
    dy *= cache[2]
    return gradients


BUGS = [
    wrong(SwiGLU, TWO, FORMULA, "the gate's own slope missing", W=lambda dy, x, W, V, u, v, s: x.T @ (dy * v * s)),
    wrong(
        SwiGLU,
        TWO,
        FORMULA,
        "the path through V missing",
        x=lambda dy, x, W, V, u, v, s: (dy * v * (s + u * s * (1 - s))) @ W.T,
    ),
    wrong(SwiGLU, TWO, FORMULA, "the gate forgotten for V", V=lambda dy, x, W, V, u, v, s: x.T @ (dy * u)),
    wrong(
        SwiGLU, TWO, TINY, "V's gradient too small by 1e-4", V=lambda dy, x, W, V, u, v, s: 0.9999 * x.T @ (dy * u * s)
    ),
    wrong(
        Highway,
        ONE,
        FORMULA,
        "the carried x forgotten",
        x=lambda dy, x, W, t: dy * t * (1 - np.tanh(x) ** 2) + gate_slope(dy, x, t) @ W.T,
    ),
    wrong(
        Highway,
        ONE,
        FORMULA,
        "the gate's path from tanh alone",
        x=lambda dy, x, W, t: carry(dy, x, t) + (dy * np.tanh(x) * t * (1 - t)) @ W.T,
    ),
    wrong(Highway, ONE, FORMULA, "the gate taken as a constant", x=lambda dy, x, W, t: carry(dy, x, t)),
    wrong(Highway, ONE, PURITY, "dy gated in place", backward=gates_dy_in_place),
]
