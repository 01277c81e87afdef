"""Short formulas in SVG text: a name with its scripts as runs of characters, each on its height."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from ...printing.mathml import lettered, tree
from ..page.tree import Line, Math, plain
from .elements import element


@dataclass(frozen=True)
class Run:
    """Characters on one height: 0 the line, 1 above it, -1 below."""

    text: str
    height: int


def runs(latex: str) -> tuple[Run, ...]:
    """The runs of a name; anything that is more than a name with scripts is written on the line.

    >>> runs("w_1^{[2]}")
    (Run(text='𝑤', height=0), Run(text='1', height=-1), Run(text='[2]', height=1))
    """
    found: list[Run] = []
    for child in tree(latex):
        _walk(child, 0, found)
    return tuple(found)


def line_runs(items: Line) -> tuple[Run, ...]:
    """The runs of a line of text and formulas."""
    return tuple(run for i in items for run in (runs(i.latex) if isinstance(i, Math) else (Run(plain(i), 0),)))


def _walk(node: ET.Element, height: int, out: list[Run]) -> None:
    scripts = {"msub": (0, -1), "msup": (0, 1), "msubsup": (0, -1, 1), "munder": (0, -1), "mover": (0, 1)}.get(node.tag)
    if scripts:
        for child, step in zip(node, scripts, strict=True):
            _walk(child, height or step, out)
    elif len(node):
        for child in node:
            _walk(child, height, out)
    elif node.text:
        single = node.tag == "mi" and len(node.text) == 1 and node.get("mathvariant") is None
        text = lettered(node.text, "italic") if single else node.text
        if out and out[-1].height == height:
            text = out.pop().text + text
        out.append(Run(text, height))


def text_element(pieces: tuple[Run, ...], x: float, y: float, size: float, kind: str) -> ET.Element:
    """An SVG text of runs; `kind` is the class whose font size in the style sheet is `size`."""
    out = element("text", x=f"{x:g}", y=f"{y:g}", class_=f"math {kind}")
    shift = 0.0
    for piece in pieces:
        if piece.height == 0 and not len(out) and not out.text:
            out.text = piece.text
            continue
        wanted = {0: 0.0, 1: -0.42, -1: 0.24}[piece.height] * size
        scale = {} if piece.height == 0 else {"font_size": f"{0.72 * size:.3g}"}
        out.append(element("tspan", piece.text, dy=f"{wanted - shift:.3g}", **scale))
        shift = wanted
    return out
