"""Rows of displayed formulas in LaTeX: what TeX sets otherwise than MathML, and where a long row may be folded."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    out, last = "", 0
    for at in _outer_blanks(row):
        if _may_fold(row, at):
            out += row[last:at] + r"\penalty300{}"
            last = at
    return out + row[last:]


def _outer_blanks(row: str) -> Iterator[int]:
    """The blanks outside of braces and stretched brackets."""
    depth, stretched = 0, 0
    for at, char in enumerate(row):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == "\\":
            stretched += bool(_LEFT.match(row, at)) - bool(_RIGHT.match(row, at))
        elif char == " " and not depth and not stretched:
            yield at


_LEFT, _RIGHT = re.compile(r"\\left(?![A-Za-z])"), re.compile(r"\\right(?![A-Za-z])")


def _may_fold(row: str, at: int) -> bool:
    """Between two factors: behind a name, number or closing bracket, before a name, a command or an opening bracket."""
    before, after = row[at - 1 : at], row[at + 1 : at + 2]
    if not (before.isalnum() or before in ")]}'") or not (after.isalnum() or after in "\\(["):
        return False
    if re.search(r"\\(?:sum|prod|max|min)(?:_(?:\{[^{}]*\}|.))?(?:\^(?:\{[^{}]*\}|.))?$|\\[A-Za-z]+$", row[:at]):
        return False
    return not re.match(
        r"\\(?:cdot|times|odot|circ|otimes|oslash|leq|geq|neq|in|to|left|right|mathrel)(?![A-Za-z])", row[at + 1 :]
    )


def unbreakable(row: str) -> float:
    r"""About how many signs wide the widest piece of a row is that has no place to fold at.

    >>> unbreakable("a b + c"), unbreakable(r"\frac{a b c d}{e}")
    (1.0, 4.0)
    """
    widest, last = 0.0, 0
    for at in [*_outer_blanks(row), len(row)]:
        if at == len(row) or _may_fold(row, at) or _beside_sign(row, at):
            widest, last = max(widest, _width(row[last:at])), at
    return widest


def _beside_sign(row: str, at: int) -> bool:
    """Whether TeX itself may fold here: behind a relation or a sign between terms."""
    return row[at - 1 : at] in ("=", "+", "-", "<", ">") or row[at + 1 : at + 2] in ("=", "+", "-", "<", ">")


def _width(piece: str) -> float:
    """Signs on a line: a fraction is as wide as its wider half, a script half of itself, a command one sign."""
    width, at = 0.0, 0
    while at < len(piece):
        if found := _FRACTION.match(piece, at):
            above, at = _group(piece, found.end())
            below, at = _group(piece, at)
            width += max(_width(above), _width(below))
        elif piece[at] in "_^":
            inner, at = _group(piece, at + 1)
            width += _width(inner) / 2
        else:
            found = _SIGN.match(piece, at)
            assert found is not None
            width += 0 if found.lastgroup == "nothing" else 1
            at = found.end()
    return width


_FRACTION = re.compile(r"\\[dt]?frac")
_SIGN = re.compile(
    r"""(?P<nothing>\\(?:left|right|math[a-z]+|boldsymbol|textcolor\{[a-z]*\}|gcmark|operatorname|text)(?![A-Za-z])
      | [{}\s])
      | \\[A-Za-z]+ | \\. | .""",
    re.S | re.X,
)


def _group(text: str, at: int) -> tuple[str, int]:
    """The argument that begins at `at`, and the place behind it."""
    if text[at : at + 1] != "{":
        found = _SIGN.match(text, at)
        return (found.group(), found.end()) if found else ("", at)
    depth = 0
    for end in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if not depth:
            return text[at + 1 : end], end + 1
    return text[at + 1 :], len(text)
