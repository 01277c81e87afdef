"""Proof factor by factor: products of many sums and gates, which would expand into too many terms.

Two products are equal where their factors are, one by one, in any order. A factor such as f'(w a) and its
partner 1 - b² lie a node or two apart, so few nodes are put in for each pair. Nothing follows when it fails.
"""

from __future__ import annotations

from ...algebra.expressions import Expr, Mul, Num, Pow, negate
from ...algebra.keys import TooLargeError
from ...algebra.normal_form.normal import is_zero, normal
from ...algebra.normal_form.powers import UndefinedError
from ...algebra.signs.knowledge import Knowledge
from ..question import Question, expanded
from .prove import Attempt, declared, knowledge, prove, requirements, with_equalities

FEWEST = 8
"""Factors of a product that is taken apart: below, its expansion is short enough."""
MOST_COPIES = 8
STEPS = 2
"""Nodes put in for one pair."""


WORK = 10_000
"""Products of terms that a first attempt may take, many times what a claim in a document needs."""


def attempt_proof(question: Question) -> Attempt:
    """A first attempt: factor by factor where the sides are long products, else by the normal form in a short time."""
    try:
        told = declared(question)
    except (TooLargeError, UndefinedError):
        return prove(question, WORK)
    return by_factors(question, told) or prove(question, WORK, told)


def by_factors(question: Question, told: Knowledge) -> Attempt | None:
    """The proof that every factor of the left side has an equal one on the right, and the other way round."""
    left, right = (factors(with_equalities(question, side)) for side in (question.left, question.right))
    if min(len(left), len(right)) < FEWEST:
        return None
    whole = with_equalities(question, question.difference)
    try:
        known = knowledge(question, whole, told)
        for one in left:
            partner = next((other for other in right if _equal(question, one, other, known)), None)
            if partner is None:
                return None
            right.remove(partner)
    except (TooLargeError, UndefinedError):
        return None
    if right:
        return None
    return Attempt(True, rules=tuple(sorted(known.rules)), requirements=requirements(whole), known=known)


def factors(side: Expr) -> list[Expr]:
    """The factors of a product, whole powers as copies; its number is one of them."""
    out: list[Expr] = []
    for factor in side.factors if isinstance(side, Mul) else (side,):
        if isinstance(factor, Pow) and isinstance(factor.exponent, Num) and factor.exponent.value in _COPIES:
            out += [factor.base] * int(factor.exponent.value)
        else:
            out.append(factor)
    return out


_COPIES = range(2, MOST_COPIES + 1)


def _equal(question: Question, one: Expr, other: Expr, known: Knowledge) -> bool:
    """Whether two factors are equal, as far as a few nodes tell."""
    if one == other:
        normal(one, known)  # which raises UndefinedError where it is undefined everywhere
        return True
    gap = one + negate(other)
    known.work[0] = 0
    for _ in range(STEPS + 1):
        if is_zero(gap, known):
            return True
        further = with_equalities(question, expanded(gap, question.network))
        if further == gap:
            return False
        gap = further
    return False
