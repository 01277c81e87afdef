"""Batch normalisation over batch and space."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import FORMULA, PURITY, SHAPE, TINY, Right, Setting, wrong

EPS = 1e-5


class BatchNorm:
    """Training-mode batch normalisation of x (m, c, s): mean and variance over batch and space."""

    def forward(self, x, gamma, beta):
        mean = x.mean(axis=(0, 2), keepdims=True)
        std = np.sqrt(((x - mean) ** 2).mean(axis=(0, 2), keepdims=True) + EPS)
        hat = (x - mean) / std
        return gamma[:, None] * hat + beta[:, None], (x, gamma, hat, std)

    def backward(self, dy, cache):
        x, gamma, hat, std = cache
        over, count = (0, 2), x.shape[0] * x.shape[2]
        dgamma, dbeta = (dy * hat).sum(axis=over), dy.sum(axis=over)
        dx = gamma[:, None] / std * (dy - (dbeta[:, None] + hat * dgamma[:, None]) / count)
        return {"x": dx, "gamma": dgamma, "beta": dbeta}


BATCH = Setting({"x": ("m", "c", "s"), "gamma": ("c",), "beta": ("c",)})


def mean(a):
    return a.mean(axis=-1, keepdims=True)


def batch_dx(formula):
    """An input gradient of BatchNorm as a function of (dhat, hat, std)."""
    return lambda dy, x, gamma, hat, std: formula(dy * gamma[:, None], hat, std)


def space(a):
    return a.mean(axis=(0, 2), keepdims=True)


def running_statistics(self, x, gamma, beta):
    """Normalises by the running mean, which this very call moves."""
    batch = x.mean(axis=(0, 2), keepdims=True)
    kept = getattr(self, "running", batch)
    self.running = 0.9 * kept + 0.1 * batch if kept.shape == batch.shape else batch
    y, (_, _, hat, std) = BatchNorm.forward(self, x, gamma, beta)
    return y + gamma[:, None] * (batch - self.running) / std, (x, gamma, hat, std)


def last_statistics(self, dy, cache):
    x, gamma, hat, std = cache
    return BatchNorm.backward(self, dy, (x, gamma, hat, self.std if self.std.shape == std.shape else std))


def keeps_statistics(self, x, gamma, beta):
    y, cache = BatchNorm.forward(self, x, gamma, beta)
    self.std = cache[-1]
    return y, cache


RIGHT = [
    Right(
        "batch norm",
        BatchNorm,
        BATCH,
        lambda torch, x, gamma, beta: torch.native_batch_norm(x, gamma, beta, None, None, True, 0.1, EPS)[0],
    ),
]

BUGS = [
    wrong(
        BatchNorm,
        BATCH,
        FORMULA,
        "only the batch counted, not the space",
        witness={"m": 2, "s": 3},
        x=lambda dy, x, gamma, hat, std: gamma[:, None] / std * (dy - (space(dy) + hat * space(dy * hat)) * x.shape[2]),
    ),
    wrong(BatchNorm, BATCH, FORMULA, "statistics taken as constants", x=batch_dx(lambda dhat, hat, std: dhat / std)),
    wrong(
        BatchNorm,
        BATCH,
        FORMULA,
        "sum over the batch only for beta",
        witness={"m": 2, "s": 3},
        beta=lambda dy, x, gamma, hat, std: dy.sum(axis=0)[:, 0],
    ),
    wrong(
        BatchNorm,
        BATCH,
        FORMULA,
        "the variance's path with the wrong sign",
        x=batch_dx(lambda dhat, hat, std: (dhat - space(dhat) + hat * space(dhat * hat)) / std),
    ),
    wrong(
        BatchNorm,
        BATCH,
        FORMULA,
        "the variance's path without its factor 2",
        x=batch_dx(lambda dhat, hat, std: (dhat - space(dhat) - 0.5 * hat * space(dhat * hat)) / std),
    ),
    wrong(
        BatchNorm,
        BATCH,
        FORMULA,
        "gamma's gradient forgets the batch",
        witness={"m": 2},
        gamma=lambda dy, x, gamma, hat, std: (dy * hat)[0].sum(axis=-1),
    ),
    wrong(
        BatchNorm,
        BATCH,
        SHAPE,
        "a batch of one normalised by constants",
        witness={"m": 1, "s": 3},
        x=lambda dy, x, gamma, hat, std: (
            gamma[:, None] * dy / std if len(x) == 1 else BatchNorm.backward(None, dy, (x, gamma, hat, std))["x"]
        ),
    ),
    wrong(
        BatchNorm,
        BATCH,
        SHAPE,
        "a path missing for more than one channel",
        witness={"m": 3, "c": 2},
        x=lambda dy, x, gamma, hat, std: (
            BatchNorm.backward(None, dy, (x, gamma, hat, std))["x"]
            + (x.shape[1] > 1) * hat * space(dy * hat) * gamma[:, None] / std
        ),
    ),
    wrong(
        BatchNorm,
        BATCH,
        TINY,
        "the variance's path too large by 1e-4",
        witness={"m": 5},
        x=batch_dx(lambda dhat, hat, std: (dhat - space(dhat) - (1 + 1e-4) * hat * space(dhat * hat)) / std),
    ),
    wrong(BatchNorm, BATCH, PURITY, "normalised by the running mean it has just moved", forward=running_statistics),
    wrong(
        BatchNorm, BATCH, PURITY, "deviation of the latest forward", forward=keeps_statistics, backward=last_statistics
    ),
]
