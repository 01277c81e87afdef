"""Layers at the top level of a module, so that they can be sent to another process."""

import multiprocessing
import os

import numpy as np


class Tanh:
    factor = 1.0

    def forward(self, x, w):
        y = np.tanh(x * w)
        return y, (x, w, y)

    def backward(self, dy, cache):
        x, w, y = cache
        dz = dy * (1 - y * y)
        return {"x": dz * w, "w": self.factor * (dz * x).sum(0)}


class Wrong(Tanh):
    factor = 0.5


class OnlyLarge(Tanh):
    def backward(self, dy, cache):
        right = super().backward(dy, cache)
        return right | {"w": right["w"] * (1 + 0.5 * (len(dy) > 5))}


class Ends(Tanh):
    """Takes any process along but the first, as code does that runs out of memory there."""

    def forward(self, x, w):
        if multiprocessing.parent_process() is not None:
            os._exit(3)
        return super().forward(x, w)


SHAPES = {"x": ("m", "d"), "w": ("d",)}

UNNAMED = (lambda x: (x, None)), (lambda dy, _: dy)
