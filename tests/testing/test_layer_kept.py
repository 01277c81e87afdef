"""Parameters that an object keeps to itself are checked like its inputs, wherever it leaves their gradients."""

import numpy as np
import pytest

from gradcheck import check_layer

SHAPES = {"x": ("m", 3)}


class Attributes:
    """W and b with dW and db, made anew by every backward."""

    def __init__(self, factor=1.0):
        self.W, self.b, self.factor = np.ones((3, 2)), np.zeros(2), factor

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW, self.db = self.x.T @ dy, dy.sum(0) * self.factor
        return dy @ self.W.T


class AddedUp(Attributes):
    """Gradients are added to what stands there, as where zero_grad is somebody else's business."""

    def __init__(self, factor=1.0):
        super().__init__(factor)
        self.W_grad, self.b_grad = np.zeros((3, 2)), np.zeros(2)

    def backward(self, dy):
        self.W_grad += self.x.T @ dy
        self.b_grad += dy.sum(0) * self.factor
        return dy @ self.W.T


class Dicts:
    """self.params and self.grads."""

    def __init__(self, factor=1.0):
        self.params, self.grads, self.factor = {"W": np.ones((3, 2)), "b": np.zeros(2)}, {}, factor

    def forward(self, x):
        self.x = x
        self.y = np.tanh(x @ self.params["W"] + self.params["b"])
        return self.y

    def backward(self, dy):
        dz = dy * (1 - self.y**2)
        self.grads["W"], self.grads["b"] = self.x.T @ dz, dz.sum(0) * self.factor
        return dz @ self.params["W"].T


class Lists:
    """self.params and self.grads, filled in place."""

    def __init__(self, factor=1.0):
        weights = np.ones((3, 2))
        self.params, self.grads, self.factor = [weights], [np.zeros_like(weights)], factor

    def forward(self, x):
        self.x = x
        return x @ self.params[0]

    def backward(self, dy):
        self.grads[0][...] = self.x.T @ dy * self.factor
        return dy @ self.params[0].T


class Lookup:
    """No input has a gradient, only the table."""

    def __init__(self, factor=1.0):
        self.table, self.factor = np.ones((5, 2)), factor

    def forward(self, x):
        self.x = x
        return self.table[x]

    def backward(self, dy):
        self.dtable = np.zeros_like(self.table)
        np.add.at(self.dtable, self.x, dy * self.factor)


LAYERS = {Attributes: "b", AddedUp: "b", Dicts: "b", Lists: "params[0]"}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda c: c.__name__)
def test_the_gradients_of_kept_parameters_are_checked(layer):
    assert check_layer(layer(), SHAPES).status == "pass"
    verdict = check_layer(layer(1.001), SHAPES)
    assert (verdict.status, verdict.failure.array) == ("fail", LAYERS[layer])


def test_a_layer_whose_only_gradient_is_that_of_a_kept_table():
    asked = {"shapes": {"x": ("m",)}, "dtypes": {"x": "int64"}, "ranges": {"x": (0, 5)}}
    assert check_layer(Lookup(), **asked).status == "pass"
    assert check_layer(Lookup(0.5), **asked).failure.array == "table"


def test_the_objects_own_parameters_stay_as_they_are():
    layer = Attributes(2.0)
    check_layer(layer, SHAPES, nondifferentiable=("b",))
    assert np.array_equal(layer.W, np.ones((3, 2)))
    assert not hasattr(layer, "x")
    assert check_layer(layer, SHAPES, ranges={"b": (1, 2)}).failure.array == "b"
    assert check_layer(layer, SHAPES, nondifferentiable=("b",)).status == "pass"  # it is not asked for


class Remembers:
    """What a pass leaves behind is no parameter: y beside dy, x beside dx."""

    def forward(self, x):
        self.x, self.y = x, np.tanh(x)
        return self.y

    def backward(self, dy):
        self.dy, self.dx = dy, dy * (1 - self.y**2)
        return self.dx


def test_what_a_pass_leaves_behind_is_no_parameter():
    layer = Remembers()
    layer.forward(np.ones((2, 3)))
    layer.backward(np.ones((2, 3)))
    assert check_layer(layer, SHAPES).status == "pass"


def test_a_parameter_that_is_declared_is_put_into_a_copy_too():
    layer = Attributes()
    assert check_layer(layer, {**SHAPES, "W": (3, 2)}).status == "pass"
    assert check_layer(layer, SHAPES, nondifferentiable="b").status == "pass"
    assert np.array_equal(layer.W, np.ones((3, 2)))
