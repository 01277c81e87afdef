"""Backward is linear in dy: a factor passes through it, and 0 gives 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .layer import Array, FaultError, Layer, run_forward
from .point import copied, finite, natural
from .results import close, gradients_again, worst
from .verdict import LayerFailure

_FACTOR = 1024.0
"""A power of two scales a linear map without any rounding, and is large enough to meet a clipped gradient."""


def check_linear(
    layer: Layer, inputs: Mapping[str, Array], cotangents: tuple[Array, ...], first: Mapping[str, Array]
) -> None:
    """Raise `FaultError` unless backward(-1024 dy) = -1024 backward(dy) and backward(0) = 0."""
    if not layer.has_cotangent:
        return
    for factor in (-_FACTOR, 0.0):
        got = _scaled(layer, inputs, cotangents, first, factor)
        for name, g in first.items():
            if _follows(g, got[name], factor, _size(layer, inputs, cotangents, name, g)):
                continue
            index, claimed, expected = worst(got[name], g * factor)
            text, detail = (
                f"backward is not linear in dy: {name}",
                f"backward({factor:g}·dy) is not {factor:g}·backward(dy)",
            )
            cause = _cause(layer, inputs, cotangents, first, name, got[name], factor)
            raise FaultError(
                LayerFailure("linearity", text, name, index, claimed, expected, cause=cause, detail=detail)
            )


def _cause(
    layer: Layer,
    inputs: Mapping[str, Array],
    cotangents: tuple[Array, ...],
    first: Mapping[str, Array],
    name: str,
    got: Array,
    factor: float,
) -> str:
    g = first[name]
    if close(got, g, 0.0):
        return "dy is ignored" if factor else "a term without dy"
    positive = _scaled(layer, inputs, cotangents, first, _FACTOR)[name]
    if _follows(g, positive, _FACTOR, _size(layer, inputs, cotangents, name, g)):
        return "mask from the wrong variable: it depends on the sign of dy"
    return "dy is clipped or normalised, or a term without dy"


def _scaled(
    layer: Layer,
    inputs: Mapping[str, Array],
    cotangents: tuple[Array, ...],
    names: Mapping[str, Array],
    factor: float,
) -> dict[str, Array]:
    done = run_forward(layer, copied(inputs))
    return gradients_again(layer, done, tuple(c * c.dtype.type(factor) for c in cotangents), inputs, names)


def _follows(g: Array, got: Array, factor: float, size: float) -> bool:
    if not finite((g,)):
        return True
    expected = g * g.dtype.type(factor) if g.dtype.kind == "f" else g * factor
    # Code that picks its method by the size of dy (a matrix exponential) is linear to some of its digits only.
    return close(got, expected, _FACTOR * size, part=1e-2 if g.dtype.itemsize < 8 else 1e-6)


def _size(layer: Layer, inputs: Mapping[str, Array], cotangents: tuple[Array, ...], name: str, g: Array) -> float:
    """The scale of what rounding may do: far below its natural size, a gradient has passed through denormal numbers."""
    outputs = run_forward(layer, copied(inputs)).outputs
    return max(float(np.max(np.abs(g), initial=0.0)), natural(inputs, outputs, cotangents, name))
