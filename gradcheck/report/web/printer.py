"""A page as one HTML file that needs nothing else: no network, no script, no font of the machine."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from ...printing.mathml import tree as math_tree
from ..page.brackets import pieces, signs, stretched
from ..page.tree import (
    Badge,
    Block,
    Bullets,
    Chart,
    Claim,
    Code,
    Figure,
    Formula,
    Heading,
    Inline,
    Line,
    Link,
    Math,
    Page,
    Paragraph,
    Section,
    Table,
    Text,
    plain,
)
from .chart import chart_svg
from .diagram import diagram_svg
from .elements import Child, element
from .sheet import style

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:"
NARROW_FORMULA = 26
"""Signs up to which a formula is narrower than a phone, however it is laid out."""

_SCROLLS = {"tabindex": "0", "role": "group", "aria-label": "formula"}
"""What may be wider than the page can be reached and scrolled with the keyboard."""

_TAGS = {"strong": "strong", "emphasis": "em", "code": "code"}


def html_text(page: Page, *, language: str = "en") -> str:
    """The whole file."""
    body = element(
        "body",
        element("a", "Skip to the report", href="#content", class_="skip"),
        element("header", element("h1", *line(page.title)), *blocks(page.lead, 2)),
        contents(page),
        element("main", *[section(s, 2) for s in page.sections], id="content"),
        element("footer", element("p", page.versions, class_="versions")),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", "".join(map(plain, page.title))),
    )
    head.append(ET.Element("style"))
    root = element("html", head, body, lang=language)
    text = ET.tostring(root, encoding="unicode", method="html", short_empty_elements=False)
    return "<!DOCTYPE html>\n" + text.replace("<style></style>", f"<style>\n{style()}</style>", 1) + "\n"


def contents(page: Page) -> ET.Element:
    """Links to the sections."""
    items = [element("li", element("a", *line(s.title), href=f"#{s.anchor}")) for s in page.sections]
    return element("nav", element("ol", *items), aria_label="Contents")


def section(part: Section, level: int) -> ET.Element:
    """A section with its heading."""
    heading = element(f"h{level}", *line(part.title))
    return element("section", heading, *blocks(part.blocks, level + 1), id=part.anchor)


def blocks(parts: tuple[Block, ...], level: int) -> list[ET.Element]:
    """Blocks in order; `level` is that of a heading among them."""
    return [block(part, level) for part in parts]


def block(part: Block, level: int) -> ET.Element:
    """One block."""
    match part:
        case Heading():
            return element(f"h{min(6, level + part.level - 2)}" if part.level > 1 else f"h{level}", *line(part.line))
        case Paragraph():
            return paragraph(part.line)
        case Bullets():
            return element("ul", *[element("li", *line(item)) for item in part.items])
        case Code():
            return code(part)
        case Formula():
            return formula(part)
        case Table():
            return table(part)
        case Claim():
            return claim(part, level)
        case Figure():
            return figure(part)
        case Section():
            return section(part, level)


def paragraph(items: Line) -> ET.Element:
    """A paragraph; one that is quiet throughout is marked once."""
    texts = [item for item in items if isinstance(item, Text)]
    if texts and all(item.style == "quiet" for item in texts):
        plainly = tuple(Text(item.text) if isinstance(item, Text) else item for item in items)
        return element("p", *line(plainly), class_="quiet")
    return element("p", *line(items))


def line(items: Line) -> list[Child]:
    """A line of text; the sign behind a formula stays with it."""
    out: list[Child] = []
    for item in items:
        behind = _BEHIND.match(item.text) if isinstance(item, Text) and out and _is_math(out[-1]) else None
        if behind and isinstance(item, Text):
            out[-1] = element("span", out[-1], inline(Text(behind[0], item.style)), class_="kept")
            item = Text(item.text[behind.end() :], item.style)
        out.append(inline(item))
    return out


_BEHIND = re.compile(r"[,.;:)\]]+(?=\s|$)")


def _is_math(child: Child) -> bool:
    return not isinstance(child, str) and child.tag == "math"


def inline(item: Inline) -> Child:
    """One item of a line."""
    match item:
        case Math():
            made = math_tree(item.latex)
            if signs(item.latex) <= NARROW_FORMULA:
                return made
            # A formula in a line does not break: a long one scrolls by itself where the page is narrow.
            return element("span", made, class_="long", **_SCROLLS)
        case Badge():
            return badge(item)
        case Link():
            return element("a", item.text, href=_address(item.target))
        case Text(style="plain"):
            return item.text
        case Text():
            return element(
                _TAGS.get(item.style, "span"), item.text, **({"class_": "quiet"} if item.style == "quiet" else {})
            )


def _address(target: str) -> str:
    """#anchor stays; page#anchor leads to the file of that page."""
    name, mark, anchor = target.partition("#")
    return f"{name}.html{mark}{anchor}" if name else target


def badge(item: Badge) -> ET.Element:
    """The verdict as sign, which the style sheet puts in front, and word; the colour only repeats them."""
    known = [element("span", " (known)", class_="known")] if item.known else []
    return element("span", item.word, *known, class_=f"badge {item.word}")


def code(part: Code) -> ET.Element:
    """Text as typed, with the marked part in it."""
    if part.wrong is None:
        return element("pre", element("code", part.text), tabindex="0")
    start, stop = part.wrong
    mark = element("mark", part.text[start:stop])
    return element("pre", element("code", part.text[:start], mark, part.text[stop:]), tabindex="0")


def formula(part: Formula) -> ET.Element:
    """A displayed formula; a long one scrolls by itself, so that the page never does."""
    kind = "formula boxed" if part.boxed else "formula"
    children: list[Child] = [element("div", *line(part.lead), class_="lead")] if part.lead else []
    rows = [pieces(row, NARROW_FORMULA) for row in part.rows]
    long = any(signs(piece) > NARROW_FORMULA for row in rows for piece in row)
    children.append(element("div", *map(_row, rows), class_="rows", **(_SCROLLS if long else {})))
    said: list[Child] = [element("span", *line(part.rule), class_="rule")] if part.rule else []
    if part.number:
        said.append(element("span", f"({part.number})", class_="number"))
    if said:
        children.append(element("div", *said, class_="said"))
    return element("div", *children, class_=kind)


def _row(row: list[str]) -> ET.Element:
    """One row of pieces; where they are too many for the page they go on below."""
    parts = [math_tree(stretched(piece)) for piece in row]
    for part in parts[1:]:
        part[0].attrib.pop("form", None)  # a sign that begins a line goes on with what stands above
        part[0].set("form", "infix")
    return element("div", *parts, class_="row")


def table(part: Table) -> ET.Element:
    """A table with its caption and heads."""
    head = [element("th", name, scope="col", **_numeric(k, part)) for k, name in enumerate(part.head)]
    rows = []
    for cells in part.rows:
        row = [element("td", *line(cell), **_numeric(k, part)) for k, cell in enumerate(cells)]
        rows.append(element("tr", *row))
    inner = element(
        "table", element("caption", part.caption), element("thead", element("tr", *head)), element("tbody", *rows)
    )
    if len(part.head) <= NARROW:
        return element("div", inner, class_="table")
    return element("div", inner, class_="table", tabindex="0", role="group", aria_label=part.caption)


NARROW = 3
"""Columns that fit on every page."""


def _numeric(column: int, part: Table) -> dict[str, str]:
    return {"class_": "numeric"} if column in part.numeric else {}


def claim(part: Claim, level: int) -> ET.Element:
    """A claim: the formula as written with its verdict beside it, and what there is to say."""
    name = part.name.partition("/")[2] or part.name
    said = element(
        "p",
        badge(part.badge),
        " ",
        element("a", name, href=f"#{part.anchor}"),
        " ",
        element("span", f"line\u00a0{part.line}", class_="quiet"),
        class_="judged",
    )
    head = element("div", block(part.written, level), said, class_="head")
    body = blocks(part.body, level)
    rule = [element("p", *line(part.rule), class_="rule")] if part.rule else []
    kind = f"claim {part.badge.word}" + (" theorem" if rule else "")
    return element("article", *rule, head, *body, id=part.anchor, class_=kind)


def figure(part: Figure) -> ET.Element:
    """A drawing with its caption; what it shows in words is its title."""
    drawing = part.drawing
    made = chart_svg(drawing, part.alt) if isinstance(drawing, Chart) else diagram_svg(drawing, part.alt)
    caption = [element("figcaption", *line(part.caption))] if part.caption else []
    drawn = element("div", made, class_="drawing", tabindex="0", role="group", aria_label="drawing")
    return element("figure", drawn, *caption)
