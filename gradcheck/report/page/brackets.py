"""Brackets around fractions and sums: as high as these, where a formula need not be folded inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

WIDEST = 44
"""Signs that may stand inside; a command is one sign."""

_HIGH = re.compile(r"\\(?:frac|sum|prod|substack)(?![A-Za-z])")
_BRACED = re.compile(r"\{[^{}]*\}")
_SIGN = re.compile(r"\\[A-Za-z]+|[^\s{}]")
_SIZED = (r"\left", r"\right", "\\")


def stretched(row: str, opening: str = r"\left", closing: str = "") -> str:
    r"""The row with brackets that grow around what is high in them.

    opening, closing: what stands before such a bracket, and behind the one that closes it.

    >>> stretched(r"g(\frac{a}{b}) (x - y)")
    'g\\left(\\frac{a}{b}\\right) (x - y)'
    """
    grown: dict[int, str] = {}
    for start, end in _pairs(row):
        inside = row[start + 1 : end]
        outer = inside
        while outer != (outer := _BRACED.sub("", outer)):
            pass
        if _HIGH.search(outer) and "&" not in outer and signs(inside) <= WIDEST:
            grown[start], grown[end] = opening + row[start], rf"\right{row[end]}{closing}"
    return "".join(grown.get(at, char) for at, char in enumerate(row))


def signs(latex: str) -> int:
    r"""How many signs a piece of a formula has: a command counts as one.

    >>> signs(r"\frac{a}{b} + \operatorname{max}(x)")
    11
    """
    return len(_SIGN.findall(latex))


def _pairs(row: str) -> Iterator[tuple[int, int]]:
    """Where brackets that have no size yet open and close, in one group of braces."""
    opened: list[tuple[int, int]] = []
    depth = 0
    for at, char in enumerate(row):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if row[:at].endswith(_SIZED):
            continue
        if char in "([":
            opened.append((at, depth))
        elif char in ")]" and opened and (row[opened[-1][0]], opened[-1][1]) == ("(" if char == ")" else "[", depth):
            yield opened.pop()[0], at


def pieces(row: str, most: int) -> list[str]:
    r"""The row cut in front of its relations; what is too long is cut between its terms, then between its factors.

    most: signs that a piece may have without being cut further.

    >>> pieces(r"a = b + c = f(d = e)", 26)
    ['a', '= b + c', '= f(d = e)']
    >>> pieces("a = b + c - d", 4)
    ['a', '= b', '+ c', '- d']
    """
    parts = list(_cut(row, _PLACES[0]))
    for where in _PLACES[1:]:
        parts = [cut for part in parts for cut in ([part] if signs(part) <= most else _cut(part, where))]
    return parts


_PLACES = (
    re.compile(r" (?=(?:[=<>]|\\(?:leq|geq|neq|mathrel)\b)[ {])"),  # before a relation,
    re.compile(r"(?<=[^=<>+-]) (?=[+-] )"),  # between terms,
    re.compile(r" (?=\\(?:cdot|times|odot)\b)|(?<=\)) (?=\()"),  # between factors
)
_OPEN = re.compile(r"\\(?:left|begin)(?![A-Za-z])|[{(\[]")
_CLOSE = re.compile(r"\\(?:right|end)(?![A-Za-z])|[})\]]")


def _cut(row: str, where: re.Pattern[str]) -> Iterator[str]:
    """The row cut at blanks that stand outside of every bracket."""
    depth, last = 0, 0
    for at in range(len(row)):
        if _OPEN.match(row, at):
            depth += 1
        elif _CLOSE.match(row, at):
            depth -= 1
        elif not depth and at and where.match(row, at):
            yield row[last:at].strip()
            last = at
    yield row[last:].strip()
