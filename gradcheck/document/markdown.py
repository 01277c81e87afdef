"""Where the blocks and the display equations of a Markdown text stand.

Two passes. The first goes by lines and takes out what is no prose: front matter, comments, fenced and
indented code. The second goes by characters through the rest and knows code spans and inline math.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import DocumentError, Place
from .attributes import closing_brace
from .values import Unseen

_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*?)[ \t]*")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<text>.*?)(?:[ \t]+#+)?[ \t]*(?:\{#[^}]*\})?")
_QUOTE = re.compile(r" {0,3}>(?: {0,3}>)*")
_LIST = re.compile(r" {0,3}(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]|$)")
_STEP = re.compile(r"\\.|`+|\$\$?|<!--", re.S)
_OTHER_MATH = re.compile(
    r"(?m:^)[ \t]*(?P<begin>\\\[|\\begin\{(?:equation|align|alignat|flalign|gather|multline|eqnarray|displaymath)\*?\})"
)
_TICKS = re.compile("`+")
_DOLLAR = re.compile(r"(?:[^\\$]|\\.)+\$", re.S)
_BEFORE_ATTRIBUTES = re.compile(r"[.,;:]?[ \t]*\n?[ \t]*(?=\{\s*(?:#|[A-Za-z_-]+\s*=))")


@dataclass(frozen=True)
class Fence:
    """A fenced block: its language and what follows it, its text, the line of its first line."""

    language: str
    info: str
    text: str
    line: int


@dataclass(frozen=True)
class Heading:
    """A heading."""

    text: str
    line: int


@dataclass(frozen=True)
class Display:
    """A display equation: the text between the dollar signs and between the braces behind, with places."""

    latex: str
    line: int
    column: int
    attributes: str | None = None
    attributes_line: int = 0


Piece = Fence | Heading | Display | Unseen


class Source:
    """A text by lines, for errors that show the line."""

    def __init__(self, text: str, file: str | None) -> None:
        self.text = text
        self.file = file
        self.lines = text.split("\n")
        self._blanks = [blank.start() for blank in re.finditer(r"\n[ \t]*(?=\n)", text)]
        self._starts = list(itertools.accumulate((len(line) + 1 for line in self.lines), initial=0))

    def where(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def place(self, line: int, column: int | None = None, end: int | None = None) -> Place:
        """A place in this text."""
        return Place(self.file, line, column, end, self.lines[line - 1])

    def start(self, line: int) -> int:
        """The offset at which a line starts."""
        return self._starts[line - 1]

    def paragraph_end(self, offset: int) -> int:
        """Where the paragraph at an offset ends."""
        at = bisect.bisect_left(self._blanks, offset)
        return self._blanks[at] if at < len(self._blanks) else len(self.text)


def pieces(text: str, file: str | None = None) -> list[Piece]:
    """The fences, headings and display equations of a Markdown text, and the math that is not read, in order."""
    source = Source(text, file)
    blocks: list[Piece] = []
    prose = Source("\n".join(_prose(source, blocks)), file)
    return sorted([*blocks, *_displays(prose, source)], key=lambda piece: piece.line)


def _prose(source: Source, blocks: list[Piece]) -> Iterator[str]:
    """The lines, those that are no prose blanked; the fences and headings met are added to `blocks`."""
    lines = list(_unquoted(source.lines))
    at = _front_matter(lines)
    yield from itertools.repeat("", at)
    after_blank, in_list = True, False
    while at < len(lines):
        line, end = lines[at], at + 1
        may_be_code = after_blank and not in_list and _is_indented(line)
        if line.lstrip().startswith("<!--"):
            end = _comment_end(source, at)
        elif not may_be_code and (opened := _FENCE.fullmatch(line)) and "`" not in opened["info"]:
            end = _fence_end(source, lines, at, opened)
            language, _, info = opened["info"].partition(" ")
            blocks.append(Fence(language, info.strip(), "\n".join(lines[at + 1 : end - 1]), at + 2))
            if language == "math":
                blocks.append(Unseen(opened["fence"] + language, at + 1))
        elif not may_be_code:
            if heading := _HEADING.fullmatch(line):
                blocks.append(Heading(heading["text"], at + 1))
            after_blank = not line.strip()
            if not after_blank:
                in_list = bool(_LIST.match(line)) or (in_list and line[0] in " \t")
            yield line
            at = end
            continue
        yield from itertools.repeat("", end - at)
        after_blank, at = True, end


def _unquoted(lines: list[str]) -> Iterator[str]:
    """The lines with the signs of block quotes blanked, so that columns stay.

    A quote begins behind a blank line and is as deep as its first line: the > of a formula stays.
    """
    depth, after_blank = 0, True
    for line in lines:
        quote = _QUOTE.match(line)
        if not quote:
            depth = 0
        elif not depth and after_blank:
            depth = quote.group().count(">")
        signs = re.match(rf"(?: {{0,3}}>){{1,{depth}}}", line) if depth else None
        yield " " * signs.end() + line[signs.end() :] if signs else line
        after_blank = not line.strip()


def _front_matter(lines: list[str]) -> int:
    """How many lines the YAML block at the top takes."""
    if lines[0].rstrip() != "---":
        return 0
    return next((n + 1 for n, line in enumerate(lines) if n and line.rstrip() in ("---", "...")), 0)


def _is_indented(line: str) -> bool:
    return bool(line.strip()) and (line.startswith("    ") or line.lstrip(" ").startswith("\t"))


def _fence_end(source: Source, lines: list[str], start: int, opened: re.Match[str]) -> int:
    """Which line follows the one that closes this fence."""
    mark = opened["fence"]
    closing = re.compile(rf"[ \t]*{mark[0]}{{{len(mark)},}}[ \t]*")
    for at in range(start + 1, len(lines)):
        if closing.fullmatch(lines[at]):
            return at + 1
    language = opened["info"].split()[0] if opened["info"] else "code"
    column = len(opened["indent"]) + 1
    raise DocumentError(
        f"this {language} block is never closed",
        place=source.place(start + 1, column, column + len(mark)),
        expected=f"a line {mark} below it",
    )


def _comment_end(source: Source, start: int) -> int:
    """Which line follows a comment that begins a line."""
    first = source.lines[start].index("<!--")
    at = source.text.find("-->", source.start(start + 1) + first + 4)
    if at < 0:
        raise DocumentError(
            "this comment is never closed",
            place=source.place(start + 1, first + 1, first + 5),
            expected="--> behind it",
        )
    return source.where(at)[0]


def _displays(prose: Source, source: Source) -> Iterator[Display | Unseen]:
    """The display equations of the prose, read or not; `source` is the whole text, for errors."""
    text, at = prose.text, 0
    while step := _STEP.search(text, at):
        mark, at = step.group(), step.end()
        if mark[0] == "`":
            at = _code_span_end(prose, mark, at)
        elif mark == "<!--":
            closed = text.find("-->", at)
            at = len(text) if closed < 0 else closed + 3
        elif mark == "$":
            at = _inline_end(prose, at)
        elif mark == "$$":
            display, at = _display(prose, source, at)
            yield display
        elif mark in (r"\[", r"\b") and (unseen := _unseen(prose, step.start())):
            yield unseen


def _unseen(prose: Source, start: int) -> Unseen | None:
    """The math of another notation that begins here: first in its line, or it is an escaped bracket of the prose."""
    line, column = prose.where(start)
    found = _OTHER_MATH.match(prose.text, start - column + 1)
    if found is None or (found["begin"] == r"\[" and r"\]" not in prose.text[start : prose.paragraph_end(start)]):
        return None
    return Unseen(found["begin"], line)


def _code_span_end(prose: Source, ticks: str, at: int) -> int:
    """Behind the code span, or where it starts if nothing closes it in this paragraph."""
    for closing in _TICKS.finditer(prose.text, at, prose.paragraph_end(at)):
        if closing.group() == ticks:
            return closing.end()
    return at


def _inline_end(prose: Source, at: int) -> int:
    """Behind inline math that starts at `at`, or `at` if this dollar sign is just one."""
    text = prose.text
    if at >= len(text) or text[at].isspace():
        return at
    close = _DOLLAR.match(text, at, prose.paragraph_end(at))
    if close is None or text[close.end() - 2].isspace() or text[close.end() : close.end() + 1].isdigit():
        return at
    return close.end()


def _display(prose: Source, source: Source, start: int) -> tuple[Display, int]:
    """The equation whose text starts at `start`, and the offset behind it and its attributes."""
    text = prose.text
    line, column = prose.where(start - 2)
    end = text.find("$$", start, prose.paragraph_end(start))
    if end < 0:
        raise DocumentError(
            "this equation is never closed",
            place=source.place(line, column, column + 2),
            expected="$$ before the next blank line",
        )
    inside = text[start:end]
    if not inside.strip():
        raise DocumentError("this equation is empty", place=source.place(line, column, column + 2))
    first = start + len(inside) - len(inside.lstrip())
    line, column = prose.where(first)
    latex = inside.strip()
    behind = _BEFORE_ATTRIBUTES.match(text, end + 2)
    if behind is None:
        return Display(latex, line, column), end + 2
    brace = behind.end()
    brace_line, brace_column = prose.where(brace)
    closed = closing_brace(text, brace)
    if closed is None:
        raise DocumentError(
            "these attributes are never closed",
            place=source.place(brace_line, brace_column, brace_column + 1),
            expected="}, with every value in quotes",
        )
    return Display(latex, line, column, text[brace + 1 : closed], brace_line), closed + 1
