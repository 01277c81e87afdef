"""Other names for declared ones, and losses that are written as the square of a vector."""

from __future__ import annotations

import pytest

import gradcheck
from gradcheck.declare import read_network
from gradcheck.errors import DeclarationError

BLOCK = r"""
input x : n
parameter w : n
z^{(2)} = w^T x
loss l = (z^{(2)})^2
alias z^{(1)} = z^{(2)}
"""


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        (r"\frac{\partial l}{\partial z^{(1)}} = 2 z^{(1)}", "proved"),
        (r"\frac{\partial l}{\partial z^{(1)}} = 2 z^{(2)}", "proved"),
        (r"\frac{\partial l}{\partial w_i} = 2 z^{(1)} x_i", "proved"),
        (r"\frac{\partial l}{\partial w_i} = z^{(1)} x_i", "wrong"),
    ],
)
def test_a_claim_under_another_name_is_judged_as_meant_and_says_so(claim: str, wanted: str) -> None:
    verdict = gradcheck.check(read_network(BLOCK), claim)
    assert verdict.verdict == wanted
    assert "z^{(1)} is read as z^{(2)}, as declared" in verdict.reading


def test_a_claim_that_does_not_use_the_other_name_does_not_mention_it() -> None:
    verdict = gradcheck.check(read_network(BLOCK), r"\frac{\partial l}{\partial z^{(2)}} = 2 z^{(2)}")
    assert not any("as declared" in note for note in verdict.reading)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("alias a = b", "b is not declared"),
        ("alias x = w", "x is declared twice"),
        ("alias a", "a name is missing"),
        ("alias a =", "a name is missing"),
    ],
)
def test_an_alias_names_something_declared_by_a_new_name(line: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        read_network(BLOCK + line)


def test_the_square_of_a_vector_in_a_loss_is_its_sum_of_squares() -> None:
    network = read_network("input x, y : n\nloss J = \\frac{1}{2} (y - x)^2")
    assert network == read_network("input x, y : n\nloss J = \\frac{1}{2} \\sum_i (y_i - x_i)^2")
    assert "the square of a vector is read as its sum of squares" in network.nodes[-1].readings


def test_a_loss_that_no_reading_makes_a_number_is_refused() -> None:
    with pytest.raises(DeclarationError, match="the loss is one number"):
        read_network("input x, y : n\nloss J = y - x")
