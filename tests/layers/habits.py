"""Right layers with habits that a checker may trip over: views, aliases, state that does no harm, sorted outputs."""

# ruff: noqa: ARG002 -- layers take what they are given
from __future__ import annotations

import numpy as np

from .batch_norm import BATCH, BatchNorm
from .dense import DENSE, Dense
from .suite import Awkward, Setting


class Identity:
    """Hands x on and dy back, the arrays themselves."""

    def forward(self, x):
        return x, None

    def backward(self, dy, cache):
        return {"x": dy}


class Transpose:
    """y is a view of x, the gradient a view of dy."""

    def forward(self, x):
        return x.T, None

    def backward(self, dy, cache):
        return {"x": dy.T}


class Sum:
    """The sum of all entries; the gradient is a read-only view of one number."""

    def forward(self, x):
        return x.sum(), x.shape

    def backward(self, dy, cache):
        return {"x": np.broadcast_to(dy, cache)}


class Residual:
    """a + b: one array for both gradients."""

    def forward(self, a, b):
        return a + b, None

    def backward(self, dy, cache):
        return {"a": dy, "b": dy}


class CountingBatchNorm(BatchNorm):
    """Keeps running statistics and counts its calls, and uses neither."""

    calls = 0

    def forward(self, x, gamma, beta):
        self.calls += 1
        self.running = 0.9 * getattr(self, "running", 0.0) + 0.1 * float(x.mean())
        return super().forward(x, gamma, beta)


class KeepsToItself:
    """A dense layer that keeps its cache in itself: forward(x, W, b) -> y, backward(dy) -> gradients."""

    def forward(self, x, W, b):
        self.x, self.W = x, W
        return x @ W + b

    def backward(self, dy):
        return {"x": dy @ self.W.T, "W": self.x.T @ dy, "b": dy.sum(axis=0)}


class Tuples(Dense):
    """Returns its gradients as a tuple in the order of the inputs."""

    def backward(self, dy, cache):
        return tuple(super().backward(dy, cache).values())


class Fortran(Dense):
    """Returns gradients in column order, as views of larger arrays."""

    def backward(self, dy, cache):
        return {name: np.asfortranarray(gradient) for name, gradient in super().backward(dy, cache).items()}


class PythonFloat:
    """The mean square as a Python float: an extended precision input loses its extra digits."""

    def forward(self, x):
        return float((x * x).mean()), x

    def backward(self, dy, cache):
        return {"x": 2 * dy * cache / cache.size}


class OneNumber:
    """The mean square in an array of shape (1,)."""

    def forward(self, x):
        return np.array([(x * x).mean()], x.dtype), x

    def backward(self, dy, cache):
        return {"x": 2 * dy[0] * cache / cache.size}


class ThereAndBack:
    """(x + b) - b: of a small x hardly a digit is left."""

    def forward(self, x, b):
        return (x + b) - b, None

    def backward(self, dy, cache):
        return {"x": dy, "b": np.zeros_like(dy)}


class Scale:
    """alpha x with a number alpha: its gradient is a Python float."""

    def forward(self, x, alpha):
        return alpha * x, (x, alpha)

    def backward(self, dy, cache):
        x, alpha = cache
        return {"x": alpha * dy, "alpha": float((dy * x).sum())}


class Unused:
    """Doesn't use b at all, and says so with zeros."""

    def forward(self, x, b):
        return np.tanh(x), (x, b)

    def backward(self, dy, cache):
        x, b = cache
        return {"x": dy * (1 - np.tanh(x) ** 2), "b": np.zeros_like(b)}


class NoColumns:
    """Keeps none of the columns: an output without entries."""

    def forward(self, x):
        return x[:, :0], x

    def backward(self, dy, cache):
        return {"x": np.zeros_like(cache)}


class TwoOutputs:
    """Mean and variance of each row."""

    def forward(self, x):
        mean = x.mean(axis=1)
        return (mean, ((x - mean[:, None]) ** 2).mean(axis=1)), (x, mean)

    def backward(self, dy, cache):
        x, mean = cache
        dmean, dvar = dy
        return {"x": (dmean[:, None] + 2 * dvar[:, None] * (x - mean[:, None])) / x.shape[1]}


class FixedNoise:
    """Multiplies by noise of a fixed seed: random to look at, the same each time."""

    def noise(self, x):
        return np.random.default_rng(7).normal(size=x.shape).astype(x.dtype)

    def forward(self, x):
        return x * self.noise(x), None

    def backward(self, dy, cache):
        return {"x": dy * self.noise(dy)}


class Sort:
    """Each row in ascending order."""

    def forward(self, x):
        order = np.argsort(x, axis=1, kind="stable")
        return np.take_along_axis(x, order, axis=1), order

    def backward(self, dy, cache):
        gradient = np.empty_like(dy)
        np.put_along_axis(gradient, cache, dy, axis=1)
        return {"x": gradient}


class Median:
    """The median of each row: the middle one, or the mean of the middle two."""

    def forward(self, x):
        order = np.argsort(x, axis=1, kind="stable")
        middle = order[:, (x.shape[1] - 1) // 2 : x.shape[1] // 2 + 1]
        return np.take_along_axis(x, middle, axis=1).mean(axis=1), (x, middle)

    def backward(self, dy, cache):
        x, middle = cache
        gradient = np.zeros_like(x)
        np.put_along_axis(gradient, middle, dy[:, None] / middle.shape[1], axis=1)
        return {"x": gradient}


class RunningMax:
    """The largest so far along each row; ties go to the later."""

    def forward(self, x):
        y = np.maximum.accumulate(x, axis=1)
        holder = np.maximum.accumulate(np.where(x == y, np.arange(x.shape[1]), 0), axis=1)
        return y, (x, holder)

    def backward(self, dy, cache):
        x, holder = cache
        gradient = np.zeros_like(x)
        np.add.at(gradient, (np.arange(len(x))[:, None], holder), dy)
        return {"x": gradient}


class OneHotOfMaximum:
    """One where the row's maximum is, zero elsewhere: flat, with jumps."""

    def forward(self, x):
        return np.eye(x.shape[1], dtype=x.dtype)[x.argmax(axis=1)], x

    def backward(self, dy, cache):
        return {"x": np.zeros_like(cache)}


class Larger:
    """The larger of a and b, entry by entry; ties go to a."""

    def forward(self, a, b):
        return np.maximum(a, b), a >= b

    def backward(self, dy, cache):
        return {"a": dy * cache, "b": dy * ~cache}


ROWS = Setting({"x": ("m", "d")})
CANCELLING = Setting({"x": ("n",), "b": ("n",)})
PAIR = Setting({"a": ("m", "d"), "b": ("m", "d")})
TIED = np.array([[2.0, 1.0, 2.0], [0.0, 0.0, 0.0]])

AWKWARD = [
    Awkward("identity, the arrays themselves", Identity, ROWS),
    Awkward("transpose as a view", Transpose, ROWS),
    Awkward("sum, a read-only gradient", Sum, ROWS),
    Awkward("sum, in single precision", Sum, ROWS.but(dtype="float32")),
    Awkward("a + b, one array for both gradients", Residual, PAIR),
    Awkward("batch norm that keeps statistics it doesn't use", CountingBatchNorm, BATCH),
    Awkward("a cache kept in the layer", KeepsToItself, DENSE),
    Awkward("gradients as a tuple", Tuples, DENSE),
    Awkward("gradients in column order", Fortran, DENSE),
    Awkward("loss as a Python float", PythonFloat, ROWS),
    Awkward("loss of shape (1,)", OneNumber, ROWS),
    Awkward("x + b - b for b up to 1e12", ThereAndBack, CANCELLING.but(ranges={"b": (1e11, 1e12)})),
    Awkward("x + b - b for x up to 1e-6", ThereAndBack, CANCELLING.but(ranges={"x": (-1e-6, 1e-6), "b": (1e3, 1e4)})),
    Awkward("an input of shape ()", Scale, Setting({"x": ("m", "d"), "alpha": ()})),
    Awkward("an input that isn't used", Unused, Setting({"x": ("m", "d"), "b": ("n",)})),
    Awkward("an output without entries", NoColumns, ROWS),
    Awkward("two outputs", TwoOutputs, ROWS),
    Awkward("noise of a fixed seed", FixedNoise, ROWS),
    Awkward("sort", Sort, ROWS),
    Awkward("sort of ties", Sort, ROWS, {"x": TIED}),
    Awkward("median", Median, ROWS),
    Awkward("median of ties", Median, ROWS, {"x": TIED}),
    Awkward("running maximum", RunningMax, ROWS),
    Awkward("running maximum of ties", RunningMax, ROWS, {"x": TIED}),
    Awkward("one-hot of the maximum", OneHotOfMaximum, ROWS),
    Awkward("larger of two", Larger, PAIR),
    Awkward("larger of two equals", Larger, PAIR, {"a": TIED, "b": TIED}),
]
