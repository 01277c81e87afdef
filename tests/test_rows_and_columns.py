"""Rows and columns in one formula: a network that writes W x has columns, and a claim may not mix in rows unsaid."""

from __future__ import annotations

import functools

import pytest

import gradcheck

COLUMNS = r"""
input x : n
input t : m
parameter W : m, n
z = W x
loss L = \frac12 \|z - t\|^2
adjoint \delta = \frac{\partial L}{\partial z}
"""
ADDED = "one is a column, the other a row"
TURNED = "derivatives are read in numerator layout"


@functools.cache
def network(text: str) -> gradcheck.Network:
    return gradcheck.network(text)


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial L}{\partial W} = (z - t) x^T",
        r"\frac{\partial L}{\partial W} = (z^T - t^T)^T x^T",
        r"\frac{\partial L}{\partial x} = W^T (W x - t)",
        r"\frac{\partial L}{\partial x} = ((z - t)^T W)^T",
        r"\delta^T = (z - t)^T",
        r"\delta = (z - t)^T",  # an adjoint may be a row
    ],
)
def test_one_convention_is_kept(claim: str) -> None:
    assert gradcheck.check(network(COLUMNS), claim).verdict == "proved"


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial L}{\partial W} = (z - t^T) x^T",
        r"\frac{\partial L}{\partial W} = (z^T - t)^T x^T",
        r"\frac{\partial L}{\partial x} = W^T (z - t^T)",
        r"\frac{\partial L}{\partial x} = W^T (W x - t^T)",
    ],
)
def test_a_row_added_to_a_column_is_ill_formed(claim: str) -> None:
    found = gradcheck.check(network(COLUMNS), claim)
    assert found.verdict == "ill-formed"
    assert ADDED in found.evidence[0]


@pytest.mark.parametrize(
    "claim",
    [r"\frac{\partial L}{\partial x} = (z - t)^T W", r"\frac{\partial L}{\partial z} = (z - t)^T"],
)
def test_a_gradient_that_lies_is_right_in_the_other_layout(claim: str) -> None:
    found = gradcheck.check(network(COLUMNS), claim)
    assert (found.verdict, found.conditions) == ("conditional", (TURNED,))
    assert gradcheck.check(network(COLUMNS), claim, layout="numerator").verdict == "proved"
