"""Convolution in one dimension, with stride and padding, tap by tap."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .suite import ENTRY, FORMULA, PRECISION, SHAPE, TINY, Right, Setting, single, wrong


class Conv1d:
    """y[b, o, i] = bias[o] + sum over c, k of W[o, c, k] x[b, c, stride i + k - pad]."""

    def __init__(self, stride=1, pad=0):
        self.stride, self.pad = stride, pad

    def forward(self, x, W, b):
        padded = np.pad(x, ((0, 0), (0, 0), (self.pad, self.pad)))
        windows = sliding_window_view(padded, W.shape[2], axis=2)[:, :, :: self.stride]
        return np.einsum("bcik,ock->boi", windows, W) + b[:, None], (padded, W, windows)

    def backward(self, dy, cache):
        padded, W, windows = cache
        dx = np.zeros_like(padded)
        for k in range(W.shape[2]):
            dx[:, :, k : k + self.stride * dy.shape[2] : self.stride] += np.einsum("boi,oc->bci", dy, W[:, :, k])
        return {
            "x": dx[:, :, self.pad : dx.shape[2] - self.pad],
            "W": np.einsum("boi,bcik->ock", dy, windows),
            "b": dy.sum(axis=(0, 2)),
        }


LINE = Setting({"x": ("b", "c", "l+2"), "W": ("o", "c", 3), "b": ("o",)})
WIDE = Setting({"x": ("b", "c", "l+k"), "W": ("o", "c", "k"), "b": ("o",)})


def conv1d_dx(place):
    """A backward of Conv1d whose input gradient is put together by `place(self, dx, k, share, length)`."""

    def backward(self, dy, cache):
        padded, W, _ = cache
        dx = np.zeros_like(padded)
        for k in range(W.shape[2]):
            place(self, dx, k, np.einsum("boi,oc->bci", dy, W[:, :, k]), dy.shape[2])
        kept = dx[:, :, self.pad : dx.shape[2] - self.pad]
        return Conv1d.backward(self, dy, cache) | {"x": kept}

    return backward


def without_stride(self, dx, k, share, length):
    dx[:, :, k : k + length] += share


def overwriting(self, dx, k, share, length):
    dx[:, :, k : k + self.stride * length : self.stride] = share


def flipped(self, dx, k, share, length):
    k = dx.shape[2] - (length - 1) * self.stride - 1 - k
    if k >= 0:
        dx[:, :, k : k + self.stride * length : self.stride] += share


def one_tap_missing(self, dx, k, share, length):
    if k:
        Conv1d_place(self, dx, k, share, length)


def Conv1d_place(self, dx, k, share, length):
    dx[:, :, k : k + self.stride * length : self.stride] += share


def keeps_padding_off(self, dy, cache):
    """The slice [pad:-pad], empty where pad is 0."""
    padded, W, _ = cache
    dx = np.zeros_like(padded)
    for k in range(W.shape[2]):
        Conv1d_place(self, dx, k, np.einsum("boi,oc->bci", dy, W[:, :, k]), dy.shape[2])
    return Conv1d.backward(self, dy, cache) | {"x": dx[:, :, self.pad : -self.pad]}


def sized_by_the_windows(self, dy, cache):
    """An input gradient as long as the windows reach: too short where the stride leaves a rest."""
    gradients = Conv1d.backward(self, dy, cache)
    reach = self.stride * (dy.shape[2] - 1) + cache[1].shape[2] - self.pad
    return gradients | {"x": gradients["x"][:, :, : max(reach, 0)]}


RIGHT = [
    Right("conv1d", Conv1d, LINE, lambda torch, x, W, b: torch.nn.functional.conv1d(x, W, b)),
    Right(
        "conv1d, stride 2, pad 1",
        lambda: Conv1d(2, 1),
        WIDE,
        lambda torch, x, W, b: torch.nn.functional.conv1d(x, W, b, 2, 1),
    ),
]

BUGS = [
    wrong(
        Conv1d,
        LINE,
        FORMULA,
        "input gradient correlates with the flipped kernel",
        backward=lambda self, dy, cache: (
            Conv1d.backward(self, dy, cache)
            | {"x": Conv1d.backward(self, dy, (cache[0], cache[1][:, :, ::-1], cache[2]))["x"]}
        ),
    ),
    wrong(
        Conv1d,
        WIDE,
        FORMULA,
        "stride missing in backward",
        options={"stride": 2, "pad": 1},
        backward=conv1d_dx(without_stride),
        witness={"l": 4, "k": 2},
    ),
    wrong(
        Conv1d,
        LINE,
        FORMULA,
        "overlapping windows overwrite each other",
        backward=conv1d_dx(overwriting),
        witness={"l": 3},
    ),
    wrong(Conv1d, LINE, FORMULA, "placed from the right", backward=conv1d_dx(flipped), witness={"l": 2}),
    wrong(Conv1d, LINE, ENTRY, "the first tap of the kernel left out", backward=conv1d_dx(one_tap_missing)),
    wrong(
        Conv1d,
        LINE,
        FORMULA,
        "weight gradient of the first example only",
        witness={"b": 2},
        W=lambda dy, padded, W, windows: np.einsum("oi,cik->ock", dy[0], windows[0]),
    ),
    wrong(
        Conv1d,
        LINE,
        FORMULA,
        "weight gradient averaged over positions",
        witness={"l": 3},
        W=lambda dy, padded, W, windows: np.einsum("boi,bcik->ock", dy, windows) / dy.shape[2],
    ),
    wrong(
        Conv1d,
        LINE,
        FORMULA,
        "bias gradient not summed over positions",
        witness={"l": 3},
        b=lambda dy, padded, W, windows: dy.sum(axis=0)[:, 0],
    ),
    wrong(Conv1d, LINE, FORMULA, "the slice [pad:-pad] where pad is 0", backward=keeps_padding_off),
    wrong(
        Conv1d,
        WIDE,
        SHAPE,
        "too short where the stride leaves a rest",
        options={"stride": 2},
        backward=sized_by_the_windows,
        witness={"l": 3, "k": 2},
    ),
    wrong(
        Conv1d,
        LINE,
        SHAPE,
        "positions in blocks of four, the rest forgotten",
        witness={"l": 6},
        W=lambda dy, padded, W, windows: np.einsum(
            "boi,bcik->ock", *(a[:, :, : dy.shape[2] // 4 * 4 or None] for a in (dy, windows))
        ),
    ),
    wrong(
        Conv1d,
        LINE,
        PRECISION,
        "input gradient gathered in float32",
        backward=lambda self, dy, cache: (
            Conv1d.backward(self, dy, cache)
            | {"x": Conv1d.backward(self, dy, (single(cache[0]), *cache[1:]))["x"].astype(dy.dtype)}
        ),
    ),
    wrong(
        Conv1d,
        LINE,
        TINY,
        "weight gradient too small by 1e-4",
        W=lambda dy, padded, W, windows: (1 - 1e-4) * np.einsum("boi,bcik->ock", dy, windows),
    ),
]
