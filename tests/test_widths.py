"""Claims of sizes under an assumption about a rank."""

from __future__ import annotations

import pytest

from gradcheck.compare import check
from gradcheck.declare import read_network
from gradcheck.errors import FormulaError

PRODUCT = read_network(r"""
dims n, k, m
input A : n, k
parameter B : k, m
U = A B
V_{ij} = U_{ij} + 1
""")


@pytest.mark.parametrize(
    ("claim", "assume", "wanted"),
    [
        (r"k \geq n", r"\operatorname{rank}(U) = n", "proved"),
        (r"m \geq n", r"\operatorname{rank}(U) = n", "proved"),
        (r"k + 1 > n", r"\operatorname{rank}(U) = n", "proved"),
        (r"k + 1 \geq n", r"\operatorname{rank}(V) = n", "proved"),
        (r"k \geq n", r"\operatorname{rank}(V) = n", "wrong"),
        (r"k = n", r"\operatorname{rank}(U) = n", "wrong"),
        (r"k > n", r"\operatorname{rank}(U) = n", "wrong"),
        (r"k \leq n", r"\operatorname{rank}(U) = n", "wrong"),
        (r"k \geq 2", r"\operatorname{rank}(U) \geq 2", "proved"),
        (r"k \geq 3", r"\operatorname{rank}(U) \geq 2", "wrong"),
        (r"k \geq n", r"\operatorname{rank}(U) = n + 1", "ill-formed"),
    ],
)
def test_what_a_rank_needs_of_the_sizes(claim: str, assume: str, wanted: str) -> None:
    verdict = check(PRODUCT, claim, assume=assume)
    assert verdict.verdict == wanted, verdict
    assert (verdict.counterexample is not None) == (wanted == "wrong")


def test_a_refuted_claim_of_sizes_says_what_follows_instead() -> None:
    verdict = check(PRODUCT, "k = n", assume=r"\operatorname{rank}(U) = n")
    assert any("k ≥ n" in said for said in verdict.evidence)


def test_one_rank_is_assumed() -> None:
    with pytest.raises(FormulaError, match="assumes one rank"):
        check(PRODUCT, "k = n", assume=[r"\operatorname{rank}(U) = n", r"\operatorname{rank}(A) = n"])
