"""Layers between sizes: nearest upsampling, transposed convolution, linear interpolation, sparsemax, centres."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, FORMULA, SHAPE, Right, Setting, wrong


class Upsample:
    """Every column twice."""

    def forward(self, x):
        return x.repeat(2, axis=1), None

    def backward(self, dy, _):
        return {"x": dy.reshape(len(dy), -1, 2).sum(axis=2)}


class TransposedConvolution:
    """y[2 i + k] gathers W[k] x[i]."""

    def forward(self, x, W):
        y = np.zeros((len(x), 2 * (x.shape[1] - 1) + len(W)), x.dtype)
        for k in range(len(W)):
            y[:, k : k + 2 * x.shape[1] - 1 : 2] += x * W[k]
        return y, (x, W)

    def backward(self, dy, cache):
        x, W = cache
        taps = [dy[:, k : k + 2 * x.shape[1] - 1 : 2] for k in range(len(W))]
        return {
            "x": sum(w * tap for w, tap in zip(W, taps, strict=True)),
            "W": np.array([(tap * x).sum() for tap in taps]),
        }


class Interpolate:
    """The table read at real positions, linear in between."""

    def forward(self, table, at):
        left = np.clip(np.floor(at).astype(int), 0, len(table) - 2)
        part = at - left
        return (1 - part) * table[left] + part * table[left + 1], (table, left, part)

    def backward(self, dy, cache):
        table, left, part = cache
        gradient = np.zeros_like(table)
        np.add.at(gradient, left, dy * (1 - part))
        np.add.at(gradient, left + 1, dy * part)
        return {"table": gradient, "at": dy * (table[left + 1] - table[left])}


class Sparsemax:
    """The projection of each row onto the simplex."""

    def forward(self, x):
        falling = -np.sort(-x, axis=1)
        total = np.cumsum(falling, axis=1)
        count = (1 + np.arange(1, x.shape[1] + 1) * falling > total).sum(axis=1)
        threshold = (total[np.arange(len(x)), count - 1] - 1) / count
        y = np.maximum(x - threshold[:, None], 0)
        return y, (y,)

    def backward(self, dy, cache):
        support = cache[0] > 0
        mean = (dy * support).sum(axis=1, keepdims=True) / support.sum(axis=1, keepdims=True)
        return {"x": support * (dy - mean)}


class Centres:
    """Half the mean squared distance of each row from the centre of its label."""

    def forward(self, x, centres, labels):
        apart = x - centres[labels]
        return 0.5 * (apart**2).sum() / len(x), (apart, centres, labels)

    def backward(self, dy, cache):
        apart, centres, labels = cache
        gradient = np.zeros_like(centres)
        np.add.at(gradient, labels, -dy * apart / len(apart))
        return {"x": dy * apart / len(apart), "centres": gradient}


LINE = Setting({"x": ("m", "l")})
TAPS = Setting({"x": ("m", "l"), "W": ("k",)})
TABLE = Setting({"table": ("n+1",), "at": ("m",)}, ranges={"at": (0.0, 1.0)})
ROWS = Setting({"x": ("m", "n")})
CENTRES = Setting({"x": ("m", "d"), "centres": ("c", "d"), "labels": ("m",)}, integers={"labels": "c"})


def torch_interpolate(torch, table, at):
    left = at.floor().long().clamp(0, len(table) - 2)
    return torch.lerp(table[left], table[left + 1], at - left)


def torch_sparsemax(torch, x):
    falling = x.sort(1, descending=True).values
    total = falling.cumsum(1)
    count = (1 + torch.arange(1, x.shape[1] + 1) * falling > total).sum(1, keepdim=True)
    return torch.relu(x - (total.gather(1, count - 1) - 1) / count)


def torch_centres(torch, x, centres, labels):
    return 0.5 * torch.dist(x, centres[labels]) ** 2 / len(x)


RIGHT = [
    Right("upsample", Upsample, LINE, lambda torch, x: x[:, :, None].expand(-1, -1, 2).flatten(1)),
    Right(
        "transposed convolution",
        TransposedConvolution,
        TAPS,
        lambda torch, x, W: torch.nn.functional.conv_transpose1d(x[:, None], W[None, None], stride=2)[:, 0],
    ),
    Right("interpolation", Interpolate, TABLE, torch_interpolate),
    Right("sparsemax", Sparsemax, ROWS, torch_sparsemax),
    Right(
        "centre loss",
        Centres,
        CENTRES,
        lambda torch, x, centres, labels: 0.5 * ((x - centres[labels]) ** 2).sum() / len(x),
    ),
]


def mean_of_two(self, dy, _):
    return {"x": dy.reshape(len(dy), -1, 2).mean(axis=2)}


def without_mean(dy, apart, centres, labels):
    return len(apart) * Centres().backward(dy, (apart, centres, labels))["centres"]


def assigned(like, places, values):
    """An array of zeros with values assigned: the last one stays where places repeat."""
    gradient = np.zeros_like(like)
    gradient[places] = values
    return gradient


def added_once(dy, table, left, part):
    gradient = np.zeros_like(table)
    gradient[left] += dy * (1 - part)
    gradient[left + 1] += dy * part
    return gradient


def averaged(dy, apart, centres, labels):
    """Divided by one more than the count of each label, as center loss is often written."""
    total = Centres().backward(dy, (apart, centres, labels))["centres"]
    return total / (1 + np.bincount(labels, minlength=len(centres)))[:, None]


TWO_IN_ONE = {"table": np.array([1.0, 2.0, 4.0]), "at": np.array([0.25, 0.75])}
SAME_LABEL = {"x": np.eye(2), "centres": np.ones((2, 2)), "labels": np.array([1, 1])}

BUGS = [
    wrong(
        Upsample,
        LINE,
        FORMULA,
        "mean of the two",
        backward=mean_of_two,
    ),
    wrong(Upsample, LINE, FORMULA, "every second only", backward=lambda self, dy, _: {"x": dy[:, ::2].copy()}),
    wrong(
        TransposedConvolution,
        TAPS,
        FORMULA,
        "the kernel flipped",
        x=lambda dy, x, W: TransposedConvolution().backward(dy, (x, W[::-1]))["x"],
        witness={"k": 2},
    ),
    wrong(
        TransposedConvolution,
        TAPS,
        SHAPE,
        "taps beyond the second ignored",
        x=lambda dy, x, W: TransposedConvolution().backward(dy, (x, np.where(np.arange(len(W)) < 2, W, 0.0)))["x"],
        witness={"k": 3},
    ),
    wrong(
        Interpolate,
        TABLE,
        FORMULA,
        "sign of the position's",
        at=lambda dy, table, left, part: dy * (table[left] - table[left + 1]),
    ),
    wrong(Interpolate, TABLE, EDGE, "positions in one interval added once", table=added_once, witness=TWO_IN_ONE),
    wrong(
        Sparsemax,
        ROWS,
        FORMULA,
        "the Jacobian of softmax",
        x=lambda dy, y: y * (dy - (dy * y).sum(axis=1, keepdims=True)),
        witness={"n": 3},
    ),
    wrong(
        Sparsemax,
        ROWS,
        FORMULA,
        "mean over all entries, not the support",
        x=lambda dy, y: (y > 0) * (dy - (dy * (y > 0)).mean(axis=1, keepdims=True)),
        witness={"n": 5},
    ),
    wrong(
        Centres,
        CENTRES,
        FORMULA,
        "1/m missing for the centres",
        centres=lambda dy, apart, centres, labels: (
            len(apart) * Centres().backward(dy, (apart, centres, labels))["centres"]
        ),
        witness={"m": 3},
    ),
    wrong(Centres, CENTRES, FORMULA, "averaged over each label's count and one", centres=averaged),
    wrong(
        Centres,
        CENTRES,
        EDGE,
        "rows of one label overwrite each other",
        centres=lambda dy, apart, centres, labels: assigned(centres, labels, -dy * apart / len(apart)),
        witness=SAME_LABEL,
    ),
]
