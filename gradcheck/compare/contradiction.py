"""Whether assumptions contradict each other: nothing is ever proved, or refuted, from a contradiction.

Proof rule. Statement: no point satisfies all the assumptions. Why it proves: the gap of one assumption, or the
sum of the gaps of two or three, has a sign that it must not have, by the signs of factors under the others.
What it needs: those signs. Where it proves nothing, a search that found no point proves nothing either.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ..algebra import facts
from ..algebra.expressions import ZERO, Expr, add
from ..algebra.index import Tensor
from ..algebra.keys import TooLargeError
from ..algebra.normal_form.powers import UndefinedError
from ..algebra.signs.sign import Sign
from .proof.gap_sign import sign_of_gap
from .question import Assumption, Question, Relation

_EXCLUDES: dict[Relation, tuple[Sign, ...]] = {
    ">": (Sign.ZERO, Sign.NEGATIVE, Sign.NONPOSITIVE),
    ">=": (Sign.NEGATIVE,),
    "!=": (Sign.ZERO,),
    "=": (Sign.POSITIVE, Sign.NEGATIVE, Sign.NONZERO),
}
_OF_FACTS: dict[str, Relation] = {facts.POSITIVE: ">", facts.NONNEGATIVE: ">=", facts.NONZERO: "!="}
_OF_NEGATIVE: dict[str, Relation] = {facts.NEGATIVE: ">", facts.NONPOSITIVE: ">="}


@dataclass(frozen=True)
class NoPoint:
    """Why no point satisfies the assumptions: they contradict each other, or none was found."""

    status: Literal["contradiction", "undecided"]
    sentence: str


def no_point(question: Question) -> NoPoint | None:
    """What to say when no point was found at which the assumptions hold; None where nothing is assumed."""
    if not question.assumptions and not question.equalities:
        return None
    clash = next(_clashes(question), None)
    if clash is not None:
        return NoPoint("contradiction", f"the assumptions contradict each other, no point satisfies them: {clash}")
    return NoPoint("undecided", "no point was found that satisfies the assumptions; they may contradict each other")


def _clashes(question: Question) -> Iterator[str]:
    """The assumptions that cannot hold together, as they were written."""
    alone = replace(question, assumptions=())
    for tensor, (_, formula) in question.equalities:
        for gap, relation, fact in _facts(tensor, formula):
            if _excluded(alone, gap, relation):
                yield f"{tensor.name} is set against its declared fact {fact}"
    given = question.assumptions
    for n, one in enumerate(given):
        others = given[:n] + given[n + 1 :]
        if _excluded(replace(question, assumptions=others), one.gap, one.relation):
            yield ", ".join(dict.fromkeys(a.text for a in (*_needed(question, others, one), one)))
    orders = [a for a in given if a.relation in (">", ">=") and a.gap.free <= set(question.free)]
    for count in (2, 3):
        for some in itertools.combinations(orders, count):
            strict: Relation = ">" if any(a.relation == ">" for a in some) else ">="
            if _excluded(alone, add(*(a.gap for a in some)), strict):
                yield ", ".join(dict.fromkeys(a.text for a in some))


def _needed(question: Question, others: tuple[Assumption, ...], one: Assumption) -> tuple[Assumption, ...]:
    """The others without those that the clash with this one does not need."""
    for other in others:
        fewer = tuple(a for a in others if a is not other)
        if _excluded(replace(question, assumptions=fewer), one.gap, one.relation):
            others = fewer
    return others


def _facts(tensor: Tensor, formula: Expr) -> Iterator[tuple[Expr, Relation, str]]:
    for fact in tensor.facts:
        if fact in _OF_FACTS:
            yield formula, _OF_FACTS[fact], fact
        if fact in _OF_NEGATIVE:
            yield -formula, _OF_NEGATIVE[fact], fact


def _excluded(question: Question, gap: Expr, relation: Relation) -> bool:
    """Whether the gap certainly has a sign that the relation rules out."""
    try:
        sign, _ = sign_of_gap(replace(question, left=gap, right=ZERO, derived=None))
    except (TooLargeError, UndefinedError):
        return False
    return sign in _EXCLUDES[relation]
