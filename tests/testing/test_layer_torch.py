"""PyTorch layers: a Function, a Module, a function of tensors; right and wrong, first and second order."""

# ruff: noqa: ARG004 -- static methods take what autograd hands them
from __future__ import annotations

import numpy as np
import pytest

from gradcheck import LayerError, check_layer

torch = pytest.importorskip("torch", reason="torch is not installed")

SHAPES = {"x": ("m", "d"), "w": ("d",)}


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x**3 * w

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return 3 * x**2 * w * dy, (x**3 * dy).sum(0)


class FactorForgotten(Cube):
    @staticmethod
    def backward(ctx, dy):
        x, _ = ctx.saved_tensors
        return 3 * x**2 * dy, (x**3 * dy).sum(0)


class InPlace(Cube):
    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        dw = (x**3 * dy).sum(0)
        return dy.mul_(3 * x**2 * w), dw


class NoneForW(Cube):
    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return 3 * x**2 * w * dy, None


class Detached(Cube):
    """Right at first order; its gradient has no derivative by x."""

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return 3 * x.detach() ** 2 * w * dy, (x**3 * dy).sum(0)


class WrongShape(Cube):
    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return (3 * x**2 * w * dy)[:, :1].expand(-1, 7), (x**3 * dy).sum(0)


class Scaled(torch.autograd.Function):
    """Takes a constant that has no gradient."""

    @staticmethod
    def forward(ctx, x, by):
        ctx.by = by
        return x * by

    @staticmethod
    def backward(ctx, dy):
        return dy * ctx.by, None


class Reinterpreted(torch.autograd.Function):
    """Takes it for granted that dy lies in rows: wrong in silence where it doesn't."""

    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, dy):
        return 2 * torch.as_strided(dy, dy.shape, (dy.shape[1], 1))


class Viewed(Reinterpreted):
    """The same with a view, which torch refuses where dy doesn't lie in rows."""

    @staticmethod
    def backward(ctx, dy):
        return 2 * dy.view(-1).view(dy.shape)


def test_a_gradient_that_depends_on_the_memory_order_of_dy_is_wrong_unless_it_is_refused():
    assert "memory order" in check_layer(Reinterpreted, {"x": ("m", "d")}, points=2).failure.cause
    assert check_layer(Viewed, {"x": ("m", "d")}, points=2).passed


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_right_function_passes(dtype):
    verdict = check_layer(Cube, SHAPES, dtypes=dtype, points=4)
    assert verdict.status == "pass", verdict.message


WRONG = {
    "factor": (FactorForgotten, "x", "factor w missing"),
    "in place": (InPlace, "", "dy changed in place"),
    "None": (NoneForW, "w", "missing path"),
    "shape": (WrongShape, "x", ""),
}


@pytest.mark.parametrize(("layer", "array", "cause"), WRONG.values(), ids=WRONG)
def test_a_wrong_function_is_named(layer, array, cause):
    verdict = check_layer(layer, SHAPES, points=4)
    assert verdict.status == "fail"
    assert verdict.failure.array == array
    assert cause in verdict.failure.cause
    assert len(verdict.message) < 600


def test_the_second_order_is_checked_on_request():
    assert check_layer(Cube, SHAPES, second_order=True, points=2).passed
    assert check_layer(Detached, SHAPES, points=2).passed
    verdict = check_layer(Detached, SHAPES, second_order=True, points=2)
    assert verdict.status == "fail"
    assert "second derivative" in verdict.message.splitlines()[0]


def test_constants_follow_the_tensors():
    assert check_layer(Scaled, {"x": ("n",)}, constants={"by": 2.5}, points=2).passed


def test_the_parameters_of_a_module_are_inputs():
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    before = {name: p.detach().clone() for name, p in module.named_parameters()}
    verdict = check_layer(module, {"x": ("m", 3)}, points=2)
    assert verdict.status == "pass", verdict.message
    assert all(torch.equal(p, before[name]) for name, p in module.named_parameters())


def test_a_module_with_a_wrong_function_inside_is_found():
    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.nn.Parameter(torch.ones(3))

        def forward(self, x):
            return FactorForgotten.apply(x, self.w)

    failure = check_layer(Module(), {"x": ("m", 3)}, points=2).failure
    assert failure.array == "x"


def test_dropout_is_nondeterministic():
    assert "nondeterminism" in check_layer(torch.nn.Dropout(), {"x": ("m", 3)}, points=2).failure.cause
    assert check_layer(torch.nn.Dropout().eval(), {"x": ("m", 3)}, points=2).passed


def test_integer_inputs_and_several_outputs():
    def lookup(table, ids):
        rows = table[ids]
        return rows, (rows**2).sum()

    verdict = check_layer(
        lookup,
        {"table": ("v", "d"), "ids": ("m",)},
        dtypes={"ids": "int64"},
        ranges={"ids": (0, "v")},
        framework="torch",
        points=2,
    )
    assert verdict.status == "pass", verdict.message


def test_an_output_that_is_no_tensor_is_refused():
    with pytest.raises(LayerError, match="no tensor"):
        check_layer(lambda x: x.detach().numpy().astype(np.float64), {"x": ("n",)}, framework="torch")


def test_torch_dtypes_are_understood():
    assert check_layer(Cube, SHAPES, dtypes=torch.float32, points=1).passed
