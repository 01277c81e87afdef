r"""Halves of sizes, rounded: \lceil k/2 \rceil is judged for even and for odd k, which may be the condition."""

from __future__ import annotations

import pytest

from gradcheck.compare import check, equal
from gradcheck.declare import read_network
from gradcheck.errors import FormulaError

# left, right, verdict, conditions
IDENTITIES: list[tuple[str, str, str, tuple[str, ...]]] = [
    (r"\lceil k/2 \rceil + \lfloor k/2 \rfloor", "k", "proved", ()),
    (r"\left\lceil \frac{k}{2} \right\rceil + \left\lfloor \frac k2 \right\rfloor", "k", "proved", ()),
    (r"\lceil \frac{k+1}{2} \rceil", r"\lfloor k/2 \rfloor + 1", "proved", ()),
    (r"\lfloor \frac{k+1}{2} \rfloor", r"\lceil k/2 \rceil", "proved", ()),
    (r"\lceil k/2 \rceil", "k/2", "conditional", ("k is even",)),
    (r"\lfloor k/2 \rfloor", "(k - 1)/2", "conditional", ("k is odd",)),
    (r"\lceil k/2 \rceil - \lfloor k/2 \rfloor", "1", "conditional", ("k is odd",)),
    (r"\lceil k/2 \rceil", r"\lfloor k/2 \rfloor + 2", "wrong", ()),
    (r"\lceil 5/2 \rceil", "3", "proved", ()),
    (r"\sum_{i=1}^{\lceil k/2 \rceil} x_i + \sum_{i=\lceil k/2 \rceil + 1}^k x_i", r"\sum_i x_i", "agrees", ()),
    (r"\sum_{i=1}^{\lfloor k/2 \rfloor} x_i", r"\sum_i x_i", "wrong", ()),
]


@pytest.mark.parametrize(
    ("left", "right", "wanted", "conditions"), IDENTITIES, ids=[f"{a} = {b}" for a, b, *_ in IDENTITIES]
)
def test_an_identity_is_judged_for_even_and_odd_sizes(
    left: str, right: str, wanted: str, conditions: tuple[str, ...]
) -> None:
    verdict = equal(left, right, "dims k\ninput x : k")
    assert (verdict.verdict, verdict.conditions) == (wanted, conditions), verdict.evidence


def test_the_counterexample_names_the_size_itself() -> None:
    verdict = equal(r"\lceil k/2 \rceil", "k/2", "dims k >= 4")
    assert verdict.counterexample is not None
    assert verdict.counterexample.sizes == {"k": 5}


def test_a_network_is_read_for_both_parities() -> None:
    network = read_network(r"""
        dims n, k
        input x : n
        parameter w
        loss l = (\lceil k/2 \rceil w - \lfloor k/2 \rfloor)^2
    """)
    right = r"\frac{dl}{dw} = 2 \lceil k/2 \rceil (\lceil k/2 \rceil w - \lfloor k/2 \rfloor)"
    assert check(network, right).verdict == "proved"
    even_only = check(network, right.replace("floor", "ceil"))
    assert (even_only.verdict, even_only.conditions) == ("conditional", ("k is even",))


@pytest.mark.parametrize("formula", [r"\lceil x_1 \rceil", r"\lfloor k/3 \rfloor", r"\lceil k \rceil"])
def test_only_halves_of_sizes_can_be_rounded(formula: str) -> None:
    with pytest.raises(FormulaError, match="only halves of sizes"):
        equal(formula, "1", "dims k >= 3\ninput x : k")


def test_the_size_need_not_be_declared_by_itself() -> None:
    verdict = equal(r"\lceil n/2 \rceil", "n/2", "input x : n")
    assert (verdict.verdict, verdict.conditions) == ("conditional", ("n is even",))
    network = read_network("input x : n\nparameter w\nloss l = \\lceil n/2 \\rceil w^2")
    assert check(network, r"\frac{dl}{dw} = n w").conditions == ("n is even",)
