"""Dense layers: affine, with ReLU."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, ENTRY, FORMULA, PRECISION, PURITY, SHAPE, TINY, Right, Setting, single, wrong


class Dense:
    """y = x W + b."""

    def forward(self, x, W, b):
        return x @ W + b, (x, W)

    def backward(self, dy, cache):
        x, W = cache
        return {"x": dy @ W.T, "W": x.T @ dy, "b": dy.sum(axis=0)}


class ReluDense:
    """y = max(x W + b, 0), or min(max(x W + b, 0), cap)."""

    def __init__(self, cap=None):
        self.cap = cap

    def forward(self, x, W, b):
        z = x @ W + b
        y = np.maximum(z, 0) if self.cap is None else np.clip(z, 0, self.cap)
        return y, (x, W, z)

    def mask(self, z):
        return z > 0 if self.cap is None else (z > 0) & (z < self.cap)

    def backward(self, dy, cache):
        x, W, z = cache
        dz = dy * self.mask(z)
        return {"x": dz @ W.T, "W": x.T @ dz, "b": dz.sum(axis=0)}


DENSE = Setting({"x": ("m", "d"), "W": ("d", "n"), "b": ("n",)})
SQUARE = Setting({"x": ("m", "d"), "W": ("d", "d"), "b": ("d",)})


def without_row(gradient, row):
    gradient[row] = 0
    return gradient


def masked_by(mask):
    """The backward of ReluDense with another mask, a function of (z, x, dy)."""

    def backward(self, dy, cache):
        x, W, z = cache
        dz = dy * mask(z, x, dy)
        return {"x": dz @ W.T, "W": x.T @ dz, "b": dz.sum(axis=0)}

    return backward


def remembers_last_input(self, x, W, b):
    self.x, self.W = x, W
    return x @ W + b, ()


def uses_last_input(self, dy, cache):
    return Dense.backward(self, dy, (self.x, self.W))


def adds_up_over_calls(self, dy, cache):
    gradients = Dense.backward(self, dy, cache)
    self.total = gradients["W"] + getattr(self, "total", 0.0)
    return gradients | {"W": self.total}


def takes_a_training_step(self, dy, cache):
    gradients = Dense.backward(self, dy, cache)
    cache[1][...] -= 0.01 * gradients["W"]
    return gradients


def scales_dy_in_place(self, dy, cache):
    dy /= len(dy)
    gradients = Dense.backward(self, dy, cache)
    return {name: gradient * len(dy) for name, gradient in gradients.items()}


def masks_dy_in_place(self, dy, cache):
    x, W, z = cache
    dy[z <= 0] = 0
    return {"x": dy @ W.T, "W": x.T @ dy, "b": dy.sum(axis=0)}


def keeps_only_a_view_of_a_buffer(self, x, W, b):
    """The pre-activation is written into one buffer for all calls of a size: the cache of an earlier call changes."""
    z = x @ W + b
    if getattr(self, "buffer", None) is None or self.buffer.shape != z.shape or self.buffer.dtype != z.dtype:
        self.buffer = np.empty_like(z)
    self.buffer[...] = z
    return np.maximum(z, 0), (x, W, self.buffer)


RIGHT = [
    Right("dense", Dense, DENSE, lambda torch, x, W, b: x @ W + b),
    Right("ReLU dense", ReluDense, DENSE, lambda torch, x, W, b: torch.relu(x @ W + b)),
    Right(
        "ReLU6 dense", lambda: ReluDense(cap=6.0), DENSE, lambda torch, x, W, b: torch.nn.functional.relu6(x @ W + b)
    ),
]

BUGS = [
    wrong(Dense, DENSE, FORMULA, "bias gradient averages over the batch", b=lambda dy, x, W: dy.mean(axis=0)),
    wrong(Dense, DENSE, FORMULA, "bias gradient is that of the first example", b=lambda dy, x, W: dy[0].copy()),
    wrong(Dense, DENSE, FORMULA, "bias gradient sums over the outputs", b=lambda dy, x, W: dy.sum(axis=1)),
    wrong(
        Dense,
        DENSE,
        FORMULA,
        "weight gradient divided by m though nothing is averaged",
        W=lambda dy, x, W: x.T @ dy / len(x),
    ),
    wrong(Dense, DENSE, FORMULA, "weight gradient transposed", W=lambda dy, x, W: dy.T @ x),
    wrong(Dense, SQUARE, FORMULA, "weight gradient transposed, square weights", W=lambda dy, x, W: dy.T @ x),
    wrong(Dense, SQUARE, FORMULA, "input gradient multiplies by W, not its transpose", x=lambda dy, x, W: dy @ W),
    wrong(Dense, DENSE, FORMULA, "weight gradient has the wrong sign", W=lambda dy, x, W: -x.T @ dy),
    wrong(
        Dense,
        DENSE,
        ENTRY,
        "loop over outputs stops one early",
        W=lambda dy, x, W: x.T @ np.where(np.arange(dy.shape[1]) < dy.shape[1] - 1, dy, 0),
    ),
    wrong(
        Dense,
        DENSE,
        ENTRY,
        "loop over inputs starts at one",
        W=lambda dy, x, W: without_row(x.T @ dy, 0),
        witness={"d": 2},
    ),
    wrong(Dense, DENSE, TINY, "weight decay of 1e-4 slipped in", W=lambda dy, x, W: x.T @ dy + 1e-4 * W),
    wrong(Dense, DENSE, TINY, "weight gradient too large by 1e-4", W=lambda dy, x, W: x.T @ dy * (1 + 1e-4)),
    wrong(
        Dense,
        DENSE,
        SHAPE,
        "batch of one is squeezed away",
        b=lambda dy, x, W: dy.squeeze().sum(axis=0),
        witness={"m": 1, "n": 3},
    ),
    wrong(
        Dense,
        DENSE,
        SHAPE,
        "blocks of four examples, the rest forgotten",
        W=lambda dy, x, W: x[: len(x) // 4 * 4 or len(x)].T @ dy[: len(x) // 4 * 4 or len(x)],
        witness={"m": 5},
    ),
    wrong(
        Dense,
        DENSE,
        SHAPE,
        "only the first sixteen inputs get a gradient",
        x=lambda dy, x, W: np.where(np.arange(len(W)) < 16, dy @ W.T, 0),
        witness={"d": 17},
    ),
    wrong(
        Dense,
        DENSE,
        PURITY,
        "backward reads the input of the latest forward",
        forward=remembers_last_input,
        backward=uses_last_input,
    ),
    wrong(Dense, DENSE, PURITY, "weight gradient adds up over calls", backward=adds_up_over_calls),
    wrong(Dense, DENSE, PURITY, "backward takes a training step", backward=takes_a_training_step),
    wrong(Dense, DENSE, PURITY, "backward divides dy in place", backward=scales_dy_in_place, witness={"m": 2}),
    wrong(
        Dense,
        DENSE,
        PRECISION,
        "weight gradient in float32, cast back",
        W=lambda dy, x, W: (single(x).T @ single(dy)).astype(x.dtype),
    ),
    wrong(Dense, DENSE, PRECISION, "input gradient returned as float32", x=lambda dy, x, W: single(dy) @ single(W).T),
    wrong(ReluDense, DENSE, FORMULA, "mask forgotten in the weight gradient", W=lambda dy, x, W, z: x.T @ dy),
    wrong(ReluDense, DENSE, FORMULA, "mask forgotten in the bias gradient", b=lambda dy, x, W, z: dy.sum(axis=0)),
    wrong(
        ReluDense,
        DENSE,
        FORMULA,
        "mask from the output, with >=",
        backward=masked_by(lambda z, x, dy: np.maximum(z, 0) >= 0),
    ),
    wrong(ReluDense, DENSE, FORMULA, "mask from dy", backward=masked_by(lambda z, x, dy: dy > 0)),
    wrong(ReluDense, SQUARE, FORMULA, "mask from the input", backward=masked_by(lambda z, x, dy: x > 0)),
    wrong(
        ReluDense,
        DENSE,
        FORMULA,
        "guided: mask from z and from dy",
        backward=masked_by(lambda z, x, dy: (z > 0) & (dy > 0)),
    ),
    wrong(
        ReluDense,
        DENSE,
        FORMULA,
        "leaky slope in backward only",
        backward=masked_by(lambda z, x, dy: np.where(z > 0, 1.0, 0.01)),
    ),
    wrong(
        ReluDense,
        DENSE,
        ENTRY,
        "the last example is not masked",
        backward=masked_by(lambda z, x, dy: (z > 0) | (np.arange(len(z)) == len(z) - 1)[:, None]),
    ),
    wrong(
        ReluDense, DENSE, TINY, "dead units leak 1e-4", backward=masked_by(lambda z, x, dy: np.where(z > 0, 1.0, 1e-4))
    ),
    wrong(
        ReluDense,
        DENSE,
        EDGE,
        "mask with a threshold of 1e-3",
        backward=masked_by(lambda z, x, dy: z > 1e-3),
        witness={"x": np.array([[5e-4]]), "W": np.array([[1.0]]), "b": np.array([0.0])},
    ),
    wrong(
        ReluDense,
        DENSE,
        EDGE,
        "the cap at 6 forgotten in backward",
        options={"cap": 6.0},
        backward=masked_by(lambda z, x, dy: z > 0),
        witness={"x": np.array([[7.0]]), "W": np.array([[1.0]]), "b": np.array([0.0])},
    ),
    wrong(ReluDense, DENSE, PURITY, "backward masks dy in place", backward=masks_dy_in_place),
    wrong(
        ReluDense, DENSE, PURITY, "one buffer for all pre-activations of a size", forward=keeps_only_a_view_of_a_buffer
    ),
    wrong(
        ReluDense,
        DENSE,
        PRECISION,
        "mask and gradient in float32",
        backward=lambda self, dy, cache: {
            name: single(g).astype(dy.dtype) for name, g in ReluDense.backward(self, single(dy), cache).items()
        },
    ),
]
