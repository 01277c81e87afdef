"""A page as LaTeX: a file of its own, or a fragment to be put into another one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from ..page.brackets import stretched
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
from ..words import LOOKS
from .chart import chart_tex
from .columns import columns_of
from .diagram import diagram_tex
from .escape import escape
from .preamble import PACKAGES, macros, preamble
from .rows import foldable, marked, safe, unbreakable

_STYLES = {"strong": r"\textbf", "emphasis": r"\emph", "quiet": r"\gcquiet"}
_SECTIONS = (r"\section", r"\subsection", r"\subsubsection", r"\paragraph", r"\subparagraph")


def tex_text(page: Page) -> str:
    """The whole file."""
    head = preamble(_ascii(page.title))
    return f"{head}\\begin{{document}}\n{_body(page)}\\end{{document}}\n"


_DESTINATION = re.compile(r"(\\hypertarget\{|\\hyperlink\{|\\pdfoutline goto name\{)")
"""Where a name of a destination begins; no text of a document can look so, for its backslashes are escaped."""


def fragment_text(page: Page, name: str = "") -> str:
    """The page without a preamble, to be read into another document by its file name.

    name: stands before its destinations, which another fragment may have as well.
    """
    needs = "".join(f"%   {line}\n" for line in PACKAGES.splitlines())
    body = _DESTINATION.sub(rf"\g<1>{_anchor(name)}.", _body(page)) if name else _body(page)
    return f"% This fragment needs in the preamble:\n{needs}{macros()}{body}"


def _body(page: Page) -> str:
    title = rf"{{\raggedright\LARGE\bfseries {line(page.title)}\par}}"
    parts = [*outline(page.sections), title]
    parts += [*(block(b, 0) for b in page.lead), *(block(s, 0) for s in page.sections)]
    parts.append(rf"\par\medskip\gcquiet{{{escape(page.versions)}}}")
    return "\n".join(parts) + "\n"


def outline(sections: Sequence[Block]) -> Iterator[str]:
    """The entries of the PDF's outline, written at once: through hyperref they would take a second run."""
    for part in sections:
        if isinstance(part, Section):
            inner = [p for p in part.blocks if isinstance(p, Section)]
            count = f"count -{len(inner)} " if inner else ""
            yield rf"\pdfoutline goto name{{{_anchor(part.anchor)}}} {count}{{{_ascii(part.title)}}}%"
            yield from outline(inner)


def block(part: Block, level: int) -> str:
    """One block; `level` counts from 0 for the sections of the page."""
    match part:
        case Section():
            inner = "\n".join(block(b, level + 1) for b in part.blocks)
            return _heading(_target(part.anchor) + line(part.title), level) + "\n" + inner
        case Heading():
            return _heading(line(part.line), max(1, min(4, level + part.level - 2)))
        case Paragraph():
            return rf"\par {line(part.line)}\par"
        case Bullets():
            items = "".join(f"\n\\item {line(item)}" for item in part.items)
            return rf"\begin{{itemize}}\gcitems{items}" + "\n\\end{itemize}"
        case Code():
            return _code(part)
        case Formula():
            return formula(part)
        case Table():
            return table(part)
        case Claim():
            return claim(part, level)
        case Figure():
            return figure(part)


def _heading(title: str, level: int) -> str:
    return rf"\gcneed{{7\baselineskip}}{_SECTIONS[min(level, len(_SECTIONS) - 1)]}*{{{title}}}"


def _target(anchor: str) -> str:
    return rf"\hypertarget{{{_anchor(anchor)}}}{{}}"


def _anchor(anchor: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", anchor)


def line(items: Line) -> str:
    """A line of text."""
    out, quiet = "", False
    for item in items:
        # A formula in a quiet sentence is as quiet.
        out += rf"\gcquiet{{{inline(item)}}}" if quiet and isinstance(item, Math) else inline(item)
        quiet = quiet if isinstance(item, Math) else isinstance(item, Text) and item.style == "quiet"
    return out


def inline(item: Inline) -> str:
    """One item of a line."""
    match item:
        case Math():
            return f"${safe(item.latex)}$"
        case Badge():
            return badge(item)
        case Link():
            page, _, anchor = item.target.partition("#")
            if page:
                return rf"\href{{{_address(page)}.pdf}}{{{escape(item.text, breakable=True)}}}"
            return rf"\hyperlink{{{_anchor(anchor)}}}{{{escape(item.text, breakable=True)}}}"
        case Text(style="plain"):
            return escape(item.text)
        case Text(style="code"):
            return rf"\texttt{{{escape(item.text, breakable=True)}}}"
        case Text():
            return rf"{_STYLES[item.style]}{{{escape(item.text)}}}"


def _address(page: str) -> str:
    """A file name as a link, everything but plain letters in percent codes."""
    return quote(page).replace("%", r"\%")


def badge(item: Badge) -> str:
    """The verdict as sign and word; the colour only repeats them."""
    look = LOOKS[item.word]
    known = r"\textmd{ (known)}" if item.known else ""
    return rf"\textcolor{{gc{item.word}}}{{${look.latex}$~\textbf{{{item.word}{known}}}}}"


def _code(part: Code) -> str:
    """Text as typed, its line breaks and blanks kept, the marked part coloured."""
    if part.wrong is None:
        return rf"\gccode{{{_typed(part.text)}}}"
    start, stop = part.wrong
    marked = rf"\textcolor{{gcwrong}}{{\underline{{{_typed(part.text[start:stop])}}}}}"
    return rf"\gccode{{{_typed(part.text[:start])}{marked}{_typed(part.text[stop:])}}}"


def _typed(text: str) -> str:
    lines = text.split("\n")
    kept = [re.sub(" (?= )|^ ", "\u00a0", one) for one in lines]
    return "\\\\\n".join(escape(one, breakable=True) or r"\mbox{}" for one in kept)


def formula(part: Formula) -> str:
    """A displayed formula with its number and rule."""
    rows = _rows(part.rows)
    if part.boxed and not part.number:
        return rf"\gcboxed{{{line(part.lead)}}}{{{rows}}}"
    above = ""
    if part.boxed:
        above, rows = rf"\gcabove{{{line(part.lead)}}}", rf"\gcinbox{{{rows}}}"
    elif part.lead:
        rows = rf"\gclead{{{line(part.lead)}}}{{{rows}}}"
    rule = rf"\gcquiet{{{line(part.rule)}}}" if part.rule else ""
    number = rf"\makebox[2.6em][r]{{({part.number})}}" if part.number else ""
    return rf"{above}\gcformula{{{rows}}}{{{rule}{number}}}"


OPENING = r"\mathopen{}\left"
"""Without an opening in front, TeX would put a space between a function and its bracket."""


def _rows(rows: tuple[str, ...]) -> str:
    made = [_row(stretched(safe(row), OPENING, r"\mathclose{}")) for row in rows]
    return made[0] if len(made) == 1 else r"\vbox{" + "".join(rf"\hbox{{{row}}}\kern4pt" for row in made) + "}"


def _row(row: str) -> str:
    """A row that is folded where it is too wide, or made smaller where it has no place to fold at."""
    if unbreakable(row) > ROOM_FOR_A_PIECE:
        return rf"\gcshrunk{{{marked(row)}}}"
    return rf"\gcrow{{{marked(row)}}}{{{foldable(row)}}}"


ROOM_FOR_A_PIECE = 68
"""Signs that surely fit on a line."""


def table(part: Table) -> str:
    """A table; a long one may go over a page. Its widest column is folded where the lines would be too long."""
    breaks = len(part.rows) > UNBROKEN
    columns = columns_of(part, breaks=breaks)
    head = " & ".join(rf"\bfseries {escape(name)}" for name in part.head)
    folded = any(column.startswith(">") for column in columns) and not breaks
    ends = [r" \\ \addlinespace" if folded else r" \\"] * len(part.rows)
    if breaks:  # no row is left over for the next page
        ends[-TOGETHER:-1] = [r" \\*"] * (TOGETHER - 1)
    rows = "".join(" & ".join(map(line, row)) + end + "\n" for row, end in zip(part.rows, ends, strict=True))
    kind = "longtable" if breaks else "tabular"
    layout = "@{}" + "".join(columns) + "@{}"
    made = rf"\begin{{{kind}}}{{{layout}}}\toprule" + "\n" + head + r" \\ \midrule"
    made += ("\\endhead" if breaks else "") + f"\n{rows}\\bottomrule\\end{{{kind}}}"
    if not breaks:
        made = rf"\gcfit{{{made}}}"
    return rf"\gctable{{{escape(part.caption)}}}{{{made}}}"


TOGETHER = 4
"""Rows at the end of a long table that stand on one page."""

UNBROKEN = 12
"""A table with more rows may go over a page."""


def claim(part: Claim, level: int) -> str:
    """A claim: the formula as written with its verdict beside it, and what there is to say."""
    name = part.name.partition("/")[2] or part.name
    judged = rf"{_target(part.anchor)}{badge(part.badge)}\enspace \texttt{{{escape(name)}}}"
    judged += rf"\enspace \gcquiet{{line {part.line}}}"
    if isinstance(part.written, Formula):
        head, rest = _rows(part.written.rows), ""
    else:
        head, rest = r"\mbox{}", block(part.written, level)
    inner = "\n".join(block(b, level) for b in part.body)
    body = rf"\begin{{gcbody}}{rest}{inner}\end{{gcbody}}" if rest or inner else ""
    whole = rf"\gcclaim{{gc{part.badge.word}}}{{{head}}}{{{judged}}}" + "\n" + body
    return rf"\gcrule{{{line(part.rule)}}}" + "\n" + whole + "\n" + r"\gcendrule" if part.rule else whole


def figure(part: Figure) -> str:
    """A drawing with its caption."""
    drawing = part.drawing
    made = chart_tex(drawing) if isinstance(drawing, Chart) else diagram_tex(drawing)
    return rf"\gcfigure{{{made}}}{{{line(part.caption)}}}"


def _ascii(items: Line) -> str:
    """Plain ASCII without anything that TeX would obey."""
    words = "".join(map(plain, items))
    flat = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode("ascii")
    return " ".join(re.sub(r"[^A-Za-z0-9 .,:;()+=/-]", " ", flat).split())
