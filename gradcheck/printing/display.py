r"""LaTeX that is safe to show: what a person wrote, or what we derived, without anything that a page could trip over.

A formula comes from a stranger's document and goes into a LaTeX file and a web page. Only commands that are known to
set mathematics pass; alignment becomes rows, tags and labels go, and parts can be marked as wrong.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ..formula.commands import CHARACTERS, SIZES
from .showable import ACCENTS, CHARACTERS_SHOWN, LINES, ONE, PLAIN, STYLES, SYNONYMS, TABLES, TWO, WORDS

Span = tuple[int, int]
"""Offsets into the formula as written, the second one behind the last character."""

MARK = "gcwrong"
"""The name of the colour in which wrong parts are set."""

MOST_CHARACTERS = 20_000
DEEPEST = 60

_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|%[^\n]*(?:\n|$)|\s+|.", re.S)
_WORD = re.compile(r"[A-Za-z0-9 ,.;:()!?'\-]*")
_SIGN = re.compile(r"[-+*/]|\\(?:cdot|times|odot|circ|otimes|oslash|div|ast)(?![A-Za-z])")


class _UnshowableError(Exception):
    """Something stands in the formula that neither printer is sure of."""


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


def displayed(latex: str, wrong: Sequence[Span] = (), words: Collection[str] = ()) -> tuple[str, ...] | None:
    r"""The rows of a formula as LaTeX that is safe to print, or None where it had better be shown as it was typed.

    wrong: parts to mark, as offsets into `latex`. words: runs of letters that are one name, set as one.

    >>> displayed(r"\begin{aligned} a &= \bm{b} \\ &= c \label{eq} \end{aligned}")
    ('a = \\boldsymbol{b}', '= c')
    >>> displayed(r"\frac{a}{b} = x_2", wrong=[(14, 17)])
    ('\\frac{a}{b} = \\textcolor{gcwrong}{x_2}',)
    >>> displayed(r"\input{secret}") is None
    True
    """
    if len(latex) > MOST_CHARACTERS:
        return None
    try:
        tokens = _tokens(latex)
        rows = [_Row(row, tuple(wrong), frozenset(words)).text() for row in _rows(tokens)]
    except _UnshowableError:
        return None
    return tuple(row for row in rows if row) or None


def _tokens(latex: str) -> list[_Token]:
    """The tokens that mean something, Unicode characters as their commands."""
    out: list[_Token] = []
    for found in _TOKEN.finditer(latex):
        text = found.group()
        if text.isspace() or text[0] == "%":
            continue
        text = CHARACTERS.get(text, text)
        text = SYNONYMS.get(text, text) if text not in SIZES else ""
        for part in _TOKEN.findall(text):
            out.append(_Token(part, found.start(), found.end()))
    return out


def _rows(tokens: list[_Token]) -> Iterator[list[_Token]]:
    """Cut at the line breaks of an alignment; its signs, tags and labels go."""
    row: list[_Token] = []
    at, tables, depth = 0, 0, 0
    while at < len(tokens):
        text = tokens[at].text
        if text in (r"\begin", r"\end"):
            name, behind = _name(tokens, at + 1)
            if name in TABLES:
                tables += 1 if text == r"\begin" else -1
                row.extend(tokens[at:behind])
            elif name not in LINES:
                raise _UnshowableError
            at = behind
            continue
        depth += {"{": 1, "}": -1}.get(text, 0)
        if text in (r"\tag", r"\tag*", r"\label"):
            at = _name(tokens, at + 1)[1]
            continue
        if text == r"\\" and not tables and not depth:
            yield row
            row = []
        elif text != "&" or tables:
            row.append(tokens[at])
        at += 1
    yield row


def _name(tokens: list[_Token], at: int) -> tuple[str, int]:
    """What stands in the braces at `at`, as text, and the place behind them."""
    if at >= len(tokens) or tokens[at].text != "{":
        raise _UnshowableError
    end = next((k for k in range(at + 1, len(tokens)) if tokens[k].text == "}"), None)
    if end is None:
        raise _UnshowableError
    return "".join(t.text for t in tokens[at + 1 : end]), end + 1


class _Row:
    """One row, taken apart into atoms: what can be marked without tearing anything."""

    def __init__(self, tokens: list[_Token], wrong: tuple[Span, ...], words: frozenset[str]) -> None:
        self.tokens, self.wrong, self.words = tokens, wrong, words
        self.at = 0

    def text(self) -> str:
        out = self.sequence(frozenset(), 0)
        if self.at < len(self.tokens):
            raise _UnshowableError
        return out

    def peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at].text if at < len(self.tokens) else ""

    def take(self) -> _Token:
        if self.at >= len(self.tokens):
            raise _UnshowableError
        self.at += 1
        return self.tokens[self.at - 1]

    def sequence(self, until: frozenset[str], depth: int) -> str:
        """Atoms up to a closing token, which is not taken; neighbours that are wrong are marked together."""
        if depth > DEEPEST:
            raise _UnshowableError
        out, marked = "", ""
        while self.at < len(self.tokens) and self.peek() not in until:
            first = self.at
            atom, inside = self.atom(depth)
            if self.is_wrong(first) and not inside:
                marked = _joined(marked, atom)
            else:
                out, marked = _joined(_closed(out, marked), atom), ""
        return _closed(out, marked)

    def is_wrong(self, first: int) -> bool:
        """Whether something of what was taken since `first` is marked."""
        start, end = self.tokens[first].start, self.tokens[self.at - 1].end
        return any(start < b and a < end for a, b in self.wrong)

    def atom(self, depth: int) -> tuple[str, bool]:
        """One atom with its scripts, and whether marks inside it have been set already."""
        word = self.word()
        text, inside = (rf"\mathit{{{word}}}", False) if word else self.nucleus(depth)
        while text.isdecimal() and self.peek().isdecimal():
            text += self.take().text
        if text.isdecimal() and self.peek() == "." and self.peek(1).isdecimal():
            text += self.take().text
            while self.peek().isdecimal():
                text += self.take().text
        seen = ""
        while self.peek() in ("_", "^", "'"):
            mark = self.take().text
            if (mark in seen and mark != "'") or (mark == "'" and "^" in seen):
                text, seen = f"{{{text}}}", ""  # TeX refuses a second script at the same place
            seen += mark
            text += mark if mark == "'" else mark + self.argument(depth, keep=True)
        return text, inside

    def word(self) -> str:
        """The longest declared run of letters that stands here."""
        end = self.at
        while end < len(self.tokens) and self.tokens[end].text.isalpha() and self.tokens[end].text.isascii():
            end += 1
        for stop in range(end, self.at + 1, -1):
            run = "".join(t.text for t in self.tokens[self.at : stop])
            if run in self.words:
                self.at = stop
                return run
        return ""

    def nucleus(self, depth: int) -> tuple[str, bool]:
        text = self.take().text
        name = text[1:]
        if text == "{":
            body = self.sequence(frozenset("}"), depth + 1)
            self.expect("}")
            return f"{{{body}}}", "textcolor" in body
        if text == r"\left":
            return self.fence(depth)
        if text == r"\begin":
            return self.table(depth)
        if not text.startswith("\\"):
            if text not in CHARACTERS_SHOWN:
                raise _UnshowableError
            return text, False
        if name in WORDS:
            return text + "{" + self.prose() + "}", False
        if name in TWO or name in ONE or name in STYLES or name in ACCENTS or name in ("boxed", "mathrel"):
            return self.command(name, depth)
        if text not in PLAIN:
            raise _UnshowableError
        return text, False

    def command(self, name: str, depth: int) -> tuple[str, bool]:
        if name == "sqrt" and self.peek() == "[":
            raise _UnshowableError
        if name == "substack":
            return self.stack(depth), False
        parts = [self.argument(depth) for _ in range(2 if name in TWO else 1)]
        if name == "boxed":
            return parts[0], "textcolor" in parts[0]
        name = {"dfrac": "frac"}.get(name, name)
        return f"\\{name}" + "".join(parts), any("textcolor" in p for p in parts)

    def stack(self, depth: int) -> str:
        self.expect("{")
        lines = [self.sequence(frozenset({"}", r"\\"}), depth + 1)]
        while self.take().text == r"\\":
            lines.append(self.sequence(frozenset({"}", r"\\"}), depth + 1))
        return r"\substack{" + r" \\ ".join(lines) + "}"

    def argument(self, depth: int, *, keep: bool = False) -> str:
        """A group in braces, or one token as a group; `keep`: leave a single token bare, as in x_2."""
        if self.peek() == "{":
            self.take()
            wrong, self.wrong = self.wrong, () if keep else self.wrong
            body = self.sequence(frozenset("}"), depth + 1)
            self.wrong = wrong
            self.expect("}")
            return body if keep and len(body) == 1 else f"{{{body}}}"
        text, _ = self.nucleus(depth + 1)
        return text if keep and len(text) == 1 else f"{{{text}}}"

    def prose(self) -> str:
        """The argument of a command whose argument is text; blanks between its tokens are lost, so are kept single."""
        if self.peek() != "{":
            raise _UnshowableError
        self.take()
        words, behind = "", self.tokens[self.at - 1].end
        while self.peek() not in ("}", ""):
            token = self.take()
            words += (" " if token.start > behind else "") + token.text
            behind = token.end
        if self.at < len(self.tokens) and self.tokens[self.at].start > behind:
            words += " "
        self.expect("}")
        if not _WORD.fullmatch(words):
            raise _UnshowableError
        return words

    def fence(self, depth: int) -> tuple[str, bool]:
        opening = self.delimiter()
        body = self.sequence(frozenset({r"\right"}), depth + 1)
        self.expect(r"\right")
        return rf"\left{opening} {body} \right{self.delimiter()}", "textcolor" in body

    def delimiter(self) -> str:
        text = self.take().text
        if text not in ("(", ")", "[", "]", "|", ".", "/", r"\{", r"\}", r"\|", r"\langle", r"\rangle", r"\lfloor",
                        r"\rfloor", r"\lceil", r"\rceil"):  # fmt: skip
            raise _UnshowableError
        return text

    def table(self, depth: int) -> tuple[str, bool]:
        name, self.at = _name(self.tokens, self.at)
        cells = ""
        while True:
            cells += self.sequence(frozenset({"&", r"\\", r"\end"}), depth + 1)
            mark = self.take().text
            if mark == r"\end":
                break
            cells += f" {mark} "
        ending, self.at = _name(self.tokens, self.at)
        if ending != name:
            raise _UnshowableError
        return rf"\begin{{{name}}} {cells} \end{{{name}}}", "textcolor" in cells

    def expect(self, text: str) -> None:
        if self.take().text != text:
            raise _UnshowableError


def _joined(left: str, right: str) -> str:
    return f"{left} {right}" if left and right and _needs_blank(left, right) else left + right


def _needs_blank(left: str, right: str) -> bool:
    """Keep it readable, and commands apart from the letters behind them."""
    if re.search(r"\\[A-Za-z]+\*?$", left) and right[0].isalnum():
        return True
    return not (left[-1] in "([|" or right[0] in ")],.;:|")


def _closed(out: str, marked: str) -> str:
    """What stands before, and the marked part behind it; a sign that begins it keeps its space."""
    sign = "{}" if _SIGN.match(marked) else ""
    return _joined(out, rf"\textcolor{{{MARK}}}{{{sign}{marked}}}") if marked else out
