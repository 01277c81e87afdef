"""L2 normalisation and cosine similarity."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, ENTRY, FORMULA, TINY, Right, Setting, wrong


class L2Normalise:
    """y = x / max(|x|, floor) for each row."""

    floor = 0.1

    def forward(self, x):
        norm = np.sqrt((x * x).sum(axis=1, keepdims=True))
        y = x / np.maximum(norm, self.floor)
        return y, (x, y, norm)

    def backward(self, dy, cache):
        _, y, norm = cache
        along = np.where(norm > self.floor, (dy * y).sum(axis=1, keepdims=True), 0)
        return {"x": (dy - y * along) / np.maximum(norm, self.floor)}


class CosineSimilarity:
    """The cosine of each row of a with the same row of b, the norms kept above 1e-3."""

    floor = 1e-3

    def forward(self, a, b):
        na, nb = self.norm(a), self.norm(b)
        cos = (a * b).sum(axis=1) / (np.maximum(na, self.floor) * np.maximum(nb, self.floor))
        return cos, (a, b, na, nb, cos)

    def norm(self, a):
        return np.sqrt((a * a).sum(axis=1))

    def one_side(self, dy, a, b, na, nb, cos):
        ka, kb = np.maximum(na, self.floor), np.maximum(nb, self.floor)
        shrink = np.where(na > self.floor, cos / ka**2, 0)
        return dy[:, None] * (b / (ka * kb)[:, None] - shrink[:, None] * a)

    def backward(self, dy, cache):
        a, b, na, nb, cos = cache
        return {"a": self.one_side(dy, a, b, na, nb, cos), "b": self.one_side(dy, b, a, nb, na, cos)}


ROWS = Setting({"x": ("m", "d")})
PAIRS = Setting({"a": ("m", "d"), "b": ("m", "d")})


def torch_l2(torch, x):
    return x / torch.linalg.vector_norm(x, dim=1, keepdim=True).clamp(min=0.1)


def torch_cosine(torch, a, b):
    na, nb = (torch.linalg.vector_norm(v, dim=1).clamp(min=1e-3) for v in (a, b))
    return (a * b).sum(1) / (na * nb)


def l2(formula):
    """An input gradient of L2Normalise as a function of (dy, y, norm, kept norm)."""

    def gradient(dy, x, y, norm):
        with np.errstate(divide="ignore", invalid="ignore"):
            return formula(dy, x, y, norm, np.maximum(norm, L2Normalise.floor))

    return gradient


def across(a):
    return a.sum(axis=1, keepdims=True)


def cosine(formula):
    """A gradient of CosineSimilarity for a as a function of (dy, a, b, na, nb, cos), columns made of vectors."""

    def gradient(dy, a, b, na, nb, cos):
        with np.errstate(divide="ignore", invalid="ignore"):
            return formula(dy[:, None], a, b, na[:, None], nb[:, None], cos[:, None])

    return gradient


LOW = {"x": np.array([[0.03, 0.04], [1.0, 2.0]])}
ZERO = {"a": np.array([[0.0, 0.0]]), "b": np.array([[1.0, 2.0]])}


RIGHT = [
    Right("L2 normalise", L2Normalise, ROWS, torch_l2),
    Right("cosine similarity", CosineSimilarity, PAIRS, torch_cosine),
]

BUGS = [
    wrong(L2Normalise, ROWS, FORMULA, "the norm taken as a constant", x=l2(lambda dy, x, y, norm, kept: dy / kept)),
    wrong(
        L2Normalise,
        ROWS,
        FORMULA,
        "projection over the whole batch",
        witness={"m": 3},
        x=l2(lambda dy, x, y, norm, kept: (dy - np.where(norm > 0.1, y * (dy * y).sum(), 0)) / kept),
    ),
    wrong(
        L2Normalise,
        ROWS,
        FORMULA,
        "x where y belongs in the projection",
        x=l2(lambda dy, x, y, norm, kept: (dy - np.where(norm > 0.1, x * across(dy * y), 0)) / kept),
    ),
    wrong(
        L2Normalise,
        ROWS,
        FORMULA,
        "the norm cubed forgotten",
        x=l2(lambda dy, x, y, norm, kept: dy / kept - np.where(norm > 0.1, x * across(dy * x), 0)),
    ),
    wrong(
        L2Normalise,
        ROWS,
        EDGE,
        "the floor forgotten in the projection",
        witness=LOW,
        x=l2(lambda dy, x, y, norm, kept: (dy - y * across(dy * y)) / kept),
    ),
    wrong(
        L2Normalise,
        ROWS,
        EDGE,
        "divided by the norm itself, 0/0 for a row of zeros",
        witness={"x": np.zeros((1, 2))},
        x=l2(
            lambda dy, x, y, norm, kept: (
                (dy - np.where(norm > 0.1, y, 0) * across(dy * y)) / np.where(norm > 0, kept, 0)
            )
        ),
    ),
    wrong(
        L2Normalise,
        ROWS,
        TINY,
        "1e-4 added to the norm in backward",
        x=l2(lambda dy, x, y, norm, kept: (dy - np.where(norm > 0.1, y, 0) * across(dy * y)) / (kept + 1e-4)),
    ),
    wrong(
        CosineSimilarity,
        PAIRS,
        FORMULA,
        "the norm of a taken as a constant",
        a=cosine(lambda dy, a, b, na, nb, cos: dy * b / (na * nb)),
    ),
    wrong(
        CosineSimilarity,
        PAIRS,
        FORMULA,
        "the norms swapped",
        a=cosine(lambda dy, a, b, na, nb, cos: dy * (b / (na * nb) - cos * a / nb**2)),
    ),
    wrong(
        CosineSimilarity,
        PAIRS,
        FORMULA,
        "b's gradient copied from a's",
        b=cosine(lambda dy, a, b, na, nb, cos: dy * (b / (na * nb) - cos * a / na**2)),
    ),
    wrong(
        CosineSimilarity,
        PAIRS,
        FORMULA,
        "one power of the norm missing",
        a=cosine(lambda dy, a, b, na, nb, cos: dy * (b / (na * nb) - cos * a / na)),
    ),
    wrong(
        CosineSimilarity,
        PAIRS,
        FORMULA,
        "dy ignored",
        a=cosine(lambda dy, a, b, na, nb, cos: b / (na * nb) - cos * a / na**2),
    ),
    wrong(
        CosineSimilarity,
        PAIRS,
        EDGE,
        "0/0 for a masked row of zeros",
        witness=ZERO,
        a=cosine(
            lambda dy, a, b, na, nb, cos: (
                dy
                * (
                    b / (np.maximum(na, 1e-3) * np.maximum(nb, 1e-3))
                    - np.where((na > 1e-3) | (na == 0), cos * a / na**2, 0)
                )
            )
        ),
    ),
    wrong(
        CosineSimilarity,
        PAIRS,
        ENTRY,
        "the last row's gradient for b not scaled by dy",
        b=lambda dy, a, b, na, nb, cos: CosineSimilarity().one_side(np.append(dy[:-1], 1.0), b, a, nb, na, cos),
    ),
]
