"""Hostile input: every formula is answered with a value or an error of ours, quickly and without deep recursion."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.errors import FormulaError, GradcheckError
from gradcheck.formula import Notation, canonical_name, parse, read, read_dim

from .names import notation

NAMES = notation("x: n; W: n, n; s; t", functions=["f"], words="MSE")

HOSTILE = {
    "too long": "x" * 20_001,
    "megabytes": "(" * 2_000_000,
    "nested parentheses": "(" * 61 + "s" + ")" * 61,
    "nested braces": "{" * 500 + "s" + "}" * 500,
    "nested fractions": r"\frac{1}{" * 100 + "s" + "}" * 100,
    "nested roots": r"\sqrt{" * 200 + "s" + "}" * 200,
    "nested roots without braces": r"\sqrt" * 3000 + " s",
    "nested functions": r"\exp " * 3000 + "s",
    "nested declared functions": "f(" * 200 + "s" + ")" * 200,
    "nested sums": r"\sum_{i=1}^{n} " * 200 + "s",
    "nested scripts": "s^{" * 200 + "2" + "}" * 200,
    "scripts without braces": "s" + "^s" * 3000,
    "nested subscripts": "x_{" * 200 + "1" + "}" * 200,
    "nested bars": r"\left|" * 200 + "s" + r"\right|" * 200,
    "nested derivatives": r"\frac{d}{ds} " * 3000 + "s",
    "nested matrices": r"\begin{matrix}" * 200 + "s" + r"\end{matrix}" * 200,
    "tower of powers": "9^{9^{9^{9}}}",
    "huge exponent": "s^{100000}",
    "huge negative exponent": "s^{-100000}",
    "huge sum": r"\sum_{i=1}^{1000000000} s",
    "huge number": "9" * 500,
    "huge matrix": r"\begin{matrix}" + "1 & " * 3000 + r"1\end{matrix}",
    "code": "__import__('os').system('true')",
    "format string": "{0.__class__}",
    "unclosed environment": r"\begin{matrix} 1 & 2",
    "unmatched braces": "}{",
    "null byte": "s + \0",
    "surrogate": "s + \ud800",
    "right to left": "s + \u202e t",
    "nothing": "   ",
    "endless macro": r"\a",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_refused_with_an_error_of_ours(kind):
    names = notation("s", macros={r"\a": r"\b\b", r"\b": r"\a\a"}) if kind == "endless macro" else NAMES
    limit = sys.getrecursionlimit()
    with pytest.raises(FormulaError) as caught:
        read(HOSTILE[kind], names)
    assert len(str(caught.value)) < 100_000
    assert sys.getrecursionlimit() == limit


LONG_BUT_SOUND = {
    "a long product": " ".join(["s"] * 5000),
    "a long sum": "s + " * 4000 + "t",
    "many signs": "s" + "-" * 10_000 + "t",
    "a long chain": "s = " * 500 + "s",
    "deep but allowed": "(" * 25 + "s" + ")" * 25,
}


@pytest.mark.parametrize("kind", LONG_BUT_SOUND)
def test_long_sound_formulas_are_read(kind):
    assert read(LONG_BUT_SOUND[kind], NAMES).sides


PIECES = [
    "s", "t", "x", "W", "f", "q", "MSE", "i", "1", "2", "0.5", "+", "-", "=", "<", "(", ")", "[", "]", "{", "}",
    "_", "^", "'", "|", r"\|", ",", "&", r"\\", "/", "*", r"\cdot", r"\times", r"\odot", r"\frac", r"\partial", "d",
    r"\sum", r"\max", r"\sqrt", r"\log", r"\left(", r"\right)", r"\left.", r"\right|", r"\text{ if }", r"\nabla",
    "T", r"\top", r"\delta", r"\mathbf 1", "I", r"\begin{bmatrix}", r"\end{bmatrix}", r"\begin{cases}",
    r"\end{cases}", r"\dots", "...", "frac", "partial", r"\operatorname{tr}", r"\hat", r"\mathbf", r"\tag{1}",
    r"\forall", "n", "n+1", r"\in", r"\langle", r"\rangle", "sum_", r"\underbrace",
]  # fmt: skip


def _refusal(reader, text: str) -> GradcheckError | None:
    """The error that a text is refused with; anything but an error of ours goes through."""
    try:
        reader(text)
    except GradcheckError as error:
        return error
    return None


@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
def test_any_mixture_of_pieces_is_read_or_refused_with_an_error_of_ours(text):
    refusal = _refusal(lambda t: read(t, NAMES), text)
    assert refusal is None or refusal.what


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused_with_an_error_of_ours(text):
    for reader in (lambda t: parse(t, Notation()), canonical_name, read_dim):
        refusal = _refusal(reader, text)
        assert refusal is None or refusal.what
