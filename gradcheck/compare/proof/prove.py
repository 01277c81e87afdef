"""Proof by normal form: nodes are put in one at a time, from the last back, until the difference is zero."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from ...algebra.expressions import (
    Add,
    Apply,
    AtMost,
    Binder,
    Compare,
    Delta,
    Expr,
    Mul,
    Num,
    Pow,
    replace_entries,
    substitute,
    walk,
)
from ...algebra.functions import LOG
from ...algebra.index import Index, Tensor
from ...algebra.keys import TooLargeError
from ...algebra.normal_form.normal import is_zero, normal
from ...algebra.normal_form.powers import UndefinedError
from ...algebra.normal_form.products import MAX_WORK
from ...algebra.polynomials import expression, value
from ...algebra.ranges import common_ranges, literal_cases
from ...algebra.signs.knowledge import Knowledge
from ...algebra.signs.sign import Sign
from ...algebra.signs.vanishing import may_vanish_on_a_region
from ..question import Question, Relation, expanded

MAX_STEPS = 40
MOST_TO_LEARN = 500
"""Products of terms that one assumption may take at one level of nodes."""
_SIGNS: dict[Relation, Sign] = {">": Sign.POSITIVE, ">=": Sign.NONNEGATIVE, "!=": Sign.NONZERO, "=": Sign.ZERO}


@dataclass(frozen=True)
class Requirement:
    """Where an equation is meant: `expr` must be positive, not negative, or not zero."""

    expr: Expr
    relation: Relation


@dataclass
class Attempt:
    """What a proof attempt found.

    undefined: the expression is undefined everywhere. reason: why no proof was found; too_large: for want of work.
    """

    proved: bool = False
    undefined: str | None = None
    rules: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    reason: str = ""
    too_large: bool = False
    remaining: Expr | None = None
    known: Knowledge = field(default_factory=Knowledge)


def prove(question: Question, work: int = MAX_WORK, told: Knowledge | None = None) -> Attempt:
    """Try to prove that both sides are equal, wherever both are defined, with so many products of terms.

    The difference as it stands comes first, then with its ranges made comparable, then position by
    position where a free index has a small literal dim. told: what is `declared`, if that is known already.
    """
    difference = with_equalities(question, question.difference)
    attempt = _prove_zero(question, difference, work, told)
    if attempt.proved or attempt.undefined is not None:
        return attempt
    comparable = common_ranges(difference, question.free)
    if comparable != difference:
        again = _prove_zero(question, comparable, work, told)
        if again.proved:
            return again
    cases = literal_cases(question.free)
    if cases is not None:
        parts = [_prove_zero(question, substitute(difference, case), work, told) for case in cases]
        if parts and all(p.proved for p in parts):
            return parts[0]
    return attempt


def _prove_zero(question: Question, difference: Expr, most: int, told: Knowledge | None) -> Attempt:
    """Put nodes in one at a time, from the last back, until the normal form is zero."""
    attempt = Attempt()
    work = [MAX_WORK - most]
    try:
        told = declared(question) if told is None else told
        for _ in range(MAX_STEPS):
            known = knowledge(question, difference, told)
            known.work = work
            attempt.known = known
            if is_zero(difference, known):
                attempt.proved = True
                attempt.rules = tuple(sorted(known.rules))
                attempt.requirements = requirements(difference)
                return attempt
            attempt.remaining = expression(normal(difference, known))
            further = with_equalities(question, expanded(difference, question.network))
            if further == difference:
                break
            difference = further
        attempt.reason = "the normal forms differ, which says nothing"
    except TooLargeError as error:
        attempt.too_large = True
        attempt.reason = f"the normal form grew too large: {error}"
    except UndefinedError as error:
        attempt.undefined = str(error)
    return attempt


def with_equalities(question: Question, expr: Expr) -> Expr:
    """The expression with the leaves set that an assumption sets, after differentiating."""
    return replace_entries(expr, dict(question.equalities)) if question.equalities else expr


def declared(question: Question) -> Knowledge:
    """Signs known from declared facts and assumptions alone.

    An assumption about an index of the claim holds at that position; about any other index, at every one.
    """
    fixed: dict[Expr, Expr] = dict(a.fixed for a in question.assumptions if a.fixed is not None)
    known = Knowledge(smallest=question.smallest, tensors_on_kinks=on_kinks(question), fixed=fixed)
    for a in question.assumptions:
        if a.relation == "=":
            continue
        gap = with_equalities(question, a.gap)
        for _ in range(MAX_STEPS):  # at every level of nodes, so that it is recognised at each
            known.work[0] = MAX_WORK - MOST_TO_LEARN
            try:
                _learn(known, gap, _SIGNS[a.relation], question.free)
            except TooLargeError:
                break  # deeper levels are larger still; knowing less proves less, never something else
            further = with_equalities(question, expanded(gap, question.network))
            if further == gap:
                break
            gap = further
    return known


def on_kinks(question: Question) -> frozenset[Tensor]:
    """The nodes that may be 0 on whole regions, because a gate or an unspecified function stands in them."""
    found: set[Tensor] = set()
    for node in question.network.nodes:
        if may_vanish_on_a_region(node.formula, Knowledge(tensors_on_kinks=frozenset(found))):
            found.add(node.tensor)
    return frozenset(found)


def knowledge(question: Question, expr: Expr, told: Knowledge | None = None) -> Knowledge:
    """Signs known from assumptions (`told`, where they have been worked out) and from where the expression is defined.

    A requirement on a bound index holds at every position, one on a free index of the claim only there.
    """
    known = declared(question) if told is None else _copy(told)
    for r in requirements(expr):
        _learn(known, r.expr, _SIGNS[r.relation], question.free)
    known.cache.clear()
    known.rules.clear()
    return known


def _copy(known: Knowledge) -> Knowledge:
    """The same signs, to be added to; nothing worked out and nothing counted yet."""
    return replace(known, signs=dict(known.signs), cache={}, rules=set(), work=[0])


def _learn(known: Knowledge, expr: Expr, sign: Sign, fixed: tuple[Index, ...]) -> None:
    poly = normal(expr, known)
    if poly and value(poly) is None:
        known.learn(poly, sign, expr.free - set(fixed))
        known.cache.clear()


def requirements(expr: Expr) -> tuple[Requirement, ...]:
    """What must hold for an expression to be defined, as far as it stands unconditionally."""
    found: dict[tuple[Expr, Relation], None] = {}
    _require(expr, found)
    return tuple(Requirement(e, r) for e, r in found)


def has_indicator(expr: Expr) -> bool:
    """Whether an indicator stands anywhere in an expression."""
    return any(isinstance(node, Compare | Delta | AtMost) for node in walk(expr))


def _require(expr: Expr, found: dict[tuple[Expr, Relation], None]) -> None:
    if isinstance(expr, Mul) and any(has_indicator(f) for f in expr.factors):
        return  # under an indicator, or one less it, nothing is unconditional
    if isinstance(expr, Apply) and expr.function is LOG:
        found.setdefault((expr.argument, ">" if expr.order == 0 else "!="))
    if isinstance(expr, Pow) and isinstance(expr.exponent, Num):
        exponent = Fraction(expr.exponent.value)
        if exponent.denominator > 1:
            found.setdefault((expr.base, ">" if exponent < 0 else ">="))
        elif exponent < 0:
            found.setdefault((expr.base, "!="))
    if isinstance(expr, Add | Mul | Pow | Apply | Binder):
        for child in expr.children():
            _require(child, found)
