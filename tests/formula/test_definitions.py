"""Equations that define a name: which letters are indices, which belong to the name, and what shape follows."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.algebra.functions import TANH
from gradcheck.errors import FormulaError, IllFormedError
from gradcheck.formula import Value, definition, read

from .names import notation
from .numbers import array_of

NAMES = notation(
    "x^{(i)}: n; W: m, n; V^{[2]}: n, m; b: m; c: n; s; t; x_1; x_2; w_{xh}",
    indices="i: N",
    functions={"f": TANH},
    dims={"n": 1, "m": 1},
)
SIZES = {"n": 3, "m": 4, "N": 5}
_draw = np.random.default_rng(2)
X, W, V = _draw.normal(size=(5, 3)), _draw.normal(size=(4, 3)), _draw.normal(size=(3, 4))
b, c = _draw.normal(size=4), _draw.normal(size=3)
s, t, x_1, x_2, w_xh = _draw.normal(size=5)
ARRAYS = {"x": X, "W": W, "V^{[2]}": V, "b": b, "c": c, "s": s, "t": t, "x_1": x_1, "x_2": x_2, "w_{xh}": w_xh}

DEFINED = {
    "r = s t": ("r", "", s * t),
    "x_3 = s x_2": ("x_3", "", s * x_2),
    "l(t, x_3) = \\frac12 (t - x_2)^2": ("l", "", (t - x_2) ** 2 / 2),
    "h_{W,b}(x) = s t": ("h_{W,b}", "", s * t),
    "y(t) = s t": ("y", "", s * t),
    "s_h = w_{xh} t": ("s_h", "", w_xh * t),
    "z = W c + b": ("z", "m", W @ c + b),
    "z_j = \\sum_k W_{jk} c_k + b_j": ("z", "m", W @ c + b),
    "z_{j} := \\sum_{k=1}^n W_{j,k} c_k + b_j": ("z", "m", W @ c + b),
    "z^{(i)} = W x^{(i)} + b": ("z", "N,m", X @ W.T + b),
    "z_j^{(i)} = \\sum_k W_{jk} x_k^{(i)} + b_j": ("z", "N,m", X @ W.T + b),
    "\\mathbf{u}^{[3](i)} = f(\\mathbf{W} \\mathbf{x}^{(i)})": ("u^{[3]}", "N,m", np.tanh(X @ W.T)),
    "z = W x + b": ("z", "N,m", X @ W.T + b),
    "q = V^{[2]} b": ("q", "n", V @ b),
    "q = b V^{[2]T}": ("q", "n", V @ b),
    "P_{jk} = W_{jk}^2": ("P", "m,n", W**2),
    "P = W^T W": ("P", "n,n", W.T @ W),
    "MSE = \\sum_i \\sum_j (x_j^{(i)})^2": ("MSE", "", (X**2).sum()),
    "MSE^{(i)} = \\|x^{(i)}\\|^2": ("MSE", "N", (X**2).sum(axis=1)),
    "KL_j^{(2)} = c_j \\log 2": ("KL^{(2)}", "n", c * np.log(2)),
    "\\text{loss} = s": ("loss", "", s),
    "\\rho_j = \\frac{1}{N} \\sum_i x_j^{(i)}": ("\\rho", "n", X.mean(axis=0)),
    "\\rho_j = \\frac{1}{N} \\sum_{i=1}^N x_j": ("\\rho", "n", X.mean(axis=0)),
    "\\rho_j = \\frac{1}{N} \\sum_{r=1}^N x_j": ("\\rho", "n", X.mean(axis=0)),
    "\\hat y = c, \\text{ where } a = s": ("\\hat{y}", "n", c),
    "p_j = a_j - s, \\ a = 2 c": ("p", "n", 2 * c - s),
    "\\delta_{j} = c_j": ("\\delta", "n", c),
    "J = -\\frac1n \\sum_j c_j - s c_j": ("J", "", -(c - s * c).mean()),
    "q = \\sum_{j \\neq k} c_j c_k": ("q", "", c.sum() ** 2 - c @ c),
    "\\sigma_B^2 = \\sum_j c_j^2": ("\\sigma_B^{2}", "", c @ c),
    "h_\\theta(x^{(i)}) = c^T x^{(i)}": ("h_{\\theta}", "N", X @ c),
    "q_k = \\sum_{j \\neq k} c_j c_k": ("q", "n", c * (c.sum() - c)),
}


@pytest.mark.parametrize("text", DEFINED)
def test_a_definition_gives_name_shape_and_entries(text):
    name, shape, value = DEFINED[text]
    found = definition(text, NAMES)
    assert found.name == name
    assert ",".join(map(str, found.dims)) == shape
    entries = array_of(Value(found.formula, found.axes), ARRAYS, SIZES)
    np.testing.assert_allclose(entries, value, rtol=1e-9)


def test_the_arguments_of_a_node_are_kept_as_written():
    assert definition(r"l(y, \mathbf{x}_3) = s", NAMES).arguments == ("y", r"\mathbf{x}_3")
    assert definition("h_{W,b}(x) = s", NAMES).arguments == ("x",)


def test_a_declared_index_on_the_left_need_not_stand_on_the_right():
    names = notation("s", indices="i: N")
    assert [str(d) for d in definition("y^{(i)} = s", names).dims] == ["N"]


REFUSED = {
    "r = q": "q is not declared",
    "r_j = b_k": "the index k stands on the right side only",
    "r = b_k": "the index k stands on the right side only",
    "s + t = s": "is not a name to define",
    "r < s": "does not define",
    "r": "does not define",
    "= s": "does not define",
    "r = s = t": "does not define",
    "r_{jj} = b_j": "an index stands twice",
    "r = s, s > 0": "no conditions",
    r"\frac{1}{r} = s": "is not a name to define",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_does_not_define_a_name_is_refused(text):
    with pytest.raises(FormulaError, match=REFUSED[text]) as caught:
        definition(text, NAMES)
    assert caught.value.place.column is not None


CLASHES = ["r = W b", "r = c + b", "r_j = W x_j", r"r_j = \sum_{k=1}^{m} c_k b_j", "r_j = b_j c_j", "r = c c"]


@pytest.mark.parametrize("text", CLASHES)
def test_shapes_that_clash_in_a_definition_are_ill_formed(text):
    with pytest.raises(IllFormedError):
        definition(text, NAMES)


def test_read_with_defines_gives_both_sides():
    statement = read("z = W c + b", NAMES, defines=True)
    assert statement.signs == ("=",)
    assert statement.sides[0].axes == statement.sides[1].axes
    assert statement.sides[0].expr.tensor.name == "z"


SAMPLED = notation("x^{(i)}: n; y^{(i)}", nodes="h^{(i)}", indices="i: N", dims={"n": 2, "N": 3})


def test_a_sum_that_forgot_its_brackets_is_a_number_where_its_index_is_left_over():
    found = definition(r"J = \sum_i y^{(i)} h - h y^{(i)} h", SAMPLED)
    rng = np.random.default_rng(0)
    y, h = rng.normal(size=(2, 5))
    value = array_of(Value(found.formula), {"y": y, "h": h}, {"n": 2, "N": 5})
    assert found.samples == ()
    assert value == pytest.approx((y * h - h * y * h).sum())
    assert any("reaching over the terms behind it" in note for note in found.readings)


def test_a_node_with_arguments_is_taken_at_their_sample():
    first, second = (read(text, SAMPLED).sides[0].expr for text in (r"\sum_i h(x^{(3)})", r"\sum_i h^{(3)}"))
    numbers = {"h": np.arange(5.0), "x": np.zeros((5, 2))}
    values = [array_of(Value(expr), numbers, {"n": 2, "N": 5}) for expr in (first, second)]
    assert values == [10.0, 10.0]
    shifted = read(r"\sum_{i=1}^{N-1} h(x^{(i+1)})", SAMPLED).sides[0].expr
    assert array_of(Value(shifted), numbers, {"n": 2, "N": 5}) == 10.0
