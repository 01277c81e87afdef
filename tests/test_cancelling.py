"""Quotients and roots of sums: what cancels, what does not, and what is undefined."""

from __future__ import annotations

import pytest

from gradcheck.compare import equal

SYMBOLS = "dims n\ninput x, y, z\ninput u, v : n"
ROWS: list[tuple[str, str, tuple[str, ...], str]] = [
    (r"\frac{x - y}{x - y}", "1", (), "proved"),
    (r"\frac{x^2 - y^2}{x - y}", "x + y", (), "proved"),
    (r"\frac{x^2 - y^2}{x - y}", "x - y", (), "wrong"),
    (r"\frac{(1 - x)^2}{x - 1}", "x - 1", (), "proved"),
    (r"\frac{(1 - x)^2}{x - 1}", "1 - x", (), "wrong"),
    (r"\sum_i u_i (\sum_j u_j)^{-1}", "1", (), "proved"),
    (r"\sum_i u_i (\sum_j v_j)^{-1}", "1", (), "wrong"),
    (r"\sum_i \frac{u_i \sum_j v_j}{\sum_j v_j}", r"\sum_i u_i", (), "proved"),
    (r"\sum_i \frac{u_i - v_i}{(u_i - v_i)^2}", r"\sum_i \frac{1}{u_i - v_i}", (), "proved"),
    (r"\sum_i \frac{u_i - v_i}{(v_i - u_i)^2}", r"\sum_i \frac{1}{v_i - u_i}", (), "wrong"),
    (r"\frac{x - x}{x - x}", "1", (), "ill-formed"),
    (r"\frac{x - x}{x - x}", "0", (), "ill-formed"),
    (r"\sqrt{(x - y)^2}", r"\lvert x - y \rvert", (), "proved"),
    (r"\sqrt{(x - y)^2}", "x - y", (), "wrong"),
    (r"\sqrt{(x - y)^2}", "x - y", ("x > y",), "proved"),
    (r"\sqrt{(x - y)^2}", "x - y", ("x < y",), "wrong"),
    (r"\sqrt{(x - y)^4}", "(x - y)^2", (), "proved"),
    (r"((x - y)^2)^{3/2}", "(x - y)^3", (), "wrong"),
    (r"\frac{1}{\sqrt{(x - y)^2}}", r"\frac{1}{\lvert x - y \rvert}", (), "proved"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "assume", "wanted"), ROWS, ids=[f"{a} = {b} {c}" for a, b, c, _ in ROWS])
def test_what_stands_above_and_below_the_line_meets(
    left: str, right: str, assume: tuple[str, ...], wanted: str
) -> None:
    verdict = equal(left, right, SYMBOLS, assume=assume)
    assert verdict.verdict == wanted or (wanted, verdict.verdict) == ("wrong", "conditional"), verdict.evidence
