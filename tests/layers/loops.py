"""A convolution as one first writes it: five loops, thousands of lines of Python for every call."""

# ruff: noqa: ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import FORMULA, SHAPE, Right, Setting, wrong


class LoopConv2d:
    """Convolution in two dimensions with stride 1 and padding 1, entry by entry."""

    def forward(self, x, W, b):
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        rows, columns = (padded.shape[k] - W.shape[k] + 1 for k in (2, 3))
        y = np.zeros((len(x), len(W), rows, columns), np.result_type(x, W))
        for n, f, i, j in np.ndindex(y.shape):
            y[n, f, i, j] = np.sum(padded[n, :, i : i + W.shape[2], j : j + W.shape[3]] * W[f]) + b[f]
        return y, (padded, W)

    def backward(self, dy, cache):
        padded, W = cache
        dx, dW = np.zeros_like(padded), np.zeros_like(W)
        for n, f, i, j in np.ndindex(dy.shape):
            window = (n, slice(None), slice(i, i + W.shape[2]), slice(j, j + W.shape[3]))
            dx[window] += dy[n, f, i, j] * W[f]
            dW[f] += dy[n, f, i, j] * padded[window]
        return {"x": dx[:, :, 1:-1, 1:-1], "W": dW, "b": dy.sum(axis=(0, 2, 3))}


IMAGE = Setting({"x": ("b", "c", "h+2", "w+2"), "W": ("o", "c", 3, 3), "b": ("o",)})


def scattered(dy, padded, W, share):
    """The input gradient with `share(dx, window, part)` in place of adding up."""
    dx = np.zeros_like(padded)
    for n, f, i, j in np.ndindex(dy.shape):
        share(dx, (n, slice(None), slice(i, i + 3), slice(j, j + 3)), dy[n, f, i, j] * W[f])
    return dx[:, :, 1:-1, 1:-1]


def overwritten(dx, window, part):
    dx[window] = part


def turned(dx, window, part):
    dx[window] += part[:, ::-1, ::-1]


RIGHT = [
    Right(
        "conv2d in loops",
        LoopConv2d,
        IMAGE,
        lambda torch, x, W, b: torch.nn.functional.conv2d(x, W, b, padding=1),
    ),
]
BUGS = [
    wrong(LoopConv2d, IMAGE, FORMULA, "windows overwrite", x=lambda dy, p, W: scattered(dy, p, W, overwritten)),
    wrong(LoopConv2d, IMAGE, FORMULA, "kernel turned", x=lambda dy, p, W: scattered(dy, p, W, turned)),
    wrong(LoopConv2d, IMAGE, SHAPE, "mean over the batch", b=lambda dy, p, W: dy.mean(axis=0).sum(axis=(1, 2))),
]
