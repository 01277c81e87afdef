"""A dense layer with a skip connection."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import FORMULA, PURITY, TINY, Right, Setting, wrong


class SkipDense:
    """y = x + max(x W, 0)."""

    def forward(self, x, W):
        z = x @ W
        return x + np.maximum(z, 0), (x, W, z)

    def backward(self, dy, cache):
        x, W, z = cache
        dz = dy * (z > 0)
        return {"x": dy + dz @ W.T, "W": x.T @ dz}


SKIP = Setting({"x": ("m", "d"), "W": ("d", "d")})


def adds_the_branch_into_dy(self, dy, cache):
    x, W, z = cache
    dz = dy * (z > 0)
    dx = dy
    dx += dz @ W.T
    return {"x": dx, "W": x.T @ dz}


def adds_the_branch_into_x(self, x, W):
    z = x @ W
    kept = x.copy()
    x += np.maximum(z, 0)
    return x, (kept, W, z)


RIGHT = [
    Right("skip", SkipDense, SKIP, lambda torch, x, W: x + torch.relu(x @ W)),
]

BUGS = [
    wrong(SkipDense, SKIP, FORMULA, "the skip path is missing", x=lambda dy, x, W, z: (dy * (z > 0)) @ W.T),
    wrong(SkipDense, SKIP, FORMULA, "the branch is missing from the input gradient", x=lambda dy, x, W, z: dy.copy()),
    wrong(
        SkipDense,
        SKIP,
        FORMULA,
        "the skip path is masked too",
        x=lambda dy, x, W, z: dy * (z > 0) + (dy * (z > 0)) @ W.T,
    ),
    wrong(SkipDense, SKIP, FORMULA, "the skip path counted twice", x=lambda dy, x, W, z: 2 * dy + (dy * (z > 0)) @ W.T),
    wrong(
        SkipDense,
        SKIP,
        TINY,
        "the skip path scaled by 0.9999",
        x=lambda dy, x, W, z: 0.9999 * dy + (dy * (z > 0)) @ W.T,
    ),
    wrong(SkipDense, SKIP, PURITY, "backward adds the branch into dy", backward=adds_the_branch_into_dy),
    wrong(SkipDense, SKIP, PURITY, "forward adds the branch into x", forward=adds_the_branch_into_x),
]
