"""Sizes as people write them in a shape: 3, "m", "n+1", "2*n", "h*d", "(n-1)//2"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import LayerError

_TOKEN = re.compile(r"\s*(?:(\d{1,9})|([A-Za-z_]\w*)|(//|[-+*()]))")
_LONGEST = 80


@dataclass(frozen=True)
class Size:
    """A size that depends on dims: `tree` is a number, a name, or (operator, left, right).

    >>> size("2*n+1").value({"n": 3}), str(size("n+1"))
    (7, 'n+1')
    """

    tree: Any
    text: str

    def value(self, sizes: Mapping[str, int]) -> int:
        """The size when each dim has the size given."""
        return _value(self.tree, sizes)

    def symbols(self) -> frozenset[str]:
        """The dims that occur."""
        return _symbols(self.tree)

    def __str__(self) -> str:
        return self.text


def size(written: Any) -> Size:
    """Read one size: an integer, or text with names, integers, + - * // and brackets; nothing else, no eval."""
    if isinstance(written, Size):
        return written
    if isinstance(written, bool):
        raise _unreadable(written)
    if hasattr(written, "__index__"):
        number = int(written.__index__())
        if number < 0:
            raise _unreadable(written)
        return Size(number, str(number))
    text = str(written).strip()
    tokens = _tokens(text)
    tree, rest = _sum(tokens, text)
    if rest:
        raise _unreadable(text)
    return Size(tree, text)


def shape(name: str, written: Any) -> tuple[Size, ...]:
    """Read one shape: a tuple or list of sizes, a single size, or text such as "m, d" or "(m, d)"."""
    if isinstance(written, str):
        inner = written.strip()
        if inner.startswith("(") and inner.endswith(")") and ("," in inner or inner == "()"):
            inner = inner[1:-1]
        written = [part for part in inner.split(",") if part.strip()]
    elif not isinstance(written, list | tuple):
        written = [written]
    try:
        return tuple(size(part) for part in written)
    except LayerError as error:
        raise LayerError(f"the shape of {name} can't be read", got=error.got, expected=error.expected) from None


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    if not text or len(text) > _LONGEST:
        raise _unreadable(text)
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            if text[at:].isspace():
                break
            raise _unreadable(text)
        tokens.append(found.group().strip())
        at = found.end()
    return tokens


def _sum(tokens: list[str], text: str) -> tuple[Any, list[str]]:
    left, tokens = _product(tokens, text)
    while tokens and tokens[0] in "+-":
        right, rest = _product(tokens[1:], text)
        left, tokens = (tokens[0], left, right), rest
    return left, tokens


def _product(tokens: list[str], text: str) -> tuple[Any, list[str]]:
    left, tokens = _atom(tokens, text)
    while tokens and tokens[0] not in ("+", "-", ")"):
        operator = tokens[0] if tokens[0] in ("*", "//") else "*"  # 2n is 2*n
        right, rest = _atom(tokens[1:] if tokens[0] in ("*", "//") else tokens, text)
        left, tokens = (operator, left, right), rest
    return left, tokens


def _atom(tokens: list[str], text: str) -> tuple[Any, list[str]]:
    if not tokens:
        raise _unreadable(text)
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        inside, rest = _sum(rest, text)
        if not rest or rest[0] != ")":
            raise _unreadable(text)
        return inside, rest[1:]
    if head.isdigit():
        return int(head), rest
    if head.isidentifier():
        return head, rest
    raise _unreadable(text)


def _value(tree: Any, sizes: Mapping[str, int]) -> int:
    if isinstance(tree, int):
        return tree
    if isinstance(tree, str):
        return sizes[tree]
    operator, left, right = tree[0], _value(tree[1], sizes), _value(tree[2], sizes)
    if operator == "//":
        return left // right if right else -1
    return left + right if operator == "+" else left - right if operator == "-" else left * right


def _symbols(tree: Any) -> frozenset[str]:
    if isinstance(tree, int):
        return frozenset()
    return frozenset([tree]) if isinstance(tree, str) else _symbols(tree[1]) | _symbols(tree[2])


def _unreadable(written: Any) -> LayerError:
    return LayerError(
        "a size can't be read",
        got=repr(written)[:_LONGEST],
        expected='a size such as 3, "m", "n+1" or "2*n"',
    )
