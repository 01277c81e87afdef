"""Whatever is handed over, the answer is a clear message that names the array, never a traceback from inside."""

# ruff: noqa: ARG001, ARG005 -- layers take what they are given
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gradcheck import LayerError, check_layer

X = {"x": ("m", "d")}
XW = {"x": ("m", "d"), "W": ("d", "k")}


def dense(x, W):
    return x @ W, (x, W)


def good(dy, cache):
    return dy @ cache[1].T, cache[0].T @ dy


def raises(dy, cache):
    raise IndexError("list index out of range")


BACKWARDS = {
    "None": (lambda dy, cache: None, "backward returned None", ""),
    "None for one input": (lambda dy, cache: {"x": dy @ cache[1].T, "W": None}, "returned None for W", "W"),
    "one gradient missing": (lambda dy, cache: {"x": dy @ cache[1].T}, "no gradient for W", "W"),
    "too many gradients": (lambda dy, cache: (*good(dy, cache), dy), "3 gradients for 2", ""),
    "a single array for two inputs": (lambda dy, cache: dy, "a single value", ""),
    "an object": (lambda dy, cache: (dy @ cache[1].T, object()), "gradient of W is not an array of numbers", "W"),
    "text": (lambda dy, cache: (dy @ cache[1].T, "gradient"), "gradient of W is not an array of numbers", "W"),
    "a ragged list": (lambda dy, cache: (dy @ cache[1].T, [[1], [1, 2]]), "gradient of W is not an array", "W"),
    "the transpose": (
        lambda dy, cache: (dy @ cache[1].T, (cache[0].T @ dy).T),
        "gradient of W has the wrong shape",
        "W",
    ),
    "one axis too many": (lambda dy, cache: (good(dy, cache)[0][None], good(dy, cache)[1]), "gradient of x has", "x"),
    "NaN": (lambda dy, cache: (dy @ cache[1].T, cache[0].T @ dy * np.nan), "gradient of W is NaN", "W"),
    "infinity": (lambda dy, cache: (dy @ cache[1].T, cache[0].T @ dy + np.inf), "gradient of W is", "W"),
    "integers": (lambda dy, cache: (dy @ cache[1].T, (cache[0].T @ dy).astype(int)), "gradient of W", "W"),
    "an exception": (raises, "backward raised IndexError", ""),
}


@pytest.mark.parametrize(("backward", "headline", "array"), BACKWARDS.values(), ids=BACKWARDS)
def test_a_backward_that_returns_anything_else_fails_with_its_array(backward, headline, array):
    verdict = check_layer((dense, backward), XW, points=3)
    assert verdict.status == "fail"
    assert headline in verdict.message
    assert verdict.failure.array == array
    assert len(verdict.message) < 600


VJPS = {
    "one for all": (
        lambda dy, inputs: {"x": dy @ inputs["W"].T, "W": inputs["x"].T @ dy},
        "called as <lambda>(dy, x, W)",
    ),
    "by index": (lambda dy, a, b: (dy @ b["W"].T, a.T @ dy), "called as <lambda>(dy, x, W)"),
}


@pytest.mark.parametrize(("vjp", "said"), VJPS.values(), ids=VJPS)
def test_a_vjp_that_expects_another_call_hears_how_it_is_called(vjp, said):
    verdict = check_layer(lambda x, W: x @ W, XW, vjp=vjp, points=3)
    assert verdict.status == "fail"
    assert said in verdict.message


def test_a_vjp_gets_its_inputs_by_name_or_in_order():
    for vjp in (lambda dy, W, x: {"x": dy @ W.T, "W": x.T @ dy}, lambda dy, a, b: (dy @ b.T, a.T @ dy)):
        assert check_layer(lambda x, W: x @ W, XW, vjp=vjp, points=3).status == "pass"
    assert check_layer(lambda x, W: x @ W, XW, vjp=lambda dy, a, b: (dy @ b.T, 2 * a.T @ dy), points=3).status == "fail"


def test_a_shape_says_what_it_looks_like():
    failure = check_layer((dense, BACKWARDS["the transpose"][0]), XW, points=3).failure
    assert failure.cause == "transpose"
    assert failure.sizes["d"] != failure.sizes["k"]


def test_a_forward_that_raises_everywhere_is_an_error():
    with pytest.raises(LayerError, match="forward raises at every point") as caught:
        check_layer((dense, good), {"x": ("m", "d"), "W": ("k", "n")}, dims={"d": (2, 2), "k": (3, 3)}, points=3)
    assert "ValueError" in str(caught.value)


def test_a_forward_that_raises_for_some_shapes_is_unsure_and_says_where():
    def picky(x):
        if len(x) == 1:
            raise ValueError("a batch of one has no variance")
        return x * 2, None

    verdict = check_layer((picky, lambda dy, cache: dy * 2), X, points=3)
    assert verdict.status == "unsure"
    assert "forward raised" in verdict.message
    assert "a batch of one has no variance" in verdict.message
    assert check_layer((picky, lambda dy, cache: dy * 2), X, dims={"m": (2, None)}, points=3).passed


def identity(x):
    return x, None


DECLARATIONS = {
    "no shapes": ({"shapes": None}, "needs inputs"),
    "shapes that are a list": ({"shapes": [("m", "d")]}, "shapes must be a dict"),
    "a size that is no size": ({"shapes": {"x": ("m", "d!")}}, "shape of x can't be read"),
    "a negative size": ({"shapes": {"x": (-1,)}}, "shape of x can't be read"),
    "hostile text": ({"shapes": {"x": ("(" * 50_000,)}}, "shape of x can't be read"),
    "a call": ({"shapes": {"x": ("__import__('os')",)}}, "shape of x can't be read"),
    "shapes that contradict": ({"shapes": {"x": ("n-5",)}, "dims": {"n": (1, 3)}}, "shapes contradict"),
    "an empty dim": ({"dims": {"m": (3, 2)}}, "range of dim m is empty"),
    "an unknown dim": ({"dims": {"q": (3, 4)}}, "dims names a dim that no shape has"),
    "an unknown input": ({"ranges": {"y": (0, 1)}}, "ranges names an input"),
    "an empty range": ({"ranges": {"x": (1, 0)}}, "range of x is empty"),
    "a range of words": ({"ranges": {"x": ("low", "high")}}, "range of x can't be read"),
    "half a range": ({"ranges": {"x": 3}}, "range of x can't be read"),
    "an unknown dtype": ({"dtypes": "float65"}, "dtype of x can't be read"),
    "complex numbers": ({"dtypes": "complex128"}, "dtype of x can't be checked"),
    "integers without a range": ({"dtypes": {"x": "int64"}}, "integer input x has no range"),
    "nothing to differentiate": ({"nondifferentiable": ["x"]}, "no input is differentiable"),
    "a strategy that is none": ({"strategies": {"x": 3}}, "strategy of x is not one"),
    "a strategy that yields nothing": ({"strategies": {"x": st.nothing()}}, "strategy of x yields nothing"),
    "a strategy whose filter rejects all": (
        {"strategies": {"x": arrays(float, (2, 2)).filter(lambda _: False)}},
        "strategy of x yields nothing",
    ),
    "a strategy of words": ({"strategies": {"x": st.just("words")}}, "strategy of x yields no numbers"),
    "a strategy of another shape": ({"strategies": {"x": arrays(float, (7,))}}, "strategy of x yields another shape"),
    "two backwards": ({"vjp": identity, "backward": identity}, "more than one backward"),
    "an unknown framework": ({"framework": "theano"}, "unknown framework"),
    "a strategy that raises": ({"strategies": {"x": lambda shape: shape / 0}}, "strategy of x raises"),
    "a dim that is a word": ({"dims": {"m": "large"}}, "range of dim m can't be read"),
    "a dim in fractions": ({"dims": {"m": (1, 2.5)}}, "range of dim m is empty"),
    "constants in a list": ({"constants": [1]}, "constants= takes a dict"),
    "a seed that is a word": ({"seed": "a"}, "seed= takes a whole number"),
    "fewer points than none": ({"points": -3}, "points= takes a whole number"),
    "an executor that is none": ({"executor": 3}, "executor= takes"),
    "a vjp that is no function": ({"vjp": 3}, "vjp= takes a function"),
    "second order of NumPy": ({"second_order": True}, "second_order= needs torch or jax"),
}


@pytest.mark.parametrize(("options", "what"), DECLARATIONS.values(), ids=DECLARATIONS)
def test_a_bad_declaration_is_explained(options, what):
    given = {"shapes": X, **options}
    with pytest.raises(LayerError, match=what) as caught:
        check_layer((identity, lambda dy, cache: dy), given.pop("shapes"), **{"points": 3, **given})
    assert len(str(caught.value)) < 600


NO_LAYERS = {
    "None": None,
    "number": 3,
    "name": "dense",
    "object": object(),
    "forward alone": (dense,),
    "no backward": (dense, 3),
}


@pytest.mark.parametrize("layer", NO_LAYERS.values(), ids=NO_LAYERS)
def test_what_is_no_layer_is_refused(layer):
    with pytest.raises(LayerError):
        check_layer(layer, X)


def test_a_misspelt_name_is_recognised():
    with pytest.raises(LayerError, match="did you mean weight"):
        check_layer((identity, identity), {"weight": ("n",)}, ranges={"wieght": (0, 1)})


def test_forward_without_cache_is_explained():
    with pytest.raises(LayerError, match="returns no cache"):
        check_layer((lambda x: x, lambda dy, cache: dy), X)


def test_a_gradient_goes_with_a_scalar():
    with pytest.raises(LayerError, match="its value is not one number"):
        check_layer(lambda x: x, X, gradient=lambda x: x)


def test_an_output_that_is_no_array_is_refused():
    with pytest.raises(LayerError, match="an output of forward is not an array"):
        check_layer((lambda x: ("y", None), lambda dy, cache: dy), X)


def test_a_range_that_is_empty_at_some_size_says_so():
    with pytest.raises(LayerError, match="range of labels is empty at these sizes"):
        check_layer(
            (lambda z, labels: (z, None), lambda dy, cache: dy),
            {"z": ("m", "c"), "labels": ("m",)},
            dtypes={"labels": "int64"},
            ranges={"labels": (1, "c")},
            points=3,
        )
