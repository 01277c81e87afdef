"""The parser's place in the tokens: looking ahead, taking, matching brackets, and complaining."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, NoReturn, TypeVar

from ...errors import FormulaError
from ..notation import Notation
from ..readings import PLAIN, Reading
from ..text.commands import meant
from ..text.places import unreadable
from ..text.tokens import Token
from .tree import Syntax

MAX_NESTING = 60
T = TypeVar("T")


class Grammar(NamedTuple):
    """The parsing functions that call each other in a circle; `parser` closes it.

    expression: terms; product: factors with explicit signs between them; run: factors with none;
    factor: one factor with its scripts.
    """

    expression: Callable[[Cursor], Syntax]
    product: Callable[[Cursor], Syntax]
    run: Callable[[Cursor], Syntax]
    factor: Callable[[Cursor], Syntax]


class Cursor:
    """A place in the tokens of one formula, within [position, limit).

    narrow: inside the operand of an operator derivative, where explicit product signs end a sum's body.
    bars: how many |…| are open around here. aliased: sentences on names that stand for others.
    """

    __slots__ = (
        "aliased",
        "bars",
        "depth",
        "grammar",
        "limit",
        "matching",
        "narrow",
        "notation",
        "position",
        "reading",
        "text",
        "tokens",
    )

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        notation: Notation,
        grammar: Grammar,
        reading: Reading = PLAIN,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.notation = notation
        self.grammar = grammar
        self.reading = reading
        self.position = 0
        self.limit = len(tokens) - 1
        self.depth = 0
        self.narrow = False
        self.bars = 0
        self.aliased: dict[str, None] = {}
        self.matching = _matching(text, tokens)

    def peek(self, ahead: int = 0) -> Token:
        """The token at the cursor (or further on); an "end" token at the limit."""
        place = self.position + ahead
        if place < self.limit:
            return self.tokens[place]
        stop = self.tokens[self.limit]
        return Token("end", stop.text, stop.start, stop.end)

    def take(self) -> Token:
        """The token at the cursor, stepping over it."""
        token = self.peek()
        if token.kind != "end":
            self.position += 1
        return token

    def at(self, kind: str, text: str | None = None) -> bool:
        """Whether this token is at the cursor."""
        token = self.peek()
        return token.kind == kind and (text is None or token.text == text)

    def adjacent(self) -> bool:
        """Whether the token at the cursor follows the one before it without a space."""
        return 0 < self.position < self.limit and self.tokens[self.position - 1].end == self.tokens[self.position].start

    def last_end(self) -> int:
        """Where the token before the cursor ends."""
        return self.tokens[self.position - 1].end if self.position else 0

    def unexpected(self, expected: str, hint: str | None = None, token: Token | None = None) -> FormulaError:
        """The error that something else was expected at the cursor (or in place of another token)."""
        found = token or self.peek()
        if found.kind == "end":
            what = "found end of formula" if self.limit == len(self.tokens) - 1 else f"found {_shown(found)}"
            return unreadable(self.text, found.start, found.start + 1, what, expected=expected, hint=hint)
        return unreadable(self.text, found.start, found.end, f"found {_shown(found)}", expected=expected, hint=hint)

    def fail(self, expected: str, hint: str | None = None, token: Token | None = None) -> NoReturn:
        """Raise that error."""
        raise self.unexpected(expected, hint, token)

    def unknown_command(self, token: Token) -> FormulaError:
        """The error that a command means nothing here, with the one that it may be a misprint of."""
        near = meant(token.text)
        hint = "declare it as a name, or define it with \\newcommand"
        return unreadable(
            self.text, token.start, token.end, f"the command {token.text} is not known",
            hint=f"did you mean {near}? If not, {hint}" if near else hint,
        )  # fmt: skip

    def enter(self) -> None:
        """Go one level down; too many levels are an error."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            token = self.peek()
            raise unreadable(
                self.text, token.start, token.end, f"this formula is nested more than {MAX_NESTING} levels deep"
            )

    def leave(self) -> None:
        """Go one level up again."""
        self.depth -= 1

    def argument(self) -> tuple[int, int]:
        """Step over one TeX argument; its token range, without its braces."""
        token = self.peek()
        start = self.position
        if token.kind == "{":
            stop = self.matching[start]
            self.position = stop + 1
            return start + 1, stop
        if token.kind in ("end", "close", "}", "relation", "symbol", "finish"):
            self.fail("an argument")
        if token.kind == "open":
            self.position = self.closing(start) + 1
            return start, self.position
        if token.kind == "number" and len(token.text) > 1:
            self.fail("a single digit or braces", hint=f"write {{{token.text}}}")
        self.position += 1
        if token.kind == "sign":
            self.position += 1
        elif token.kind == "command" and token.text in (r"\frac", r"\dfrac", r"\tfrac", r"\sqrt"):
            self.enter()
            for _ in range(1 if token.text == r"\sqrt" else 2):
                self.argument()
            self.leave()
        return start, self.position

    def closing(self, start: int) -> int:
        """The position of the delimiter that closes the one at `start`."""
        level = 0
        for place in range(start, self.limit):
            kind = self.tokens[place].kind
            if kind == "open":
                level += 1
            elif kind == "close":
                level -= 1
                if not level:
                    return place
        opened = self.tokens[start]
        raise unreadable(self.text, opened.start, opened.end, f"{_shown(opened)} is never closed")

    def within(self, low: int, high: int, parse: Callable[[Cursor], T]) -> T:
        """Parse the token range [low, high) completely, then come back to where the cursor was."""
        saved = (self.position, self.limit, self.narrow, self.bars)
        self.position, self.limit, self.narrow, self.bars = low, high, False, 0
        self.enter()
        result = parse(self)
        if self.position < self.limit:
            self.fail("an operator or the end of the group")
        self.leave()
        self.position, self.limit, self.narrow, self.bars = saved
        return result


def _shown(token: Token) -> str:
    if token.kind == "end":
        return "the end of this group"
    if token.kind == "begin":
        return f"\\begin{{{token.text}}}"
    if token.kind == "finish":
        return f"\\end{{{token.text}}}"
    if token.kind == "text":
        return f"the words {token.text!r}"
    return f"'{token.text}'"


_LOST_BEGIN = re.compile(r"(?<!\\b)egin\{[A-Za-z]+\}")


def _closes_nothing(text: str, token: Token) -> FormulaError:
    found = _LOST_BEGIN.search(text) if token.kind == "finish" else None
    if found is not None:
        return unreadable(
            text, found.start(), found.end(), f"found '{found.group()}'", expected=f"\\b{found.group()}",
            hint="the backslash and the letter b were lost",
        )  # fmt: skip
    return unreadable(text, token.start, token.end, f"{_shown(token)} closes nothing")


def _matching(text: str, tokens: list[Token]) -> dict[int, int]:
    r"""For each opening brace and \begin the position of its partner; unmatched ones are errors."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind in ("{", "begin"):
            stack.append(place)
        elif token.kind in ("}", "finish"):
            if not stack:
                raise _closes_nothing(text, token)
            partner = stack.pop()
            opened = tokens[partner]
            if (opened.kind == "{") != (token.kind == "}") or (token.kind == "finish" and opened.text != token.text):
                raise unreadable(
                    text, opened.start, opened.end, f"{_shown(opened)} is never closed", got=f"{_shown(token)} first"
                )
            pairs[partner] = place
    if stack:
        opened = tokens[stack[-1]]
        raise unreadable(text, opened.start, opened.end, f"{_shown(opened)} is never closed")
    return pairs
