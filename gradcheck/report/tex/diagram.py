"""Network diagrams in TikZ."""

from __future__ import annotations

from ..page.layout import Point, Route, placed
from ..page.tree import Box, Diagram, Math, plain
from .escape import escape
from .rows import safe

COLUMN, ROW = 2.9, 1.55


def diagram_tex(diagram: Diagram) -> str:
    """The graph, boxes in columns, arrows on the ways that were found for them."""
    places = placed(diagram)
    names = {box.key: f"n{k}" for k, box in enumerate(diagram.boxes)}
    parts = [_box(box, names[box.key], places.centres[box.key]) for box in diagram.boxes]
    parts += [_arrow(route, names[a], names[b]) for (a, b), route in places.routes.items()]
    style = (
        r"every node/.style={draw,thin,align=center,inner sep=3.5pt,minimum width=13mm},"
        r"every path/.style={-{Latex[length=5pt]},gcquiet},every node/.append style={draw=black,text=black}"
    )
    return rf"\begin{{tikzpicture}}[{style}]" + "\n" + "\n".join(parts) + "\n" + r"\end{tikzpicture}"


def _box(box: Box, name: str, centre: Point) -> str:
    label = f"${safe(box.label)}$" if box.label else escape(box.key)
    corners = "rounded corners=1.5pt" if box.role in ("node", "loss") else "rounded corners=9pt"
    inside = rf"{label}\\[-1pt]{{\scriptsize {_shape(box)}}}"
    return rf"\node[fill=gc{box.role},{corners}] ({name}) at ({_at(centre)}) {{{inside}}};"


def _at(point: Point) -> str:
    return f"{point[0] * COLUMN:.2f},{-point[1] * ROW:.2f}"


def _shape(box: Box) -> str:
    return "".join(f"${safe(i.latex)}$" if isinstance(i, Math) else escape(plain(i)) for i in box.shape)


_LEAVES = {"left": "west", "right": "east", "above": "north", "below": "south"}
_ARRIVES = {**_LEAVES, "above": "105", "below": "-105"}


def _arrow(route: Route, start: str, end: str) -> str:
    if route.start[0] == route.end[0] or (route.arrives == "left" and route.start[1] == route.end[1]):
        return rf"\draw ({start}) -- ({end});"
    leaves, arrives = f"{start}.{_LEAVES[route.leaves]}", f"{end}.{_ARRIVES[route.arrives]}"
    return rf"\draw ({leaves}) .. controls ({_at(route.first)}) and ({_at(route.second)}) .. ({arrives});"
