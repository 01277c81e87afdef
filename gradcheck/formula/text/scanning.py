"""Scanning text into tokens, from left to right.

Offsets point into the text as it was written, also for pieces that stand for several tokens.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from . import commands as c
from .places import unreadable

MAX_DIGITS = 400


class Token(NamedTuple):
    r"""A piece of the formula.

    kind: "letter" (also an accented or calligraphic one), "word" (a name in \operatorname or \mathrm),
    "text" (prose), "number", "command", "relation", "times", "sign", "script", "prime", "open", "close",
    "bar", "{", "}", "begin", "finish", "dots", "symbol", "gap" (a wide space, until `tokenize` is done) or "end".
    """

    kind: str
    text: str
    start: int
    end: int


_PIECES = re.compile(
    r"""
    (?P<space>(?:\s|~|%[^\n]*\n|\\[,;:!>\ ]|\{\})+)
  | (?P<linebreak>\\\\(?:\[[0-9.]+(?:pt|em|ex|mm|cm)\])?)
  | (?P<word>\\(?:operatorname\*?|text(?:rm|it|bf)?|mbox|mathrm|mathop|mathbf|boldsymbol|mathsf|bm|mathit)
      \s*\{(?P<content>[^{}\\$]*)\})
  | (?P<environment>\\(?P<which>begin|end)\s*\{(?P<name>[A-Za-z]+\*?)\})
  | (?P<command>\\(?:[A-Za-z]+|[|{}%&\#_'.]))
  | (?P<number>[0-9]{1,3}(?:\{,\}[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
  | (?P<letter>[A-Za-z])
  | (?P<dots>\.\.\.)
  | (?P<relation><=|>=|!=|\+=|:=|[=<>])
  | (?P<times>\.\*|\./|[*/])
  | (?P<sign>[+-])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = {"_": "script", "^": "script", "'": "prime", "{": "{", "}": "}", "(": "open", "[": "open", ")": "close",
          "]": "close", "|": "bar", ",": "symbol", ";": "symbol", ":": "symbol", "&": "symbol", ".": "symbol",
          "!": "symbol", "#": "symbol", "@": "symbol"}  # fmt: skip
_OPENING = frozenset({"(", "[", r"\{", r"\langle", r"\lfloor", r"\lceil"})
_CLOSING = frozenset({")", "]", r"\}", r"\rangle", r"\rfloor", r"\rceil"})
_PROSE = frozenset({r"\text", r"\textrm", r"\textit", r"\textbf", r"\mbox"})


def scan(text: str) -> list[Token]:
    """The tokens of a text, without an end token and without macros."""
    tokens: list[Token] = []
    position, size = 0, len(text)
    match = _PIECES.match
    dropped: set[int] = set()
    while position < size:
        if position in dropped:
            position += 1
            continue
        found = match(text, position)
        assert found is not None
        kind, start, position = found.lastgroup, found.start(), found.end()
        piece = found.group()
        if kind == "letter" or kind == "sign" or kind == "dots":
            tokens.append(Token(kind, piece, start, position))
        elif kind == "space":
            continue
        elif kind == "number":
            if len(piece) > MAX_DIGITS:
                raise unreadable(
                    text, start, position, "this number is too long", expected=f"at most {MAX_DIGITS} digits"
                )
            tokens.append(Token(kind, piece.replace("{,}", ""), start, position))
        elif kind == "relation":
            tokens.append(Token(kind, c.RELATIONS[piece], start, position))
        elif kind == "times":
            tokens.append(Token(kind, c.PRODUCTS[piece], start, position))
        elif kind == "other":
            _plain(text, piece, start, tokens)
        elif kind == "linebreak":
            tokens.append(Token("symbol", "\\\\", start, position))
        elif kind == "name" or kind == "environment":
            which = "begin" if found.group("which") == "begin" else "finish"
            tokens.append(Token(which, found.group("name").rstrip("*"), start, position))
        elif kind == "content" or kind == "word":
            _word(piece, found.group("content"), start, position, tokens)
        else:
            position = _command(text, piece, start, position, tokens, dropped)
    return tokens


def _plain(text: str, piece: str, start: int, tokens: list[Token]) -> None:
    """A single character: punctuation, a script sign, or a Unicode letter that stands for a command."""
    kind = _PLAIN.get(piece)
    if kind is not None:
        tokens.append(Token(kind, piece, start, start + 1))
        return
    meaning = c.CHARACTERS.get(piece)
    if meaning is None:
        raise unreadable(text, start, start + 1, f"the character {piece!r} has no meaning in a formula")
    for token in scan(meaning):
        tokens.append(token._replace(start=start, end=start + 1))


def _word(piece: str, content: str, start: int, end: int, tokens: list[Token]) -> None:
    r"""\text{…}, \operatorname{…}, \mathbf{…} and the like around plain characters."""
    command = piece[: piece.index("{")].strip()
    inner = " ".join(content.split())
    if command in _PROSE:
        tokens.append(Token("text", inner, start, end))
    elif inner.isalpha() and inner.isascii():
        if len(inner) == 1:
            tokens.append(Token("letter", inner, start, end))
        else:
            tokens.append(Token("word", inner, start, end))
    elif inner in ("0", "1") and command in (r"\mathbf", r"\boldsymbol", r"\bm"):
        tokens.append(Token("letter", rf"\mathbf{{{inner}}}", start, end))
    else:
        shift = start + piece.index("{")
        tokens.append(Token("{", "{", shift, shift + 1))
        for token in scan(content):
            tokens.append(token._replace(start=token.start + shift + 1, end=token.end + shift + 1))
        tokens.append(Token("}", "}", end - 1, end))


_AFTER_LEFT = re.compile(r"\s*(\\[A-Za-z]+|\\.|.)", re.DOTALL)
_LETTER_ARGUMENT = re.compile(r"\s*(?:\{\s*([A-Za-z0-9])\s*\}|([A-Za-z0-9]))")
_ACCENT_ARGUMENT = re.compile(
    r"\s*(?:\{\s*\\(?:mathbf|boldsymbol|bm)\s*\{\s*(\\[A-Za-z]+|[A-Za-z]+)\s*\}\s*\}"
    r"|\{\s*(?:\\(?:mathbf|boldsymbol|bm)\b)?\s*(\\[A-Za-z]+|[A-Za-z]+)\s*\}|(\\[A-Za-z]+|[A-Za-z]))"
)


def _command(text: str, piece: str, start: int, end: int, tokens: list[Token], dropped: set[int]) -> int:
    """A command; returns where to go on. Positions of closing braces to step over are added to `dropped`."""
    if piece == r"\left" or piece == r"\right":
        return _fence(text, piece, start, end, tokens)
    if piece in c.SPACES or piece in c.SIZES:
        return end
    if piece in c.GAPS:
        tokens.append(Token("gap", piece, start, end))
        return end
    if piece in c.ALPHABETS or piece in c.STYLES:
        return _styled(text, piece, start, end, tokens, dropped)
    accent = c.ACCENTS.get(piece)
    if accent is not None:
        found = _ACCENT_ARGUMENT.match(text, end)
        if found is None:
            raise unreadable(text, start, end, f"{piece} needs a letter after it")
        tokens.append(Token("letter", f"{accent}{{{found.group(found.lastindex or 0)}}}", start, found.end()))
        return found.end()
    if piece == r"\not":
        following = _AFTER_LEFT.match(text, end)
        if following and following.group(1) == "=":
            tokens.append(Token("relation", "!=", start, following.end()))
            return following.end()
    tokens.append(_command_token(piece, start, end))
    return end


def _command_token(piece: str, start: int, end: int) -> Token:
    relation = c.RELATIONS.get(piece)
    if relation is not None:
        return Token("relation", relation, start, end)
    product = c.PRODUCTS.get(piece)
    if product is not None:
        return Token("times", product, start, end)
    if piece in c.DOTS:
        return Token("dots", piece, start, end)
    name = c.SAME_DELIMITER.get(piece, piece)
    if piece in (r"\lvert", r"\lVert"):
        return Token("open", name, start, end)
    if piece in (r"\rvert", r"\rVert"):
        return Token("close", name, start, end)
    if name == "|" or name == r"\|":
        return Token("bar", name, start, end)
    if name in _OPENING:
        return Token("open", name, start, end)
    if name in _CLOSING:
        return Token("close", name, start, end)
    if piece == r"\prime":
        return Token("prime", "'", start, end)
    return Token("command", piece, start, end)


def _fence(text: str, piece: str, start: int, end: int, tokens: list[Token]) -> int:
    found = _AFTER_LEFT.match(text, end)
    if found is None:
        raise unreadable(text, start, end, f"{piece} needs a delimiter after it")
    name = c.SAME_DELIMITER.get(found.group(1), found.group(1))
    tokens.append(Token("open" if piece == r"\left" else "close", name, start, found.end()))
    return found.end()


def _styled(text: str, piece: str, start: int, end: int, tokens: list[Token], dropped: set[int]) -> int:
    """A style before a letter: dropped with its braces, except where it makes another letter of it."""
    found = _LETTER_ARGUMENT.match(text, end)
    letter = (found.group(1) or found.group(2)) if found else None
    if found is None or letter is None:
        return _without_braces(text, end, tokens, dropped)
    if piece in c.ALPHABETS:
        tokens.append(Token("letter", f"{piece}{{{letter}}}", start, found.end()))
    elif letter in "01" and piece != r"\mathrm":
        tokens.append(Token("letter", rf"\mathbf{{{letter}}}", start, found.end()))
    elif letter.isdigit():
        tokens.append(Token("number", letter, start, found.end()))
    else:
        tokens.append(Token("letter", letter, start, found.end()))
    return found.end()


_STYLED_GROUP = re.compile(r"\s*\{((?:[^{}\\]|\\.|\{[^{}]*\})*)\}", re.DOTALL)


def _without_braces(text: str, end: int, tokens: list[Token], dropped: set[int]) -> int:
    r"""Step over the braces of a style, \mathbf{w_{hy}}, unless they hold a script together."""
    found = _STYLED_GROUP.match(text, end)
    if found is None or (tokens and tokens[-1].kind == "script"):
        return end
    dropped.add(found.end() - 1)
    return found.start(1)
