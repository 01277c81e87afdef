"""Declared facts about arrays as rewrite rules: symmetric, skew, orthogonal, one-hot, simplex, unit norm.

Each rule is the defining equation of the fact, used from left to right.
"""

from __future__ import annotations

from fractions import Fraction

from .. import facts
from ..expressions import Delta, Elem, Expr, Num, Sum, delta, mul, power
from ..index import Index, Slot, Tensor, slot_terms
from ..keys import key, slot_key
from ..polynomials import Factor, Poly, Term, atom, scaled
from ..signs.knowledge import Knowledge
from . import normal as nf
from . import products, sums


def entry(expr: Elem, known: Knowledge) -> Poly:
    """One entry: a skew-symmetric matrix is written with its slots in order, its diagonal is 0."""
    assumed = known.fixed.get(expr)
    if assumed is not None:
        return nf.normal(assumed, known)
    if facts.SKEW not in expr.tensor.facts:
        return atom(expr)
    left, right = (slot_key(s, {}) for s in expr.slots[-2:])
    if left == right:
        return {}
    known.rules.add(f"{expr.tensor.name} is skew-symmetric")
    return atom(expr) if left < right else scaled(atom(turned(expr)), -1)


def turned(expr: Elem) -> Elem:
    """The entry on the other side of the diagonal."""
    *samples, row, column = expr.slots
    return Elem(expr.tensor, (*samples, column, row))


def meeting(coefficient: Fraction, factors: tuple[Factor, ...], known: Knowledge) -> Poly | None:
    """Entries that are 0 or 1 are idempotent; two entries of one one-hot vector are at the same place."""
    for n, (name, a, e) in enumerate(factors):
        if not isinstance(a, Elem) or not a.tensor.facts:
            continue
        if e > 1 and a.tensor.facts & {facts.BINARY, facts.ONE_HOT}:
            known.rules.add(f"{a.tensor.name} is 0 or 1")
            rest = (*factors[:n], (name, a, Fraction(1)), *factors[n + 1 :])
            return products.settled(coefficient, rest, known)
        if facts.ONE_HOT in a.tensor.facts:
            twin = _twin(a, factors[n + 1 :])
            if twin is not None:
                known.rules.add(f"{a.tensor.name} is one-hot")
                rest = tuple(f for f in factors if f is not twin)
                term = Term(coefficient, rest)
                place = delta(a.slots[-1], _slots(twin)[-1])
                return products.times({term.monomial: term}, nf.normal(place, known), known)
    return _one_hot_sums(coefficient, factors, known)


def _one_hot_sums(coefficient: Fraction, factors: tuple[Factor, ...], known: Knowledge) -> Poly | None:
    """Sums over one one-hot vector that are multiplied, or squared, are opened: they speak of one place."""
    for tensor in {t for f in factors for t in _hot_tensors(f[1])}:
        met = [f for f in factors if tensor in _hot_tensors(f[1]) and f[2] >= 1 and f[2].denominator == 1]
        if sum((f[2] for f in met), start=Fraction(0)) < 2:
            continue
        bound: list[Index] = []
        inside: list[tuple[Expr, Fraction]] = []
        for f in met:
            sums.opened(f, bound, inside)
        rest = Term(coefficient, tuple(f for f in factors if f not in met))
        return products.times({rest.monomial: rest}, sums.gather(bound, inside, known), known)
    return None


def _hot_tensors(a: Expr) -> set[Tensor]:
    if not isinstance(a, Sum):
        return set()
    return {
        f.tensor
        for f, _ in sums.unpacked(a.body)
        if isinstance(f, Elem) and facts.ONE_HOT in f.tensor.facts and len(f.slots) == 1
    }


def speaks_of_one_hot(a: Expr) -> bool:
    """Whether this atom is a sum over a one-hot vector."""
    return bool(_hot_tensors(a))


def connected(whole: Sum, known: Knowledge) -> Poly:
    """A connected sum as an atom; entries of a skew-symmetric matrix are turned the one way or the other."""
    factors = sums.unpacked(whole.body)
    sign = 1
    for n, (a, e) in enumerate(factors):
        if not (isinstance(a, Elem) and facts.SKEW in a.tensor.facts and e == 1):
            continue
        swapped = [*factors[:n], (turned(a), e), *factors[n + 1 :]]
        other = Sum(whole.indices, mul(*(power(x, Num(q)) for x, q in swapped)))
        here, there = key(whole, {}), key(other, {})
        if here == there:
            known.rules.add(f"{a.tensor.name} is skew-symmetric")
            return {}
        if there < here:
            whole, factors, sign = other, swapped, -sign
    return scaled(atom(whole), sign)


def _twin(a: Elem, others: tuple[Factor, ...]) -> Factor | None:
    for f in others:
        b = f[1]
        if isinstance(b, Elem) and b.tensor == a.tensor and b.slots[:-1] == a.slots[:-1] and f[2] > 0:
            return f
    return None


def _slots(f: Factor) -> tuple[Slot, ...]:
    assert isinstance(f[1], Elem)
    return f[1].slots


def summed(bound: list[Index], inside: list[tuple[Expr, Fraction]], known: Knowledge) -> Expr | None:
    """Σ_i p_i = 1, Σ_i x_i² = 1, Σ_k Q_ki Q_kj = δ_ij, where the summed index stands nowhere else."""
    hot = _one_hot_pair(inside)
    if hot is not None:
        known.rules.add("one-hot")
        return _sum(bound, hot)
    for index in bound:
        here = [f for f in inside if index in f[0].free]
        if not all(isinstance(a, Elem) for a, _ in here):
            continue
        value = _defining(index, here)
        if value is not None:
            known.rules.add(f"{_name(here[0][0])} is {value[1]}")
            rest = [f for f in inside if f not in here]
            body = mul(value[0], *(power(a, Num(e)) for a, e in rest))
            return _sum([i for i in bound if i is not index], body)
    return None


def _sum(indices: list[Index], body: Expr) -> Expr:
    from ..expressions import size

    used = tuple(i for i in indices if i in body.free)
    return mul(*(size(i.dim) for i in indices if i not in body.free), Sum(used, body) if used else body)


def _name(a: Expr) -> str:
    assert isinstance(a, Elem)
    return a.tensor.name


def _one_hot_pair(inside: list[tuple[Expr, Fraction]]) -> Expr | None:
    """y_i y_j = δ_ij y_i inside a sum, and y_i² = y_i."""
    for n, (a, e) in enumerate(inside):
        if not isinstance(a, Elem) or facts.ONE_HOT not in a.tensor.facts or e < 1:
            continue
        for m in range(n + 1, len(inside)):
            b = inside[m][0]
            if isinstance(b, Elem) and b.tensor == a.tensor and b.slots[:-1] == a.slots[:-1] and inside[m][1] >= 1:
                others = [power(x, Num(q)) for k, (x, q) in enumerate(inside) if k != m]
                return mul(Delta(a.slots[-1], b.slots[-1]), *others)
    return None


def _defining(index: Index, here: list[tuple[Expr, Fraction]]) -> tuple[Expr, str] | None:
    """What Σ over `index` of these entries is, by the fact declared of their tensor."""
    entries = [(a, e) for a, e in here if isinstance(a, Elem)]
    tensor = entries[0][0].tensor
    if any(a.tensor != tensor or not _plain_once(a, index) for a, _ in entries):
        return None
    slots = [_slot_of(a, index) for a, _ in entries]
    full = all(tensor.dims[s] == index.dim for s in slots)
    if not full:
        return None
    if len(entries) == 1:
        a, e = entries[0]
        last = slots[0] == len(a.slots) - 1
        if e == 1 and last and tensor.facts & {facts.SIMPLEX, facts.STOCHASTIC, facts.ONE_HOT}:
            fact = next(iter(tensor.facts & {facts.SIMPLEX, facts.STOCHASTIC, facts.ONE_HOT}))
            return Num(1), fact
        if e == 2 and last and facts.UNIT_NORM in tensor.facts:
            return Num(1), facts.UNIT_NORM
        if e == 2 and facts.ORTHOGONAL in tensor.facts and slots[0] >= len(a.slots) - 2:
            return Num(1), facts.ORTHOGONAL
    if len(entries) == 2 and facts.ORTHOGONAL in tensor.facts and slots[0] == slots[1]:
        (a, p), (b, q) = entries
        samples = len(a.slots) - 2
        if p == q == 1 and slots[0] >= samples and a.slots[:samples] == b.slots[:samples]:
            other = 2 * samples + 1 - slots[0]
            return delta(a.slots[other], b.slots[other]), facts.ORTHOGONAL
    return None


def _plain_once(a: Elem, index: Index) -> bool:
    """Whether the index is exactly one slot of the entry and stands in no other."""
    return sum(1 for s in a.slots for i, _ in slot_terms(s) if i is index) == 1 and index in a.slots


def _slot_of(a: Elem, index: Index) -> int:
    return next(n for n, s in enumerate(a.slots) if s is index)
