"""The k-competitive layer of KATE."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import FORMULA, SHAPE, Bug, Right, Setting


class Kate:
    """k-competitive: of each sign the k largest activations tanh(x W) win and take alpha times the losers' sum."""

    def __init__(self, k=1, alpha=2.0):
        self.k, self.alpha = k, alpha

    def winners(self, z):
        """Two masks (winners, losers) for the positive units; ties go to the first."""
        rank = np.argsort(np.argsort(-z, axis=1, kind="stable"), axis=1, kind="stable")
        return (z > 0) & (rank < self.k), (z > 0) & (rank >= self.k)

    def forward(self, x, W):
        h = np.tanh(x @ W)
        sides = [(sign, *self.winners(sign * h)) for sign in (1, -1)]
        y = sum(win * (h + self.alpha * (h * lose).sum(axis=1, keepdims=True)) for _, win, lose in sides)
        return y, (x, W, h, sides)

    def compete(self, dy, sides):
        """The gradient of the activations before the competition."""
        return sum(win * dy + lose * self.alpha * (win * dy).sum(axis=1, keepdims=True) for _, win, lose in sides)

    def slope(self, h):
        return 1 - h**2

    def backward(self, dy, cache):
        x, W, h, sides = cache
        dz = self.compete(dy, sides) * self.slope(h)
        return {"x": dz @ W.T, "W": x.T @ dz}


COMPETE = Setting({"x": ("m", "d"), "W": ("d", "n")})


def torch_kate(torch, x, W):
    h = torch.tanh(x @ W)
    y = torch.zeros_like(h)
    for sign in (1, -1):
        positive = torch.relu(sign * h)
        top, place = positive.max(1, keepdim=True)
        gain = torch.where(top > 0, top + 2.0 * (positive.sum(1, keepdim=True) - top), 0.0)
        y = y + sign * torch.zeros_like(h).scatter(1, place, gain)
    return y


def kate(family, name, **changes):
    options = {"witness": changes.pop("witness")} if "witness" in changes else {}
    setting = changes.pop("setting", COMPETE)
    return Bug(name, family, type("Kate", (Kate,), changes), Kate, setting, **options)


RIGHT = [
    Right("KATE", Kate, COMPETE, torch_kate),
]

BUGS = [
    kate(
        FORMULA,
        "no gradient reaches the losers",
        compete=lambda self, dy, sides: sum(win * dy for _, win, _ in sides),
        witness={"n": 6},
    ),
    kate(
        FORMULA,
        "losers get their own dy",
        compete=lambda self, dy, sides: sum(win * dy + lose * self.alpha * dy for _, win, lose in sides),
        witness={"n": 6},
    ),
    kate(
        FORMULA,
        "alpha missing",
        compete=lambda self, dy, sides: sum(
            win * dy + lose * (win * dy).sum(axis=1, keepdims=True) for _, win, lose in sides
        ),
        witness={"n": 6},
    ),
    kate(
        FORMULA,
        "winners of the other sign feed the losers",
        compete=lambda self, dy, sides: sum(
            win * dy + lose * self.alpha * (other * dy).sum(axis=1, keepdims=True)
            for (_, win, lose), (_, other, _) in zip(sides, sides[::-1], strict=True)
        ),
        witness={"n": 6},
    ),
    kate(FORMULA, "slope of tanh missing", slope=lambda self, h: np.ones_like(h)),
    kate(
        FORMULA,
        "sum over the batch",
        compete=lambda self, dy, sides: sum(win * dy + lose * self.alpha * (win * dy).sum() for _, win, lose in sides),
        witness={"m": 3, "n": 6},
    ),
    kate(
        SHAPE,
        "negative losers forgotten",
        compete=lambda self, dy, sides: sum(
            win * dy + (sign > 0) * lose * self.alpha * (win * dy).sum(axis=1, keepdims=True)
            for sign, win, lose in sides
        ),
        witness={"n": 6},
    ),
]
