"""One finding in full: which claim, where, what is wrong, the counterexample, the fix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..compare.verdict import Counterexample
from ..document.findings import Finding, Standing, Unread
from ..errors import GradcheckError
from .excerpt import excerpt
from .lines import Line, Span, Style, folded, line, printable

STYLES: dict[Standing, Style] = {"fails": "error", "known": "known", "open": "open", "passes": "good"}
LABELS: dict[Standing, str] = {"fails": "error", "known": "known", "open": "open", "passes": "note"}
HEADLINES = {
    "proved": "this is proved",
    "agrees": "not proved, and nothing separates the two sides",
    "conditional": "this holds only under a condition",
    "wrong": "the two sides are not equal",
    "ill-formed": "the shapes or indices do not fit",
    "undecided": "no decision was reached",
}


def finding_block(finding: Finding, width: int | None = None) -> Iterator[Line]:
    """Everything that is known about one claim."""
    verdict = finding.verdict
    yield _head(finding.standing, verdict.code or verdict.verdict, _headline(finding))
    yield _arrow(f"{finding.file}:{finding.line}:{finding.column}   {finding.id}")
    yield from excerpt(finding.line, finding.latex, width)
    for label, formula in (("claimed", finding.claimed), ("derived", finding.derived)):
        if formula:
            yield from _item(label, formula, width)
    if verdict.counterexample is not None:
        yield from _item("at", counterexample_text(verdict.counterexample), width)
    for label, sentences in (
        ("holds if", verdict.conditions),
        ("read as", verdict.reading),
        ("because", verdict.evidence),
    ):
        for number, sentence in enumerate(sentences):
            yield from _item(label if not number else "", sentence, width)
    if finding.fix:
        yield from folded("   help: ", finding.fix, width)
    yield ()


def unread_block(unread: Unread, width: int | None = None) -> Iterator[Line]:
    """Why an equation could not be read, with the place underlined."""
    error, place = unread.error, unread.error.place
    yield _head(unread.standing, "unread", error.what)
    row = (place and place.line) or unread.line
    column = (place and place.column) or unread.column
    yield _arrow(f"{unread.file}:{row}:{column}   {unread.id}")
    if place is None or place.text is None:
        yield from excerpt(unread.line, unread.latex, width)
    yield from _error_details(error, width)
    yield ()


def error_block(error: GradcheckError, width: int | None = None) -> Iterator[Line]:
    """An error outside any claim: a file, a declaration or an option that can't be used."""
    yield line(Span("error", "error"), Span(f": {printable(error.what)}", "strong"))
    if error.place is not None:
        yield _arrow(str(error.place))
    yield from _error_details(error, width)


def _error_details(error: GradcheckError, width: int | None) -> Iterator[Line]:
    place = error.place
    if place is not None and place.text is not None:
        row = place.line or 1
        mark = None if place.column is None else (row, place.column, place.end or place.column + 1)
        yield from excerpt(row, place.text, width, mark=mark)
    for label, phrase in (("got", error.got), ("expected", error.expected)):
        if phrase is not None:
            yield from _item(label, phrase, width)
    if error.hint is not None:
        yield from folded("   help: ", error.hint, width)


def counterexample_text(point: Counterexample) -> str:
    """The point and the values found there, in one sentence."""
    where = [f"{name} = {size}" for name, size in point.sizes.items()]
    where += [f"{name} = {_value(value)}" for name, value in point.values.items()]
    where += [f"{name} = {function}" for name, function in point.functions.items()]
    entry = f", entry ({', '.join(map(str, point.entry))})" if point.entry else ""
    text = f"{', '.join(where)}{entry}: claimed {_number(point.claimed)}, derived {_number(point.derived)}"
    if point.finite_difference is not None:
        text += f", finite difference {_number(point.finite_difference)}"
        text += f" ± {point.error:.0e}" if point.error is not None else ""
    return text


def _headline(finding: Finding) -> str:
    word = finding.verdict.verdict
    said = finding.verdict.diagnosis or HEADLINES[word]
    if finding.known is not None and finding.known != word:
        return f'marked as known "{finding.known}", but it is {word}: {said}'
    return said


def _head(standing: Standing, code: str, text: str) -> Line:
    return line(Span(f"{LABELS[standing]}[{code}]", STYLES[standing]), Span(f": {printable(text)}", "strong"))


def _arrow(text: str) -> Line:
    return line(Span("   --> ", "quiet"), printable(text))


def _item(label: str, text: str, width: int | None) -> Iterator[Line]:
    return folded(f"    {'=' if label else ' '} {label:<10}", text, width)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return str(value).replace("-", "−")


def _number(value: float) -> str:
    return f"{value:.10g}".replace("-", "−")
