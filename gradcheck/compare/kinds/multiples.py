"""Claims that two formulas differ, where one is a multiple of the other: a ≠ b with a = q·b.

Proof rule. Statement: a ≠ b wherever the sides are not 0 and q ≠ 1. Why it proves: if a = q·b, the gap a - b is
(q - 1)·b, and neither factor is 0. What it needs: the equality a = q·b, proved like any other for a q that is a
number or a size or one over a size; that no admitted size makes q equal to 1; an assumption that a side is not 0.
Where an admitted size makes q equal to 1, the sides are equal at every point of that size: each refutes a ≠ b.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ...algebra.dims import Dim
from ...algebra.expressions import MINUS_ONE, Expr, Num, add, mul, negate, power, size
from ...algebra.keys import TooLargeError
from ...algebra.normal_form.normal import is_zero
from ...algebra.normal_form.powers import UndefinedError
from ...algebra.values.balls import precision
from ...algebra.values.point import NoValueError
from ...algebra.values.pointwise import evaluate
from ...derive import resolve
from ..ladder import Outcome, decide
from ..points.draws import distinct_sizes
from ..proof.prove import declared
from ..question import Question
from ..refutation.refute import Search, confirmed, counterexample, places
from ..refutation.separation import Separation

_NUMBERS = (Fraction(-1), Fraction(2), Fraction(1, 2))


@dataclass(frozen=True)
class Multiple:
    """The left side is `ratio` times the right one. symbol: the size that the ratio is made of, "" for a number.

    said: the ratio as it is written.
    """

    ratio: Expr
    symbol: str
    said: str
    outcome: Outcome

    def differs(self, question: Question) -> bool:
        """Whether the ratio is 1 at no admitted size."""
        return not self.symbol or dict(question.network.dims).get(self.symbol, 1) >= 2

    def needs(self, question: Question) -> tuple[str, ...]:
        """What has to hold for the sides to differ, beyond what is declared and assumed."""
        sides = () if _assumed_nonzero(question) else ("the sides are not 0",)
        return sides if self.differs(question) else (*sides, f"{self.symbol} ≥ 2")


def multiple(question: Question, seed: int) -> Multiple | None:
    """The ratio of the two sides, if it is one that is looked for."""
    for ratio, symbol, said in _ratios(question):
        asked = replace(question, right=mul(ratio, question.right), derived=None, assumptions=())
        try:
            outcome = decide(asked, seed)
        except (TooLargeError, UndefinedError):
            continue
        if outcome.status == "proved":
            return Multiple(ratio, symbol, said, outcome)
    return None


def decide_multiple(question: Question, seed: int, before: Outcome) -> Outcome:
    """What was found before, or a proof that the sides differ because one is a multiple of the other."""
    found = multiple(question, seed)
    if found is None:
        return before
    if not found.differs(question) and (same := _where_equal(found, question, seed)) is not None:
        said = f"the left side is {found.said} times the right one, so that they are equal at {found.symbol} = 1"
        shown = counterexample(same, confirmed(same)[0])
        return Outcome("refuted", (said,), found.outcome.attempt, before.search, shown, same)
    if found.needs(question):
        return before
    said = f"the left side is {found.said} times the right one, and neither is 0"
    return replace(found.outcome, evidence=(said, *found.outcome.evidence))


def _where_equal(found: Multiple, question: Question, seed: int) -> Separation | None:
    """A point at which the ratio is 1, with the values of both sides there."""
    smallest = dict(question.network.dims)
    others = [name for name in sorted(question.dims()) if name != found.symbol]
    sizes = distinct_sizes(others, smallest, 2) | {found.symbol: 1}
    for place in places(question, random.Random(f"multiple/{seed}"), Search(), 1, [sizes]):
        with precision(128):
            try:
                left = evaluate(place.question.left, question.free, place.point)
                right = evaluate(place.question.right, question.free, place.point)
            except NoValueError:
                continue
        for at in np.ndindex(left.shape):
            if place.assumed[at]:
                return Separation(place, tuple(p + 1 for p in at), left[at], right[at], left[at] - right[at])
    return None


def _ratios(question: Question) -> Iterator[tuple[Expr, str, str]]:
    for name in sorted(question.dims()):
        whole = size(Dim.symbol(name))
        yield whole, name, name
        yield power(whole, MINUS_ONE), name, f"1/{name}"
    for number in _NUMBERS:
        yield Num(int(number) if number.denominator == 1 else number), "", str(number)


def _assumed_nonzero(question: Question) -> bool:
    """Whether an assumption says that one of the sides is not 0."""
    known = declared(replace(question, assumptions=()))
    for assumption in question.assumptions:
        if assumption.relation not in ("!=", ">"):
            continue
        gap = resolve(question.network, assumption.gap)
        for side in (question.left, question.right):
            for signed in (side, negate(side)):
                try:
                    if is_zero(add(gap, negate(signed)), known):
                        return True
                except (TooLargeError, UndefinedError):
                    continue
    return False
