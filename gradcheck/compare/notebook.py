"""Verdicts in a notebook: the word with its sign and colour, what is right instead, and why."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..printing import readable, unicode_name
from ..printing.notebook import Bundle, bundle, display_latex, formula, paragraph
from .looks import LOOKS

if TYPE_CHECKING:
    from .verdict import Counterexample, Verdict


def verdict_bundle(verdict: Verdict) -> Bundle:
    """What a notebook shows of a verdict."""
    shown = [text for text in (verdict.claimed, verdict.derived, verdict.fix) if text]
    return bundle("".join(_html(verdict)), display_latex(shown), "\n".join(_plain(verdict)))


def _html(verdict: Verdict) -> Iterator[str]:
    look = LOOKS[verdict.verdict]
    # light-dark() follows the notebook's theme; a browser that does not know it keeps the first colour.
    colour = f"color:{look.light};color:light-dark({look.light},{look.dark})"
    badge = f'<strong style="{colour}">{look.sign} {verdict.verdict}</strong>'
    said = f" &mdash; {html.escape(verdict.diagnosis)}" if verdict.diagnosis else ""
    yield f'<p style="margin:0.3em 0">{badge}{said}</p>'
    for label, latex in _formulas(verdict):
        yield paragraph(f"{label}:") + formula(latex)
    for sentence in _sentences(verdict):
        yield paragraph(sentence)


def _formulas(verdict: Verdict) -> Iterator[tuple[str, str]]:
    for label, latex in (("claimed", verdict.claimed), ("derived", verdict.derived), ("corrected", verdict.fix)):
        if latex:
            yield label, latex


def _sentences(verdict: Verdict) -> Iterator[str]:
    if verdict.counterexample is not None:
        yield "at " + point(verdict.counterexample)
    for label, said in (("holds if", verdict.conditions), ("because", verdict.evidence), ("read as", verdict.reading)):
        if said:
            yield f"{label}: {'; '.join(map(readable, dict.fromkeys(said)))}"


def point(found: Counterexample) -> str:
    """A counterexample in one sentence.

    >>> from gradcheck.compare.verdict import Counterexample
    >>> point(Counterexample({"x": "1"}, {"n": 2}, {}, (1,), 2.0, 3.0, ("1", "1")))
    'n = 2, x = 1, entry (1): claimed 2, derived 3'
    """
    given = {**found.sizes, **found.values, **found.functions}
    where = ", ".join(f"{unicode_name(name)} = {value}".replace("'", "") for name, value in given.items())
    where += f", entry ({', '.join(map(str, found.entry))})" if found.entry else ""
    said = f"{where}: claimed {found.claimed:.10g}, derived {found.derived:.10g}"
    if found.finite_difference is not None:
        said += f", finite difference {found.finite_difference:.10g}"
        said += f" ± {found.error:.0e}" if found.error is not None else ""
    return said


def _plain(verdict: Verdict) -> Iterator[str]:
    yield verdict.verdict + (f": {verdict.diagnosis}" if verdict.diagnosis else "")
    for label, latex in _formulas(verdict):
        yield f"  {label}: {latex}"
    for sentence in _sentences(verdict):
        yield f"  {sentence}"
