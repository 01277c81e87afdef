"""Ready-made layers write the equations that a textbook writes."""

from fractions import Fraction

import pytest

from gradcheck.declare import Builder, layers, read_network
from gradcheck.errors import DeclarationError
from gradcheck.evaluate import program


def batch(b, *, index="i", size="m"):
    return (b.index(index, size),)


def columns(b):
    x = b.input("x", "n", samples=batch(b))
    layers.dense(b, x, "h", output="z", weight="W", bias="b")


def rows(b):
    x = b.input("x", "n", samples=batch(b))
    layers.dense(b, x, "h", output="z", weight="W", bias="b", rows=True)


def without_bias(b):
    layers.dense(b, b.input("x", "n"), "h", output="z", weight="W")


def tied(b):
    W = b.parameter("W", "h", "n")
    z = layers.dense(b, b.input("x", "n"), "h", output="z", weight=W)
    layers.dense(b, z, "n", output="y", weight=W, rows=True)


def elementwise(b):
    x = b.input("x", "n", samples=batch(b))
    layers.activation(b, x, b.function("\\sigma"), output="a")


def skip(b):
    x, f = b.input("x", "n"), b.input("f", "n")
    layers.skip(b, x, f, output="y")


def softmax(b):
    layers.softmax(b, b.input("z", "n", samples=batch(b)), output="p")


def squares(b):
    i = batch(b)
    layers.squared_error(b, b.input("y", "n", samples=i), b.input("t", "n", samples=i), name="J")


def mean_of_squares(b):
    i = batch(b)
    y, t = b.input("y", "n", samples=i), b.input("t", "n", samples=i)
    layers.squared_error(b, y, t, name="J", factor=1, mean=True)


def scalar_square(b):
    layers.squared_error(b, b.input("y"), b.input("t"), name="J", factor=Fraction(1, 2))


def classes(b):
    i = batch(b)
    z, t = b.input("z", "n", samples=i), b.input("t", "n", samples=i)
    layers.softmax_cross_entropy(b, z, t, name="J", output="p")


def decay(b):
    W, v = b.parameter("W", "n", "m"), b.parameter("v", "n")
    layers.weight_decay(b, [W, v], b.constant("\\lambda"), name="R")


def sparsity(b):
    a = b.input("a", "n", samples=batch(b))
    rho, beta = b.constant("\\rho"), b.constant("\\beta")
    layers.kl_sparsity(b, a, rho, beta, mean="r", name="P")


BATCH = "index i = 1..m\n"
SAME = [
    (columns, BATCH + "input x^{(i)} : n\nparameter W : h, n\nparameter b : h\nz^{(i)} = W x^{(i)} + b"),
    (
        rows,
        BATCH
        + "input x^{(i)} : n\nparameter W : n, h\nparameter b : h\nz_j^{(i)} = \\sum_{k=1}^n x_k^{(i)} W_{kj} + b_j",
    ),
    (without_bias, "input x : n\nparameter W : h, n\nz = W x"),
    (tied, "input x : n\nparameter W : h, n\nz = W x\ny = W^T z"),
    (elementwise, BATCH + "input x^{(i)} : n\nfunction \\sigma\na^{(i)} = \\sigma(x^{(i)})"),
    (skip, "input x, f : n\ny = x + f"),
    (softmax, BATCH + "input z^{(i)} : n\np_j^{(i)} = \\frac{e^{z_j^{(i)}}}{\\sum_{k=1}^n e^{z_k^{(i)}}}"),
    (
        squares,
        BATCH + "input y^{(i)}, t^{(i)} : n\nloss J = \\frac12 \\sum_{i=1}^m \\sum_{j=1}^n (y_j^{(i)} - t_j^{(i)})^2",
    ),
    (
        mean_of_squares,
        BATCH + "input y^{(i)}, t^{(i)} : n\nloss J = \\frac1m \\sum_{i=1}^m \\sum_{j=1}^n (y_j^{(i)} - t_j^{(i)})^2",
    ),
    (scalar_square, "input y, t\nloss J = \\frac12 (y - t)^2"),
    (
        classes,
        BATCH + "input z^{(i)}, t^{(i)} : n\np^{(i)} = \\operatorname{softmax}(z^{(i)})\n"
        "loss J = -\\sum_i \\sum_k t_k^{(i)} \\log p_k^{(i)}",
    ),
    (
        decay,
        "parameter W : n, m\nparameter v : n\nconstant \\lambda\n"
        "R = \\frac{\\lambda}{2} (\\sum_{j=1}^n \\sum_{k=1}^m W_{jk}^2 + \\sum_{j=1}^n v_j^2)",
    ),
    (
        sparsity,
        BATCH + "input a^{(i)} : n\nconstant \\rho, \\beta\nr_k = \\frac1m \\sum_{i=1}^m a_k^{(i)}\n"
        "P = \\beta \\sum_{k=1}^n (\\rho \\log \\frac{\\rho}{r_k} + (1 - \\rho) \\log \\frac{1 - \\rho}{1 - r_k})",
    ),
]


@pytest.mark.parametrize(("write", "text"), SAME, ids=[write.__name__ for write, _ in SAME])
def test_a_layer_writes_the_equations_of_the_textbook(write, text):
    b = Builder()
    write(b)
    assert b.network() == read_network(text)


def test_a_dense_layer_refuses_a_weight_of_another_shape():
    b = Builder()
    W = b.parameter("W", "n", "h")
    with pytest.raises(DeclarationError, match="W has another shape"):
        layers.dense(b, b.input("x", "n"), "h", output="z", weight=W)


def test_a_skip_connection_needs_two_arrays_of_one_shape():
    b = Builder()
    with pytest.raises(DeclarationError, match="two arrays of one shape"):
        layers.skip(b, b.input("x", "n"), b.input("y", "m"), output="z")


def test_a_vector_is_asked_for_where_one_is_needed():
    b = Builder()
    with pytest.raises(DeclarationError, match="a vector is needed here"):
        layers.softmax(b, b.input("Z", "n", "m"), output="p")


def test_the_sparsity_penalty_needs_samples_to_average():
    b = Builder()
    with pytest.raises(DeclarationError, match="one sample index"):
        layers.kl_sparsity(b, b.input("a", "n"), b.constant("r"), b.constant("s"), mean="q", name="P")


def competitive(values, positive, negative, alpha):
    """The layer worked out by hand, as its authors describe it."""
    order = sorted(range(len(values)), key=lambda k: -abs(values[k]))
    out = [0.0] * len(values)
    for count, sign in ((positive, 1), (negative, -1)):
        of_sign = [k for k in order if values[k] * sign > 0]
        lost = sum(values[k] for k in of_sign[count:])
        for k in of_sign[:count]:
            out[k] = values[k] + alpha * lost
    return out


@pytest.mark.parametrize(
    ("values", "positive", "negative"),
    [
        ((0.8, 0.2, 0.1, -0.1, -0.3, -0.6), 1, 1),
        ((0.8, 0.2, 0.1, -0.1, -0.3, -0.6), 2, 1),
        ((0.8, 0.2, 0.1, -0.1, -0.3, -0.6), 3, 3),
        ((0.8, -0.2, 0.5, 0.1), 2, 2),
        ((-0.5, -0.25, -0.75), 1, 1),
        ((0.0, 0.5), 1, 1),
    ],
)
def test_winners_get_the_losers_of_their_sign(values, positive, negative):
    b = Builder()
    a, alpha = b.input("a", "n"), b.constant("\\alpha")
    layers.k_competitive(b, a, positive="p", negative="q", amplification=alpha, output="y", winners=("s", "t"))
    forward = program(b.network()).forward({"a": values, "\\alpha": 6.25}, {"p": positive, "q": negative})
    assert forward["y"] == pytest.approx(competitive(values, positive, negative, 6.25))
