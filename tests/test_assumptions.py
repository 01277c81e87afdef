"""Assumptions about derivatives and adjoints mean the derivative itself, and not some number of its own."""

from __future__ import annotations

import pytest

from gradcheck.compare import check
from gradcheck.declare import read_network

NEURON = read_network(r"""
input x {positive}
input y
parameter w
z = w x
loss l = (z - y)^2
adjoint \delta = \frac{dl}{dz}
""")


@pytest.mark.parametrize(
    ("claim", "assume", "wanted"),
    [
        (r"\frac{dl}{dw} > 0", r"\delta > 0", "proved"),
        (r"\frac{dl}{dw} > 0", r"\frac{dl}{dz} > 0", "proved"),
        (r"\frac{dl}{dw} > 0", r"\delta < 0", "wrong"),
        (r"z > y", r"\delta > 0", "proved"),
        (r"z > y", r"\delta < 0", "wrong"),
    ],
)
def test_the_sign_of_a_derivative_can_be_assumed(claim: str, assume: str, wanted: str) -> None:
    assert check(NEURON, claim, assume=assume).verdict == wanted
