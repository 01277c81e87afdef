"""Claims of order: a > b, a ≥ b, a ≠ b, "w increases", under assumptions.

Proof rule. Statement: the gap between the sides has the claimed sign wherever the assumptions hold.
Why it proves: the gap's normal form is a sum of products of factors, and the sign of each factor
follows from declared facts, assumptions or the equation of a node; a product of known signs has a
known sign, a sum of terms of one sign has that sign. What it needs: every factor's sign.
A refutation needs a real point where a ball of the gap lies on the other side for certain.
"Increases" is read as: a step against the gradient of the loss increases the parameter.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ...algebra.expressions import Expr, negate, walk
from ...algebra.keys import TooLargeError
from ...algebra.normal_form.normal import normal
from ...algebra.normal_form.powers import UndefinedError
from ...algebra.polynomials import Poly, leading, plus, scaled
from ...algebra.signs.knowledge import Knowledge
from ...algebra.signs.sign import Sign
from ...algebra.signs.sums import undecided_factors
from ...algebra.values.balls import Balls, precision
from ...algebra.values.point import NoValueError
from ...algebra.values.pointwise import evaluate
from ..contradiction import no_point
from ..ladder import Outcome
from ..points.draws import sizes_to_try
from ..points.forward import BITS, Place, place_at
from ..proof.gap_sign import MAX_STEPS, sign_of_gap, with_nodes
from ..proof.prove import Attempt, knowledge, with_equalities
from ..proof.sizes import SMALLEST
from ..question import Assumption, Question, Relation, expanded
from ..refutation.refute import Search, confirmed, counterexample, places
from ..refutation.separation import Separation

FIRST, POINTS = 2, 16
_HOLDS = {
    ">": (Sign.POSITIVE,),
    ">=": (Sign.POSITIVE, Sign.NONNEGATIVE, Sign.ZERO),
    "!=": (Sign.POSITIVE, Sign.NEGATIVE, Sign.NONZERO),
}


@dataclass(frozen=True)
class Order:
    """A question whose left side must stand in `relation` to its right side."""

    question: Question
    relation: Relation


def decide_order(order: Order, seed: int = 0) -> Outcome:
    """Decide a claim of order: a few points, the proof, and where there is none many more points."""
    search, attempt = Search(), Attempt()
    found = _violation(order, seed, search, FIRST)
    if found is not None:
        return _refuted(found, attempt, search)
    if search.points == 0:
        why = search.unparametrised or search.without_value or "every point lies on a kink"
        lost = no_point(order.question) if not search.on_kinks else None
        if lost is not None:
            return Outcome(lost.status, (lost.sentence,), attempt, search)
        return Outcome("undecided", (f"no point could be evaluated: {why}",), attempt, search)
    try:
        sign, known = sign_of_gap(order.question)
    except (TooLargeError, UndefinedError) as error:
        return Outcome("undecided", (str(error),), attempt, search)
    attempt = replace(attempt, known=known, rules=("signs of factors",))
    if sign in _HOLDS[order.relation]:
        return Outcome("proved", (), replace(attempt, proved=True), search)
    found = _violation(order, seed + 1, search, POINTS - FIRST)
    if found is not None:
        return _refuted(found, attempt, search)
    return Outcome(
        "agrees", (f"holds at {search.points} points; no proof: the sign of a factor is not known",), attempt, search
    )


def _refuted(found: Separation, attempt: Attempt, search: Search) -> Outcome:
    seen, contradicted = confirmed(found)
    if contradicted:
        return Outcome("undecided", ("the derived value and finite differences disagree",), attempt, search)
    return Outcome("refuted", (), attempt, search, counterexample(found, seen), found)


def _violation(order: Order, seed: int, search: Search, count: int) -> Separation | None:
    """A point where the relation fails for certain; points with zeros come last."""
    rng = random.Random(f"order/{seed}")
    question = order.question
    sizes = sizes_to_try(question, SMALLEST + 1)
    generic = places(question, rng, search, count, sizes)
    return _failing(order, itertools.chain(generic, _with_zeros(question, rng, sizes[:1])), search)


def holds_at_a_point(order: Order, seed: int, sizes: dict[str, int]) -> bool | None:
    """Whether the relation holds at one point of these sizes; None if there is none."""
    search = Search()
    points = places(order.question, random.Random(f"order/{seed}"), search, 1, [sizes])
    return False if _failing(order, points, search) is not None else True if search.points else None


def _failing(order: Order, points: Iterable[Place], search: Search) -> Separation | None:
    """The first of these points where the relation fails for certain, off every kink."""
    question = order.question
    for place in points:
        with precision(192):
            try:
                point = place.at_precision() if place.kinks else place.point
                left = evaluate(place.question.left, question.free, point)
                right = evaluate(place.question.right, question.free, point)
            except NoValueError as error:
                search.without_value = str(error)
                continue
            if isinstance(point.arithmetic, Balls) and point.arithmetic.kinks:
                search.on_kinks += 1
                continue
            search.points += 1
            for at, gap in _entries(left - right):
                if place.assumed[at] and _fails(gap, order.relation):
                    return Separation(place, tuple(p + 1 for p in at), left[at], right[at], gap)
    return None


def _with_zeros(question: Question, rng: random.Random, sizes: list[dict[str, int]]) -> Iterator[Place]:
    """A point with each leaf of no declared fact set to 0 in turn, and one with all of them."""
    plain = [t for t in question.leaves() if not t.facts]
    for place in places(question, rng, Search(), 1, sizes):
        for zeros in [*([t] for t in plain[:8]), plain]:
            exact = {
                t: np.full(v.shape, Fraction(0), dtype=object) if t in zeros else v for t, v in place.exact.items()
            }
            try:
                with precision(BITS):
                    found = place_at(place.question, place.sizes, exact, place.chosen)
            except NoValueError:
                continue
            if found is not None:
                yield found
        return


def _entries(values: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    array = np.asarray(values, dtype=object)
    for at in np.ndindex(array.shape):
        yield at, array[at]


def _fails(gap: Any, relation: Relation) -> bool:
    if relation == ">":
        return bool(gap <= 0)
    if relation == ">=":
        return bool(gap < 0)
    return bool(gap == 0 and gap.is_exact())


def _is_whole(factor: Expr, gap: Expr, known: Knowledge) -> bool:
    """Whether assuming the factor's sign would be assuming the claim itself."""
    poly, part = normal(gap, known), normal(factor, known)
    return len(poly) == len(part) and not undecided_beside(poly, part)


def _length(expr: Expr) -> int:
    """How much there is to read: a condition that is longer than the claim only says it in other words."""
    return sum(1 for _ in walk(expr))


def undecided_beside(poly: Poly, part: Poly) -> bool:
    """Whether a polynomial has factors besides a part of it: then it is no multiple of that part by a number."""
    ratio = leading(poly).coefficient / leading(part).coefficient
    return bool(plus(poly, scaled(part, -ratio)))


def with_one_more_sign(order: Order) -> Iterator[tuple[Order, Expr, str]]:
    """The same claim with the sign of its only undecided factor assumed, each way."""
    question = order.question
    gap = with_equalities(question, question.difference)
    for _ in range(MAX_STEPS):
        known = with_nodes(question, knowledge(question, gap))
        factors = undecided_factors(normal(gap, known), known)
        if len(factors) == 1 and not _is_whole(factors[0], gap, known) and _length(factors[0]) < _length(gap):
            for sided, sign in ((factors[0], "> 0"), (negate(factors[0]), "< 0")):
                assumption = Assumption(sided, ">", sign)
                assumed = replace(question, assumptions=(*question.assumptions, assumption))
                yield Order(assumed, order.relation), factors[0], sign
            return
        further = with_equalities(question, expanded(gap, question.network))
        if further == gap:
            return
        gap = further
