"""How the arrows of a network diagram go round the boxes between."""

from __future__ import annotations

from typing import Literal

from .tree import Box, Diagram

Side = Literal[-1, 0, 1]
"""Above, straight, below."""


def sides(diagram: Diagram) -> dict[tuple[str, str], Side]:
    """The arrows that skip a column along a row, each with the side on which fewer boxes stand."""
    boxes = {box.key: box for box in diagram.boxes}
    return {arrow: _side(*arrow, boxes) for arrow in diagram.arrows if _skips(*arrow, boxes)}


def _skips(start: str, end: str, boxes: dict[str, Box]) -> bool:
    return boxes[end].column - boxes[start].column > 1 and boxes[start].row == boxes[end].row


def _side(start: str, end: str, boxes: dict[str, Box]) -> Side:
    row, between = boxes[start].row, range(boxes[start].column, boxes[end].column)
    below = sum(b.column in between and b.row > row for b in boxes.values())
    above = sum(b.column in between and b.row < row for b in boxes.values())
    return 1 if below <= above else -1
