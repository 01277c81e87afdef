"""Losses of a model's confidence: binary cross-entropy, focal, Gaussian, contrastive."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .classification import one_hot, softmax
from .lstm import sigmoid
from .suite import EDGE, FORMULA, PRECISION, PURITY, Right, Setting, rounded, wrong


class BinaryCrossEntropy:
    """The mean over all entries of log(1 + e^z) - t z, t a constant target."""

    def forward(self, z, t):
        return (np.logaddexp(0, z) - z * t).mean(), (z, t)

    def backward(self, dy, cache):
        z, t = cache
        return {"z": dy * (sigmoid(z) - t) / z.size}


class Focal:
    """The mean over the batch of -(1 - p)^2 log p, p the softmax of the label."""

    def forward(self, z, labels):
        log_p = self.log_p(z, labels)
        return -((1 - np.exp(log_p)) ** 2 * log_p).mean(), (z, labels)

    def log_p(self, z, labels):
        shifted = z - z.max(axis=1, keepdims=True)
        return (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))[np.arange(len(z)), labels]

    def slope(self, log_p):
        """The slope of each example's loss by log p."""
        p = np.exp(log_p)
        return 2 * (1 - p) * p * log_p - (1 - p) ** 2

    def backward(self, dy, cache):
        z, labels = cache
        p = softmax(z)
        return {"z": dy * self.slope(self.log_p(z, labels))[:, None] * (one_hot(labels, p) - p) / len(z)}


class GaussianLoss:
    """Half the sum of s + (t - mu)^2 e^-s: mean mu and log variance s of a constant target t."""

    def forward(self, mu, s, t):
        return 0.5 * (s + (t - mu) ** 2 * np.exp(-s)).sum(), (mu, s, t)

    def backward(self, dy, cache):
        mu, s, t = cache
        return {"mu": dy * (mu - t) * np.exp(-s), "s": dy * 0.5 * (1 - (t - mu) ** 2 * np.exp(-s))}


class Contrastive:
    """Cross-entropy of softmax(a b^T / 0.5) against the diagonal, the mean over the rows."""

    def forward(self, a, b):
        p = softmax(a @ b.T / 0.5)
        return -np.log(np.diag(p)).mean(), (a, b, p)

    def backward(self, dy, cache):
        a, b, p = cache
        ds = dy * (p - np.eye(len(p))) / len(p) / 0.5
        return {"a": ds @ b, "b": ds.T @ a}


TARGETS = Setting({"z": ("m", "n"), "t": ("m", "n")}, ranges={"t": (0.0, 1.0)}, fixed=("t",))
LABELS = Setting({"z": ("m", "c"), "labels": ("m",)}, integers={"labels": "c"})
NORMAL = Setting({"mu": ("m", "n"), "s": ("m", "n"), "t": ("m", "n")}, ranges={"s": (-3.0, 3.0)}, fixed=("t",))
PAIRS = Setting({"a": ("m", "d"), "b": ("m", "d")}, ranges={"a": (-2.0, 2.0), "b": (-2.0, 2.0)})


def torch_focal(torch, z, labels):
    log_p = torch.log_softmax(z, 1).gather(1, labels[:, None])
    return -((1 - log_p.exp()) ** 2 * log_p).mean()


def torch_gaussian(torch, mu, s, t):
    return torch.nn.functional.gaussian_nll_loss(mu, t, torch.exp(s), eps=1e-30, reduction="sum")


def torch_contrastive(torch, a, b):
    return torch.nn.functional.cross_entropy(a @ b.T / 0.5, torch.arange(len(a)))


RIGHT = [
    Right(
        "binary cross-entropy",
        BinaryCrossEntropy,
        TARGETS,
        lambda torch, z, t: torch.nn.functional.binary_cross_entropy_with_logits(z, t),
    ),
    Right("focal loss", Focal, LABELS, torch_focal),
    Right(
        "Gaussian loss", GaussianLoss, NORMAL, lambda torch, mu, s, t: 0.5 * (s + (t - mu) ** 2 * torch.exp(-s)).sum()
    ),
    Right("contrastive loss", Contrastive, PAIRS, torch_contrastive),
]


def clipped_probability(dy, z, t):
    return dy * (np.clip(sigmoid(z), 1e-3, 1 - 1e-3) - t) / z.size


def quotient(dy, z, t):
    """The slope of the loss by p times that of p: 0/0 where p is 0 or 1."""
    p = sigmoid(z)
    with np.errstate(divide="ignore", invalid="ignore"):
        return dy * ((1 - t) / (1 - p) - t / p) * p * (1 - p) / z.size


def focal(slope):
    """A gradient of Focal with another slope by log p, a function of (p, log p)."""

    def gradient(dy, z, labels):
        log_p, p = Focal().log_p(z, labels), softmax(z)
        return dy * slope(np.exp(log_p), log_p)[:, None] * (one_hot(labels, p) - p) / len(z)

    return gradient


def shifts_logits(self, dy, cache):
    z = cache[0]
    z -= z.max(axis=1, keepdims=True)
    return Focal.backward(self, dy, cache)


SATURATED = {"z": np.array([[9.0, 60.0]]), "t": np.array([[0.25, 1.0]])}

BUGS = [
    wrong(
        BinaryCrossEntropy,
        TARGETS,
        FORMULA,
        "mean over the rows only",
        z=lambda dy, z, t: dy * (sigmoid(z) - t) / len(z),
        witness={"n": 3},
    ),
    wrong(
        BinaryCrossEntropy,
        TARGETS,
        FORMULA,
        "times the slope of sigmoid",
        z=lambda dy, z, t: dy * (sigmoid(z) - t) * sigmoid(z) * (1 - sigmoid(z)) / z.size,
    ),
    wrong(
        BinaryCrossEntropy, TARGETS, EDGE, "probability clipped in backward", z=clipped_probability, witness=SATURATED
    ),
    wrong(BinaryCrossEntropy, TARGETS, EDGE, "0/0 where the probability is 1", z=quotient, witness=SATURATED),
    wrong(
        BinaryCrossEntropy,
        TARGETS,
        PRECISION,
        "probability rounded to float32",
        z=lambda dy, z, t: dy * (rounded(sigmoid(z)) - t) / z.size,
    ),
    wrong(Focal, LABELS, FORMULA, "(1 - p)^2 taken as a constant", z=focal(lambda p, log_p: -((1 - p) ** 2))),
    wrong(
        Focal,
        LABELS,
        FORMULA,
        "the power not lowered by one",
        z=focal(lambda p, log_p: 2 * (1 - p) ** 2 * p * log_p - (1 - p) ** 2),
    ),
    wrong(Focal, LABELS, PURITY, "logits shifted in place by backward", backward=shifts_logits, witness={"c": 3}),
    wrong(
        GaussianLoss,
        NORMAL,
        FORMULA,
        "the half missing",
        s=lambda dy, mu, s, t: dy * (1 - (t - mu) ** 2 * np.exp(-s)),
    ),
    wrong(GaussianLoss, NORMAL, FORMULA, "sign of the mean's", mu=lambda dy, mu, s, t: dy * (t - mu) * np.exp(-s)),
    wrong(
        GaussianLoss,
        NORMAL,
        FORMULA,
        "s read as the deviation",
        mu=lambda dy, mu, s, t: dy * (mu - t) * np.exp(-2 * s),
    ),
    wrong(
        Contrastive,
        PAIRS,
        FORMULA,
        "temperature missing in backward",
        a=lambda dy, a, b, p: dy * (p - np.eye(len(p))) / len(p) @ b,
        witness={"m": 3},
    ),
    wrong(
        Contrastive,
        PAIRS,
        FORMULA,
        "not transposed for b",
        b=lambda dy, a, b, p: dy * (p - np.eye(len(p))) / len(p) / 0.5 @ a,
        witness={"m": 3},
    ),
]
