"""The source lines of an equation under their line numbers, with the offending part underlined."""

from __future__ import annotations

from collections.abc import Iterator

from .lines import Line, Span, line, printable


def excerpt(
    first: int, text: str, width: int | None, *, mark: tuple[int, int, int] | None = None, note: str = ""
) -> Iterator[Line]:
    """The lines of `text`, numbered from `first`.

    mark: a line number with the first and the last-but-one column (from 1) to underline; note stands behind it.
    width: of the terminal; a longer line is shown around its mark, or from its beginning.
    """
    rows = [printable(row.expandtabs(1)) for row in text.splitlines()] or [""]
    gutter = len(str(first + len(rows) - 1))
    bar = Span(" " * gutter + " |", "quiet")
    yield line(" ", bar)
    for number, row in enumerate(rows, first):
        marked = mark if mark and mark[0] == number else None
        shown, shift = _window(row, marked, None if width is None else width - gutter - 5)
        yield line(" ", Span(f"{number:>{gutter}} | ", "quiet"), shown)
        if marked:
            start = max(0, marked[1] - 1 - shift)
            length = max(1, min(marked[2] - 1 - shift, len(shown)) - start)
            tail = f" {note}" if note else ""
            yield line(" ", bar, " " + " " * start, Span("^" * length + tail, "mark"))
    yield line(" ", bar)


def _window(row: str, mark: tuple[int, int, int] | None, room: int | None) -> tuple[str, int]:
    """The part of a row that fits, and how many columns it begins further right."""
    if room is None or len(row) <= room or room < 8:
        return row, 0
    start = 0
    if mark and mark[2] > room - 1:
        start = max(0, min(mark[1] - 1 - room // 3, len(row) - room))
    part = row[start : start + room]
    head = "…" + part[1:] if start else part
    return (head[:-1] + "…" if start + room < len(row) else head), start
