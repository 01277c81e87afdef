"""One claim on the page: as written with its mistake marked, the verdict, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...compare.verdict import Counterexample
from ...declare.labels import labels
from ...declare.network import Network
from ...document.findings import Finding, Unread
from ...document.values import Equation
from ...formula.notation import Notation
from ...printing.display import displayed
from ..blocks import headline
from .formulas import formula, math, shown, words_of
from .marks import wrong_parts
from .sentences import capital, number, readings, sentence, sentences
from .tree import (
    Badge,
    Block,
    Bullets,
    Claim,
    Code,
    Formula,
    Inline,
    Line,
    Paragraph,
    Table,
    Text,
    TextStyle,
    text,
)

TOTAL = "derivatives are total, through every declared path"
"""The reading that is taken unless another one is asked for; the page says it once."""


def claim(finding: Finding, network: Network) -> Claim:
    """A claim with its verdict and everything that is known about it."""
    verdict, notation = finding.verdict, network.notation
    wrong = wrong_parts(finding.latex, verdict.fix or "", verdict.derived) if verdict.verdict == "wrong" else ()
    rows = shown(finding.latex, notation, wrong)
    written = Code(finding.latex) if rows is None else Formula(rows)
    badge = Badge(verdict.verdict, known=finding.standing == "known" and verdict.verdict != "proved")
    anchor = anchor_of(finding.id)
    return Claim(
        anchor, finding.id, finding.line, badge, written, tuple(_body(finding, notation)), _rule(finding, network)
    )


def _rule(finding: Finding, network: Network) -> Line:
    """For what a proved claim is a rule: one of a layer by the adjoints around it, at any depth."""
    family = network.family
    generic = network.generic or network
    left, _, right = finding.latex.partition("=")
    if family is None or finding.verdict.verdict != "proved" or not left.strip():
        return ()
    adjoints = {label.base for node in generic.adjoints for label in labels(node.tensor.name)}
    spoken = {label.base for label in labels(right) if label.letter == family.letter}
    if not adjoints & spoken or not family.mentions(left, family.letter):
        return ()
    return sentence(f"Rule, for every layer {family.letter} and every {family.last}", network.notation, "strong")


def anchor_of(name: str) -> str:
    """The id of a claim as an anchor of the page."""
    return "claim-" + re.sub(r"[^A-Za-z0-9._-]", "-", name.partition("/")[2] or name)


def _body(finding: Finding, notation: Notation) -> Iterator[Block]:
    verdict = finding.verdict
    reading = list(dict.fromkeys(r for r in verdict.reading if r != TOTAL))
    if verdict.verdict != "proved":
        yield Paragraph(sentence(_headline(finding), notation, "strong"))
        for label, source in (("Derived", verdict.derived), ("Corrected", verdict.fix)):
            if source:
                yield formula(source, notation, lead=text(f"{label}:", "strong"))
    if verdict.conditions:
        yield Paragraph((Text("Holds if ", "strong"), *sentence("; ".join(verdict.conditions) + ".", notation)))
    if verdict.counterexample is not None:
        yield from counterexample(verdict.counterexample, notation)
    style: TextStyle = "quiet" if verdict.verdict == "proved" else "plain"
    # What a counterexample shows stands in its table already.
    said = [e for e in verdict.evidence if verdict.counterexample is None or not e.startswith("claimed ")]
    if verdict.verdict == "proved":  # the conditions stand in full where the page says what its proofs cover
        said = [words for words in said if not words.startswith("checked at a point")]
        said = [_WHERE.sub(r"\1 where both sides are defined", words) for words in said]
    if said:
        yield Paragraph(sentences(said, notation, style))
    if reading:
        yield Paragraph(readings(reading, notation))


_WHERE = re.compile(r"^((?:equal|holds) (?:for all|at every point)[^;]*?) where [^;]*?(?=;|, away from|$)")


def _headline(finding: Finding) -> str:
    said = headline(finding)
    code = f" [{finding.verdict.code}]" if finding.verdict.code else ""
    return f"{capital(said)}{code}."


def counterexample(point: Counterexample, notation: Notation) -> Iterator[Block]:
    """The point where the claim fails, and what was found there."""
    given = [(n, text(str(size))) for n, size in point.sizes.items()]
    given += [(n, text(_values(value))) for n, value in point.values.items()]
    given += [(n, sentence(chosen, notation)) for n, chosen in point.functions.items()]
    where: list[Inline] = [Text("Counterexample: ", "strong"), Text("at ")]
    for k, (n, value) in enumerate(given):
        where += [*([Text(", ")] if k else []), math(n, notation), Text(" = "), *value]
    if point.entry:
        where.append(Text(f", entry ({', '.join(map(str, point.entry))})"))
    yield Paragraph((*where, Text(":")))
    head, cells = ["claimed", "derived"], [(number(point.claimed),), (number(point.derived),)]
    if point.finite_difference is not None:
        error = (Text(" ± "), number(point.error, 1)) if point.error is not None else ()
        head.append("finite difference")
        cells.append((number(point.finite_difference), *error))
    yield Table("Values there", tuple(head), (tuple(cells),), frozenset(range(len(head))))


def _values(value: object) -> str:
    """Exact values: a number, or a list of lists."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_values(v) for v in value) + "]"
    return str(value).replace("-", "−")


def unread(item: Unread) -> Claim:
    """An equation that could not be read, as typed, with the place marked and the reason."""
    error = item.error
    body: list[Block] = [Paragraph((Text(f"{capital(error.what)}.", "strong"),))]
    said: list[Line] = []
    for label, phrase in (("got", error.got), ("expected", error.expected), ("help", error.hint)):
        if phrase:
            said.append((Text(f"{label}: "), Text(phrase)))
    if said:
        body.append(Bullets(tuple(said)))
    badge = Badge("unread", known=item.standing == "known")
    return Claim(anchor_of(item.id), item.id, item.line, badge, Code(item.latex, _marked(item)), tuple(body))


def _marked(item: Unread) -> tuple[int, int] | None:
    """The offsets in the equation of the place that the error names."""
    place = item.error.place
    if place is None or place.line is None or place.column is None:
        return None
    rows = item.latex.split("\n")
    row = place.line - item.line
    if not 0 <= row < len(rows):
        return None
    shift = item.column - 1 if row == 0 else 0
    start = place.column - 1 - shift
    stop = (place.end or place.column + 1) - 1 - shift
    if not 0 <= start < stop <= len(rows[row]):
        return None
    before = sum(len(r) + 1 for r in rows[:row])
    return before + start, before + stop


def context(equation: Equation) -> Formula | Code:
    """An equation that is no claim."""
    words = words_of(equation.network.notation) if equation.network else ()
    rows = displayed(equation.latex, words=words)
    return Code(equation.latex) if rows is None else Formula(rows)


def verdict_line(finding: Finding | Unread) -> Inline:
    """The verdict of a claim as a badge."""
    if isinstance(finding, Unread):
        return Badge("unread", known=finding.standing == "known")
    word = finding.verdict.verdict
    return Badge(word, known=finding.standing == "known" and word != "proved")
