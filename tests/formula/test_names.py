"""Canonical names: one spelling for each name, and which scripts are indices."""

from __future__ import annotations

import pytest

from gradcheck.algebra.dims import Dim
from gradcheck.errors import FormulaError
from gradcheck.formula import SplitName, canonical_name, read_dim, split_name

CANONICAL = {
    "x": "x",
    "x_3": "x_3",
    "x_{3}": "x_3",
    "x_{10}": "x_{10}",
    r"\mathbf{W}^{[3]}": "W^{[3]}",
    r"\boldsymbol{W}^{[3]}": "W^{[3]}",
    r"\mathbf W ^ { [3] }": "W^{[3]}",
    r"\bm{\theta}_1": r"\theta_1",
    "W^{(1)}": "W^{(1)}",
    r"w_{h y}": "w_{hy}",
    r"w_{\text{hy}}": "w_{hy}",
    r"J_{\mathrm{sparse}}": "J_{sparse}",
    "h_{W,b}": "h_{W,b}",
    r"\alpha": r"\alpha",
    "σ": r"\sigma",
    "MSE": "MSE",
    r"\text{MSE}": "MSE",
    r"\mathrm{KL}^{(2)}_j": "KL_j^{(2)}",
    "dA_h": "dA_h",
    "rstd": "rstd",
    r"\bar x": r"\bar{x}",
    r"\hat{\mathbf{y}}": r"\hat{y}",
    r"\mathcal{L}": r"\mathcal{L}",
    r"\mathcal L": r"\mathcal{L}",
    "w^*": "w^{*}",
    "x'": "x'",
    "u^{[l](i)}": "u^{[l](i)}",
    "u^{[l]}_j^{(i)}": "u_j^{[l](i)}",
    "g^{[2]}": "g^{[2]}",
    "n^{[2]}": "n^{[2]}",
    r"\delta^{(l-1)}": r"\delta^{(l-1)}",
}


@pytest.mark.parametrize("text", CANONICAL)
def test_a_name_has_one_canonical_spelling(text):
    assert canonical_name(text) == CANONICAL[text]
    assert canonical_name(CANONICAL[text]) == CANONICAL[text]


@pytest.mark.parametrize(
    "text", ["", "1", "x + y", "x_", "x_1_2", "(x)", "x y_1 z", r"\frac{a}{b}", "x_{1", "=", "x^{"]
)
def test_what_is_not_one_name_is_refused(text):
    with pytest.raises(FormulaError) as caught:
        canonical_name(text)
    assert caught.value.place.column is not None


SPLIT = {
    "x_j^{(i)}": SplitName("x", ("i",), ("j",)),
    "x^{(i)}": SplitName("x", ("i",)),
    r"\mathbf{x}^{(i)}": SplitName("x", ("i",)),
    "a^{[2](i)}": SplitName("a^{[2]}", ("i",)),
    "W^{(1)}": SplitName("W^{(1)}"),
    "W_{ij}": SplitName("W", (), ("i", "j")),
    "W_{i,j}": SplitName("W", (), ("i", "j")),
    "w_{hy}": SplitName("w_{hy}"),
    "s_y": SplitName("s_y"),
}


@pytest.mark.parametrize("text", SPLIT)
def test_declared_indices_are_split_off_a_name(text):
    assert split_name(text, ["i", "j"]) == SPLIT[text]


n, m = Dim.symbol("n"), Dim.symbol("m")
SIZES = {
    "n": n,
    "n+1": n + 1,
    "2n": n * 2,
    "2 n - 1": n * 2 - 1,
    "n + m": n + m,
    "3": Dim.of(3),
    "n^{[2]}": Dim.symbol("n^{[2]}"),
    "d_0": Dim.symbol("d_0"),
    "d_{in}": Dim.symbol("d_{in}"),
    "d^{(l-1)}": Dim.symbol("d^{(l-1)}"),
    "(n+1)": n + 1,
}


@pytest.mark.parametrize("text", SIZES)
def test_a_size_is_read(text):
    assert read_dim(text) == SIZES[text]


@pytest.mark.parametrize("text", ["", "n m", "n^2", "1/2", "n =", "f(n)", "0.5", "n/2", "n,m", "-"])
def test_what_is_not_a_size_is_refused(text):
    with pytest.raises(FormulaError):
        read_dim(text)


def test_digits_below_a_size_need_braces():
    assert read_dim("n_{10}") == Dim.symbol("n_{10}")
    with pytest.raises(FormulaError) as caught:
        read_dim("n_10")
    assert caught.value.hint == "write _{10}"


@pytest.mark.parametrize("text", ["1000000", "n + 99999999999999", "99999999999999999999 n", "10001"])
def test_a_size_has_no_huge_numbers(text):
    with pytest.raises(FormulaError, match="too large"):
        read_dim(text)
