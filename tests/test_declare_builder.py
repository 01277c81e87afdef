"""The builder gives the same value as the text of a block, and refuses the same mistakes."""

import pytest

from gradcheck.algebra.expressions import Elem, total
from gradcheck.algebra.functions import TANH
from gradcheck.algebra.index import Index, Tensor
from gradcheck.declare import Builder, read_network
from gradcheck.errors import DeclarationError


def three_neuron():
    b = Builder()
    x_1, y = b.input("x_1"), b.input("y")
    w_1, w_2 = b.parameter("w_1"), b.parameter("w_2")
    sigma = b.function(r"\sigma", facts=["increasing"])
    x_2 = b.node("x_2", sigma(w_1 * x_1))
    x_3 = b.node("x_3", w_2 * x_2)
    b.loss("l", (y - x_3) ** 2 / 2)
    return b.network()


THREE_NEURON = r"""
input x_1
input y
parameter w_1
parameter w_2
function \sigma {increasing}
x_2 = \sigma(w_1 x_1)
x_3 = w_2 x_2
loss l = \frac{1}{2} (y - x_3)^2
"""


def step_autoencoder():
    b = Builder()
    n = b.dim("n")
    i, j, k = b.index("i", n + 1), Index("j", n), Index("k", n)
    x = b.input("x", n, samples=(i,))
    w1, w2, bias, W = (
        b.parameter("w^{[1]}", n), b.parameter("w^{[2]}", n), b.parameter("b^{[2]}", n), b.parameter("W^{[3]}", n, n),
    )  # fmt: skip
    z = b.node("z", total([j], w1[j] * x[i, j]), samples=(i,))
    y = b.node("y", total([k], W[j, k] * (w2[k] * z[i] + bias[k])), j, samples=(i,))
    s = i.fresh()
    b.loss("MSE", total([s, j], (y[s, j] - x[s, j]) ** 2) / 2)
    return b.network()


STEP_AUTOENCODER = r"""
dims n
index i = 1..n+1
input x^{(i)} : n
parameter w^{[1]} : n
parameter w^{[2]} : n
parameter b^{[2]} : n
parameter W^{[3]} : n, n
z^{(i)} = w^{[1]T} x^{(i)}
y^{(i)} = W^{[3]} (w^{[2]} z^{(i)} + b^{[2]})
loss MSE = \frac{1}{2} \sum_{i=1}^{n+1} \sum_{j=1}^{n} (y_j^{(i)} - x_j^{(i)})^2
"""


@pytest.mark.parametrize(
    ("built", "text"), [(three_neuron, THREE_NEURON), (step_autoencoder, STEP_AUTOENCODER)], ids=["three", "step"]
)
def test_a_network_built_in_python_equals_the_one_read_from_a_text(built, text):
    assert built() == read_network(text)
    assert hash(built()) == hash(read_network(text))
    assert built().notation.entries.keys() == read_network(text).notation.entries.keys()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("w_1 x_1", "w_1 x_1 + w_2"),
        ("{increasing}", "{decreasing}"),
        ("\\frac{1}{2}", ""),
        ("parameter w_2", "input w_2"),
        ("y - x_3", "x_3 - y"),
        ("x_2 = ", "a = "),
    ],
)
def test_another_text_is_another_network(old, new):
    changed = THREE_NEURON.replace(old, new).replace("w_2 x_2", "w_2 a" if new == "a = " else "w_2 x_2")
    assert changed != THREE_NEURON
    assert read_network(changed) != three_neuron()


def test_arrays_hand_out_entries():
    b = Builder()
    n = b.dim("n", 2)
    W = b.parameter("W", n, "n+1")
    j = Index("j", n)
    assert [str(d) for d in W.dims] == ["n", "n+1"]
    assert W[j, 1] == W[j, 1]
    assert W[j, 1] != W[j, 2]
    with pytest.raises(DeclarationError, match="W has 2 axes"):
        W[j]


def test_a_function_may_be_another_name_of_a_known_one():
    b = Builder()
    assert b.function("g", TANH).function is TANH
    assert b.notation.functions["g"] is TANH


def undeclared_symbol(b):
    b.node("y", Elem(Tensor("v")) * 2)


def other_shape(b):
    b.node("y", Elem(Tensor("x")))


def free_index(b):
    j = Index("j", b.size("n"))
    b.node("y", b.input("u", "n")[j])


def index_of_another_range(b):
    j = Index("j", b.size("m"))
    b.node("y", b.input("u", "n")[j], j)


def position_outside(b):
    b.node("y", b.input("u", 3)[4])


def position_that_may_be_outside(b):
    b.node("y", b.input("u", "n")[2])


def position_zero(b):
    b.node("y", b.input("u", "n")[0])


def index_twice_on_the_left(b):
    j = Index("j", b.size("n"))
    b.node("y", b.input("u", "n")[j], (j, j))


def itself(b):
    b.node("y", Elem(Tensor("y")) + 1)


def loss_with_an_axis(b):
    j = Index("j", b.size("n"))
    b.node("L", b.input("u", "n")[j], j)
    b.loss("L")


def size_of_nothing(b):
    b.input("u", 0)


def undeclared_function(b):
    b.node("y", Builder().function("g")(b.input("u")))


@pytest.mark.parametrize(
    ("mistake", "what"),
    [
        (undeclared_symbol, "in the equation of y: v is not declared"),
        (other_shape, "in the equation of y: x has another shape"),
        (free_index, "in the equation of y: free index j on the right side only"),
        (index_of_another_range, "in the equation of y: u, axis 1: the sizes differ"),
        (position_outside, "in the equation of y: u, axis 1: the sizes differ"),
        (position_that_may_be_outside, "in the equation of y: u, axis 1: there may be no position 2"),
        (position_zero, "in the equation of y: u, axis 1: the sizes differ"),
        (index_twice_on_the_left, "in the equation of y: index j stands twice on the left side"),
        (itself, "in the equation of y: y stands on both sides"),
        (loss_with_an_axis, "the loss is one number"),
        (size_of_nothing, "a size is at least 1"),
        (undeclared_function, "in the equation of y: the function g is not declared"),
    ],
)
def test_a_mistake_is_refused_when_it_is_made(mistake, what):
    b = Builder()
    b.input("x", "n")
    with pytest.raises(DeclarationError) as caught:
        mistake(b)
    assert str(caught.value).startswith(what)
