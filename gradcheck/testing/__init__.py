"""Property tests of custom layers: generated shapes and values, error bars, shrinking, the likely cause.

A layer is a forward pass with a backward pass written by hand; `check_layer` says whether the second is the
derivative of the first, and if not, where, by how much, in what smallest case, and why:

    import gradcheck

    class Dense:
        def forward(self, x, W, b):
            return x @ W + b, (x, W)

        def backward(self, dy, cache):
            x, W = cache
            return {"x": dy @ W.T, "W": x.T @ dy, "b": dy.sum(0)}

    verdict = gradcheck.check_layer(Dense(), shapes={"x": ("m", "d"), "W": ("d", "k"), "b": ("k",)})
    verdict.status      # "pass", "fail" or "unsure"

`assert_layer` takes the same arguments and raises `LayerCheckError` (an AssertionError) instead; `check_layers`
checks many at once. Names are imported when they are first used: the pytest plugin lives here as well, and must
cost nothing where nobody checks a layer.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .check import assert_layer as assert_layer
    from .check import check_layer as check_layer
    from .many import check_layers as check_layers
    from .verdict import LayerCheckError as LayerCheckError
    from .verdict import LayerFailure as LayerFailure
    from .verdict import LayerVerdict as LayerVerdict

_MODULE = {
    "assert_layer": "check",
    "check_layer": "check",
    "check_layers": "many",
    "LayerCheckError": "verdict",
    "LayerFailure": "verdict",
    "LayerVerdict": "verdict",
}
__all__ = ["LayerCheckError", "LayerFailure", "LayerVerdict", "assert_layer", "check_layer", "check_layers"]


def __getattr__(name: str) -> Any:
    """Import a public name at its first use (PEP 562)."""
    if name not in _MODULE:
        raise AttributeError(f"module 'gradcheck.testing' has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULE[name]}", __name__), name)
    globals()[name] = value
    return value
