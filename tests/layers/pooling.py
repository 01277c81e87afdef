"""Pooling: overlapping maximum, average with padding, maximum over all positions."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .suite import EDGE, ENTRY, FORMULA, PRECISION, PURITY, SHAPE, TINY, Right, Setting, wrong


class MaxPool2d:
    """The maximum over windows of `size` (rows, columns) every `stride` positions; ties go to the first."""

    def __init__(self, size=(2, 3), stride=2):
        self.size, self.stride = size, stride

    def forward(self, x):
        windows = sliding_window_view(x, self.size, axis=(2, 3))[:, :, :: self.stride, :: self.stride]
        flat = windows.reshape(*windows.shape[:4], -1)
        return flat.max(axis=-1), (x, flat.argmax(axis=-1))

    def places(self, winner):
        """The indices of each window's winner in x."""
        b, c, i, j = np.indices(winner.shape)
        return b, c, i * self.stride + winner // self.size[1], j * self.stride + winner % self.size[1]

    def backward(self, dy, cache):
        x, winner = cache
        dx = np.zeros_like(x)
        np.add.at(dx, self.places(winner), dy)
        return {"x": dx}


class AveragePool1d:
    """The average over windows of three, padded by one zero on both sides, the padding counted."""

    size, pad = 3, 1

    def forward(self, x):
        windows = sliding_window_view(np.pad(x, ((0, 0), (1, 1))), 3, axis=1)
        return windows.sum(axis=2) / 3, (x,)

    def backward(self, dy, cache):
        (x,) = cache
        dx = np.zeros((len(x), x.shape[1] + 2), x.dtype)
        for k in range(3):
            dx[:, k : k + dy.shape[1]] += dy / 3
        return {"x": dx[:, 1:-1]}


class GlobalMax:
    """The maximum of each row; ties share the gradient."""

    def forward(self, x):
        y = x.max(axis=1)
        return y, (x, y)

    def backward(self, dy, cache):
        x, y = cache
        winners = x == y[:, None]
        return {"x": dy[:, None] * winners / winners.sum(axis=1, keepdims=True)}


PLANE = Setting({"x": ("b", "c", "h+1", "w+2")})
LINE = Setting({"x": ("m", "l")})


def placed(places):
    """A backward of MaxPool2d that puts dy at `places(self, winner, x)`."""

    def backward(self, dy, cache):
        x, winner = cache
        dx = np.zeros_like(x)
        b, c, i, j = places(self, winner, x)
        np.add.at(dx, (b, c, np.minimum(i, x.shape[2] - 1), np.minimum(j, x.shape[3] - 1)), dy)
        return {"x": dx}

    return backward


def rows_and_columns_swapped(self, winner, x):
    b, c, i, j = np.indices(winner.shape)
    return b, c, i * self.stride + winner % self.size[0], j * self.stride + winner // self.size[0]


def without_stride(self, winner, x):
    b, c, i, j = np.indices(winner.shape)
    return b, c, i + winner // self.size[1], j + winner % self.size[1]


def overwrites(self, dy, cache):
    x, winner = cache
    dx = np.zeros_like(x)
    dx[self.places(winner)] = dy
    return {"x": dx}


def buffered_sum(self, dy, cache):
    """`dx[places] += dy` adds once where windows share a winner."""
    x, winner = cache
    dx = np.zeros_like(x)
    dx[self.places(winner)] += dy
    return {"x": dx}


def every_maximum_wins(self, dy, cache):
    x, winner = cache
    y = x[self.places(winner)]
    dx = np.zeros_like(x)
    for i, j in np.ndindex(dy.shape[2:]):
        rows, columns = (slice(n * self.stride, n * self.stride + s) for n, s in zip((i, j), self.size, strict=True))
        dx[:, :, rows, columns] += (x[:, :, rows, columns] == y[:, :, i, j, None, None]) * dy[:, :, i, j, None, None]
    return {"x": dx}


def returns_after_the_first_row(self, dy, cache):
    kept = np.zeros_like(dy)
    kept[:, :, :1] = dy[:, :, :1]
    return MaxPool2d.backward(self, kept, cache)


def last_odd_column_forgotten(self, dy, cache):
    gradient = MaxPool2d.backward(self, dy, cache)["x"]
    gradient[..., gradient.shape[3] // 2 * 2 :] = 0
    return {"x": gradient}


def winner_against_zero(self, x):
    """The winner is sought in a window padded by zeros: wrong where all are negative."""
    y, _ = MaxPool2d.forward(self, x)
    windows = sliding_window_view(x, self.size, axis=(2, 3))[:, :, :: self.stride, :: self.stride]
    return y, (x, np.maximum(windows.reshape(*windows.shape[:4], -1), 0).argmax(axis=-1))


def scaled_in_place(self, dy, cache):
    dy /= 3
    return {"x": 3 * AveragePool1d.backward(self, dy, cache)["x"]}


def average(share):
    """A gradient of AveragePool1d with dy replaced by 3 share(dy)."""
    return lambda dy, x: AveragePool1d().backward(3 * share(dy), (x,))["x"]


def counts(dy):
    """How many real entries each window holds."""
    position = np.arange(dy.shape[1])
    return np.minimum(position, 1) + 1 + np.minimum(dy.shape[1] - 1 - position, 1)


TIED = {"x": np.ones((1, 1, 2, 3))}
NEGATIVE = {"x": -np.arange(1.0, 21.0).reshape(1, 1, 4, 5) % 7 - 1}


RIGHT = [
    Right("max pool, overlapping", MaxPool2d, PLANE, lambda torch, x: torch.nn.functional.max_pool2d(x, (2, 3), 2)),
    Right(
        "max pool, disjoint",
        lambda: MaxPool2d((1, 2), 2),
        PLANE,
        lambda torch, x: torch.nn.functional.max_pool2d(x, (1, 2), 2),
    ),
    Right(
        "average pool", AveragePool1d, LINE, lambda torch, x: torch.nn.functional.avg_pool1d(x[:, None], 3, 1, 1)[:, 0]
    ),
    Right("global max", GlobalMax, LINE, lambda torch, x: torch.amax(x, 1)),
]

BUGS = [
    wrong(
        MaxPool2d,
        PLANE,
        FORMULA,
        "overlapping windows overwrite each other",
        backward=overwrites,
        witness={"h": 5, "w": 5},
    ),
    wrong(
        MaxPool2d,
        PLANE,
        FORMULA,
        "+= through an index adds shared winners once",
        backward=buffered_sum,
        witness={"h": 5, "w": 5},
    ),
    wrong(
        MaxPool2d,
        PLANE,
        FORMULA,
        "rows and columns of the winner swapped",
        backward=placed(rows_and_columns_swapped),
        witness={"h": 3, "w": 3},
    ),
    wrong(
        MaxPool2d,
        PLANE,
        FORMULA,
        "stride missing in backward",
        backward=placed(without_stride),
        witness={"h": 5, "w": 5},
    ),
    wrong(
        MaxPool2d,
        PLANE,
        FORMULA,
        "gradient spread evenly over the window",
        options={"size": (1, 2)},
        witness={"h": 1, "w": 2},
        x=lambda dy, x, winner: (
            np.pad(np.repeat(dy, 2, axis=3) / 2, ((0, 0), (0, 0), (0, 0), (0, x.shape[3] % 2)))
            if x.shape[2] == 1
            else MaxPool2d((1, 2)).backward(dy, (x, 1 - winner))["x"]
        ),
    ),
    wrong(
        MaxPool2d,
        PLANE,
        SHAPE,
        "returns after the first row of windows",
        backward=returns_after_the_first_row,
        witness={"h": 5},
    ),
    wrong(
        MaxPool2d,
        PLANE,
        SHAPE,
        "an odd last column gets nothing",
        options={"size": (1, 1), "stride": 1},
        backward=last_odd_column_forgotten,
        witness={"w": 1},
    ),
    wrong(MaxPool2d, PLANE, EDGE, "every maximum of a window gets all", backward=every_maximum_wins, witness=TIED),
    wrong(MaxPool2d, PLANE, EDGE, "the winner compared with zero", forward=winner_against_zero, witness=NEGATIVE),
    wrong(
        MaxPool2d,
        PLANE,
        PRECISION,
        "gathered in a float32 array",
        backward=lambda self, dy, cache: {
            "x": MaxPool2d.backward(self, dy, (cache[0].astype(np.float32), cache[1]))["x"].astype(dy.dtype)
        },
    ),
    wrong(
        MaxPool2d,
        PLANE,
        TINY,
        "1e-4 of the gradient to everyone",
        x=lambda dy, x, winner: MaxPool2d().backward(dy, (x, winner))["x"] + 1e-4 * dy.mean(),
    ),
    wrong(AveragePool1d, LINE, FORMULA, "not divided by the size", x=average(lambda dy: dy)),
    wrong(
        AveragePool1d, LINE, FORMULA, "divided by the length", x=average(lambda dy: dy / dy.shape[1]), witness={"l": 4}
    ),
    wrong(AveragePool1d, LINE, ENTRY, "padding not counted at the ends", x=average(lambda dy: dy / counts(dy))),
    wrong(AveragePool1d, LINE, TINY, "one third written 0.3333", x=average(lambda dy: dy * 0.3333)),
    wrong(AveragePool1d, LINE, PURITY, "dy divided in place", backward=scaled_in_place),
    wrong(
        GlobalMax,
        LINE,
        EDGE,
        "ties get the whole gradient each",
        witness={"x": np.ones((1, 2))},
        x=lambda dy, x, y: dy[:, None] * (x == y[:, None]),
    ),
    wrong(
        GlobalMax,
        LINE,
        EDGE,
        "all within 1e-3 of the maximum count as tied",
        witness={"x": np.array([[1.0, 1.0005]])},
        x=lambda dy, x, y: (
            dy[:, None]
            * np.isclose(x, y[:, None], rtol=0, atol=1e-3)
            / np.isclose(x, y[:, None], rtol=0, atol=1e-3).sum(axis=1, keepdims=True)
        ),
    ),
    wrong(
        GlobalMax,
        LINE,
        FORMULA,
        "maximum of the whole batch",
        witness={"m": 2},
        x=lambda dy, x, y: dy[:, None] * (x == x.max()),
    ),
]
