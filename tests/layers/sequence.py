"""Layers along an axis: a recurrent net over time, rotary positions, cumulative products."""

# ruff: noqa: ARG001 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, ENTRY, FORMULA, SHAPE, TINY, Right, Setting, wrong


class Recurrent:
    """h_t = tanh(x_t W + h_(t-1) U) for all t; y is the sequence of states."""

    def forward(self, x, h, W, U):
        states = [h]
        for now in x:
            states.append(np.tanh(now @ W + states[-1] @ U))
        return np.stack(states[1:]), (x, states, W, U)

    def carried(self, dh, t):  # noqa: ARG002 -- for those who cut off
        """What is handed on to the step before t."""
        return dh

    def backward(self, dy, cache):
        x, states, W, U = cache
        dx, dW, dU, dh = np.zeros_like(x), np.zeros_like(W), np.zeros_like(U), np.zeros_like(states[0])
        for t in reversed(range(len(x))):
            dz = (dy[t] + dh) * (1 - states[t + 1] ** 2)
            dW += x[t].T @ dz
            dU += states[t].T @ dz
            dx[t] = dz @ W.T
            dh = self.carried(dz @ U.T, t)
        return {"x": dx, "h": dh, "W": dW, "U": dU}


class Rotary:
    """The halves of x (t, 2 d) turned by angles that grow with the position t."""

    def angles(self, x):
        return np.arange(len(x))[:, None] * 0.5 ** np.arange(x.shape[1] // 2)

    def turned(self, x, angle):
        d = angle.shape[1]
        left, right = x[:, :d], x[:, d:]
        turned = [left * np.cos(angle) - right * np.sin(angle), left * np.sin(angle) + right * np.cos(angle)]
        return np.concatenate(turned, axis=1).astype(x.dtype)

    def forward(self, x):
        angle = self.angles(x)
        return self.turned(x, angle), angle

    def backward(self, dy, cache):
        return {"x": self.turned(dy, -cache)}


class CumulativeProduct:
    """The running product of each row."""

    def forward(self, x):
        return np.cumprod(x, axis=1), (x,)

    def backward(self, dy, cache):
        (x,) = cache
        gradient = np.zeros_like(x)
        for i in range(x.shape[1]):
            others = x.copy()
            others[:, i] = 1
            gradient[:, i] = (dy[:, i:] * np.cumprod(others, axis=1)[:, i:]).sum(axis=1)
        return {"x": gradient}


TIME = Setting({"x": ("t", "m", "d"), "h": ("m", "n"), "W": ("d", "n"), "U": ("n", "n")})
POSITIONS = Setting({"x": ("t", "d+d")})
ROWS = Setting({"x": ("m", "n")})


def torch_recurrent(torch, x, h, W, U):
    states = []
    for now in x:
        h = torch.tanh(now @ W + h @ U)
        states.append(h)
    return torch.stack(states)


def torch_rotary(torch, x):
    d = x.shape[1] // 2
    angle = torch.arange(len(x))[:, None] * 0.5 ** torch.arange(d, dtype=x.dtype)
    z = torch.polar(torch.ones_like(angle), angle) * torch.complex(x[:, :d], x[:, d:])
    return torch.cat([z.real, z.imag], 1)


RIGHT = [
    Right("recurrent net", Recurrent, TIME, torch_recurrent),
    Right("rotary positions", Rotary, POSITIONS, torch_rotary),
    Right("cumulative product", CumulativeProduct, ROWS, lambda torch, x: torch.cumprod(x, 1)),
]


def slopes(dy, states):
    """Pre-activation gradients without anything carried back in time."""
    return [dy[t] * (1 - states[t + 1] ** 2) for t in range(len(dy))]


def without_memory(self, dy, cache):
    x, states, W, _ = cache
    dz = np.stack(slopes(dy, states))
    return Recurrent.backward(self, dy, cache) | {
        "x": dz @ W.T,
        "W": sum(now.T @ d for now, d in zip(x, dz, strict=True)),
    }


def truncated(self, dy, cache):
    return Truncating().backward(dy, cache)


def without_last_step(dy, x, states, W, U):
    return Recurrent().backward(dy, (x, states, W, U))["W"] - x[-1].T @ slopes(dy, states)[-1]


def divides_by_x(dy, x):
    y = np.cumprod(x, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.cumsum((dy * y)[:, ::-1], axis=1)[:, ::-1] / x


BUGS = [
    wrong(Recurrent, TIME, FORMULA, "nothing carried back in time", backward=without_memory, witness={"t": 3}),
    wrong(
        Recurrent,
        TIME,
        FORMULA,
        "recurrent weights from the new state",
        U=lambda dy, x, states, W, U: (
            Recurrent().backward(dy, (x, states, W, U))["U"]
            + sum((b - a).T @ d for a, b, d in zip(states, states[1:], slopes(dy, states), strict=False))
        ),
    ),
    wrong(
        Recurrent,
        TIME,
        SHAPE,
        "cut off after three steps",
        backward=truncated,
        witness={"t": 5},
    ),
    wrong(
        Recurrent,
        TIME,
        ENTRY,
        "the last step not counted for W",
        W=without_last_step,
    ),
    wrong(
        Recurrent,
        TIME,
        TINY,
        "W's gradient too large by 1e-4",
        W=lambda dy, x, states, W, U: 1.0001 * Recurrent().backward(dy, (x, states, W, U))["W"],
    ),
    wrong(
        Rotary,
        POSITIONS,
        FORMULA,
        "turned the same way in backward",
        backward=lambda self, dy, cache: {"x": self.turned(dy, cache)},
        witness={"t": 3},
    ),
    wrong(
        Rotary,
        POSITIONS,
        SHAPE,
        "positions beyond the eighth not turned back",
        backward=lambda self, dy, cache: {"x": self.turned(dy, -np.where(np.arange(len(dy))[:, None] < 8, cache, 0))},
        witness={"t": 10},
    ),
    wrong(
        CumulativeProduct,
        ROWS,
        EDGE,
        "product divided by x, 0/0 at a zero",
        x=divides_by_x,
        witness={"x": np.array([[2.0, 0.0, 3.0]])},
    ),
    wrong(
        CumulativeProduct,
        ROWS,
        FORMULA,
        "products up to the entry, not from it on",
        x=lambda dy, x: np.cumsum(dy * np.cumprod(x, axis=1), axis=1) / np.where(x == 0, 1, x),
        witness={"n": 3},
    ),
]


class Truncating(Recurrent):
    """Carries the gradient back three steps only."""

    def carried(self, dh, t):
        return dh if t == 0 else dh * (t % 4 > 0)
