"""The report for people at a terminal: one line a claim, what needs a look in full, one summary line last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..compare.verdict import VerdictName
from ..document.findings import DocumentReport, Finding, Unread
from .blocks import STYLES, finding_block, unread_block
from .lines import Line, Span, clipped, line, printable
from .notes import notes

VERDICT_ORDER: tuple[VerdictName, ...] = ("proved", "agrees", "conditional", "wrong", "ill-formed", "undecided")


def terminal_lines(
    reports: Sequence[DocumentReport], *, width: int | None = None, verbose: bool = False, quiet: bool = False
) -> Iterator[Line]:
    """The whole report.

    width: fold and clip to it; None for a file or a pipe. verbose: give the evidence of what is proved too.
    quiet: leave out the line for each claim.
    """
    for report in reports:
        if not quiet and in_order(report):
            yield from overview(report, width)
        for item in in_order(report):
            if isinstance(item, Unread):
                yield from unread_block(item, width)
            elif verbose or item.verdict.verdict != "proved" or item.standing != "passes":
                yield from finding_block(item, width)
    for report in reports:
        for note in notes(report):
            yield line(Span(printable(str(note)), "known"))
    yield line(Span(summary(reports), "strong"))


def overview(report: DocumentReport, width: int | None) -> Iterator[Line]:
    """The document's name, and one line for each claim: verdict, anchor, formula."""
    items = in_order(report)
    yield line(Span(printable(report.file), "strong"))
    words, names = [_word(item) for item in items], [_short(item) for item in items]
    wide, long = (max(map(len, column), default=0) for column in (words, names))
    for item, word, name in zip(items, words, names, strict=True):
        head = f"  {word:<{wide}}  {name:<{long}}  "
        formula = printable(" ".join(item.latex.split()))
        yield line(Span(head, STYLES[item.standing]), clipped(formula, max(20, (width or 120) - len(head))))
    yield ()


def summary(reports: Sequence[DocumentReport]) -> str:
    """One line that counts every equation once.

    >>> summary([DocumentReport("a.md", context=2)])
    '0 claims; 2 equations are context'
    """
    findings = [f for report in reports for f in report.findings]
    unread = [u for report in reports for u in report.unread]
    counts = Counter(f.verdict.verdict for f in findings)
    known = Counter(f.verdict.verdict for f in findings if f.standing == "known")
    words = [f"{counts[word]} {word}{_known(known[word], counts[word])}" for word in VERDICT_ORDER if counts[word]]
    text = _count(len(findings), "claim") + (": " + ", ".join(words) if words else "")
    context = sum(report.context for report in reports)
    if context:
        text += f"; {_count(context, 'equation')} {'is' if context == 1 else 'are'} context"
    if unread:
        marked = sum(u.standing == "known" for u in unread)
        text += f"; {_count(len(unread), 'equation')} could not be read{_known(marked, len(unread))}"
    return text


def in_order(report: DocumentReport) -> list[Finding | Unread]:
    """The claims and the unread equations as they stand in the document."""
    return sorted([*report.findings, *report.unread], key=lambda item: (item.line, item.column))


def _word(item: Finding | Unread) -> str:
    word = "unread" if isinstance(item, Unread) else item.verdict.verdict
    return word + (" (known)" if item.standing == "known" else "")


def _short(item: Finding | Unread) -> str:
    return printable(item.id.partition("/")[2] or item.id)


def _known(known: int, total: int) -> str:
    if not known:
        return ""
    return " (known)" if known == total else f" ({known} known)"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
