"""Rows of displayed formulas in LaTeX: what TeX sets otherwise than MathML, and where a long row may be folded."""

from __future__ import annotations

import re

from ...printing.display import MARK

_DIGITS = re.compile(r"\\mathbb\{(\d)\}")
_BARE = re.compile(r"\\(mathcal|mathbb)\{([^{}A-Z]+)\}")


def safe(row: str) -> str:
    r"""The row with what the fonts of TeX lack replaced: double-struck digits and script small letters are bold.

    >>> safe(r"\mathbb{1} \mathcal{L}")
    '\\mathbf{1} \\mathcal{L}'
    """
    return _BARE.sub(r"\\mathbf{\2}", _DIGITS.sub(r"\\mathbf{\1}", row))


def marked(row: str) -> str:
    """The row with its wrong parts underlined too, so that the mark does not hang on the colour alone."""
    return row.replace(rf"\textcolor{{{MARK}}}", r"\gcmark")


def foldable(row: str) -> str:
    r"""The row with places where it may be folded between factors, outside of braces and stretched brackets.

    >>> foldable(r"a b + \frac{c d}{e} f(x)")
    'a\\penalty300{} b + \\frac{c d}{e}\\penalty300{} f(x)'
    """
    out, depth, stretched = "", 0, 0
    for at, char in enumerate(row):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if row.startswith((r"\left", r"\right"), at) and not row[at + 5 : at + 6].isalpha():
            stretched += 1 if row.startswith(r"\left", at) else 0
        if re.match(r"\\right(?![A-Za-z])", row[at:]):
            stretched -= 1
        if char == " " and not depth and not stretched and _may_fold(row, at):
            out += r"\penalty300{}"
        out += char
    return out


def _may_fold(row: str, at: int) -> bool:
    """Between two factors: behind a name, number or closing bracket, before a name, a command or an opening bracket."""
    before, after = row[at - 1 : at], row[at + 1 : at + 2]
    if not (before.isalnum() or before in ")]}'") or not (after.isalnum() or after in "\\(["):
        return False
    if re.search(r"\\(?:sum|prod|max|min)(?:_(?:\{[^{}]*\}|.))?(?:\^(?:\{[^{}]*\}|.))?$|\\[A-Za-z]+$", row[:at]):
        return False
    return not re.match(
        r"\\(?:cdot|times|odot|circ|otimes|oslash|leq|geq|neq|in|to|left|right)(?![A-Za-z])", row[at + 1 :]
    )
