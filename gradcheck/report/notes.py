"""What was not judged, and why: silence must never look like a document that is all right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..document.findings import DocumentReport


@dataclass(frozen=True)
class Note:
    """One sentence about a document, and the line it is about (None: the whole of it)."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"note: {self.file}{'' if self.line is None else f':{self.line}'}: {self.message}"


def notes(report: DocumentReport) -> Iterator[Note]:
    r"""That nothing was judged, and each equation that is not looked at because it stands between other signs.

    >>> [str(note) for note in notes(DocumentReport("a.md"))]
    ['note: a.md: nothing was judged: there is no equation between $$ and $$']
    """
    if not report.findings and not report.unread:
        yield Note(report.file, None, f"nothing was judged: {_why(report)}")
    for unseen in report.unseen:
        yield Note(report.file, unseen.line, f"{unseen.begin} is not read: put the equation between $$ and $$")


def _why(report: DocumentReport) -> str:
    if not report.context:
        return "there is no equation between $$ and $$"
    return "no equation is a claim: give it an {#anchor}, or a derivative on its left"
