"""JAX layers: custom_vjp functions, right and wrong, first and second order."""

from __future__ import annotations

import pytest

from gradcheck import check_layer

jax = pytest.importorskip("jax", reason="jax is not installed")
jnp = jax.numpy

SHAPES = {"x": ("m", 2), "w": (2,)}


def custom(forward, backward):
    @jax.custom_vjp
    def layer(x, w):
        return jnp.tanh(x * w)

    layer.defvjp(forward, backward)
    return layer


def forward(x, w):
    y = jnp.tanh(x * w)
    return y, (x, w, y)


def backward(kept, dy):
    x, w, y = kept
    dz = dy * (1 - y * y)
    return dz * w, (dz * x).sum(0)


def without_slope(kept, dy):
    x, w, _ = kept
    return dy * w, (dy * x).sum(0)


def another_forward(x, w):
    y = jnp.tanh(1.01 * x * w)
    return y, (x, w, y)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_right_rule_passes(dtype):
    verdict = check_layer(custom(forward, backward), SHAPES, dtypes=dtype, points=1)
    assert verdict.status == "pass", verdict.message


def test_a_wrong_rule_is_named_with_its_cause():
    verdict = check_layer(custom(forward, without_slope), SHAPES, points=1)
    assert verdict.status == "fail"
    assert verdict.failure.array == "x"
    assert verdict.failure.cause == "factor (1 - y²) missing"
    assert len(verdict.message) < 600


def test_a_rule_for_another_function_is_found():
    verdict = check_layer(custom(another_forward, backward), SHAPES, points=1)
    assert "value changes when it is differentiated" in verdict.message


def test_the_second_order_is_checked_on_request():
    assert check_layer(custom(forward, backward), SHAPES, second_order=True, points=1).passed

    def detached(kept, dy):
        x, w, y = kept
        dz = dy * (1 - jax.lax.stop_gradient(y * y))
        return dz * w, (dz * x).sum(0)

    verdict = check_layer(custom(forward, detached), SHAPES, second_order=True, points=1)
    assert verdict.status == "fail"
    assert "second derivative" in verdict.message.splitlines()[0]


def test_any_function_of_arrays_is_a_layer():
    loss = lambda z, labels: -jnp.mean(jax.nn.log_softmax(z)[jnp.arange(len(z)), labels])  # noqa: E731
    options = {"dtypes": {"labels": "int32"}, "ranges": {"labels": (0, 3)}, "framework": "jax"}
    assert check_layer(loss, {"z": ("m", 3), "labels": ("m",)}, points=1, **options).passed


def test_the_precision_of_the_session_is_left_as_it_was():
    check_layer(custom(forward, backward), SHAPES, points=1)
    assert jnp.ones(2).dtype == jnp.float32
