"""How the columns of a table are set: as wide as they are, or folded where the lines would be too long."""

from __future__ import annotations

import re

from ..page.tree import Badge, Inline, Line, Math, Table, Text


def columns_of(part: Table, *, breaks: bool) -> list[str]:
    """The columns of a table for LaTeX; `breaks`: it may go over a page."""
    widths = [max(_width(row[k]) for row in ((_line_of(part.head)), *part.rows)) for k in range(len(part.head))]
    return [_column(k, widths, part, breaks=breaks) for k in range(len(widths))]


def _line_of(head: tuple[str, ...]) -> tuple[Line, ...]:
    return tuple((Text(name),) for name in head)


def _width(cell: Line) -> int:
    """About how many letters wide a cell is."""
    return sum(_letters(item) for item in cell)


def _letters(item: Inline) -> int:
    if isinstance(item, Math):
        return len(re.sub(r"\\[A-Za-z]+|[{}_^ ]", "", item.latex)) + item.latex.count("\\")
    if isinstance(item, Badge):
        return len(item.word) + (12 if item.known else 4)
    return len(item.text) + 1


ROOM = 88
"""Letters that fit on a line of a table."""


def _column(k: int, widths: list[int], part: Table, *, breaks: bool) -> str:
    """How a column is set; where a table may break its width is said, for it would take a second run to measure it."""
    share = widths[k] / ROOM if breaks else 0.0
    if sum(widths) + 2 * len(widths) > ROOM:
        # What is no wider than its fair share stays as it is, and the others share the rest.
        fair = ROOM / len(widths)
        wide = [n for n, width in enumerate(widths) if width > fair]
        rest = ROOM - sum(width + 2 for width in widths if width <= fair) - 2 * len(wide)
        if k in wide:
            share = max(0.15, rest / len(wide) / ROOM)
    if not share:
        return "r" if k in part.numeric else "l"
    side = r"\raggedleft" if k in part.numeric else r"\raggedright"
    return rf">{{{side}\arraybackslash}}p{{{share:.3f}\linewidth}}"
