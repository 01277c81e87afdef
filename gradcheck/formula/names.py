"""Canonical names: one spelling for each name, whatever its style and the order of its scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .text.places import unreadable
from .text.tokens import Token, tokenize

_BASE = re.compile(r"\\[A-Za-z]+\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z]+")


def base_of(name: str) -> str:
    r"""The letter or word that a canonical name begins with.

    >>> base_of("W^{[3]}"), base_of("MSE"), base_of("\\bar{x}_j")
    ('W', 'MSE', '\\bar{x}')
    """
    found = _BASE.match(name)
    return found.group() if found else name


def join(base: str, subscript: str | None = None, superscripts: Iterable[str] = (), primes: int = 0) -> str:
    """The canonical name of these parts; a subscript of one letter or digit goes without braces."""
    name = base
    if subscript:
        name += "_" + (subscript if len(subscript) == 1 else f"{{{subscript}}}")
    labels = "".join(superscripts)
    if labels:
        name += f"^{{{labels}}}"
    return name + "'" * primes


def flat(tokens: Sequence[Token]) -> str:
    """The text of tokens without spaces and grouping; a space only where a letter follows a command."""
    text = ""
    command = False
    for token in tokens:
        piece = token.text
        if token.kind in ("{", "}"):
            continue
        if command and piece[:1].isalpha():
            text += " "
        text += piece if token.kind != "times" else {"times": "\\times ", "cdot": "\\cdot "}.get(piece, piece)
        command = piece.startswith("\\") and piece[-1].isalpha()
    return text


@dataclass(frozen=True)
class NameParts:
    """A name taken apart: "W^{[3](i)}_{u}" has base W, subscript u, superscripts [3] and (i)."""

    base: str
    subscript: str | None
    superscripts: tuple[str, ...]
    primes: int = 0


def name_parts(text: str) -> NameParts:
    r"""A name as people write it, taken apart.

    >>> name_parts(r"\mathbf{u}_j^{[3](i)}")
    NameParts(base='u', subscript='j', superscripts=('[3]', '(i)'), primes=0)
    """
    tokens = tokenize(text)
    base, position = _leading(text, tokens)
    subscript: str | None = None
    superscripts: list[str] = []
    primes = 0
    while tokens[position].kind in ("script", "prime"):
        token = tokens[position]
        if token.kind == "prime":
            primes += 1
            position += 1
            continue
        low, high, position = _argument(text, tokens, position + 1)
        if token.text == "_":
            if subscript is not None:
                raise unreadable(text, token.start, token.end, "this name has two subscripts")
            subscript = flat(tokens[low:high])
        else:
            superscripts += _superscripts(tokens[low:high])
    rest = tokens[position]
    if rest.kind != "end":
        raise unreadable(
            text, rest.start, rest.end, f"{text.strip()!r} is not one name", expected="a letter or a word with scripts"
        )
    return NameParts(base, subscript, tuple(superscripts), primes)


def _leading(text: str, tokens: list[Token]) -> tuple[str, int]:
    first = tokens[0]
    if first.kind in ("word", "text") and first.text.isalpha():
        return first.text, 1
    if first.kind == "command":
        return first.text, 1
    if first.kind != "letter":
        raise unreadable(
            text,
            first.start,
            max(first.end, first.start + 1),
            f"{text.strip()!r} is not a name",
            expected="a letter or a word",
        )
    base, position = first.text, 1
    if len(base) == 1:
        while tokens[position].kind == "letter" and tokens[position].start == tokens[position - 1].end:
            base += tokens[position].text
            position += 1
    return base, position


def _argument(text: str, tokens: list[Token], position: int) -> tuple[int, int, int]:
    token = tokens[position]
    if token.kind != "{":
        if token.kind == "end":
            raise unreadable(
                text, token.start, token.end + 1, "found end of name", expected="a subscript or superscript"
            )
        if token.kind == "open":
            closing = next((k for k in range(position, len(tokens)) if tokens[k].kind == "close"), position)
            return position, closing + 1, closing + 1
        return position, position + 1, position + 1
    level = 0
    for k in range(position, len(tokens)):
        level += {"{": 1, "}": -1}.get(tokens[k].kind, 0)
        if not level:
            return position + 1, k, k + 1
    raise unreadable(text, token.start, token.end, "this brace is never closed")


def _superscripts(tokens: Sequence[Token]) -> list[str]:
    """The superscripts of one group: [3](i) are two."""
    out: list[str] = []
    level = 0
    start = 0
    for k, token in enumerate(tokens):
        level += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "close" and not level:
            out.append(flat(tokens[start : k + 1]))
            start = k + 1
    if start < len(tokens):
        out.append(flat(tokens[start:]))
    return [text for text in out if text]


def canonical_name(text: str) -> str:
    r"""The one spelling of a name: styles dropped, scripts in order, every superscript a label.

    Raises FormulaError if the text is not one name.

    >>> canonical_name(r"\mathbf{W}^{[3]}"), canonical_name("w_{h y}"), canonical_name(r"\bar x")
    ('W^{[3]}', 'w_{hy}', '\\bar{x}')
    """
    parts = name_parts(text)
    return join(parts.base, parts.subscript, parts.superscripts, parts.primes)


@dataclass(frozen=True)
class SplitName:
    """A declared name without the indices that stand on it: x_j^{(i)} is x with sample i and subscript j."""

    name: str
    samples: tuple[str, ...] = ()
    subscripts: tuple[str, ...] = ()


def split_name(text: str, indices: Iterable[str] = ()) -> SplitName:
    """A name as declared, split into the name itself and the declared indices that stand on it.

    A superscript in parentheses that holds a declared index is a sample; a subscript made of declared
    indices only is a list of positions; everything else belongs to the name.

    >>> split_name("x_j^{(i)}", ["i", "j"])
    SplitName(name='x', samples=('i',), subscripts=('j',))
    >>> split_name("W^{(1)}", ["i"])
    SplitName(name='W^{(1)}', samples=(), subscripts=())
    """
    known = set(indices)
    parts = name_parts(text)
    samples = tuple(s[1:-1] for s in parts.superscripts if s[:1] == "(" and s[1:-1] in known)
    labels = tuple(s for s in parts.superscripts if not (s[:1] == "(" and s[1:-1] in known))
    subscript = parts.subscript
    subscripts: tuple[str, ...] = ()
    if subscript:
        pieces = tuple(subscript.split(",")) if "," in subscript else tuple(subscript)
        if all(piece in known for piece in pieces):
            subscript, subscripts = None, pieces
    return SplitName(join(parts.base, subscript, labels, parts.primes), samples, subscripts)
