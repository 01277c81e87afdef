r"""LaTeX that is safe to show: what a person wrote, or what we derived, without anything that a page could trip over.

A formula comes from a stranger's document and goes into a LaTeX file and a web page. Only commands that are known to
set mathematics pass; alignment becomes rows, tags and labels go, and parts can be marked as wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from .blanks import joined
from .showable import ACCENTS, CHARACTERS_SHOWN, ONE, OPERATORS, PLAIN, STYLES, TWO, WORDS
from .typed import Token, UnshowableError, braced, rows_of, tokenized

Span = tuple[int, int]
"""Offsets into the formula as written, the second one behind the last character."""

MARK = "gcwrong"
"""The name of the colour in which wrong parts are set."""

MOST_CHARACTERS = 20_000
DEEPEST = 60

_WORD = re.compile(r"[A-Za-z0-9 ,.;:()!?'\-]*")
_ONE_SIGN = frozenset({"==", "+=", "-=", ":=", ".*"})
"""Two characters that were typed as one sign."""

_SIGN = re.compile(r"[-+*/]|\\(?:cdot|times|odot|circ|otimes|oslash|div|ast)(?![A-Za-z])")


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
        typed = rows_of(tokenized(latex))
        rows = [_Row(row, tuple(wrong), frozenset(words)).text() for row in typed]
    except UnshowableError:
        return None
    return tuple(row for row in rows if row) or None


class _Row:
    """One row, taken apart into atoms: what can be marked without tearing anything."""

    def __init__(self, tokens: list[Token], wrong: tuple[Span, ...], words: frozenset[str]) -> None:
        self.tokens, self.wrong, self.words = tokens, wrong, words
        self.at = 0
        self.below = False

    def text(self) -> str:
        out = self.sequence(frozenset(), 0)
        if self.at < len(self.tokens):
            raise UnshowableError
        return out

    def peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at].text if at < len(self.tokens) else ""

    def take(self) -> Token:
        if self.at >= len(self.tokens):
            raise UnshowableError
        self.at += 1
        return self.tokens[self.at - 1]

    def sequence(self, until: frozenset[str], depth: int) -> str:
        """Atoms up to a closing token, which is not taken; neighbours that are wrong are marked together."""
        if depth > DEEPEST:
            raise UnshowableError
        out, marked = "", ""
        while self.at < len(self.tokens) and self.peek() not in until:
            atom, wrong = self.judged_atom(depth)
            if wrong:
                marked = joined(marked, atom)
            else:
                out, marked = joined(_closed(out, marked), atom), ""
        return _closed(out, marked)

    def judged_atom(self, depth: int) -> tuple[str, bool]:
        """One atom, and whether it is marked as a whole; one that is wrong in part only has marks inside."""
        first, wrong = self.at, self.wrong
        self.wrong = ()
        plain, can_part = self.atom(depth)
        self.wrong = wrong
        if not wrong or not self.is_wrong(first, self.at, any):
            return plain, False
        if not can_part or self.is_wrong(first, self.at, all):
            return plain, True
        self.at = first
        return self.atom(depth)[0], False

    def is_wrong(self, first: int, last: int, how: Callable[[Iterable[bool]], bool]) -> bool:
        """Whether any or all of these tokens are marked."""
        return how(any(t.start < b and a < t.end for a, b in self.wrong) for t in self.tokens[first:last])

    def atom(self, depth: int) -> tuple[str, bool]:
        """One atom with its scripts, and whether a part of it can be marked."""
        word = self.word()
        text, can_part = (word, False) if word else self.nucleus(depth)
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
            above, self.below = self.below, mark == "_"
            text += mark if mark == "'" else mark + self.argument(depth, keep=True)
            self.below = above
        return text, can_part

    def word(self) -> str:
        """The longest declared run of letters that stands here, or the name of a function in front of a bracket."""
        end = self.at
        while end < len(self.tokens) and self.tokens[end].text.isalpha() and self.tokens[end].text.isascii():
            end += 1
        for stop in range(end, self.at + 1, -1):
            run = "".join(t.text for t in self.tokens[self.at : stop])
            behind = self.tokens[stop].text if stop < len(self.tokens) else ""
            if run in OPERATORS and behind in ("(", "[", "'", r"\left", r"\{"):
                self.at = stop
                return rf"\operatorname{{{run}}}"
            if run in self.words:
                self.at = stop
                return rf"\mathit{{{run}}}"
            if stop == end and self.below and f"_{run}" in self.words:
                self.at = stop
                return rf"\mathrm{{{run}}}"
        return ""

    def nucleus(self, depth: int) -> tuple[str, bool]:
        token = self.take()
        text, name = token.text, token.text[1:]
        if text + self.peek() in _ONE_SIGN and self.tokens[self.at].start == token.end:
            return rf"\mathrel{{{text}{self.take().text}}}", False
        if text == "{":
            body = self.sequence(frozenset("}"), depth + 1)
            self.expect("}")
            return f"{{{body}}}", True
        if text == r"\left":
            return self.fence(depth)
        if text == r"\begin":
            return self.table(depth)
        if not text.startswith("\\"):
            if text not in CHARACTERS_SHOWN:
                raise UnshowableError
            return text, False
        if name in WORDS:
            return text + "{" + self.prose() + "}", False
        if name in TWO or name in ONE or name in STYLES or name in ACCENTS or name in ("boxed", "mathrel"):
            return self.command(name, depth)
        if text not in PLAIN:
            raise UnshowableError
        return text, False

    def command(self, name: str, depth: int) -> tuple[str, bool]:
        if name == "sqrt" and self.peek() == "[":
            raise UnshowableError
        if name == "mathrel" and self.peek(1) + self.peek(2) in _ONE_SIGN:
            group = "".join(self.take().text for _ in range(4))
            if group[0] + group[-1] != "{}":
                raise UnshowableError
            return rf"\mathrel{group}", False
        if name == "substack":
            return self.stack(depth), False
        parts = [self.argument(depth) for _ in range(2 if name in TWO else 1)]
        if name == "boxed":
            return parts[0], True
        name = {"dfrac": "frac"}.get(name, name)
        return f"\\{name}" + "".join(parts), name in (*TWO, *ONE)

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
            raise UnshowableError
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
            raise UnshowableError
        return words

    def fence(self, depth: int) -> tuple[str, bool]:
        opening = self.delimiter()
        body = self.sequence(frozenset({r"\right"}), depth + 1)
        self.expect(r"\right")
        return rf"\left{opening} {body} \right{self.delimiter()}", True

    def delimiter(self) -> str:
        text = self.take().text
        if text not in ("(", ")", "[", "]", "|", ".", "/", r"\{", r"\}", r"\|", r"\langle", r"\rangle", r"\lfloor",
                        r"\rfloor", r"\lceil", r"\rceil"):  # fmt: skip
            raise UnshowableError
        return text

    def table(self, depth: int) -> tuple[str, bool]:
        name, self.at = braced(self.tokens, self.at)
        cells = ""
        while True:
            cells += self.sequence(frozenset({"&", r"\\", r"\end"}), depth + 1)
            mark = self.take().text
            if mark == r"\end":
                break
            cells += f" {mark} "
        ending, self.at = braced(self.tokens, self.at)
        if ending != name:
            raise UnshowableError
        return rf"\begin{{{name}}} {cells} \end{{{name}}}", True

    def expect(self, text: str) -> None:
        if self.take().text != text:
            raise UnshowableError


def _closed(out: str, marked: str) -> str:
    """What stands before, and the marked part behind it; a sign that begins it keeps its space."""
    sign = "{}" if _SIGN.match(marked) else ""
    return joined(out, rf"\textcolor{{{MARK}}}{{{sign}{marked}}}") if marked else out
