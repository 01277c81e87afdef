"""Blanks between the pieces of a formula in LaTeX."""

from __future__ import annotations

import re


def joined(left: str, right: str) -> str:
    r"""Two pieces of LaTeX one behind the other, with a blank between them where there should be one.

    >>> joined(r"\alpha", "x"), joined("(", "x"), joined("x", ")")
    ('\\alpha x', '(x', 'x)')
    """
    return f"{left} {right}" if left and right and _needs_blank(left, right) else left + right


def _needs_blank(left: str, right: str) -> bool:
    """Keep it readable, and commands apart from the letters behind them."""
    if re.search(r"\\[A-Za-z]+\*?$", left) and right[0].isalnum():
        return True
    return not (left[-1] in "([|" or right[0] in ")],.;:|")
