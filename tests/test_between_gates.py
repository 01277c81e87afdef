"""Gates with different thresholds differ only between them: points are looked for there on purpose."""

from __future__ import annotations

import pytest

from gradcheck.compare import check
from gradcheck.declare import read_network

HINGE = read_network(r"""
input x : n
input y
parameter w : n
loss l = \max(0, 1 - y \sum_j w_j x_j)
""")
HUBER = read_network(r"""
input x
constant c {positive}
loss h = \begin{cases} \frac12 x^2 & \text{if } |x| \le c \\ c (|x| - \frac12 c) & \text{otherwise} \end{cases}
""")


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        (r"\frac{\partial l}{\partial w_k} = -[1 - y \sum_j w_j x_j > 0] y x_k", "proved"),
        (r"\frac{\partial l}{\partial w_k} = -[y \sum_j w_j x_j \le 1] y x_k", "proved"),
        (r"\frac{\partial l}{\partial w_k} = -[2 - y \sum_j w_j x_j > 0] y x_k", "wrong"),
        (r"\frac{\partial l}{\partial w_k} = -[1.001 - y \sum_j w_j x_j > 0] y x_k", "wrong"),
        (r"\frac{\partial l}{\partial w_k} = -[y \sum_j w_j x_j < 500] y x_k", "wrong"),
    ],
)
def test_a_hinge_with_another_threshold_is_refuted(claim: str, wanted: str) -> None:
    assert check(HINGE, claim).verdict == wanted


@pytest.mark.parametrize(
    ("slope", "wanted"),
    [
        (r"x & \text{if } |x| \le c \\ c \operatorname{sign}(x) & \text{otherwise}", "proved"),
        (r"x & \text{if } |x| \le 2 c \\ c \operatorname{sign}(x) & \text{otherwise}", "wrong"),
    ],
)
def test_a_branch_that_begins_elsewhere_is_refuted(slope: str, wanted: str) -> None:
    assert check(HUBER, rf"\frac{{dh}}{{dx}} = \begin{{cases}} {slope} \end{{cases}}").verdict == wanted
