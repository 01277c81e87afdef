"""Scalar losses without labels: triplet, smooth L1, KL sparsity."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, FORMULA, PURITY, SHAPE, TINY, Bug, Right, Setting, wrong


class Triplet:
    """The mean over the batch of max(0, |a - p|^2 - |a - n|^2 + 1)."""

    def forward(self, a, p, n):
        each = np.maximum(((a - p) ** 2).sum(axis=1) - ((a - n) ** 2).sum(axis=1) + 1, 0)
        return each.mean(), (a, p, n, each)

    def backward(self, dy, cache):
        a, p, n, each = cache
        weight = 2 * dy * (each > 0)[:, None] / len(a)
        return {"a": weight * (n - p), "p": weight * (p - a), "n": weight * (a - n)}


class SmoothL1:
    """The mean over all entries of r^2 / 2 where |r| < 1, |r| - 1/2 elsewhere; r = x - t, t a constant target."""

    def forward(self, x, t):
        r = x - t
        size = np.abs(r)
        return np.where(size < 1, 0.5 * r * r, size - 0.5).mean(), (r,)

    def backward(self, dy, cache):
        (r,) = cache
        return {"x": dy * np.clip(r, -1, 1) / r.size}


class KLSparsity:
    """beta times the sum over units of KL(rho || mean over the batch of h)."""

    rho, beta = 0.05, 3.0

    def forward(self, h):
        mean = h.mean(axis=0)
        kl = self.rho * np.log(self.rho / mean) + (1 - self.rho) * np.log((1 - self.rho) / (1 - mean))
        return self.beta * kl.sum(), (h, mean)

    def slope(self, mean):
        return self.beta * ((1 - self.rho) / (1 - mean) - self.rho / mean)

    def backward(self, dy, cache):
        h, mean = cache
        return {"h": np.broadcast_to(dy * self.slope(mean) / len(h), h.shape).copy()}


TRIPLET = Setting({"a": ("m", "d"), "p": ("m", "d"), "n": ("m", "d")})
RESIDUAL = Setting({"x": ("m", "d"), "t": ("m", "d")}, fixed=("t",))
UNIT = Setting({"h": ("m", "n")}, ranges={"h": (0.02, 0.98)})


def torch_triplet(torch, a, p, n):
    return torch.relu(((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1) + 1).mean()


def torch_kl(torch, h):
    mean, rho = h.mean(0), 0.05
    return 3.0 * (rho * torch.log(rho / mean) + (1 - rho) * torch.log((1 - rho) / (1 - mean))).sum()


class MovingKL(KLSparsity):
    """The mean activation is a moving average over calls, as sparse autoencoders often keep it."""

    kept = None

    def forward(self, h):
        mean = h.mean(axis=0)
        if self.kept is not None and self.kept.shape == mean.shape:
            mean = 0.9 * self.kept + 0.1 * mean
        self.kept = mean
        kl = self.rho * np.log(self.rho / mean) + (1 - self.rho) * np.log((1 - self.rho) / (1 - mean))
        return self.beta * kl.sum(), (h, mean)


def kl(slope):
    """A gradient of KLSparsity with another slope, a function of (mean, h)."""
    return lambda dy, h, mean: np.broadcast_to(dy * slope(mean, h), h.shape).copy()


RIGHT = [
    Right("triplet", Triplet, TRIPLET, torch_triplet),
    Right("smooth L1", SmoothL1, RESIDUAL, lambda torch, x, t: torch.nn.functional.smooth_l1_loss(x, t)),
    Right("KL sparsity", KLSparsity, UNIT, torch_kl),
]

BUGS = [
    wrong(
        Triplet,
        TRIPLET,
        FORMULA,
        "factor 2 missing",
        a=lambda dy, a, p, n, each: dy * (each > 0)[:, None] * (n - p) / len(a),
    ),
    wrong(
        Triplet,
        TRIPLET,
        FORMULA,
        "the anchor forgets the negative",
        a=lambda dy, a, p, n, each: 2 * dy * (each > 0)[:, None] * (a - p) / len(a),
    ),
    wrong(
        Triplet,
        TRIPLET,
        FORMULA,
        "sign of the negative's gradient",
        n=lambda dy, a, p, n, each: 2 * dy * (each > 0)[:, None] * (n - a) / len(a),
    ),
    wrong(
        Triplet,
        TRIPLET,
        FORMULA,
        "1/m missing for the negative only",
        witness={"m": 3},
        n=lambda dy, a, p, n, each: 2 * dy * (each > 0)[:, None] * (a - n),
    ),
    wrong(
        Triplet,
        TRIPLET,
        FORMULA,
        "no mask",
        witness={"m": 4, "d": 4},
        p=lambda dy, a, p, n, each: 2 * dy * (p - a) / len(a),
    ),
    wrong(
        Triplet,
        TRIPLET,
        SHAPE,
        "mask of the mean loss, not of each triplet",
        witness={"m": 4, "d": 4},
        p=lambda dy, a, p, n, each: 2 * dy * (each.mean() > 0) * (p - a) / len(a),
    ),
    wrong(
        Triplet,
        TRIPLET,
        SHAPE,
        "mask along the wrong axis where m = d",
        witness={"m": 4, "d": 4},
        p=lambda dy, a, p, n, each: (
            2 * dy * ((each > 0)[None, :] if len(each) == p.shape[1] else (each > 0)[:, None]) * (p - a) / len(a)
        ),
    ),
    wrong(
        SmoothL1,
        RESIDUAL,
        FORMULA,
        "mean over the batch only",
        witness={"m": 2, "d": 3},
        x=lambda dy, r: dy * np.clip(r, -1, 1) / len(r),
    ),
    wrong(
        SmoothL1,
        RESIDUAL,
        EDGE,
        "the linear part forgotten",
        witness={"x": np.array([[2.0]]), "t": np.array([[0.0]])},
        x=lambda dy, r: dy * r / r.size,
    ),
    wrong(
        SmoothL1,
        RESIDUAL,
        EDGE,
        "linear part begins at 1.1 in backward",
        witness={"x": np.array([[1.05]]), "t": np.array([[0.0]])},
        x=lambda dy, r: dy * np.where(np.abs(r) < 1.1, r, np.sign(r)) / r.size,
    ),
    wrong(
        KLSparsity,
        UNIT,
        FORMULA,
        "1/m missing",
        witness={"m": 3},
        h=kl(lambda mean, h: 3.0 * (0.95 / (1 - mean) - 0.05 / mean)),
    ),
    wrong(
        KLSparsity,
        UNIT,
        FORMULA,
        "sign of the second term",
        h=kl(lambda mean, h: 3.0 * (-0.95 / (1 - mean) - 0.05 / mean) / len(h)),
    ),
    wrong(KLSparsity, UNIT, FORMULA, "beta missing", h=kl(lambda mean, h: (0.95 / (1 - mean) - 0.05 / mean) / len(h))),
    wrong(
        KLSparsity,
        UNIT,
        FORMULA,
        "mean activation of each example, not of each unit",
        witness={"m": 3, "n": 2},
        h=lambda dy, h, mean: (
            dy * 3.0 * (0.95 / (1 - h.mean(axis=1)) - 0.05 / h.mean(axis=1))[:, None] / len(h) * np.ones_like(h)
        ),
    ),
    wrong(
        KLSparsity,
        UNIT,
        FORMULA,
        "h itself instead of its mean",
        witness={"m": 3},
        h=lambda dy, h, mean: dy * 3.0 * (0.95 / (1 - h) - 0.05 / h) / len(h),
    ),
    wrong(
        KLSparsity,
        UNIT,
        EDGE,
        "mean clipped to [0.1, 0.9] in backward",
        witness={"h": np.array([[0.05]])},
        h=kl(lambda mean, h: 3.0 * (0.95 / (1 - np.clip(mean, 0.1, 0.9)) - 0.05 / np.clip(mean, 0.1, 0.9)) / len(h)),
    ),
    wrong(
        KLSparsity,
        UNIT,
        TINY,
        "1e-5 added to the denominators",
        h=kl(lambda mean, h: 3.0 * (0.95 / (1 - mean + 1e-5) - 0.05 / (mean + 1e-5)) / len(h)),
    ),
    Bug("mean activation averaged over calls", PURITY, MovingKL, KLSparsity, UNIT),
]
