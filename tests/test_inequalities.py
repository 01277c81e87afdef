"""Signs that follow from assumed inequalities, and none that don't."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.compare import check
from gradcheck.declare import read_symbols

SYMBOLS = read_symbols("dims n, k\ninput x, y, z")
CLAIMS: list[tuple[str, tuple[str, ...], str]] = [
    ("n x > 1", (r"x > \frac{2}{n}",), "proved"),
    ("n x > 3", (r"x > \frac{2}{n}",), "conditional"),
    ("x > 0", (r"x > \frac{2}{n}",), "proved"),
    ("x + y > 1", ("x > 1", "y > 0"), "proved"),
    ("x - y > 1", ("x > 2", "y < 1"), "proved"),
    ("x - y > 1", ("x > 2", "y > 1"), "wrong"),
    ("x y > 1", ("x > 1", "y > 1"), "proved"),
    ("x y > 1", ("x > 1", "y > 0"), "wrong"),
    ("(n + 1) x > n y", ("x > y", "y > 0"), "proved"),
    (r"\lvert x y \rvert > \lvert y \rvert", ("x > 1", r"y \neq 0"), "proved"),
    (r"\lvert x y \rvert > \lvert y \rvert", ("x > 1",), "conditional"),
    (r"\lvert x y \rvert > \lvert y \rvert", (r"y \neq 0", "x > 0"), "conditional"),
    ("n > 1", ("k > 1", "n > k"), "proved"),
]


@pytest.mark.parametrize(("claim", "assume", "wanted"), CLAIMS, ids=[f"{c} if {', '.join(a)}" for c, a, _ in CLAIMS])
def test_an_inequality_follows_from_others_or_is_refuted(claim: str, assume: tuple[str, ...], wanted: str) -> None:
    verdict = check(SYMBOLS, claim, assume=assume)
    found = verdict.verdict
    assert found == wanted or {found, wanted} == {"wrong", "conditional"}, verdict.evidence


whole = st.integers(-3, 3)
linear = st.tuples(whole, whole, whole)


def written(a: int, b: int, c: int, product: bool) -> str:
    return f"{a} x + {b} {'x y' if product else 'y'} + {c}"


@given(linear, linear, linear, st.booleans(), st.lists(st.tuples(whole, whole), min_size=8, max_size=8))
def test_what_is_proved_holds_at_every_point_of_the_assumptions(claim, one, two, product, points):
    def value(p: tuple[int, int, int], x: Fraction, y: Fraction, times: bool = False) -> Fraction:
        return p[0] * x + p[1] * (x * y if times else y) + p[2]

    assume = (f"{written(*one, False)} > 0", f"{written(*two, False)} > 0")
    verdict = check(SYMBOLS, f"{written(*claim, product)} > 0", assume=assume)
    if verdict.verdict != "proved":
        return
    for a, b in points:
        for scale in (Fraction(1, 3), Fraction(1), Fraction(5)):
            x, y = a * scale, b * scale
            if value(one, x, y) > 0 and value(two, x, y) > 0:
                assert value(claim, x, y, product) > 0
