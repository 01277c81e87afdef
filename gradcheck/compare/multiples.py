"""Claims that two formulas differ, where one is a multiple of the other: a ≠ b with a = q·b.

Proof rule. Statement: a ≠ b wherever the sides are not 0 and q ≠ 1. Why it proves: if a = q·b, the gap a - b is
(q - 1)·b, and neither factor is 0. What it needs: the equality a = q·b, proved like any other for a q that is a
number or a size or one over a size; that no admitted size makes q equal to 1; an assumption that a side is not 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ..algebra.dims import Dim
from ..algebra.expressions import MINUS_ONE, Expr, Num, add, mul, negate, power, size
from ..algebra.keys import TooLargeError
from ..algebra.normal import is_zero
from ..algebra.roots import UndefinedError
from ..derive import resolve
from .ladder import Outcome, decide
from .prove import declared
from .question import Question

_NUMBERS = (Fraction(-1), Fraction(2), Fraction(1, 2))


@dataclass(frozen=True)
class Multiple:
    """The left side is `ratio` times the right one. symbol: the size that the ratio is made of, "" for a number."""

    ratio: Expr
    symbol: str
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
    for ratio, symbol in _ratios(question):
        asked = replace(question, right=mul(ratio, question.right), derived=None, assumptions=())
        try:
            outcome = decide(asked, seed)
        except (TooLargeError, UndefinedError):
            continue
        if outcome.status == "proved":
            return Multiple(ratio, symbol, outcome)
    return None


def decide_multiple(question: Question, seed: int, before: Outcome) -> Outcome:
    """What was found before, or a proof that the sides differ because one is a multiple of the other."""
    found = multiple(question, seed)
    if found is None or found.needs(question):
        return before
    said = f"the left side is {found.ratio!r} times the right one, and neither is 0"
    return replace(found.outcome, evidence=(said, *found.outcome.evidence))


def _ratios(question: Question) -> Iterator[tuple[Expr, str]]:
    for name in sorted(question.dims()):
        whole = size(Dim.symbol(name))
        yield whole, name
        yield power(whole, MINUS_ONE), name
    for number in _NUMBERS:
        yield Num(int(number) if number.denominator == 1 else number), ""


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
