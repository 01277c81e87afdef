"""Judging a document: each claim is read against the network it stands under, and decided.

Marks of known mistakes are copied beside the verdicts here; nothing that decides a claim ever sees them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .. import compare
from ..compare.verdict import Verdict
from ..declare.network import Network
from ..errors import DocumentError, GradcheckError, IllFormedError
from .findings import DocumentReport, Finding, Unread
from .readable import readable
from .reading import read_document
from .values import Document, Equation

Progress = Callable[[int, int], None]
"""Called with the number of claims done and their total."""


@dataclass(frozen=True)
class Claim:
    """An equation that is to be judged, with the document it stands in and the id that it has there."""

    document: Document = field(repr=False)
    name: str
    equation: Equation


def named_claims(document: Document) -> list[Claim]:
    """The claims with their ids; two without an anchor on one line are told apart by their columns."""
    claims: list[Claim] = []
    seen: set[str] = set()
    for equation in document.claims:
        name = f"{document.stem}/{equation.name}"
        if name in seen:
            name = f"{name}.{equation.column}"
        seen.add(name)
        claims.append(Claim(document, name, equation))
    return claims


def check_document(path: str | Path, *, seed: int = 0, progress: Progress | None = None) -> DocumentReport:
    """Judge every claim of a derivation document.

    Same file and seed, same report (`seconds` aside). An equation that can't be read doesn't stop the others: it is
    listed in `unread`. Raises DocumentError or DeclarationError where the document can't be used as it is.
    """
    return judge_document(read_document(path), seed=seed, progress=progress)


def judge_document(document: Document, *, seed: int = 0, progress: Progress | None = None) -> DocumentReport:
    """Judge every claim of a document that has been read already; see `check_document`."""
    claims = named_claims(document)
    judged: list[Finding | Unread] = []
    for done, claim in enumerate(claims):
        if progress:
            progress(done, len(claims))
        judged.append(judge_claim(claim, seed))
    return report_of(document, judged)


def judge_claim(claim: Claim, seed: int) -> Finding | Unread:
    """What there is to say about one claim of a document, whatever is said about the others."""
    document, equation = claim.document, claim.equation
    try:
        return _finding(claim.name, document.path, equation, seed)
    except GradcheckError as error:
        place = (claim.name, document.path, equation.line, equation.column, equation.latex)
        return Unread(*place, document.located(equation, error), equation.known)


def report_of(document: Document, judged: Iterable[Finding | Unread]) -> DocumentReport:
    """The report on a document, from what was said about each of its claims, in order."""
    every = tuple(judged)
    findings = tuple(one for one in every if isinstance(one, Finding))
    unread = tuple(one for one in every if isinstance(one, Unread))
    return DocumentReport(document.path, findings, unread, len(document.equations) - len(every), document.unseen)


def judge_formula(
    network: Network, latex: str, *, assume: tuple[str, ...] = (), layout: str | None = None, seed: int = 0
) -> DocumentReport:
    """Judge one formula that stands in no document, as a report of its own.

    Its file is "<formula>", its id "formula/L1".
    """
    attributes = {"assume": ", ".join(assume)} if assume else {}
    attributes |= {"layout": layout} if layout else {}
    equation = Equation(latex, 1, 1, attributes=attributes, network=network, is_claim=True)
    return judge_document(Document("<formula>", "formula", (network,), (equation,), text=latex), seed=seed)


def _finding(name: str, file: str, equation: Equation, seed: int) -> Finding:
    """What there is to say about one claim; raises GradcheckError where it can't be read."""
    network = equation.network
    if network is None:
        raise DocumentError(
            "this equation stands before any network block",
            hint="declare its names in a ```network or ```symbols block above it",
        )
    verdict = _judge(network, equation, seed)
    claimed, derived, fix = (readable(text, network) for text in (verdict.claimed, verdict.derived, verdict.fix or ""))
    place = (name, file, equation.line, equation.column, equation.latex)
    return Finding(*place, verdict, equation.known, claimed, derived, fix)


def _judge(network: Network, equation: Equation, seed: int) -> Verdict:
    """The verdict on one claim, whatever happens on the way to it."""
    options: dict[str, Any] = {k: v for k, v in equation.attributes.items() if k in ("layout", "reading")}
    begun = time.perf_counter()
    try:
        verdict = compare.check(network, equation.statement, assume=equation.assume, seed=seed, **options)
    except IllFormedError as error:
        verdict = Verdict("ill-formed", evidence=_sentences(error))
    except GradcheckError:
        raise
    except Exception as error:  # one broken claim must not take the other verdicts with it
        said = "gradcheck failed on this claim: a defect of gradcheck, not of the claim"
        verdict = Verdict("undecided", diagnosis=said, evidence=(f"{type(error).__name__}: {error}",))
    return replace(verdict, seconds=time.perf_counter() - begun)


def _sentences(error: GradcheckError) -> tuple[str, ...]:
    """What an error says, as evidence."""
    parts = [error.what]
    if error.got is not None or error.expected is not None:
        parts.append("; ".join(f"{w} {p}" for w, p in (("got", error.got), ("expected", error.expected)) if p))
    if error.hint is not None:
        parts.append(error.hint)
    return tuple(parts)
