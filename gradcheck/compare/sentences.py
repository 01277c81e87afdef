"""Evidence in words: what a proof covers, and where the equation is meant."""

from __future__ import annotations

from ..algebra.expressions import Extremum, walk
from ..algebra.normal_form.gates import OFF_KINKS
from ..algebra.normal_form.normal import normal
from ..algebra.polynomials import value
from ..algebra.signs.sign import Sign
from ..algebra.signs.sums import sign_of
from ..printing import unicode as unicode_of
from .ladder import Outcome
from .proof.prove import declared
from .question import Question

_SIGNS = {">": "> 0", ">=": "≥ 0", "!=": "≠ 0"}


def covered(question: Question, outcome: Outcome, verb: str = "equal") -> str:
    """For which sizes and points a proof holds, by which rules, under which assumptions."""
    smallest = question.smallest
    dims = [f"{name} ≥ {smallest.get(name, 1)}" for name in sorted(question.dims())]
    said = f"{verb} for all {', '.join(dims)}" if dims else f"{verb} at every point"
    where = (*(f"{dim} ≥ 0" for dim in question.open_ranges()), *required(question, outcome))
    said += f" where {' and '.join(where)}" if where else ""
    if OFF_KINKS in outcome.attempt.rules:
        said += ", off the kinks" if dims else " off the kinks"
    if any(isinstance(n, Extremum) for e in (question.left, question.right) for n in walk(e)):
        said += ", away from ties"
    rules = [rule for rule in outcome.attempt.rules if rule != OFF_KINKS]
    said += f"; rules used: {', '.join(rules)}" if rules else "; by normal form"
    taken = [a.text for a in question.assumptions] + [f"{t.name} is set" for t, _ in question.equalities]
    facts = sorted(f"{t.name} {fact}" for t in question.leaves() for fact in t.facts)
    facts += sorted(f"{f.name} {fact}" for f in question.functions() for fact in f.facts)
    return said + (f"; assumes {', '.join([*taken, *facts])}" if taken or facts else "")


def required(question: Question, outcome: Outcome) -> tuple[str, ...]:
    """Where both sides are defined, as conditions in words; what is declared or assumed is left out."""
    known = declared(question)
    out: dict[str, None] = {}
    for r in outcome.attempt.requirements:
        poly = normal(r.expr, known)
        sign = sign_of(poly, known)
        certain = sign in (Sign.POSITIVE, Sign.NEGATIVE) or (r.relation == ">=" and sign is Sign.NONNEGATIVE)
        if value(poly) is None and not certain:
            out[f"{unicode_of(r.expr, question.network.notation)} {_SIGNS[r.relation]}"] = None
    return tuple(out)
