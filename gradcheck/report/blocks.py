"""One finding in full: which claim, where, what is wrong, the counterexample, the fix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..compare.verdict import Counterexample, Verdict
from ..document.findings import Finding, Standing, Unread
from ..errors import GradcheckError
from ..printing import readable, unicode_name
from .excerpt import excerpt, gutter
from .lines import Line, Span, Style, folded, line, printable

STYLES: dict[Standing, Style] = {"fails": "error", "known": "known", "open": "open", "passes": "good"}
LABELS: dict[Standing, str] = {"fails": "error", "known": "known", "open": "open", "passes": "note"}
SHORT = 40
HEADLINES = {
    "proved": "this is proved",
    "agrees": "this is not proved, and nothing separates the two sides",
    "conditional": "this holds only under a condition",
    "wrong": "the two sides are not equal",
    "ill-formed": "this is not well formed",
    "undecided": "no decision was reached",
}


def finding_block(finding: Finding, width: int | None = None) -> Iterator[Line]:
    """Everything that is known about one claim."""
    verdict = finding.verdict
    margin = gutter(finding.line, finding.latex)
    yield _head(finding.standing, verdict.code or verdict.verdict, headline(finding))
    yield _arrow(margin, f"{finding.file}:{finding.line}:{finding.column}   {finding.id}")
    yield from excerpt(finding.line, finding.latex, width)
    for label, formula in (("claimed", finding.claimed), ("derived", finding.derived)):
        # A long one that stays as it was written stands above already.
        if formula and not (len(formula) > SHORT and formula in finding.latex):
            yield from _item(margin, label, formula, width)
    if verdict.counterexample is not None:
        yield from _item(margin, "at", point_text(verdict.counterexample), width)
    for label, sentences in _sentences(verdict):
        for number, sentence in enumerate(dict.fromkeys(sentences)):
            yield from _item(margin, label if not number else "", readable(sentence), width)
    if finding.fix:
        yield from folded(f"{margin} help: ", finding.fix, width)
    yield ()


def unread_block(unread: Unread, width: int | None = None) -> Iterator[Line]:
    """Why an equation could not be read, with the place underlined."""
    error, place = unread.error, unread.error.place
    row = (place and place.line) or unread.line
    column = (place and place.column) or unread.column
    shown = place is not None and place.text is not None
    margin = gutter(row) if shown else gutter(unread.line, unread.latex)
    yield _head(unread.standing, "unread", error.what)
    yield _arrow(margin, f"{unread.file}:{row}:{column}   {unread.id}")
    if not shown:
        yield from excerpt(unread.line, unread.latex, width)
    yield from _error_details(margin, error, width)
    yield ()


def error_block(error: GradcheckError, width: int | None = None) -> Iterator[Line]:
    """An error outside any claim: a file, a declaration or an option that can't be used."""
    place = error.place
    margin = gutter(place.line or 1) if place and place.text is not None else "  "
    yield line(Span("error", "error"), Span(f": {printable(error.what)}", "strong"))
    if place is not None:
        yield _arrow(margin, str(place))
    yield from _error_details(margin, error, width)


def point_text(point: Counterexample) -> str:
    """Where a claim fails: sizes, values and functions."""
    parts = [f"{_name(name)} = {size}" for name, size in point.sizes.items()]
    parts += [f"{_name(name)} = {_value(value)}" for name, value in point.values.items()]
    parts += [f"{_name(name)} = {_name(function)}" for name, function in point.functions.items()]
    return ", ".join(parts)


def _sentences(verdict: Verdict) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("because", verdict.evidence), ("holds if", verdict.conditions), ("read as", verdict.reading)


def _error_details(margin: str, error: GradcheckError, width: int | None) -> Iterator[Line]:
    place = error.place
    if place is not None and place.text is not None:
        row = place.line or 1
        mark = None if place.column is None else (row, place.column, place.end or place.column + 1)
        yield from excerpt(row, place.text, width, mark=mark)
    for label, phrase in (("got", error.got), ("expected", error.expected)):
        if phrase is not None:
            yield from _item(margin, label, phrase, width)
    if error.hint is not None:
        yield from folded(f"{margin} help: ", error.hint, width)


def headline(finding: Finding) -> str:
    """What is said first about a claim, in one sentence."""
    verdict = finding.verdict
    said = verdict.diagnosis or HEADLINES[verdict.verdict]
    if verdict.verdict == "wrong" and verdict.kind == "gradient" and not verdict.diagnosis:
        said = "this is not the derivative"
    if verdict.verdict == "wrong" and verdict.kind == "update" and not verdict.diagnosis:
        said = "this step goes uphill"
    if finding.known is not None and finding.known != verdict.verdict:
        return f'marked as known "{finding.known}", but it is {verdict.verdict}: {said}'
    return said


def _head(standing: Standing, code: str, text: str) -> Line:
    return line(Span(f"{LABELS[standing]}[{code}]", STYLES[standing]), Span(f": {printable(text)}", "strong"))


def _arrow(margin: str, text: str) -> Line:
    return line(Span(f"{margin}--> ", "quiet"), printable(text))


def _item(margin: str, label: str, text: str, width: int | None) -> Iterator[Line]:
    return folded(f"{margin} {'=' if label else ' '} {label:<9} ", text, width)


def _name(name: str) -> str:
    r"""A declared name as it is read: x₁ for x_1, σ for \sigma."""
    return unicode_name(name)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return str(value).replace("-", "−")
