"""Derivations in a notebook: the result in a box, by entries and as arrays, and the steps on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..printing import show_equation
from ..printing.notebook import Bundle, bundle, display_latex, folded, formula, paragraph
from .steps import Step
from .telling import rule_words

if TYPE_CHECKING:
    from .derivation import Derivation

MOST_STEPS = 20
"""More steps are left to `.steps`: a cell is no report."""


def derivation_bundle(derivation: Derivation) -> Bundle:
    """What a notebook shows of a derivation."""
    notation, indices, words = derivation.notation, derivation.indices, derivation.notation.shown_words
    index = show_equation(derivation.left, derivation.closed, indices, notation) or ""
    whole = show_equation(derivation.left, derivation.nested, indices, notation, form="matrix") if indices else None
    parts = [formula(index, words, boxed=True)]
    if whole:
        parts += [paragraph("as whole arrays:"), formula(whole, words, boxed=True)]
    for k, named in enumerate(reversed(derivation.where)):
        said = show_equation(named.entry, named.formula, named.indices, notation) or ""
        parts += [*([] if k else [paragraph("where")]), formula(said, words)]
    steps = derivation.steps
    lines = [
        paragraph(f"{k}. {_rule(step)}") + formula(step.equation("latex"), words) for k, step in enumerate(steps, 1)
    ]
    more = [paragraph("and so on: .steps has them all")] if len(steps) > MOST_STEPS else []
    parts.append(folded(f"{len(steps)} steps", lines[:MOST_STEPS] + more))
    return bundle("".join(parts), display_latex([f for f in (index, whole) if f], words), derivation.unicode())


def _rule(step: Step) -> str:
    return " ".join([rule_words(step), ", ".join(step.names)]).strip()
