"""Backward is linear in dy: a factor passes through it, and 0 gives 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .layer import Array, FaultError, Layer, Pass
from .point import finite, natural
from .results import close, gradients_again, worst
from .verdict import LayerFailure

_FACTOR = 1024.0
"""A power of two scales a linear map without any rounding, and is large enough to meet a clipped gradient."""


def check_linear(
    layer: Layer, done: Pass, inputs: Mapping[str, Array], cotangents: tuple[Array, ...], first: Mapping[str, Array]
) -> None:
    """Raise `FaultError` unless backward(-1024 dy) = -1024 backward(dy) and backward(0) = 0.

    done: the latest forward pass at these inputs, which backward may be called on again and again.
    """
    if not layer.has_cotangent:
        return

    def scaled(factor: float) -> dict[str, Array]:
        return gradients_again(layer, done, tuple(c * c.dtype.type(factor) for c in cotangents), inputs, first)

    # Far below its natural size, a gradient has passed through denormal numbers.
    sizes = {
        n: max(float(np.max(np.abs(g), initial=0.0)), natural(inputs, done.outputs, cotangents, n))
        for n, g in first.items()
    }
    for factor in (-_FACTOR, 0.0):
        got = scaled(factor)
        for name, g in first.items():
            if _follows(g, got[name], factor, sizes[name]):
                continue
            index, claimed, expected = worst(got[name], g * factor)
            text = f"backward is not linear in dy: {name}"
            detail = f"backward({factor:g}·dy) is not {factor:g}·backward(dy)"
            if close(got[name], g, 0.0):
                cause = "dy is ignored" if factor else "a term without dy"
            elif _follows(g, scaled(_FACTOR)[name], _FACTOR, sizes[name]):
                cause = "mask from the wrong variable: it depends on the sign of dy"
            else:
                cause = "dy is clipped or normalised, or a term without dy"
            raise FaultError(
                LayerFailure("linearity", text, name, index, claimed, expected, cause=cause, detail=detail)
            )


def _follows(g: Array, got: Array, factor: float, size: float) -> bool:
    if not finite((g,)):
        return True
    expected = g * g.dtype.type(factor) if g.dtype.kind == "f" else g * factor
    # Code that picks its method by the size of dy (a matrix exponential) is linear to some of its digits only.
    return close(got, expected, _FACTOR * size, part=1e-2 if g.dtype.itemsize < 8 else 1e-6)
