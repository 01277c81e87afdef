"""The report tree: a page of sections of blocks. Printers decide how it looks, nothing decides what it says but this.

Formulas are rows of LaTeX that `printing.displayed` let pass; everything else is plain text, escaped by the printers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...compare.verdict import VerdictName

Word = VerdictName | Literal["unread"]
TextStyle = Literal["plain", "strong", "emphasis", "code", "quiet"]
BoxRole = Literal["input", "parameter", "constant", "node", "loss"]


@dataclass(frozen=True)
class Text:
    """A run of text in one style."""

    text: str
    style: TextStyle = "plain"


@dataclass(frozen=True)
class Math:
    """A formula in a line of text: one row of displayed LaTeX."""

    latex: str


@dataclass(frozen=True)
class Badge:
    """A verdict, as word, sign and colour. known: the document is marked to have it."""

    word: Word
    known: bool = False


@dataclass(frozen=True)
class Link:
    """A text that leads to an anchor of this page (#name), or to another page by its name, with or without #name."""

    text: str
    target: str


Inline = Text | Math | Badge | Link
Line = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    """A heading inside a section. level: 1 for the largest."""

    level: int
    line: Line


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text."""

    line: Line


@dataclass(frozen=True)
class Bullets:
    """A list of items, each a line."""

    items: tuple[Line, ...]


@dataclass(frozen=True)
class Code:
    """Text shown exactly as it was typed. wrong: offsets of a part to mark, or None."""

    text: str
    wrong: tuple[int, int] | None = None


@dataclass(frozen=True)
class Formula:
    """A displayed formula of one or more rows.

    number: what stands in parentheses beside it. rule: how it follows. boxed: it is a result.
    lead: what it is, said in front of it (above it where it is boxed).
    """

    rows: tuple[str, ...]
    number: str = ""
    rule: Line = ()
    boxed: bool = False
    lead: Line = ()


@dataclass(frozen=True)
class Table:
    """Rows under a head. caption: what it shows, in words. numeric: the columns of numbers."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Claim:
    """One claim of the document, as written, with its verdict and what there is to say about it.

    rule: for what it is a rule; such a claim stands in a box of its own, like a theorem.
    """

    anchor: str
    name: str
    line: int
    badge: Badge
    written: Formula | Code
    body: tuple[Block, ...] = ()
    rule: Line = ()


@dataclass(frozen=True)
class Series:
    """Points of a chart under one name. lines: they are joined."""

    name: str
    points: tuple[tuple[float, float], ...]
    tone: Literal["good", "wrong", "plain"] = "plain"
    lines: bool = False


@dataclass(frozen=True)
class Chart:
    """A plot as data. Axes are logarithmic where said; `rows` names the integers of a y axis of categories.

    limit: an x value at which a line stands, with its name.
    """

    x_label: str
    y_label: str
    series: tuple[Series, ...]
    x_log: bool = True
    y_log: bool = True
    rows: tuple[Line, ...] = ()
    limit: tuple[float, str] | None = None
    bars: bool = False


@dataclass(frozen=True)
class Box:
    """A node of a network diagram: its name, its shape, its place in columns and rows."""

    key: str
    label: str
    shape: Line
    role: BoxRole
    column: int
    row: float


@dataclass(frozen=True)
class Diagram:
    """A network as a graph: boxes, and arrows from one to another."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption, and the same in words for those who cannot see it."""

    caption: Line
    alt: str
    drawing: Chart | Diagram


@dataclass(frozen=True)
class Section:
    """A part of a page with its heading; `anchor` is unique on the page."""

    anchor: str
    title: Line
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Bullets | Code | Formula | Table | Claim | Figure | Section


@dataclass(frozen=True)
class Page:
    """A whole report. lead: what stands under the title. versions: the last line, which says what made it."""

    title: Line
    lead: tuple[Block, ...]
    sections: tuple[Section, ...]
    versions: str = ""


def text(words: str, style: TextStyle = "plain") -> Line:
    """A line of plain text."""
    return (Text(words, style),)


def plain(item: Inline) -> str:
    """An item as plain text, for titles and for measuring."""
    match item:
        case Math():
            return item.latex
        case Badge():
            return item.word
        case Text() | Link():
            return item.text
