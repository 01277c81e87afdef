"""Convolution in two dimensions, with stride and padding, window by window."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .suite import ENTRY, FORMULA, PRECISION, PURITY, SHAPE, Right, Setting, single, wrong


class Conv2d:
    """The same in two dimensions, stride (rows, columns), the same padding on all sides."""

    def __init__(self, stride=(1, 1), pad=0):
        self.stride, self.pad = stride, pad

    def forward(self, x, W, b):
        edge = (self.pad, self.pad)
        padded = np.pad(x, ((0, 0), (0, 0), edge, edge))
        windows = sliding_window_view(padded, W.shape[2:], axis=(2, 3))[:, :, :: self.stride[0], :: self.stride[1]]
        return np.einsum("bcijkl,ockl->boij", windows, W) + b[:, None, None], (padded, W, windows)

    def scatter(self, dy, W, shape, dtype):
        """The gradient of the padded input: every window's share added where the window was."""
        dx = np.zeros(shape, dtype)
        down, right = self.stride
        for i, j in np.ndindex(dy.shape[2:]):
            rows, columns = slice(i * down, i * down + W.shape[2]), slice(j * right, j * right + W.shape[3])
            dx[:, :, rows, columns] += np.einsum("bo,ockl->bckl", dy[:, :, i, j], W)
        return dx

    def unpad(self, dx):
        return dx[:, :, self.pad : dx.shape[2] - self.pad, self.pad : dx.shape[3] - self.pad]

    def backward(self, dy, cache):
        padded, W, windows = cache
        return {
            "x": self.unpad(self.scatter(dy, W, padded.shape, padded.dtype)),
            "W": np.einsum("boij,bcijkl->ockl", dy, windows),
            "b": dy.sum(axis=(0, 2, 3)),
        }


IMAGE = Setting({"x": ("b", "c", "h+2", "w+1"), "W": ("o", "c", 3, 2), "b": ("o",)})
SAME = Setting({"x": ("b", "c", "h+2", "w+2"), "W": ("c", "c", 3, 3), "b": ("c",)})
STRIDED = {"stride": (2, 1), "pad": 1}


def padding_taken_off_one_side(self, dy, cache):
    padded, W, _ = cache
    whole = Conv2d.scatter(self, dy, W, padded.shape, padded.dtype)
    end = (slice(None), slice(None), slice(2 * self.pad, None), slice(2 * self.pad, None))
    return Conv2d.backward(self, dy, cache) | {"x": whole[end]}


def conv2d_dx(change):
    """A backward of Conv2d with another input gradient: `change(self, dy, W, padded)` before unpadding."""

    def backward(self, dy, cache):
        padded, W, _ = cache
        return Conv2d.backward(self, dy, cache) | {"x": self.unpad(change(self, dy, W, padded))}

    return backward


def strides_swapped(self, dy, W, padded):
    other = Conv2d(self.stride[::-1], self.pad)
    right = max(other.stride[1] * (dy.shape[3] - 1) + W.shape[3], padded.shape[3])
    down = max(other.stride[0] * (dy.shape[2] - 1) + W.shape[2], padded.shape[2])
    whole = other.scatter(dy, W, (*padded.shape[:2], down, right), padded.dtype)
    return whole[:, :, : padded.shape[2], : padded.shape[3]]


def last_row_forgotten(self, dy, W, padded):
    kept = dy.copy()
    if dy.shape[2] > 1:
        kept[:, :, -1] = 0
    return self.scatter(kept, W, padded.shape, padded.dtype)


def odd_height_rounded_down(self, dy, W, padded):
    """The loop runs over h // stride rows: the last is lost where the height is odd."""
    kept = dy.copy()
    kept[:, :, (padded.shape[2] - 2 * self.pad) // self.stride[0] :] = 0
    return self.scatter(kept, W, padded.shape, padded.dtype)


def transposed_image(self, dy, W, padded):
    """Rows and columns swapped where the image is square."""
    square = padded.shape[2] == padded.shape[3]
    whole = self.scatter(dy, W, padded.shape, padded.dtype)
    return whole.swapaxes(2, 3) if square else whole


def columns_in_one_buffer(self, x, W, b):
    """The unfolded windows are written into one buffer per size: an earlier call's cache changes."""
    y, (padded, _, windows) = Conv2d.forward(self, x, W, b)
    if getattr(self, "columns", None) is None or self.columns.shape != windows.shape or self.columns.dtype != x.dtype:
        self.columns = np.empty(windows.shape, x.dtype)
    self.columns[...] = windows
    return y, (padded, W, self.columns)


RIGHT = [
    Right("conv2d", Conv2d, IMAGE, lambda torch, x, W, b: torch.nn.functional.conv2d(x, W, b)),
    Right(
        "conv2d, stride (2, 1), pad 1",
        lambda: Conv2d(**STRIDED),
        IMAGE,
        lambda torch, x, W, b: torch.nn.functional.conv2d(x, W, b, (2, 1), 1),
    ),
]

BUGS = [
    wrong(
        Conv2d,
        IMAGE,
        FORMULA,
        "row and column stride swapped",
        options=STRIDED,
        backward=conv2d_dx(strides_swapped),
        witness={"h": 4, "w": 4},
    ),
    wrong(
        Conv2d,
        IMAGE,
        FORMULA,
        "padding taken off one side",
        options=STRIDED,
        backward=padding_taken_off_one_side,
        witness={"h": 3, "w": 3},
    ),
    wrong(
        Conv2d,
        SAME,
        FORMULA,
        "input and output channels swapped",
        backward=conv2d_dx(lambda self, dy, W, padded: self.scatter(dy, W.swapaxes(0, 1), padded.shape, padded.dtype)),
        witness={"c": 2},
    ),
    wrong(
        Conv2d,
        IMAGE,
        FORMULA,
        "bias gradient averaged over the batch",
        witness={"b": 2},
        b=lambda dy, padded, W, windows: dy.mean(axis=0).sum(axis=(1, 2)),
    ),
    wrong(
        Conv2d,
        IMAGE,
        ENTRY,
        "weight gradient of the last output channel left out",
        W=lambda dy, padded, W, windows: np.einsum(
            "boij,bcijkl->ockl", dy * (np.arange(dy.shape[1]) < dy.shape[1] - 1)[:, None, None], windows
        ),
    ),
    wrong(
        Conv2d,
        SAME,
        ENTRY,
        "the kernel's corner tap left out",
        W=lambda dy, padded, W, windows: np.einsum("boij,bcijkl->ockl", dy, windows) * (np.arange(9).reshape(3, 3) > 0),
    ),
    wrong(
        Conv2d,
        IMAGE,
        SHAPE,
        "the last row of windows forgotten",
        backward=conv2d_dx(last_row_forgotten),
        witness={"h": 2},
    ),
    wrong(
        Conv2d,
        IMAGE,
        SHAPE,
        "an odd number of rows rounded down",
        options=STRIDED,
        backward=conv2d_dx(odd_height_rounded_down),
        witness={"h": 5, "w": 2},
    ),
    wrong(
        Conv2d,
        SAME,
        SHAPE,
        "rows and columns swapped where the image is square",
        backward=conv2d_dx(transposed_image),
        witness={"h": 2, "w": 2},
    ),
    wrong(Conv2d, IMAGE, PURITY, "unfolded windows kept in one buffer", forward=columns_in_one_buffer),
    wrong(
        Conv2d,
        IMAGE,
        PRECISION,
        "windows unfolded into float32",
        W=lambda dy, padded, W, windows: np.einsum("boij,bcijkl->ockl", dy, single(windows).astype(dy.dtype)),
    ),
]
