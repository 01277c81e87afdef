"""The ladder of deciders for one question of equality.

Balls at a first point filter, the normal form proves, balls at more points refute, finite differences
witness; no rung does another's job, and two rungs that contradict each other are a defect, said loudly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..algebra.budget import deadline
from ..algebra.normal_form.gates import OFF_KINKS
from .contradiction import no_point
from .proof.factors import attempt_proof
from .proof.prove import Attempt, prove
from .proof.sizes import bound_of, degree_in_sizes
from .question import Question
from .refutation.between_gates import search_between
from .refutation.refute import Search, confirmed, counterexample, is_separated, places, search_for, separate
from .refutation.residues import residue
from .refutation.separation import Separation
from .refutation.witness import Witness, witness
from .verdict import Counterexample

POINTS = 14
SECONDS = 12.0
"""For a proof that takes more work than the first attempt; what the other rungs found is not lost."""
DEFECT = "a defect of gradcheck, please report it: "


@dataclass(frozen=True)
class Outcome:
    """What the ladder found for one question.

    status "refuted" carries a counterexample that finite differences do not contradict.
    """

    status: Literal["proved", "refuted", "agrees", "undefined", "contradiction", "undecided"]
    evidence: tuple[str, ...]
    attempt: Attempt
    search: Search
    counterexample: Counterexample | None = None
    separation: Separation | None = None


def decide(question: Question, seed: int = 0) -> Outcome:
    """Decide one question of equality."""
    search = Search()
    first = search_for(question, seed, search, 1, 2)
    if first is not None:
        return _refuted(question, first, Attempt(), search)
    attempt = attempt_proof(question)
    if attempt.undefined is not None:
        return Outcome("undefined", (attempt.undefined,), attempt, search)
    if attempt.proved:
        return _proved(question, attempt, search, seed)
    found = search_for(question, seed + 1, search, POINTS, bound_of(question, attempt))
    found = found or (search_between(question, seed) if search.points else None)
    if found is not None:
        return _refuted(question, found, attempt, search)
    if attempt.too_large:  # nothing tells the sides apart, so a proof is worth more work
        with deadline(SECONDS):
            attempt = prove(question)
        if attempt.undefined is not None:
            return Outcome("undefined", (attempt.undefined,), attempt, search)
        if attempt.proved:
            return _proved(question, attempt, search, seed)
    return _open(question, attempt, search, seed)


def proof(question: Question, seed: int = 0) -> Outcome | None:
    """The outcome of `decide` if that is a proof; how the ladder would end otherwise is not worked out."""
    search = Search()
    if is_separated(question, seed, search, 1, 2):
        return None
    attempt = attempt_proof(question)
    outcome = _proved(question, attempt, search, seed) if attempt.proved else None
    return outcome if outcome is not None and outcome.status == "proved" else None


def _refuted(question: Question, found: Separation, attempt: Attempt, search: Search) -> Outcome:
    seen, contradicted = confirmed(found)
    if contradicted:
        assert seen is not None
        said = f"the derived value {float(found.left.mid()):.12g} and the finite difference {seen.value:.12g} disagree"
        return Outcome("undecided", (DEFECT + said,), attempt, search)
    if question.derived is not None and seen is None:
        better = _witnessed(question, found)
        if better is None:
            return Outcome("undecided", ("no point was found where finite differences could confirm",), attempt, search)
        found, seen = better
    elif seen is not None and seen.agrees(found.right):  # too coarse here to tell the two sides apart
        found, seen = _witnessed(question, found) or (found, seen)
    return Outcome("refuted", (), attempt, search, counterexample(found, seen), found)


def _witnessed(question: Question, found: Separation) -> tuple[Separation, Witness] | None:
    """Another separation that finite differences confirm, if possible one at which they tell the two sides apart."""
    import random

    rng = random.Random("witness")
    coarse: tuple[Separation, Witness] | None = None
    for place in places(question, rng, Search(), 12, [found.place.sizes]):
        other = separate(place, Search())
        if other is None:
            continue
        seen, contradicted = confirmed(other)
        if seen is None or contradicted:
            continue
        if not seen.agrees(other.right):
            return other, seen
        coarse = coarse or (other, seen)
    return coarse


def _proved(question: Question, attempt: Attempt, search: Search, seed: int) -> Outcome:
    """A proof also passes balls at other sizes and one finite-difference check of the derived side."""
    found = search_for(question, seed + 2, search, 2, bound_of(question, attempt))
    if found is not None:
        said = f"proved by normal form, but separated at {found.place.exact}"
        return Outcome("undecided", (DEFECT + said,), attempt, search)
    if search.points == 0:
        why = search.unparametrised or search.without_value or "none satisfies the assumptions"
        lost = no_point(question) if not search.on_kinks else None
        if lost is not None:
            return Outcome(lost.status, (lost.sentence,), attempt, search)
        if search.on_kinks == 0 or OFF_KINKS in attempt.rules:
            return Outcome(
                "undecided", (f"the normal forms are equal, but no point could be evaluated: {why}",), attempt, search
            )
    modular = residue(question, seed, 1)
    if modular is not None and not modular.zero:
        said = "proved by normal form, but not zero modulo a random prime"
        return Outcome("undecided", (DEFECT + said,), attempt, search)
    evidence: list[str] = []
    if question.derived is not None:
        seen = _derivative_check(question, seed)
        if isinstance(seen, str):
            return Outcome("undecided", (DEFECT + seen,), attempt, search)
        if seen is not None:
            evidence.append(f"finite difference {seen.value:.6g} ± {seen.error:.1g} agrees at one point")
    return Outcome("proved", tuple(evidence), attempt, search)


def _derivative_check(question: Question, seed: int) -> Witness | str | None:
    """One finite difference against the derived side; a sentence if they contradict each other."""
    import random

    from ..algebra.values.balls import precision
    from ..algebra.values.point import NoValueError
    from ..algebra.values.pointwise import evaluate
    from .points.draws import sizes_to_try

    rng = random.Random(f"check/{seed}")
    for place in places(question, rng, Search(), 4, sizes_to_try(question)[:1]):
        entry = tuple(min(n + 1, i.dim.value(place.sizes)) for n, i in enumerate(question.free))
        seen = witness(place, entry)
        if seen is None:
            continue
        with precision(128):
            try:
                value = evaluate(place.question.left, question.free, place.point)[tuple(p - 1 for p in entry)]
            except NoValueError:
                continue
        if seen.agrees(value):
            return seen
        return f"the derived value {float(value.mid()):.12g} and the finite difference {seen.value:.12g} disagree"
    return None


def _open(question: Question, attempt: Attempt, search: Search, seed: int) -> Outcome:
    """Neither proved nor refuted."""
    if search.points == 0:
        lost = no_point(question) if not search.on_kinks else None
        if lost is not None:
            return Outcome(lost.status, (lost.sentence,), attempt, search)
        why = search.unparametrised or search.without_value
        if search.on_kinks:
            why = "every point lies on a kink, where only a convention decides"
        return Outcome("undecided", (f"{attempt.reason}; {why}",), attempt, search)
    said = [f"not separated at {search.points} points of sizes {_sizes(search)}"]
    modular = residue(question, seed)
    if modular is not None and modular.zero and not degree_in_sizes(question.difference):
        said.append(modular.sentence)
    said.append(f"balls of radius ≤ {search.widest:.1g} contain 0; no proof: {attempt.reason}")
    return Outcome("agrees", tuple(said), attempt, search)


def _sizes(search: Search) -> str:
    texts = [", ".join(f"{k} = {v}" for k, v in s.items()) for s in search.sizes]
    return "; ".join(t for t in texts if t) or "1"
