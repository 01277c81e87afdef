"""Each wrong layer fails with a message that says where and why; each mended one passes."""

from __future__ import annotations

import pytest

from gradcheck import assert_layer
from gradcheck.testing import LayerCheckError


def complaint(layer, **options):
    """The message about a wrong layer: its first line short, all of it complete in itself."""
    with pytest.raises(LayerCheckError) as caught:
        assert_layer(layer, **options)
    message = str(caught.value)
    assert len(message.splitlines()[0]) <= 60
    assert len(message) < 600
    return message


def test_the_numpy_layer_misses_its_1_over_m():
    """The message names z and the missing factor."""
    from numpy_layer import CrossEntropy, MendedCrossEntropy

    known = {"shapes": {"z": ("m", "c"), "labels": ("m",)}, "dtypes": {"labels": int}, "ranges": {"labels": (0, "c")}}
    message = complaint(CrossEntropy(), **known)
    assert "z" in message
    assert "1/m" in message
    assert_layer(MendedCrossEntropy(), **known)


def test_the_torch_layer_is_wrong_in_its_gate():
    """The message names an entry of g."""
    pytest.importorskip("torch", reason="torch is not installed")
    from torch_layer import Gated, MendedGated

    shapes = {"a": ("m", "d"), "g": ("m", "d")}
    assert "g[" in complaint(Gated, shapes=shapes)
    assert_layer(MendedGated, shapes=shapes)


def test_the_jax_layer_is_wrong_where_it_clips():
    """The message names an entry of x."""
    pytest.importorskip("jax", reason="JAX is not installed")
    from jax_layer import clip_by_norm, mended_clip_by_norm

    shapes = {"x": ("n+1",)}
    assert "x[" in complaint(clip_by_norm, shapes=shapes)
    assert_layer(mended_clip_by_norm, shapes=shapes)
