"""The lines of a block, each told apart: what it declares, its parts, and where they stand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import DeclarationError, Place

KEYWORDS = (
    "dims", "input", "parameter", "constant", "function", "index", "words", "loss", "adjoint", "family", "layout",
    "alias",
)  # fmt: skip
MAX_LINE, MAX_LINES = 20_000, 5_000

_COMMENT = re.compile(r"(?:^|(?<=\s))#(?:\s.*)?$")
_FIRST_WORD = re.compile(r"(?P<word>[A-Za-z]+)(?=\s+(?P<next>[^\s=]))")


@dataclass(frozen=True)
class Line:
    """One line: its keyword ("" for an equation), what follows, and its place.

    number: the line in the document. column: where `rest` starts, from 1. text: the whole line.
    """

    number: int
    keyword: str
    rest: str
    column: int
    text: str
    file: str | None = None

    def place(self, start: int = 0, end: int | None = None) -> Place:
        """The place of `rest[start:end]`."""
        stop = len(self.rest) if end is None else end
        return Place(
            self.file, self.number, self.column + start, max(self.column + stop, self.column + start + 1), self.text
        )

    def part(self, text: str, start: int) -> Line:
        """A part of this line that begins at `start` of `rest`."""
        lead = len(text) - len(text.lstrip())
        return Line(self.number, self.keyword, text.strip(), self.column + start + lead, self.text, self.file)


def read_lines(text: str, file: str | None = None, first_line: int = 1) -> list[Line]:
    """The declarations of a block, comments and empty lines left out."""
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise DeclarationError(
            "this block is too long",
            place=Place(file, first_line),
            got=f"{len(lines):,} lines",
            expected=f"at most {MAX_LINES:,}",
        )
    return list(_lines(lines, file, first_line))


def _lines(lines: list[str], file: str | None, first_line: int) -> Iterator[Line]:
    for number, line in enumerate(lines, first_line):
        if len(line) > MAX_LINE:
            raise DeclarationError(
                "this line is too long",
                place=Place(file, number),
                got=f"{len(line):,} characters",
                expected=f"at most {MAX_LINE:,}",
            )
        body = _COMMENT.sub("", line).rstrip()
        if not body.strip():
            continue
        lead = len(body) - len(body.lstrip())
        whole = Line(number, "", body.strip(), lead + 1, line, file)
        yield _with_keyword(whole)


def _with_keyword(line: Line) -> Line:
    if line.rest.startswith("\\newcommand"):
        return Line(line.number, "newcommand", line.rest, line.column, line.text, line.file)
    first = _FIRST_WORD.match(line.rest)
    word = first["word"] if first else line.rest
    if word in KEYWORDS:
        part = line.part(line.rest[len(word) :], len(word))
        return Line(part.number, word, part.rest, part.column, part.text, part.file)
    if "=" not in line.rest or first:
        _refuse_misspelt(line)
    return line


def _refuse_misspelt(line: Line) -> None:
    """A line that is neither a declaration nor an equation, or begins with almost a keyword."""
    plain = re.match(r"[A-Za-z]*", line.rest)
    start = plain.group() if plain else ""
    near = difflib.get_close_matches(start.lower(), KEYWORDS, n=1, cutoff=0.75) if len(start) > 2 else []
    if "=" in line.rest and not near:
        return
    raise DeclarationError(
        "unknown declaration" if start else "this is neither a declaration nor an equation",
        place=line.place(0, len(start) or None),
        got=start or line.rest,
        expected=", ".join(KEYWORDS) + ", or NAME = FORMULA",
        hint=f"did you mean {near[0]}?" if near else None,
    )


def split_outside(text: str, sign: str) -> list[tuple[str, int]]:
    """The parts between the signs that stand outside every bracket, each with its offset.

    >>> split_outside("W_{1,2}, f(a, b)", ",")
    [('W_{1,2}', 0), (' f(a, b)', 8)]
    """
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == sign and depth <= 0:
            parts.append((text[start:at], start))
            start = at + 1
    return [*parts, (text[start:], start)]


def split_facts(line: Line) -> tuple[Line, list[str]]:
    """The line without the facts in braces behind it, and these facts."""
    opened = _facts_start(line.rest)
    if opened is None:
        return line, []
    if not line.rest.endswith("}") or _closing(line.rest, opened) != len(line.rest) - 1:
        raise DeclarationError(
            "facts in braces stand at the end of a declaration",
            place=line.place(opened),
            got=line.rest[opened:],
            expected="NAME : SHAPE {fact, fact}",
        )
    words = [part.strip() for part, _ in split_outside(line.rest[opened + 1 : -1], ",")]
    return line.part(line.rest[:opened], 0), words


def _facts_start(text: str) -> int | None:
    """Where a brace group starts that is no part of a name (that is, not behind ^, _ or a command)."""
    at = 0
    while at < len(text):
        if text[at] == "{":
            if not re.search(r"(?:[\^_]\s*|\\[A-Za-z]+)$", text[:at]):
                return at
            at = _closing(text, at)
        at += 1
    return None


def _closing(text: str, opened: int) -> int:
    depth = 0
    for at in range(opened, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return at
    return len(text)
