"""Network diagrams as SVG."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from ..page.layout import HALF, Point, Route, placed
from ..page.tree import Box, Diagram
from .elements import element
from .runs import Run, line_runs, runs, text_element

COLUMN, ROW = 132.0, 72.0
HIGH = 2 * HALF * ROW
MARGIN = 4.0
NARROW = 400.0
"""A drawing up to this width is shrunk on a phone; a wider one scrolls."""


def diagram_svg(diagram: Diagram, alt: str) -> ET.Element:
    """The graph, boxes in columns, arrows on the ways that were found for them."""
    places = placed(diagram)
    left, top, right, bottom = places.bounds()
    wide, high = COLUMN * (right - left) + 2 * MARGIN, ROW * (bottom - top) + 2 * MARGIN
    out = element("svg", role="img", aria_label=alt, viewBox=f"0 0 {wide:.4g} {high:.4g}", width=f"{wide:.4g}",
                  height=f"{high:.4g}", xmlns="http://www.w3.org/2000/svg",
                  **({"class_": "wide"} if wide > NARROW else {}))  # fmt: skip

    def put(point: Point) -> Point:
        return MARGIN + COLUMN * (point[0] - left), MARGIN + ROW * (point[1] - top)

    drawn = [_arrow(route, *map(put, (route.start, route.first, route.second, route.end)))
             for route in places.routes.values()]  # fmt: skip
    out.append(element("path", d="".join(shaft for shaft, _ in drawn), class_="arrow"))
    out.append(element("path", d="".join(tip for _, tip in drawn), class_="tip"))
    for box in diagram.boxes:
        out.extend(_box(box, *put(places.centres[box.key]), COLUMN * places.halves[box.key]))
    return out


def _box(box: Box, x: float, y: float, half: float) -> list[ET.Element]:
    rounded = "4" if box.role in ("node", "loss") else "22"
    rectangle = element("rect", x=f"{x - half:.4g}", y=f"{y - HIGH / 2:.4g}", width=f"{2 * half:.4g}",
                        height=f"{HIGH:g}", rx=rounded, class_=f"box {box.role}")  # fmt: skip
    label = runs(box.label) if box.label else (Run(box.key, 0),)
    named = text_element(label, x, y - 2, 17, "name")
    return [rectangle, named, text_element(line_runs(box.shape), x, y + 15, 12, "under")]


_POINTS = {"left": (1, 0), "right": (-1, 0), "above": (0, 1), "below": (0, -1)}
"""Where the tip of an arrow points that arrives at a side."""


def _arrow(route: Route, start: Point, first: Point, second: Point, end: Point) -> tuple[str, str]:
    """The shaft and the tip of an arrow; the shaft ends where the tip begins."""
    dx, dy = _POINTS[route.arrives]
    x, y = end[0] - 7 * dx, end[1] - 7 * dy
    if start[0] == end[0]:
        shaft = f"M{_xy(start)}L{_xy((x, y))}"
    else:
        shaft = f"M{_xy(start)}C{_xy(first)} {_xy(second)} {_xy((x, y))}"
    return _path(shaft, *end, dx, dy)


def _xy(point: Point) -> str:
    return f"{point[0]:.4g} {point[1]:.4g}"


def _path(d: str, x: float, y: float, dx: int, dy: int) -> tuple[str, str]:
    """A line, and an arrow head whose tip is at (x, y) and which points along (dx, dy)."""
    back, side = 8.0, 4.0
    tip = f"M{x:g} {y:g}L{x - dx * back - dy * side:g} {y - dy * back - dx * side:g}"
    return d, tip + f"L{x - dx * back + dy * side:g} {y - dy * back + dx * side:g}Z"
