"""What a check of a document found: every equation once, as a claim with its verdict, as unread, or as context."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ..compare.verdict import Verdict
from ..errors import GradcheckError
from .values import Unseen

Standing = Literal["passes", "known", "fails", "open"]
"""What a finding means for the whole check: nothing to mend, a marked mistake, a mistake, or no answer."""

UNREAD = "unread"
"""The mark of an equation that is known not to be readable; the other marks are the verdicts."""


@dataclass(frozen=True)
class Finding:
    """One claim with what was decided about it.

    id: "document-stem/anchor", or "document-stem/L<line>" where there is no anchor.
    file, line, column: where the formula begins. latex: the formula as written.
    known: the verdict that the document marks it with, if any. No decider sees it.
    claimed, derived, fix: the verdict's formulas in Unicode, for people at a terminal.
    """

    id: str
    file: str
    line: int
    column: int
    latex: str
    verdict: Verdict
    known: str | None = None
    claimed: str = ""
    derived: str = ""
    fix: str = ""

    @property
    def standing(self) -> Standing:
        """Whether the document may stay as it is."""
        word = self.verdict.verdict
        if self.known is not None:
            fits = self.known == word
            return ("passes" if word == "proved" else "known") if fits else "fails"
        if word == "undecided":
            return "open"
        return "passes" if word in ("proved", "agrees") else "fails"


@dataclass(frozen=True)
class Unread:
    """One equation that could not be read, and why; its place is inside `error`, counted in the file's own lines."""

    id: str
    file: str
    line: int
    column: int
    latex: str
    error: GradcheckError
    known: str | None = None

    @property
    def standing(self) -> Standing:
        """Whether the document may stay as it is."""
        return "known" if self.known == UNREAD else "fails"


@dataclass(frozen=True)
class DocumentReport:
    """The outcome for one document, in the order of its equations.

    context: how many equations are neither claims nor unread, such as definitions.
    unseen: math that does not stand between dollar signs and is not looked at.
    """

    file: str
    findings: tuple[Finding, ...] = ()
    unread: tuple[Unread, ...] = ()
    context: int = 0
    unseen: tuple[Unseen, ...] = ()

    def standings(self) -> set[Standing]:
        """What its equations mean for the whole check."""
        return {f.standing for f in self.findings} | {u.standing for u in self.unread}

    def without_marks(self) -> DocumentReport:
        """The same report with every mark of a known mistake taken off."""
        findings = tuple(replace(finding, known=None) for finding in self.findings)
        return replace(self, findings=findings, unread=tuple(replace(u, known=None) for u in self.unread))

    @property
    def passes(self) -> bool:
        """Whether nothing fails and nothing is left open."""
        return not self.standings() & {"fails", "open"}
