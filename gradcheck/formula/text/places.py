"""From offsets in a formula's text to the line, the column and the marked source of a message."""

from __future__ import annotations

from ...errors import FormulaError, IllFormedError, Place


def place_of(text: str, start: int, end: int) -> Place:
    """The place of text[start:end]: line and column from 1, the mark kept within its line."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    if line_end < 0:
        line_end = len(text)
    column = start - line_start + 1
    stop = max(min(end, line_end) - line_start + 1, column + 1)
    return Place(
        line=text.count("\n", 0, start) + 1,
        column=column,
        end=stop,
        text=text[line_start:line_end],
    )


def unreadable(
    text: str,
    start: int,
    end: int,
    what: str,
    *,
    got: str | None = None,
    expected: str | None = None,
    hint: str | None = None,
) -> FormulaError:
    """The error of a formula that cannot be read, marked at text[start:end]."""
    return FormulaError(what, place=place_of(text, start, end), got=got, expected=expected, hint=hint)


def ill_formed(
    text: str,
    start: int,
    end: int,
    what: str,
    *,
    got: str | None = None,
    expected: str | None = None,
    hint: str | None = None,
) -> IllFormedError:
    """The error of a formula whose shapes or indices cannot match, marked at text[start:end]."""
    return IllFormedError(what, place=place_of(text, start, end), got=got, expected=expected, hint=hint)
