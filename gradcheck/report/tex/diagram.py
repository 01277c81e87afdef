"""Network diagrams in TikZ."""

from __future__ import annotations

from ..page.layout import Side, sides
from ..page.tree import Box, Diagram, Math, plain
from .escape import escape
from .rows import safe

COLUMN, ROW = 2.9, 1.55


def diagram_tex(diagram: Diagram) -> str:
    """The graph, boxes in columns; a skip over a column is an arc."""
    boxes = {box.key: box for box in diagram.boxes}
    names = {box.key: f"n{k}" for k, box in enumerate(diagram.boxes)}
    round_about = sides(diagram)
    parts = [_box(box, names[box.key]) for box in diagram.boxes]
    parts += [_arrow(boxes[a], boxes[b], names, round_about.get((a, b), 0)) for a, b in diagram.arrows]
    style = (
        r"every node/.style={draw,thin,align=center,inner sep=3.5pt,minimum width=13mm},"
        r"every path/.style={-{Latex[length=5pt]},gcquiet},every node/.append style={draw=black,text=black}"
    )
    return rf"\begin{{tikzpicture}}[{style}]" + "\n" + "\n".join(parts) + "\n" + r"\end{tikzpicture}"


def _box(box: Box, name: str) -> str:
    label = f"${safe(box.label)}$" if box.label else escape(box.key)
    corners = "rounded corners=1.5pt" if box.role in ("node", "loss") else "rounded corners=9pt"
    place = f"{box.column * COLUMN:.2f},{-box.row * ROW:.2f}"
    inside = rf"{label}\\[-1pt]{{\scriptsize {_shape(box)}}}"
    return rf"\node[fill=gc{box.role},{corners}] ({name}) at ({place}) {{{inside}}};"


def _shape(box: Box) -> str:
    return "".join(f"${safe(i.latex)}$" if isinstance(i, Math) else escape(plain(i)) for i in box.shape)


def _arrow(start: Box, end: Box, names: dict[str, str], side: Side) -> str:
    a, b = names[start.key], names[end.key]
    if start.column == end.column:
        return rf"\draw ({a}) -- ({b});"
    if side:
        out, into = ("-60", "-120") if side > 0 else ("60", "120")
        return rf"\draw ({a}) to[out={out},in={into},looseness=0.7] ({b});"
    if start.row == end.row:
        return rf"\draw ({a}) -- ({b});"
    return rf"\draw ({a}.east) to[out=0,in=180] ({b}.west);"
