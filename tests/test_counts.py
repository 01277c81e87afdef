"""Claims of counts: sums over positions with deltas, and the sizes from which on they hold."""

from __future__ import annotations

import pytest

from gradcheck.compare import check
from gradcheck.declare import read_symbols

CONNECTIONS = r"""
dims L{bound}
input d : L+1
"""
EACH_PAIR_ONCE = (
    r"\sum_{i=1}^{L} \sum_{j=1}^{L+1} (1 - (1 - [j = i + 1]) (1 - [i = 1][j = L + 1])) d_i d_j"
    r" = \sum_{i=1}^{L} d_i d_{i+1} + d_1 d_{L+1}"
)


@pytest.mark.parametrize(
    ("bound", "wanted", "conditions"),
    [(" >= 2", "proved", ()), ("", "conditional", ("L ≥ 2",)), (" >= 3", "proved", ())],
)
def test_a_size_at_which_two_terms_coincide_is_found(bound: str, wanted: str, conditions: tuple[str, ...]) -> None:
    verdict = check(read_symbols(CONNECTIONS.format(bound=bound)), EACH_PAIR_ONCE)
    assert (verdict.verdict, verdict.conditions) == (wanted, conditions), verdict


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        (r"\sum_{i=1}^{L} \sum_{j=1}^{L+1} [j = i + 1] d_i d_j = \sum_{i=1}^{L} d_i d_{i+1}", "proved"),
        (r"\sum_{i=1}^{L+1} \sum_{j=1}^{L+1} [j = i + 1] d_i d_j = \sum_{i=1}^{L} d_i d_{i+1}", "agrees"),
        (r"\sum_{i=1}^{L} \sum_{j=1}^{L} [j = i + 1] d_i d_j = \sum_{i=1}^{L} d_i d_{i+1}", "wrong"),
        (r"\sum_{i=1}^{L} \sum_{j=1}^{L+1} [i=1] [j = L+1] d_i d_j = d_1 d_{L+1}", "proved"),
        (r"\sum_{i=1}^{L} \sum_{j=1}^{L+1} [i=1] [j = L+1] d_i d_j = d_1 d_L", "wrong"),
    ],
)
def test_a_shifted_position_is_put_in_only_where_it_stays_in_range(claim: str, wanted: str) -> None:
    assert check(read_symbols(CONNECTIONS.format(bound=" >= 2")), claim).verdict == wanted


@pytest.mark.parametrize(
    ("bound", "claim", "wanted"),
    [
        (" >= 4", "[3 \\le L - 1] = 1", "proved"),
        (" >= 3", "[3 \\le L - 1] = 1", "conditional"),
        (" >= 4", "d_3 [L < 4] = 0", "proved"),
        (" >= 3", "d_3 [L < 4] = 0", "conditional"),
    ],
)
def test_an_order_of_positions_follows_from_the_sizes_admitted(bound: str, claim: str, wanted: str) -> None:
    assert check(read_symbols(CONNECTIONS.format(bound=bound)), claim).verdict == wanted
