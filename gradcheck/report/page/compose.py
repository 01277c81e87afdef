"""From a document and what was found in it to its report page."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata

from ...document.findings import DocumentReport, Finding, Unread
from ...document.values import Document, Equation
from ...formula.notation import Notation
from ..terminal import in_order, summary
from ..words import LOOKS
from .claim import TOTAL, anchor_of, claim, context, unread, verdict_line
from .evidence import evidence_section
from .formulas import words_of
from .gradient import Gradients
from .network import network_section
from .prose import Place, inline, prose
from .sentences import sentence
from .tree import (
    Block,
    Bullets,
    Code,
    Heading,
    Inline,
    Line,
    Link,
    Page,
    Paragraph,
    Section,
    Table,
    Text,
    Word,
    text,
)


@dataclass(frozen=True)
class Making:
    """How a page was made, for its last section: the command, the seed, the versions."""

    command: str
    seed: int
    version: str


def page(document: Document, report: DocumentReport, making: Making) -> Page:
    """The whole report on one document."""
    words = frozenset().union(*(words_of(n.notation) for n in document.networks)) if document.networks else frozenset()
    title = inline(document.title, words) if document.title else text(document.stem)
    lead: tuple[Block, ...] = (
        Paragraph((Text("Source: "), Text(document.path, "code"))),
        Paragraph((Text(summary([report]) + ".", "strong"),)),
        *_attention(report),
    )
    found = Gradients()
    sections: list[Section] = [Section("verdicts", text("Claims and verdicts"), (_verdicts(report),))]
    sections.append(
        Section("document", text("The derivation, claim by claim"), tuple(_annotated(document, report, words)))
    )
    for count, network in enumerate(document.networks, 1):
        anchor = f"network-{count}"
        gradients = tuple(found.sections(network, anchor)) if network.loss is not None else ()
        sections.append(network_section(network, anchor, gradients, explained=count > 1))
    sections.extend(evidence_section(document, report, making.seed))
    sections.append(_coverage(report))
    sections.append(_again(document, making))
    return Page(title, lead, tuple(sections), versions(making.version))


def plain_title(document: Document) -> str:
    """The title of a document without markup."""
    return re.sub(r"[*`$]", "", document.title) or document.stem


def _attention(report: DocumentReport) -> Iterator[Block]:
    """What needs a look, in one line each, with a link to where it stands."""
    items: list[Line] = []
    for item in in_order(report):
        if isinstance(item, Finding) and item.verdict.verdict in ("proved", "agrees"):
            continue
        said = item.error.what if isinstance(item, Unread) else item.verdict.diagnosis or ""
        name = item.id.partition("/")[2] or item.id
        items.append((verdict_line(item), Text(" "), Link(name, f"#{anchor_of(item.id)}"), Text(f", line {item.line}"
                      + (f": {said}" if said else ""))))  # fmt: skip
    if items:
        yield Bullets(tuple(items))


def _verdicts(report: DocumentReport) -> Table:
    rows = tuple(
        (text(str(n)), (Link(item.id.partition("/")[2] or item.id, f"#{anchor_of(item.id)}"),), text(str(item.line)),
         (verdict_line(item),), text(_kind(item)))
        for n, item in enumerate(in_order(report), 1)
    )  # fmt: skip
    return Table("Every claim in reading order", ("no.", "claim", "line", "verdict", "kind"), rows, frozenset({0, 2}))


def _kind(item: Finding | Unread) -> str:
    return "could not be read" if isinstance(item, Unread) else item.verdict.kind


def _annotated(document: Document, report: DocumentReport, words: frozenset[str]) -> Iterator[Block]:
    """The document from top to bottom, each claim with its verdict where it stands."""
    judged = {(item.line, item.column): item for item in in_order(report)}
    equations: dict[int, list[Equation]] = {e.line: [] for e in document.equations}
    for e in document.equations:
        equations[e.line].append(e)
    networks = iter(enumerate(document.networks, 1))
    first = True  # the first heading is the title of the page
    for piece in prose(document, words):
        if isinstance(piece, Place):
            waiting = equations.get(piece.line)
            if waiting:
                yield _equation(waiting.pop(0), judged)
            elif (found := next(networks, None)) is not None:
                count, network = found
                yield Paragraph((Text("Declared here: "), Link(f"network “{network.name}”", f"#network-{count}")))
        elif isinstance(piece, Heading):
            if not first:
                yield piece
            first = False
        else:
            yield piece


def _equation(equation: Equation, judged: dict[tuple[int, int], Finding | Unread]) -> Block:
    item = judged.get((equation.line, equation.column))
    if item is None:
        return context(equation)
    if isinstance(item, Unread) or equation.network is None:
        assert isinstance(item, Unread)
        return unread(item)
    return claim(item, equation.network)


def _coverage(report: DocumentReport) -> Section:
    """What each proof covers."""
    covered: dict[str, list[Inline]] = {}
    for f in report.findings:
        if f.verdict.verdict == "proved":
            links = covered.setdefault(_covers(f.verdict.evidence), [])
            links += [*([Text(", ")] if links else []), Link(f.id.partition("/")[2], f"#{anchor_of(f.id)}")]
    rows = tuple((sentence(said, Notation()), tuple(links)) for said, links in covered.items())
    blocks: tuple[Block, ...] = (Paragraph(text("Nothing was proved.")),)
    if rows:
        said = "Each proof holds at every size and point named here, by rules that hold at every size. "
        said += f"Unless a claim says otherwise, {TOTAL}."
        blocks = (Paragraph(text(said)), Table("Sizes, points and assumptions", ("covers", "claims"), rows))
    return Section("coverage", text("What the proofs cover"), blocks)


def _covers(evidence: tuple[str, ...]) -> str:
    """What a proof says that it covers: its first sentence, or in each case the one behind the case."""
    cases = [at for at, said in enumerate(evidence) if said.startswith("where ")]
    if not cases:
        return "; ".join(evidence[:1])
    return "; ".join(", ".join(evidence[at : at + 2]) for at in cases)


def _again(document: Document, making: Making) -> Section:
    said = Paragraph(text(f"The same input and seed ({making.seed}) give the same verdicts."))
    check = f"gradcheck check {document.path} --seed {making.seed}"
    return Section("again", text("Run it again"), (Code(f"{check}\n{making.command}"), said))


def versions(version: str) -> str:
    """What made the page."""
    names = ("numpy", "sympy", "python-flint")
    parts = [f"gradcheck {version}", f"Python {platform.python_version()}"]
    parts += [f"{name} {metadata.version(name)}" for name in names]
    return ", ".join(parts)


def index_page(entries: Sequence[tuple[str, str, DocumentReport]], version: str) -> Page:
    """The page over all documents: for each (title, file stem, report) its verdicts in one row."""
    columns = {word: [_count(word, report) for _, _, report in entries] for word in LOOKS}
    shown = [word for word, counts in columns.items() if any(counts)]
    rows = []
    for k, (title, name, report) in enumerate(entries):
        cells = [text(str(columns[word][k] or "")) for word in shown]
        rows.append(((Link(title, name),), text(str(len(report.findings))), *cells))
    head = ("document", "claims", *shown)
    table = Table("Verdicts by document", head, tuple(rows), frozenset(range(1, len(head))))
    all_of = summary([report for _, _, report in entries])
    lead: tuple[Block, ...] = (Paragraph((Text(all_of + ".", "strong"),)),)
    sections = [Section("documents", text("Documents"), (table,)), *_attention_by_document(entries)]
    return Page(text("Derivation reports"), lead, tuple(sections), versions(version))


def _count(word: Word, report: DocumentReport) -> int:
    return len(report.unread) if word == "unread" else sum(f.verdict.verdict == word for f in report.findings)


def _attention_by_document(entries: Sequence[tuple[str, str, DocumentReport]]) -> Iterator[Section]:
    items: list[Line] = []
    for _, stem, report in entries:
        for item in in_order(report):
            if isinstance(item, Unread) or item.verdict.verdict not in ("proved", "agrees"):
                line: list[Inline] = [verdict_line(item), Text(" "), Link(item.id, f"{stem}#{anchor_of(item.id)}")]
                said = item.error.what if isinstance(item, Unread) else item.verdict.diagnosis
                items.append((*line, Text(f": {said}")) if said else tuple(line))
    if items:
        yield Section("attention", text("What needs a look"), (Bullets(tuple(items)),))
