"""The source lines of an equation under their line numbers, with the offending part underlined."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from .lines import MOST_CHARACTERS, Line, Span, clipped, line, printable

MOST_LINES = 60
"""More of an equation than this is not shown."""


def excerpt(
    first: int, text: str, width: int | None, *, mark: tuple[int, int, int] | None = None, note: str = ""
) -> Iterator[Line]:
    """The lines of `text`, numbered from `first`.

    mark: a line number, and the first column to underline with the one behind the last (from 1); note stands
        behind the underline. width: of the terminal; a longer line is shown around its mark, or folded.
    """
    rows = [printable(row) for row in _rows(text)] or [""]
    margin = gutter(first, text)
    wide = len(margin) - 1
    bar = Span(f"{margin} |", "quiet")
    room = MOST_CHARACTERS if width is None else max(20, width - len(margin) - 4)
    yield line(bar)
    for number, row in enumerate(rows, first):
        marked = mark if mark and mark[0] == number else None
        if not marked:
            clip = clipped(row, MOST_CHARACTERS)
            for part, shown in enumerate(textwrap.wrap(clip, room, subsequent_indent="  ") or [""]):
                yield line(Span(f" {'' if part else number:>{wide}} | ", "quiet"), shown)
        else:
            shown, shift = _window(row, marked, room)
            yield line(Span(f" {number:>{wide}} | ", "quiet"), shown)
            start = max(0, marked[1] - 1 - shift)
            length = max(1, min(marked[2] - 1 - shift, len(shown)) - start)
            tail = f" {note}" if note else ""
            yield line(bar, " " + " " * start, Span("^" * length + tail, "mark"))
    yield line(bar)


def gutter(first: int, text: str = "") -> str:
    """The blanks below the line numbers of these lines."""
    return " " * (1 + len(str(first + max(0, len(_rows(text)) - 1))))


def _rows(text: str) -> list[str]:
    return text.splitlines()[:MOST_LINES]


def _window(row: str, mark: tuple[int, int, int], room: int) -> tuple[str, int]:
    """The part of a row around its mark that fits, and how many columns it begins further right."""
    if len(row) <= room:
        return row, 0
    start = 0 if mark[2] < room else max(0, min(mark[1] - 1 - room // 3, len(row) - room))
    part = row[start : start + room]
    head = "…" + part[1:] if start else part
    return (head[:-1] + "…" if start + room < len(row) else head), start
