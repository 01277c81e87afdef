"""Products in the normal form: every term by every other, and what happens when atoms meet."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ..budget import spend
from ..expressions import Apply, Delta, Elem, Num, Ordinal, Size, Sum, mul, power, substitute
from ..index import Affine, Index, Slot, slot_terms
from ..keys import TooLargeError
from ..polynomials import MAX_TERMS, ONE_POLY, Factor, Poly, Term, atom, joined, plus
from ..signs.knowledge import Knowledge
from . import constraints, gates, meetings
from . import normal as nf

MAX_WORK = 150_000


def times(a: Poly, b: Poly, known: Knowledge) -> Poly:
    """The product of two polynomials."""
    if a is ONE_POLY:
        return b
    if len(a) * len(b) > MAX_TERMS:
        raise TooLargeError(f"a product of {len(a)} by {len(b)} terms")
    spend()
    known.work[0] += len(a) * len(b)
    if known.work[0] > MAX_WORK:
        raise TooLargeError(f"more than {MAX_WORK} products of terms")
    parts = [product(s, t, known) for s in a.values() for t in b.values()]
    return plus(*parts)


def product(s: Term, t: Term, known: Knowledge) -> Poly:
    """The product of two terms, with what happens when their atoms meet."""
    return settled(s.coefficient * t.coefficient, joined(s.factors, t.factors), known)


def settled(coefficient: Fraction, factors: tuple[Factor, ...], known: Knowledge) -> Poly:
    """A coefficient times factors as a polynomial, rules between atoms applied until none fits."""
    plain = True
    for _, a, e in factors:
        if isinstance(a, Elem) and not a.tensor.facts:
            continue
        if isinstance(a, Sum | Size | Ordinal | Apply) and e.denominator == 1 and not constraints.speaks_of_one_hot(a):
            continue
        plain = False
        break
    if not plain:
        changed = (
            meetings.meeting(coefficient, factors, known)
            or gates.meeting(coefficient, factors, known)
            or constraints.meeting(coefficient, factors, known)
            or _free_delta(coefficient, factors, known)
        )
        if changed is not None:
            return changed
    term = Term(coefficient, factors)
    return {term.monomial: term}


def _free_delta(coefficient: Fraction, factors: tuple[Factor, ...], known: Knowledge) -> Poly | None:
    """A delta of two free positions makes them one: x_j δ_ij becomes x_i δ_ij."""
    for n, (_, a, e) in enumerate(factors):
        if not isinstance(a, Delta):
            continue
        others = factors[:n] + factors[n + 1 :]
        if e != 1:
            return (
                settled(coefficient, tuple(sorted((*others, (factors[n][0], a, Fraction(1))))), known)
                if e > 0
                else None
            )
        moved = _unified(a, others)
        if moved is not None:
            index, slot = moved
            rest = mul(Num(coefficient), *(power(substitute(x, {index: slot}), Num(q)) for _, x, q in others))
            return times(nf.normal(rest, known), atom(a), known)
    return None


def _unified(a: Delta, others: Iterable[Factor]) -> tuple[Index, Slot] | None:
    """The index to replace, and by what, so that equal products get equal keys."""
    choices: list[tuple[Index, Slot]] = []
    for one, other in ((a.left, a.right), (a.right, a.left)):
        if isinstance(one, Index) and all(i is not one for i, _ in slot_terms(other)):
            choices.append((one, other))
    # prefer to replace the younger index, and any index by a fixed position
    choices.sort(key=lambda c: (isinstance(c[1], Index), -c[0].serial))
    if not choices:
        return None
    index, slot = choices[0]
    if isinstance(slot, Affine) and slot.terms:
        return None
    return (index, slot) if any(index in x.free for _, x, _ in others) else None
