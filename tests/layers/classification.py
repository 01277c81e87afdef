"""Losses of scores and labels: softmax cross-entropy and multiclass hinge."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, ENTRY, FORMULA, PRECISION, PURITY, SHAPE, TINY, Right, Setting, wrong


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def one_hot(labels, p):
    hot = np.zeros_like(p)
    hot[np.arange(len(labels)), labels] = 1
    return hot


class SoftmaxCrossEntropy:
    """The mean over the batch of -log softmax(z)[label]."""

    def forward(self, z, labels):
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(z)), labels].mean(), (np.exp(log_p), labels, z)

    def backward(self, dy, cache):
        p, labels, _ = cache
        return {"z": dy * (p - one_hot(labels, p)) / len(p)}


class Hinge:
    """The mean over the batch of the sum over the wrong classes of max(0, s_j - s_label + 1)."""

    def forward(self, s, labels):
        rows = np.arange(len(s))
        margins = np.maximum(s - s[rows, labels][:, None] + 1, 0)
        margins[rows, labels] = 0
        return margins.sum() / len(s), (margins, labels, s)

    def backward(self, dy, cache):
        margins, labels, _ = cache
        ds = (margins > 0).astype(margins.dtype)
        ds[np.arange(len(ds)), labels] = -ds.sum(axis=1)
        return {"s": dy * ds / len(ds)}


LABELS = Setting({"z": ("m", "c"), "labels": ("m",)}, integers={"labels": "c"})
SCORES = Setting({"s": ("m", "c"), "labels": ("m",)}, integers={"labels": "c"})


def torch_hinge(torch, s, labels):
    margins = torch.relu(s - s.gather(1, labels[:, None]) + 1)
    return (margins.sum() - len(s)) / len(s)


def subtracts_in_the_cache(self, dy, cache):
    dz, labels, _ = cache
    dz[np.arange(len(dz)), labels] -= 1
    dz /= len(dz)
    return {"z": dy * dz}


def softmax_without_shift(dy, p, labels, z):
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z)
        return dy * (e / e.sum(axis=1, keepdims=True) - one_hot(labels, p)) / len(z)


def one_hot_as_wide_as_the_largest_label(dy, p, labels, z):
    hot = np.eye(labels.max() + 1)[labels]
    dz = p.copy()
    dz[:, : hot.shape[1]] -= hot[: len(dz)]
    dz[:, hot.shape[1] :] = 0
    return dy * dz / len(p)


def clips_the_probability(self, z, labels):
    p = softmax(z)
    return -np.log(np.clip(p[np.arange(len(z)), labels], 1e-7, 1.0)).mean(), (p, labels, z)


def shifts_in_place(self, z, labels):
    z -= z.max(axis=1, keepdims=True)
    return SoftmaxCrossEntropy.forward(self, z, labels)


def subtracts_from_whole_columns(dy, p, labels, z):
    dz = p.copy()
    dz[:, labels] -= 1
    return dy * dz / len(p)


def hinge(change):
    """A gradient of Hinge made from (ds before the label column is filled, margins, labels)."""

    def gradient(dy, margins, labels, s):
        return dy * change((margins > 0).astype(float), margins, labels, s) / len(margins)

    return gradient


def at_labels(ds, labels, values):
    ds[np.arange(len(ds)), labels] = values
    return ds


def hinge_counting(mask):
    """A gradient of Hinge with another mask, a function of (margins, s, labels)."""

    def gradient(dy, margins, labels, s):
        ds = at_labels(mask(margins, s, labels).astype(float), labels, 0.0)
        return dy * at_labels(ds, labels, -ds.sum(axis=1)) / len(ds)

    return gradient


def own(s, labels):
    return s[np.arange(len(s)), labels][:, None]


EXTREME = {"z": np.array([[0.0, 800.0, 20.0]]), "labels": np.array([0])}


RIGHT = [
    Right(
        "softmax cross-entropy",
        SoftmaxCrossEntropy,
        LABELS,
        lambda torch, z, labels: torch.nn.functional.cross_entropy(z, labels),
    ),
    Right("multiclass hinge", Hinge, SCORES, torch_hinge),
]

BUGS = [
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        FORMULA,
        "1/m missing",
        witness={"m": 3},
        z=lambda dy, p, labels, z: dy * (p - one_hot(labels, p)),
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        FORMULA,
        "divided by the number of classes",
        witness={"m": 2, "c": 3},
        z=lambda dy, p, labels, z: dy * (p - one_hot(labels, p)) / p.shape[1],
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        FORMULA,
        "divided by the number of entries",
        z=lambda dy, p, labels, z: dy * (p - one_hot(labels, p)) / p.size,
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        FORMULA,
        "label minus probability",
        z=lambda dy, p, labels, z: dy * (one_hot(labels, p) - p) / len(p),
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        FORMULA,
        "times p (1 - p) as for a squared error",
        z=lambda dy, p, labels, z: dy * (p - one_hot(labels, p)) * p * (1 - p) / len(p),
    ),
    wrong(
        SoftmaxCrossEntropy, LABELS, FORMULA, "dy ignored", z=lambda dy, p, labels, z: (p - one_hot(labels, p)) / len(p)
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        SHAPE,
        "one subtracted from whole columns of labels",
        witness={"m": 3, "c": 3},
        z=subtracts_from_whole_columns,
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        ENTRY,
        "class 0 treated as padding in backward",
        z=lambda dy, p, labels, z: dy * (p - one_hot(labels, p)) * (labels != 0)[:, None] / len(p),
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        SHAPE,
        "one-hot only as wide as the largest label",
        witness={"m": 2, "c": 4},
        z=one_hot_as_wide_as_the_largest_label,
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        TINY,
        "label smoothing of 1e-4 in backward only",
        z=lambda dy, p, labels, z: dy * (p - (1 - 1e-4) * one_hot(labels, p) - 1e-4 / p.shape[1]) / len(p),
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        EDGE,
        "softmax computed again without the shift",
        witness=EXTREME,
        z=softmax_without_shift,
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        EDGE,
        "the probability is clipped in forward only",
        witness=EXTREME,
        forward=clips_the_probability,
    ),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        PURITY,
        "one subtracted in the cached probabilities",
        backward=subtracts_in_the_cache,
    ),
    wrong(SoftmaxCrossEntropy, LABELS, PURITY, "logits shifted in place", forward=shifts_in_place),
    wrong(
        SoftmaxCrossEntropy,
        LABELS,
        PRECISION,
        "probabilities kept in float32",
        z=lambda dy, p, labels, z: dy * (p.astype(np.float32).astype(p.dtype) - one_hot(labels, p)) / len(p),
    ),
    wrong(
        Hinge,
        SCORES,
        FORMULA,
        "one subtracted at the label, not the count",
        witness={"m": 3, "c": 4},
        s=hinge(lambda ds, margins, labels, s: at_labels(ds, labels, -1.0)),
    ),
    wrong(Hinge, SCORES, FORMULA, "the label gets no gradient", s=hinge(lambda ds, margins, labels, s: ds)),
    wrong(
        Hinge,
        SCORES,
        FORMULA,
        "count over the whole batch",
        witness={"m": 3, "c": 3},
        s=hinge(lambda ds, margins, labels, s: at_labels(ds, labels, -ds.sum())),
    ),
    wrong(
        Hinge,
        SCORES,
        FORMULA,
        "the margin itself, as for a squared hinge",
        s=lambda dy, margins, labels, s: dy * at_labels(margins.copy(), labels, -margins.sum(axis=1)) / len(s),
    ),
    wrong(
        Hinge,
        SCORES,
        FORMULA,
        "mask without the margin of one",
        witness={"m": 4, "c": 4},
        s=hinge_counting(lambda margins, s, labels: s > own(s, labels)),
    ),
    wrong(
        Hinge,
        SCORES,
        ENTRY,
        "the last example left out",
        s=lambda dy, margins, labels, s: hinge_counting(
            lambda margins, s, labels: (margins > 0) & (np.arange(len(s)) < len(s) - 1)[:, None]
        )(dy, margins, labels, s),
    ),
    wrong(
        Hinge,
        SCORES,
        EDGE,
        "violations below 1e-3 ignored",
        witness={"s": np.array([[0.0, -0.9995]]), "labels": np.array([0])},
        s=hinge_counting(lambda margins, s, labels: margins > 1e-3),
    ),
]
