"""Whether gradients depend on how arrays lie in memory."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .inputs import Declaration
from .layer import Array, FaultError, Layer, RefusalError, run_forward
from .point import Point, at, draw_cotangents, finite
from .verdict import LayerFailure


def layout_failure(
    layer: Layer, declaration: Declaration, inputs: Mapping[str, Array], seed: int
) -> LayerFailure | None:
    """The gradients at the inputs as they lie in memory, and with dy in column order, against those in plain order."""
    plain = {n: a.copy(order="C") for n, a in inputs.items()}
    try:
        done = run_forward(layer, dict(plain))
        cotangents = draw_cotangents(layer, done.outputs, np.random.default_rng([seed, 98]))
        expected = at(layer, declaration, plain, cotangents)
        found = _apart(expected, at(layer, declaration, inputs, cotangents), inputs)
    except RefusalError:
        return None
    except FaultError as fault:
        return fault.failure
    return found or _apart(expected, _turned(layer, declaration, plain, cotangents), inputs)


def _turned(
    layer: Layer, declaration: Declaration, plain: Mapping[str, Array], cotangents: tuple[Array, ...]
) -> Point | None:
    """The gradients for dy in column order; None where backward refuses it, in all clarity."""
    turned = tuple(np.asfortranarray(c) if c.ndim > 1 else c for c in cotangents)
    try:
        return at(layer, declaration, plain, turned)
    except (RefusalError, FaultError):
        return None


def _apart(expected: Point, got: Point | None, inputs: Mapping[str, Array]) -> LayerFailure | None:
    if got is None:
        return None
    for name, g in expected.claimed.items():
        scale = float(np.max(np.abs(g), initial=0.0))
        if finite((g,)) and not np.allclose(got.claimed[name], g, rtol=0, atol=1e-4 * scale):
            text = f"gradient of {name} depends on the memory layout"
            return LayerFailure("gradient", text, name, inputs=dict(inputs), cause="memory order of an array")
    return None
