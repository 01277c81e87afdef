"""Network diagrams as SVG."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from ..page.layout import Side, sides
from ..page.tree import Box, Diagram
from .elements import element
from .runs import Run, line_runs, runs, text_element, width

COLUMN, ROW = 132.0, 72.0
HIGH = 46.0


def diagram_svg(diagram: Diagram, alt: str) -> ET.Element:
    """The graph, boxes in columns; a skip over a column is an arc."""
    boxes = {box.key: box for box in diagram.boxes}
    arcs = sides(diagram)
    top = min(b.row for b in boxes.values()) - 0.45 * (-1 in arcs.values())
    y0 = ROW * (0.5 - top)
    wide = COLUMN * (max(b.column for b in boxes.values()) - min(b.column for b in boxes.values()) + 1)
    x0 = COLUMN * (0.5 - min(b.column for b in boxes.values()))
    high = y0 + ROW * (max(b.row for b in boxes.values()) + 0.5 + 0.45 * (1 in arcs.values()))
    out = element("svg", role="img", aria_label=alt, viewBox=f"0 0 {wide:g} {high:g}", width=f"{wide:g}",
                  height=f"{high:g}", xmlns="http://www.w3.org/2000/svg")  # fmt: skip
    places = {b.key: (x0 + b.column * COLUMN, y0 + b.row * ROW) for b in diagram.boxes}
    drawn = [_arrow(boxes[start], boxes[end], places, arcs.get((start, end), 0)) for start, end in diagram.arrows]
    out.append(element("path", d="".join(shaft for shaft, _ in drawn), class_="arrow"))
    out.append(element("path", d="".join(tip for _, tip in drawn), class_="tip"))
    for box in diagram.boxes:
        out.extend(_box(box, *places[box.key]))
    return out


def _half(box: Box) -> float:
    label = runs(box.label) if box.label else (Run(box.key, 0),)
    return max(26.0, width(label, 17) / 2 + 8, width(line_runs(box.shape), 12) / 2 + 10)


def _box(box: Box, x: float, y: float) -> list[ET.Element]:
    half = min(_half(box), COLUMN / 2 - 10)
    rounded = "4" if box.role in ("node", "loss") else "22"
    rectangle = element("rect", x=f"{x - half:g}", y=f"{y - HIGH / 2:g}", width=f"{2 * half:g}", height=f"{HIGH:g}",
                        rx=rounded, class_=f"box {box.role}")  # fmt: skip
    label = runs(box.label) if box.label else (Run(box.key, 0),)
    named = text_element(label, x, y - 2, 17, "name")
    return [rectangle, named, text_element(line_runs(box.shape), x, y + 15, 12, "under")]


def _arrow(start: Box, end: Box, places: dict[str, tuple[float, float]], side: Side) -> tuple[str, str]:
    """The shaft and the tip of a straight arrow, or of an arc round the boxes between."""
    (x1, y1), (x2, y2) = places[start.key], places[end.key]
    if start.column == end.column:
        sign = 1 if y2 > y1 else -1
        return _path(f"M{x1:g} {y1 + sign * HIGH / 2:g}L{x2:g} {y2 - sign * (HIGH / 2 + 7):g}",
                     x2, y2 - sign * HIGH / 2, 0, sign)  # fmt: skip
    left, right = x1 + min(_half(start), COLUMN / 2 - 10), x2 - min(_half(end), COLUMN / 2 - 10)
    if side:
        foot, tip = y1 + side * HIGH / 2, y2 + side * HIGH / 2
        peak, x3 = y1 + side * ROW * 0.95, x2 - 14
        curve = f"M{x1:g} {foot:g}C{x1:g} {peak:g} {x3:g} {peak:g} {x3:g} {tip + side * 7:g}"
        return _path(curve, x3, tip, 0, -side)
    middle = (left + right) / 2
    return _path(f"M{left:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {right - 7:g} {y2:g}", right, y2, 1, 0)


def _path(d: str, x: float, y: float, dx: int, dy: int) -> tuple[str, str]:
    """A line, and an arrow head whose tip is at (x, y) and which points along (dx, dy)."""
    back, side = 8.0, 4.0
    tip = f"M{x:g} {y:g}L{x - dx * back - dy * side:g} {y - dy * back - dx * side:g}"
    return d, tip + f"L{x - dx * back + dy * side:g} {y - dy * back + dx * side:g}Z"
