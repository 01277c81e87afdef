"""Entries of arrays whose names end in a number, W_{2,jk}, and sizes that stand where an index is expected."""

from __future__ import annotations

import pytest

from gradcheck.compare import check
from gradcheck.declare import read_network
from gradcheck.errors import FormulaError, IllFormedError
from gradcheck.formula import read_all

NET = read_network(r"""
input x : n
input y : m
parameter W_1 : h, n
parameter W_2 : m, h
parameter w_2
z = W_1 x
a = \tanh(z)
e = W_2 a - y
loss L = \frac12 \|e\|^2 + w_2
""")
SPELLINGS = [
    r"(W_2)_{jk}", r"{W_2}_{jk}", r"[W_2]_{jk}", r"W_{2,jk}", r"W_{2jk}", r"W_{2,j,k}", r"W_{2, j k}",
    r"(W_2^T)_{kj}", r"(W_2)_{j,k}",
]  # fmt: skip


@pytest.mark.parametrize("entry", SPELLINGS)
def test_a_loss_is_differentiated_by_an_entry_however_it_is_written(entry: str) -> None:
    assert check(NET, rf"\frac{{\partial L}}{{\partial {entry}}} = e_j a_k").verdict == "proved"
    assert check(NET, rf"\frac{{\partial L}}{{\partial {entry}}} = e_j a_k + e_j").verdict in ("wrong", "conditional")


@pytest.mark.parametrize("entry", SPELLINGS)
def test_the_entry_itself_is_read_alike(entry: str) -> None:
    assert check(NET, rf"{entry} + \sum_k {entry} a_k = W_{{2,jk}} + e_j + y_j").verdict == "proved"


@pytest.mark.parametrize("text", [r"w_{2,j} = 0", r"W_{3,jk} = 0", r"W_{3jk} = 0"])
def test_what_is_no_array_has_no_entries(text: str) -> None:
    with pytest.raises(FormulaError, match="not declared"):
        read_all(text, NET.notation)


def test_an_entry_that_is_told_from_a_name_is_said_to_be_one():
    claim = r"\frac{\partial L}{\partial W_{2,jk}} = e_j a_k"
    assert "W_{2,jk} is read as an entry of W_2" in check(NET, claim).reading


LAST = read_network(r"""
input x : n
input y : k
parameter W : k, n
loss L = \frac12 \|W x - y\|^2
""")


def test_a_size_in_a_subscript_is_said_to_be_one() -> None:
    verdict = check(LAST, r"\frac{\partial L}{\partial y_k} = y_k - \sum_i W_{ki} x_i")
    assert verdict.verdict == "proved"  # of the last entry
    assert any("k is a size, so y_k is one entry" in said for said in verdict.reading)
    other = check(LAST, r"\frac{\partial L}{\partial y_j} = y_j - \sum_i W_{ji} x_i")
    assert not any("is a size" in said for said in other.reading)


def test_a_size_that_does_not_fit_is_named() -> None:
    with pytest.raises(IllFormedError) as caught:
        read_all(r"W_{jk} = 0", LAST.notation)
    assert caught.value.hint == "k is a size here; take another letter for the index"
