"""Claims that two formulas differ because one is a multiple of the other."""

from __future__ import annotations

import pytest

from gradcheck.compare import check
from gradcheck.declare import read_network

MEAN = r"""
dims m{bound}
index i = 1..m
input x^{{(i)}}, y^{{(i)}}
parameter w
J^{{(i)}} = (w x^{{(i)}} - y^{{(i)}})^2
z = \sum_{{i=1}}^m J^{{(i)}}
loss L = \frac1m \sum_{{i=1}}^m J^{{(i)}}
"""


@pytest.mark.parametrize(
    ("bound", "claim", "assume", "wanted"),
    [
        (" >= 2", r"\frac{dL}{dw} \neq \frac{dz}{dw}", (), "conditional"),
        (" >= 2", r"\frac{dL}{dw} \neq \frac{dz}{dw}", (r"\frac{dL}{dw} \neq 0",), "proved"),
        (" >= 2", r"\frac{dL}{dw} \neq \frac{dz}{dw}", (r"\frac{dz}{dw} \neq 0",), "proved"),
        (" >= 2", r"\frac{dz}{dw} \neq -\frac{dz}{dw}", (r"\frac{dz}{dw} \neq 0",), "proved"),
        (" >= 2", r"\frac{dz}{dw} \neq \frac{dz}{dw}", (r"\frac{dz}{dw} \neq 0",), "wrong"),
        (" >= 2", r"m \frac{dL}{dw} \neq \frac{dz}{dw}", (r"\frac{dz}{dw} \neq 0",), "wrong"),
    ],
)
def test_a_multiple_differs_where_it_is_not_zero(bound: str, claim: str, assume: tuple[str, ...], wanted: str) -> None:
    assert check(read_network(MEAN.format(bound=bound)), claim, assume=assume).verdict == wanted


def test_a_size_at_which_the_multiple_is_the_same_keeps_it_from_being_proved() -> None:
    claim, assume = r"\frac{dL}{dw} \neq \frac{dz}{dw}", r"\frac{dL}{dw} \neq 0"
    assert check(read_network(MEAN.format(bound="")), claim, assume=assume).verdict != "proved"


def test_sides_that_are_equal_at_size_1_only_are_caught_where_balls_are_never_exact() -> None:
    block = r"""
    index i = 1..m
    input x^{(i)}
    parameter w
    a^{(i)} = \operatorname{sigmoid}(w x^{(i)})
    r = \frac{1}{m} \sum_{i=1}^m a^{(i)}
    loss L = \frac{1}{m} \sum_{i=1}^m a^{(i)} + r^2
    adjoint \delta^{(i)} = \frac{\partial L}{\partial a^{(i)}}
    """
    verdict = check(read_network(block), r"1 + 2 r \neq \delta^{(i)}")
    assert verdict.verdict == "conditional"
    assert verdict.conditions == ("the sides are not 0", "m ≥ 2")
    assert verdict.counterexample is not None
    assert verdict.counterexample.sizes["m"] == 1
    assert verdict.counterexample.claimed == verdict.counterexample.derived


def test_what_is_missing_is_named() -> None:
    verdict = check(read_network(MEAN.format(bound="")), r"\frac{dL}{dw} \neq \frac{dz}{dw}")
    assert verdict.conditions == ("the sides are not 0", "m ≥ 2")
