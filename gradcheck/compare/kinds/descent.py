"""Claims of update rules: that a printed step decreases the loss if it is small enough.

Proof rule. Statement: for a step w <- w + s, the loss decreases for a small enough step wherever its
gradient g by w is not zero. Why it proves: if s = -c·g with c > 0, the derivative of the loss along the
step is -c·|g|², which is negative unless g = 0. What it needs: s + c·g is zero by normal form for a
c that is a positive number times declared constants, which are taken as positive step sizes.
A refutation needs a real point where ⟨g, s⟩ > 0 for certain, so that the loss increases to first order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from ...algebra.expressions import Derivative, Elem, Expr, Num, add, mul, negate, tensors, total
from ...algebra.index import Index
from ...algebra.normal_form.normal import is_zero, normal
from ...algebra.polynomials import leading
from ...declare.network import Network
from ...derive import resolve
from ...errors import FormulaError
from ..ladder import Outcome
from ..proof.prove import Attempt, declared, with_equalities
from ..question import Assumption, Question, expanded
from .order import Order, decide_order

_STEPS = 20
UPHILL = "a small step along it increases the loss there: it goes with the gradient and not against it"


@dataclass(frozen=True)
class Descent:
    """An update as a claim of order, -⟨g, s⟩ ≥ 0. scale: the c of s = -c·g, if it was found; sizes: the steps taken."""

    order: Order
    scale: Expr | None
    sizes: tuple[Assumption, ...]


def descent(network: Network, parameter: Elem, updated: Expr, question: Question) -> Descent:
    """The claim that `parameter <- updated` is a descent step of the network's loss.

    question carries the assumptions; its sides are not used.
    """
    if network.loss is None:
        raise FormulaError("an update rule needs a loss", hint="declare one with: loss NAME = formula")
    slope = resolve(network, Derivative(Elem(network.loss), parameter))
    step = add(updated, negate(parameter))
    plain = replace(question, left=step, right=negate(slope))
    scale = _scale(plain, step, slope)
    steps = {t for t in tensors(step) - tensors(slope) if t in network.constants and not t.dims}
    if scale is not None:
        steps |= tensors(scale)
    sizes = tuple(Assumption(Elem(t), ">", f"{t.name} > 0") for t in sorted(steps, key=lambda t: t.name))
    asked = replace(plain, assumptions=(*question.assumptions, *sizes))
    return Descent(Order(_along(asked, step, slope, parameter), ">="), scale, sizes)


def decide_descent(asked: Descent, seed: int) -> Outcome:
    """Decide whether an update is a descent step."""
    checked = decide_order(asked.order, seed)
    if checked.status == "refuted":
        return replace(checked, evidence=(UPHILL, *checked.evidence))
    if checked.status not in ("proved", "agrees"):
        return checked
    if asked.scale is None:
        return replace(checked, status="agrees")
    said = (
        f"the step is -{asked.scale!r} times the derived gradient: a small enough one decreases the loss unless it is 0"
    )
    rules = ("descent along the negative gradient",)
    attempt = Attempt(proved=True, rules=rules, known=declared(asked.order.question))
    sizes = ", ".join(a.text for a in asked.sizes)
    taken = f"taken as step sizes: {sizes}" if sizes else "a step without a step size"
    return Outcome("proved", (said, taken), attempt, checked.search)


def _along(question: Question, step: Expr, slope: Expr, parameter: Elem) -> Question:
    """-⟨g, s⟩ over all entries, which a descent step makes at least 0."""
    indices = tuple(s for s in parameter.slots if isinstance(s, Index))
    product = negate(mul(slope, step))
    return replace(question, left=total(indices, product), right=Num(0), free=(), derived=None)


def _scale(question: Question, step: Expr, slope: Expr) -> Expr | None:
    """The positive c with step = -c·slope, if there is one; nodes are put in one at a time."""
    step, slope = with_equalities(question, step), with_equalities(question, slope)
    for _ in range(_STEPS):
        known = declared(question)
        s, g = normal(step, known), normal(slope, known)
        for factor in _constants(question):
            scaled = normal(mul(factor, slope), known)
            if s and g and scaled:
                ratio = leading(s).coefficient / leading(scaled).coefficient
                if ratio < 0 and is_zero(add(step, mul(Num(_plain(-ratio)), factor, slope)), known):
                    return mul(Num(_plain(-ratio)), factor)
        one, other = (with_equalities(question, expanded(e, question.network)) for e in (step, slope))
        if one == step and other == slope:
            return None
        step, slope = one, other
    return None


def _constants(question: Question) -> list[Expr]:
    scalars: list[Expr] = [Elem(t) for t in question.network.constants if not t.dims]
    return [*scalars, Num(1)]


def _plain(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value
