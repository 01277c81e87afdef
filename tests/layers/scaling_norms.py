"""Normalisation without batch: RMS norm and group norm."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import ENTRY, FORMULA, PRECISION, SHAPE, TINY, Right, Setting, rounded, wrong


class RmsNorm:
    """y = gain x / sqrt(mean of x^2 + eps), the mean over each row."""

    eps = 1e-6

    def forward(self, x, gain):
        r = 1 / np.sqrt((x * x).mean(axis=1, keepdims=True) + self.eps)
        return gain * x * r, (x, gain, r)

    def backward(self, dy, cache):
        x, gain, r = cache
        d = dy * gain
        return {"x": r * d - x * r**3 * (d * x).mean(axis=1, keepdims=True), "gain": (dy * x * r).sum(axis=0)}


class GroupNorm:
    """Each group of x (m, groups, size) brought to mean 0 and variance 1, then scaled by one gain per group."""

    eps = 1e-5

    def forward(self, x, gain):
        mean = x.mean(axis=2, keepdims=True)
        std = np.sqrt(((x - mean) ** 2).mean(axis=2, keepdims=True) + self.eps)
        hat = (x - mean) / std
        return hat * gain[:, None], (hat, std, gain)

    def backward(self, dy, cache):
        hat, std, gain = cache
        d = dy * gain[:, None]
        dx = (d - d.mean(axis=2, keepdims=True) - hat * (d * hat).mean(axis=2, keepdims=True)) / std
        return {"x": dx, "gain": (dy * hat).sum(axis=(0, 2))}


ROWS = Setting({"x": ("m", "d"), "gain": ("d",)})
GROUPS = Setting({"x": ("m", "g", "k"), "gain": ("g",)})


def torch_group(torch, x, gain):
    std, mean = torch.std_mean(x, 2, correction=0, keepdim=True)
    return gain[:, None] * (x - mean) / torch.sqrt(std**2 + 1e-5)


RIGHT = [
    Right("RMS norm", RmsNorm, ROWS, lambda torch, x, gain: torch.nn.functional.rms_norm(x, x.shape[1:], gain, 1e-6)),
    Right("group norm", GroupNorm, GROUPS, torch_group),
]


def row_mean(a):
    return a.mean(axis=-1, keepdims=True)


def rms(formula):
    """An input gradient of RmsNorm as a function of (d, x, r), d being dy times the gain."""
    return lambda dy, x, gain, r: formula(dy * gain, x, r)


def group(formula):
    """An input gradient of GroupNorm as a function of (d, hat, std)."""
    return lambda dy, hat, std, gain: formula(dy * gain[:, None], hat, std)


def without_first_gain(dy, hat, std, gain):
    first = np.arange(len(gain)) == 0
    return GroupNorm().backward(dy, (hat, std, np.where(first, 1.0, gain)))["x"]


BUGS = [
    wrong(RmsNorm, ROWS, FORMULA, "r taken as a constant", x=rms(lambda d, x, r: r * d)),
    wrong(RmsNorm, ROWS, FORMULA, "r in place of its cube", x=rms(lambda d, x, r: r * d - x * r * row_mean(d * x))),
    wrong(
        RmsNorm,
        ROWS,
        FORMULA,
        "gain forgotten in the second term",
        x=lambda dy, x, gain, r: r * dy * gain - x * r**3 * row_mean(dy * x),
    ),
    wrong(
        RmsNorm,
        ROWS,
        FORMULA,
        "sum in place of the mean",
        x=rms(lambda d, x, r: r * d - x * r**3 * (d * x).sum(axis=1, keepdims=True)),
        witness={"d": 3},
    ),
    wrong(
        RmsNorm,
        ROWS,
        TINY,
        "eps of 1e-4 in backward",
        x=lambda dy, x, gain, r: RmsNorm().backward(dy, (x, gain, 1 / np.sqrt(r**-2 + 1e-4)))["x"],
    ),
    wrong(
        RmsNorm,
        ROWS,
        PRECISION,
        "r kept in float32",
        x=lambda dy, x, gain, r: RmsNorm().backward(dy, (x, gain, rounded(r)))["x"],
    ),
    wrong(
        GroupNorm,
        GROUPS,
        FORMULA,
        "mean over the groups",
        x=group(lambda d, hat, std: (d - d.mean(axis=1, keepdims=True) - hat * row_mean(d * hat)) / std),
        witness={"g": 2, "k": 3},
    ),
    wrong(
        GroupNorm,
        GROUPS,
        SHAPE,
        "the gain's gradient from the first of each group",
        gain=lambda dy, hat, std, gain: (dy * hat)[:, :, 0].sum(axis=0) * dy.shape[2],
        witness={"g": 2, "k": 3},
    ),
    wrong(GroupNorm, GROUPS, ENTRY, "the first group not scaled by its gain", x=without_first_gain),
]
