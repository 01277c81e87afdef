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


LINE = read_network(r"""
input x, y
input s {positive}
parameter w
loss l = (w x - y)^2
""")
RIGHT, WRONG = r"\frac{dl}{dw} = 2 (w x - y) x", r"\frac{dl}{dw} = (w x - y) x"


@pytest.mark.parametrize(
    "assume",
    [
        ("x > 1000",),
        ("x > 0.01", "x < 0.02"),
        ("x + y > 50",),
        ("x > y", "y > w", "w > 100"),
        ("x^2 > 200", "x < 0"),
        (r"e^x > 500",),
        ("w x > y + 1/16", "w x < y + 1/8"),
    ],
)
def test_points_are_found_far_from_small_numbers(assume: tuple[str, ...]) -> None:
    assert check(LINE, RIGHT, assume=assume).verdict == "proved"
    assert check(LINE, WRONG, assume=assume).verdict == "wrong"


@pytest.mark.parametrize(
    ("assume", "named"),
    [
        (("x > 0", "x < 0"), "x > 0, x < 0"),
        (("x > 2", "y > 0", "x < 1"), "x > 2, x < 1"),
        (("x > y", "y > w", "w > x"), "x > y, y > w, w > x"),
        (("x > 0", "y > 0", "x y < 0"), "x > 0, y > 0, x y < 0"),
        (("x^2 + y^2 < 0",), "x^2 + y^2 < 0"),
        (("x = 1", "x > 2"), "x > 2"),
        (("s < 0",), "s < 0"),
        (("s = -1",), "s is set against its declared fact positive"),
        ((r"\tanh x > 1",), r"\tanh x > 1"),
    ],
)
@pytest.mark.parametrize("claim", [RIGHT, WRONG, r"\frac{dl}{dw} > 0", r"w \text{ increases}", "l = (w x - y)^2"])
def test_from_a_contradiction_nothing_follows(assume: tuple[str, ...], named: str, claim: str) -> None:
    found = check(LINE, claim, assume=assume)
    assert found.verdict == "ill-formed"
    assert "contradict each other" in found.evidence[0]
    assert set(found.evidence[0].split(": ")[-1].split(", ")) == set(named.split(", "))


def test_a_search_without_success_is_no_contradiction() -> None:
    found = check(LINE, RIGHT, assume=("x^2 + y^2 < 1/1000000", "x > y + 1/2000", "x y > 1/100000000"))
    assert found.verdict in ("proved", "undecided")
    assert found.verdict == "proved" or "may contradict" in found.evidence[0]


@pytest.mark.parametrize(
    ("claim", "assume", "wanted"),
    [
        (r"\frac{dl}{dw} > 0", ("x > 100", "w x > y + 5"), "proved"),
        (r"\frac{dl}{dw} > 0", ("x > 0", "x \\ge 0", "w x > y"), "proved"),
        (r"\frac{dl}{dw} > 0", ("x > -100", "w x > y + 5"), "wrong"),
        (r"\frac{dl}{dw} < 0", ("x > 100", "w x > y + 5"), "wrong"),
        ("x > 0", ("x \\ge 0", r"x \neq 0"), "proved"),
    ],
)
def test_a_bound_gives_a_sign(claim: str, assume: tuple[str, ...], wanted: str) -> None:
    assert check(LINE, claim, assume=assume).verdict in (wanted, "conditional" if wanted == "wrong" else wanted)
