"""A formula as it was typed, cut into tokens and into the rows of its alignment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..formula.text.commands import CHARACTERS, SIZES
from .showable import LINES, SYNONYMS, TABLES

_PIECE = re.compile(r"\\(?:[A-Za-z]+\*?|.)|%[^\n]*(?:\n|$)|\s+|.", re.S)


class UnshowableError(Exception):
    """Something stands in the formula that neither printer is sure of."""


@dataclass(frozen=True)
class Token:
    """A command, a letter or a sign, and where it stands in the formula."""

    text: str
    start: int
    end: int


def tokenized(latex: str) -> list[Token]:
    """The tokens that mean something, Unicode characters as their commands."""
    out: list[Token] = []
    for found in _PIECE.finditer(latex):
        text = found.group()
        if text.isspace() or text[0] == "%":
            continue
        text = CHARACTERS.get(text, text)
        text = SYNONYMS.get(text, text) if text not in SIZES else ""
        for part in _PIECE.findall(text):
            out.append(Token(part, found.start(), found.end()))
    return out


def rows_of(tokens: list[Token]) -> Iterator[list[Token]]:
    """Cut at the line breaks of an alignment; its signs, tags and labels go."""
    row: list[Token] = []
    at, tables, depth = 0, 0, 0
    while at < len(tokens):
        text = tokens[at].text
        if text in (r"\begin", r"\end"):
            name, behind = braced(tokens, at + 1)
            if name in TABLES:
                tables += 1 if text == r"\begin" else -1
                row.extend(tokens[at:behind])
            elif name not in LINES:
                raise UnshowableError
            at = behind
            continue
        depth += {"{": 1, "}": -1}.get(text, 0)
        if text in (r"\tag", r"\tag*", r"\label"):
            at = braced(tokens, at + 1)[1]
            continue
        if text == r"\\" and not tables and not depth:
            yield row
            row = []
        elif text != "&" or tables:
            row.append(tokens[at])
        at += 1
    yield row


def braced(tokens: list[Token], at: int) -> tuple[str, int]:
    """What stands in the braces at `at`, as text, and the place behind them."""
    if at >= len(tokens) or tokens[at].text != "{":
        raise UnshowableError
    end = next((k for k in range(at + 1, len(tokens)) if tokens[k].text == "}"), None)
    if end is None:
        raise UnshowableError
    return "".join(t.text for t in tokens[at + 1 : end]), end + 1
