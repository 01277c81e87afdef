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

`assert_layer` takes the same arguments and raises `LayerCheckError` (an AssertionError) instead.
"""

from .check import assert_layer as assert_layer
from .check import check_layer as check_layer
from .verdict import LayerCheckError as LayerCheckError
from .verdict import LayerFailure as LayerFailure
from .verdict import LayerVerdict as LayerVerdict
