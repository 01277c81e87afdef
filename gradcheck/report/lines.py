"""Styled lines of text: what a printer for the terminal hands out, free of any markup language.

Formulas are full of brackets and backslashes, so a line is a tuple of spans and never a string with tags in it.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "strong", "error", "known", "good", "open", "quiet", "mark"]


@dataclass(frozen=True)
class Span:
    """A run of text in one style."""

    text: str
    style: Style = "plain"


MOST_CHARACTERS = 2000
"""A sentence or a formula is cut where it is longer: it comes from a stranger's document."""

Line = tuple[Span, ...]


def line(*parts: Span | str) -> Line:
    """A line from spans and plain strings."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def plain(lines: Iterable[Line]) -> str:
    """The text without its styles, each line ended by a newline."""
    return "".join("".join(span.text for span in spans) + "\n" for spans in lines)


def printable(text: str) -> str:
    r"""The text with control characters shown instead of obeyed, and each tab as one blank.

    A document comes from a stranger: an escape sequence in it must not reach the terminal.

    >>> printable("a\tb\x1b[2J")
    'a b\\x1b[2J'
    """
    if text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char == "\t":
        return " "
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return char.encode("unicode_escape").decode("ascii") if hidden else char


def clipped(text: str, width: int) -> str:
    """The text cut to a width, with an ellipsis in place of what is missing."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def folded(label: str, text: str, width: int | None) -> Iterator[Line]:
    """A label and a sentence, folded at the width under its own beginning."""
    text = clipped(printable(" ".join(text.split())), MOST_CHARACTERS)
    indent = " " * len(label)
    if width is None:
        yield line(Span(label, "quiet"), text)
        return
    room = max(24, width - len(label))
    for number, part in enumerate(textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]):
        yield line(Span(indent if number else label, "quiet"), part)
