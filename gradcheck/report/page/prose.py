"""The prose of a document as blocks: headings, paragraphs, lists, with formulas, code and emphasis in the line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ...document.attributes import closing_brace
from ...document.markdown import Display, Fence, pieces
from ...document.values import Document
from ...printing.display import displayed
from .tree import Bullets, Code, Heading, Inline, Line, Math, Paragraph, Text, TextStyle

_ITEM = re.compile(r"\s{0,3}(?:[-*+]|\d{1,9}[.)])\s+")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*(?:\{#[^}]*\})?$")
_QUOTE = re.compile(r"^ {0,3}(?:> ?)+")
_BLANKED = re.compile(r"<!--.*?-->|\$\$.*?\$\$", re.S)
_BEFORE_BRACE = re.compile(r"[ \t]*\n?[ \t]*\{")
_INLINE = re.compile(
    r"""\\(?P<escaped>[\\`*_{}\[\]()#+.!$<>~-])
      | (?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)
      | (?<![\\$])\$(?P<math>[^\s$](?:[^$]*[^\s$\\])?)\$(?!\d)
      | (?P<stars>\*\*|__)(?=\S)(?P<strong>.+?)(?<=\S)(?P=stars)
      | (?P<star>\*|(?<![A-Za-z0-9])_)(?=\S)(?P<emphasis>.+?)(?<=\S)(?P=star)(?![A-Za-z0-9])
      | <(?P<address>https?://[^\s<>]+)>
      | !?\[(?P<link>[^\]]*)\]\([^)]*\)""",
    re.X | re.S,
)


@dataclass(frozen=True)
class Place:
    """Where a network block or an equation stands among the prose."""

    line: int


Piece = Heading | Place | Paragraph | Bullets | Code


def prose(document: Document, words: Collection[str] = ()) -> Iterator[Piece]:
    """The document from top to bottom; its blocks and equations as the places where they stand."""
    lines = document.text.split("\n")
    places: dict[int, list[int]] = {}
    taken: set[int] = set()
    for piece in pieces(document.text, document.path):
        if isinstance(piece, Fence):
            first, last = piece.line - 1, piece.line + len(piece.text.split("\n"))
            taken |= set(range(first, last + 1))
            if piece.language in ("network", "symbols"):
                places.setdefault(first, []).append(piece.line)
        elif isinstance(piece, Display):
            places.setdefault(piece.line, []).append(piece.line)
    rest = _without_displays("\n".join("" if n in taken else t for n, t in enumerate(lines, 1))).split("\n")
    yield from _blocks(rest, places, words)


def _without_displays(text: str) -> str:
    """Display equations with their attributes and comments blanked, their line breaks kept."""
    out, at = "", 0
    for found in _BLANKED.finditer(text):
        if found.start() < at:
            continue
        end = found.end()
        brace = _BEFORE_BRACE.match(text, end) if found.group().startswith("$$") else None
        if brace is not None and (closed := closing_brace(text, brace.end() - 1)) is not None:
            end = closed + 1
        end += text[end : end + 1] in (".", ",", ";") and bool(text[end : end + 1])
        out += text[at : found.start()] + re.sub(r"[^\n]", "", text[found.start() : end])
        at = end
    return out + text[at:]


def _blocks(lines: list[str], places: dict[int, list[int]], words: Collection[str]) -> Iterator[Piece]:
    paragraph: list[str] = []
    start = _front_matter(lines)
    for number, line in enumerate(lines[start:], start + 1):
        line = _QUOTE.sub("", line)
        heading = _HEADING.match(line)
        if paragraph and (not line.strip() or heading or number in places):
            yield _block(paragraph, words)
            paragraph = []
        for at in places.get(number, ()):
            yield Place(at)
        if heading:
            yield Heading(len(heading[1]), inline(heading[2], words))
        elif line.strip():
            paragraph.append(line)
    if paragraph:
        yield _block(paragraph, words)


def _front_matter(lines: list[str]) -> int:
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((n + 1 for n, line in enumerate(lines) if n and line.rstrip() in ("---", "...")), 0)


def _block(lines: list[str], words: Collection[str]) -> Piece:
    """A paragraph or a list; a table or indented code stays as it was typed."""
    if all(line.lstrip().startswith("|") for line in lines) or all(line.startswith("    ") for line in lines):
        return Code("\n".join(lines))
    if not _ITEM.match(lines[0]):
        return Paragraph(inline(" ".join(line.strip() for line in lines), words))
    items: list[str] = []
    for line in lines:
        if found := _ITEM.match(line):
            items.append(line[found.end() :])
        else:
            items[-1] += " " + line.strip()
    return Bullets(tuple(inline(item, words) for item in items))


def inline(text: str, words: Collection[str] = ()) -> Line:
    """A line of Markdown, its formulas made safe to show; what can't be shown as a formula is shown as typed.

    >>> inline("the weight $w_1$ *drives* it")
    (Text(text='the weight ', style='plain'), Math(latex='w_1'), Text(text=' ', style='plain'), \
Text(text='drives', style='emphasis'), Text(text=' it', style='plain'))
    """
    out: list[Inline] = []
    at = 0
    for found in _INLINE.finditer(text):
        if found.start() > at:
            out.append(Text(text[at : found.start()]))
        out.extend(_inlines(found, words))
        at = found.end()
    if at < len(text):
        out.append(Text(text[at:]))
    return tuple(_merged(out))


def _inlines(found: re.Match[str], words: Collection[str]) -> Line:
    if found["math"] is not None:
        rows = displayed(found["math"], words=words)
        return (Math(rows[0]),) if rows and len(rows) == 1 else (Text(found.group(), "code"),)
    if found["code"] is not None:
        return (Text(found["code"].strip(), "code"),)
    if found["strong"] is not None:
        return _styled(inline(found["strong"], words), "strong")
    if found["emphasis"] is not None:
        return _styled(inline(found["emphasis"], words), "emphasis")
    if found["address"] is not None:
        return (Text(found["address"], "code"),)
    if found["link"] is not None:
        return inline(found["link"], words)
    return (Text(found["escaped"]),)


def _styled(line: Line, style: TextStyle) -> Line:
    """The plain texts of a line in another style."""
    return tuple(Text(t.text, style) if isinstance(t, Text) and t.style == "plain" else t for t in line)


def _merged(items: list[Inline]) -> Iterator[Inline]:
    """Neighbouring plain texts as one."""
    waiting = ""
    for item in items:
        if isinstance(item, Text) and item.style == "plain":
            waiting += item.text
            continue
        if waiting:
            yield Text(waiting)
            waiting = ""
        yield item
    if waiting:
        yield Text(waiting)
