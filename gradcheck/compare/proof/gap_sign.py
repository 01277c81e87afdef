"""The sign of the gap between two sides, from the signs of the factors of its terms."""

from __future__ import annotations

from ...algebra.expressions import Elem
from ...algebra.normal_form.normal import normal
from ...algebra.signs.knowledge import Knowledge
from ...algebra.signs.sign import Sign
from ...algebra.signs.sums import sign_of
from ..question import Question, expanded
from .prove import declared, knowledge, with_equalities

MAX_STEPS = 20


def sign_of_gap(question: Question) -> tuple[Sign, Knowledge]:
    """The sign of left - right, from the signs of factors; nodes are put in one at a time."""
    gap = with_equalities(question, question.difference)
    sign, known, told = Sign.UNKNOWN, Knowledge(), declared(question)
    for _ in range(MAX_STEPS):
        known = with_nodes(question, knowledge(question, gap, told))
        sign = sign_of(normal(gap, known), known)
        further = with_equalities(question, expanded(gap, question.network))
        if sign is not Sign.UNKNOWN or further == gap:
            return sign, known
        gap = further
    return sign, known


def with_nodes(question: Question, known: Knowledge) -> Knowledge:
    """Signs of nodes, from their equations, in order."""
    for node in question.network.nodes:
        if node.tensor in question.mentioned and not node.indices:
            poly = normal(with_equalities(question, node.formula), known)
            sign = sign_of(poly, known)
            if sign is not Sign.UNKNOWN:
                known.learn(normal(Elem(node.tensor), known), sign)
                known.cache.clear()
    return known
