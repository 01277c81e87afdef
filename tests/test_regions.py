"""Kinks that fill a region are no convention: [a ≥ 0] with a = max(0, z) is 1 where z < 0 too, and refutes."""

from __future__ import annotations

import time

import pytest

from gradcheck.algebra.budget import deadline, spend
from gradcheck.algebra.keys import TooLargeError
from gradcheck.compare import check
from gradcheck.declare import read_network

ONE = read_network(r"""
input x, y
parameter w
a = \max(0, w x)
loss L = \frac{1}{2} (a - y)^2
""")
TWO = read_network(r"""
input x : n
input y : m
parameter W : h, n
parameter V : m, h
z = W x
a = \max(0, z)
e = V a - y
loss L = \frac12 \|e\|^2
""")
SATURATED = read_network(r"""
input x, v, y
parameter w
h = \tanh(20 w x)
loss l = \frac12 (v h - y)^2
adjoint \delta = \frac{\partial l}{\partial h}
""")
SYMBOLS = read_network("input k {integer}\ninput x, u")


@pytest.mark.parametrize(
    ("gate", "wanted"),
    [
        (r"[a > 0]", "proved"),
        (r"[w x \ge 0]", "proved"),  # differs on a thin set only
        (r"[a \ge 0]", "wrong"),
        (r"[\max(0, w x) \ge 0]", "wrong"),
        (r"(1 - [a < 0])", "wrong"),
        (r"[a = 0]", "wrong"),
    ],
)
def test_a_gate_on_the_output_of_a_relu(gate: str, wanted: str) -> None:
    assert check(ONE, rf"\frac{{\partial L}}{{\partial w}} = (a - y) {gate} x").verdict == wanted


@pytest.mark.parametrize(("gate", "wanted"), [("[a_j > 0]", "proved"), (r"[a_j \ge 0]", "wrong")])
def test_a_gate_on_the_output_of_a_layer(gate: str, wanted: str) -> None:
    claim = rf"\frac{{\partial L}}{{\partial W_{{jk}}}} = {gate} x_k \sum_i V_{{ij}} e_i"
    assert check(TWO, claim).verdict == wanted


CLIPPED = read_network(r"""
input x, y
parameter w
z = w x
a = \max(0, z)
c = \min(6, a)
loss L = \frac12 (c - y)^2
""")
DROPPED = read_network(r"""
input x : n
input m : n {binary}
parameter w : n
h_j = m_j \max(0, w_j x_j)
loss L = \sum_j h_j^2
""")


@pytest.mark.parametrize(
    ("gates", "wanted"),
    [
        ("[0 < c] [c < 6]", "proved"),
        (r"[z < 6] [z \ge 0]", "proved"),
        (r"[a \le 6] [a > 0]", "proved"),
        (r"[a \le 6] [a \ge 0]", "wrong"),
        (r"[c \le 6] [a > 0]", "wrong"),
    ],
)
def test_gates_on_both_sides_of_a_clipped_value(gates: str, wanted: str) -> None:
    assert check(CLIPPED, rf"\frac{{\partial L}}{{\partial w}} = (c - y) {gates} x").verdict == wanted


@pytest.mark.parametrize("gate", ["", r"[h_j \ge 0]", r"m_j [w_j x_j \ge 0]"])
def test_where_a_factor_is_0_in_the_region_the_gate_does_not_matter(gate: str) -> None:
    assert check(DROPPED, rf"\frac{{\partial L}}{{\partial w_j}} = 2 h_j {gate} x_j").verdict == "proved"


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        (r"[a = 0] [w x > 0] = 0", {"proved", "agrees"}),
        (r"[a \ge 0] = [w x > 0]", {"wrong", "conditional"}),
    ],
)
def test_relations_between_nodes(claim: str, wanted: set[str]) -> None:
    assert check(ONE, claim).verdict in wanted


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        (r"[k > 0] + [k < 0] = 1", {"wrong", "conditional"}),  # not at k = 0
        (r"[k > 0] + [k \le 0] = 1", {"proved", "agrees"}),
        (r"[x > 0] + [x < 0] = 1", {"proved"}),
    ],
)
def test_integers_are_0_on_no_thin_set(claim: str, wanted: set[str]) -> None:
    assert check(SYMBOLS, claim).verdict in wanted


def test_a_proof_off_the_kinks_says_so() -> None:
    off, everywhere = check(SYMBOLS, r"[x > 0] + [x < 0] = 1"), check(SYMBOLS, r"(x + u)^2 = x^2 + 2 x u + u^2")
    assert off.evidence[0].startswith("equal at every point off the kinks")
    assert everywhere.evidence[0].startswith("equal at every point;")


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial l}{\partial w} = (v h - y) v (1 - h^2) x",  # at most points both sides are all but 0
        r"\delta = v h - y",
    ],
)
def test_finite_differences_tell_the_two_sides_apart(claim: str) -> None:
    found = check(SATURATED, claim).counterexample
    assert found is not None
    assert found.finite_difference is not None
    assert found.error is not None
    assert abs(found.finite_difference - found.derived) <= found.error + 1e-12 * abs(found.derived)
    assert abs(found.finite_difference - found.claimed) > 10 * found.error


def test_a_right_adjoint_is_held_against_finite_differences() -> None:
    verdict = check(SATURATED, r"\delta = (v h - y) v")
    assert verdict.verdict == "proved"
    assert any("finite difference" in sentence for sentence in verdict.evidence)


def test_a_deadline_counts_what_is_computed_and_not_what_passes() -> None:
    with deadline(0.05):
        time.sleep(0.2)
        for _ in range(200):
            spend()

    def forever() -> None:
        with deadline(0.05):
            while True:
                spend()

    with pytest.raises(TooLargeError, match="seconds"):
        forever()
