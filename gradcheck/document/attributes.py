"""The attributes behind an equation: {#anchor key="value"}."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from ..compare.verdict import VerdictName
from ..errors import DocumentError
from .findings import UNREAD

MARKS: tuple[str, ...] = (*get_args(VerdictName), UNREAD)
VALUES: Mapping[str, tuple[str, ...]] = {
    "assume": (),
    "known": MARKS,
    "layout": ("numerator", "denominator"),
    "reading": ("total", "partial"),
}
"""The keys there are, each with the values it may take; none listed: any text."""

_ANCHOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RESERVED = re.compile(r"L[0-9]+")
_PIECE = re.compile(
    r"""\s*(?:\#(?P<anchor>[^\s}"'=]*)|(?P<key>[A-Za-z_-]+)\s*=\s*(?P<quote>["'])(?P<value>.*?)(?P=quote))""", re.S
)


@dataclass(frozen=True)
class Attributes:
    """An anchor and what is said about the claim."""

    anchor: str | None
    values: Mapping[str, str]


def closing_brace(text: str, start: int) -> int | None:
    """Where the brace opened at `start` closes, quoted text skipped; None if it does not before a blank line."""
    quote = ""
    for at in range(start + 1, len(text)):
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "}":
            return at
        if text.startswith("\n\n", at):
            return None
    return None


def read_attributes(inside: str) -> Attributes:
    """Read what stands between the braces; raise DocumentError (without a place) if it makes no sense.

    >>> read_attributes('#d-dw2 known="wrong"')
    Attributes(anchor='d-dw2', values={'known': 'wrong'})
    """
    anchor: str | None = None
    values: dict[str, str] = {}
    at = 0
    while inside[at:].strip():
        piece = _PIECE.match(inside, at)
        if piece is None:
            raise DocumentError(
                "these attributes can't be read",
                got=inside[at:].strip(),
                expected='{#anchor key="value"}, values in quotes',
            )
        at = piece.end()
        if piece["key"] is None:
            anchor = _checked_anchor(piece["anchor"], anchor)
        else:
            values.update(_checked_value(piece["key"], piece["value"], values))
    return Attributes(anchor, values)


def _checked_anchor(anchor: str, earlier: str | None) -> str:
    if earlier is not None:
        raise DocumentError("an equation has two anchors", got=f"#{earlier} and #{anchor}", expected="one")
    if not _ANCHOR.fullmatch(anchor):
        raise DocumentError(
            "this anchor is not a name",
            got=f"#{anchor}",
            expected="letters, digits, '.', '_' and '-', beginning with a letter or digit",
        )
    if _RESERVED.fullmatch(anchor):
        raise DocumentError(
            "this anchor is reserved",
            got=f"#{anchor}",
            hint="L and a number is the id of an equation without an anchor: choose another name",
        )
    return anchor


def _checked_value(key: str, value: str, earlier: Mapping[str, str]) -> dict[str, str]:
    if key not in VALUES:
        near = difflib.get_close_matches(key, VALUES, n=1)
        raise DocumentError(
            "unknown attribute",
            got=key,
            expected=", ".join(VALUES),
            hint=f"did you mean {near[0]}?" if near else None,
        )
    if key in earlier:
        raise DocumentError("an attribute stands twice", got=key, expected="each one once")
    plain = " ".join(value.split())
    if VALUES[key] and plain not in VALUES[key]:
        near = difflib.get_close_matches(plain, VALUES[key], n=1)
        raise DocumentError(
            f"unknown value of {key}",
            got=f'"{plain}"',
            expected=", ".join(VALUES[key]),
            hint=f"did you mean {near[0]}?" if near else None,
        )
    if not plain:
        raise DocumentError(f"{key} says nothing", expected='a formula, as in assume="x_1 > 0"')
    return {key: plain}
