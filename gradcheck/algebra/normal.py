"""The normal form: equal normal forms prove equality, different ones say nothing.

Every rewrite made here is an identity at every size and at every point where the rewritten expression
is defined (gates and absolute values: off their kinks). Sums are opened, deltas substituted, sums split
into connected components; everything exponential is written in exp, everything piecewise in gates.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from . import cancelling, constraints, elementary, gates, roots
from .budget import spend
from .construct import extremes
from .dims import Dim
from .expressions import (
    Add,
    Apply,
    AtMost,
    Compare,
    Const,
    Delta,
    Derivative,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Ordinal,
    Pow,
    Product,
    Rank,
    Size,
    Sum,
    at_most,
    delta,
    mul,
    ordinal,
    power,
    refresh,
    size,
    substitute,
    within,
)
from .index import Affine, Index, Slot, position, slot_offset, slot_terms
from .keys import TooLargeError
from .polynomials import (
    MAX_TERMS,
    ONE_POLY,
    Factor,
    Poly,
    Term,
    atom,
    constant,
    expression,
    joined,
    plus,
    scaled,
)
from .signs import Knowledge, Sign, sign_of

MAX_POWER = 64
MAX_WORK = 150_000
LARGEST_EXPANDED_DIM = 6


def normal(expr: Expr, known: Knowledge) -> Poly:
    """The normal form of an expression under what is known about signs.

    Raises TooLargeError when the work exceeds the budget, UndefinedError when the expression is
    undefined everywhere (a denominator that is identically zero).
    """
    found = known.cache.get(expr)
    if found is None:
        found = known.cache[expr] = _normal(expr, known)
    return found


def _normal(expr: Expr, known: Knowledge) -> Poly:
    if isinstance(expr, Num):
        return constant(expr.value)
    if isinstance(expr, Elem):
        return constraints.entry(expr, known)
    if isinstance(expr, Add):
        return plus(*(normal(t, known) for t in expr.terms))
    if isinstance(expr, Mul):
        out = ONE_POLY
        for f in cancelling.met(expr.factors, known):
            if out or isinstance(f, Pow):  # 0 times what is undefined is undefined
                out = times(out, normal(f, known), known)
        return out
    if isinstance(expr, Pow):
        return roots.powered(expr, known)
    if isinstance(expr, Apply):
        return elementary.applied(expr, known)
    if isinstance(expr, Sum):
        return _sum(expr, known)
    return _other(expr, known)


def _other(expr: Expr, known: Knowledge) -> Poly:
    if isinstance(expr, Size):
        return _dim(expr.dim)
    if isinstance(expr, Ordinal):
        offset = _dim(slot_offset(expr.slot))
        return plus(offset, *(scaled(atom(Ordinal(i)), c) for i, c in slot_terms(expr.slot)))
    if isinstance(expr, Compare):
        return gates.compared(expr, known)
    if isinstance(expr, Delta):
        return _delta(expr, known)
    if isinstance(expr, AtMost):
        return _at_most(expr, known)
    if isinstance(expr, Product):
        return elementary.product(expr, known)
    if isinstance(expr, Extremum):
        return gates.extremum(expr, known)
    if isinstance(expr, Const):
        return atom(expr)
    if isinstance(expr, Rank):
        return atom(Rank(expr.indices, expression(normal(expr.body, known))))
    if isinstance(expr, Derivative):
        raise TypeError("a derivative must be resolved before its normal form is taken")
    raise TypeError(f"no normal form for {type(expr).__name__}")


def _dim(dim: Dim) -> Poly:
    parts = [scaled(atom(Size(Dim.symbol(name))), c) for name, c in dim.terms]
    return plus(constant(dim.constant), *parts)


def _delta(expr: Delta, known: Knowledge) -> Poly:
    exact = delta(expr.left, expr.right)
    if isinstance(exact, Num):
        return constant(exact.value)
    low, high = extremes(expr.left, expr.right)
    if _at_least_one(low, known) or _at_least_one(-high, known) or _known_apart(expr, known):
        return {}
    return atom(exact)


def _known_apart(expr: Delta, known: Knowledge) -> bool:
    """Whether an assumption says that these positions differ."""
    if not known.signs:
        return False
    gap = normal(ordinal(expr.left) - ordinal(expr.right), known)
    return sign_of(gap, known) in (Sign.POSITIVE, Sign.NEGATIVE, Sign.NONZERO)


def _at_least_one(gap: Dim, known: Knowledge) -> bool:
    """Whether a dim is positive at every admitted size."""
    least = sum(c * known.smallest.get(name, 1) for name, c in gap.terms)
    return gap.constant + least >= 1 and all(c > 0 for _, c in gap.terms)


def _at_most(expr: AtMost, known: Knowledge) -> Poly:
    """[a <= b]; a literal bound on one index becomes deltas, a strict one a weak one minus a delta."""
    exact = at_most(expr.left, expr.right)
    if isinstance(exact, Num):
        return constant(exact.value)
    low, high = extremes(expr.right, expr.left)
    if _at_least_one(low + 1, known):
        return constant(1)
    if _at_least_one(1 - high, known):  # right is never beyond left
        return _delta(Delta(expr.left, expr.right), known)
    gap = position(
        [*slot_terms(expr.right), *((i, -c) for i, c in slot_terms(expr.left))],
        slot_offset(expr.right) - slot_offset(expr.left),
    )
    terms, offset = slot_terms(gap), slot_offset(gap)
    least = (-offset).literal
    if len(terms) == 1 and terms[0][1] == 1 and least is not None and least <= 8:
        index = terms[0][0]  # [index >= least], and an index is at least 1
        excluded = (atom(Delta(index, Affine((), Dim.of(v)))) for v in range(1, least))
        return plus(constant(1), *(scaled(p, -1) for p in excluded))
    if len(terms) == 1 and terms[0][1] == -1 and within(terms[0][0], offset):
        return constant(1)
    if len(terms) == 2 and offset.literal == -1:
        pair = {c: i for i, c in terms}
        if set(pair) == {1, -1}:  # a < b
            return plus(atom(AtMost(pair[-1], pair[1])), scaled(_delta(Delta(pair[-1], pair[1]), known), -1))
    return atom(AtMost(expr.left, expr.right))


# Products ---------------------------------------------------------------------------------------------


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
            roots.meeting(coefficient, factors, known)
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
            return times(normal(rest, known), atom(a), known)
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


# Sums ---------------------------------------------------------------------------------------------------


def _sum(expr: Sum, known: Knowledge) -> Poly:
    out = expr.body
    small = [i for i in expr.indices if i.dim.literal is not None and i.dim.literal <= LARGEST_EXPANDED_DIM]
    for index in small:
        count = index.dim.literal or 0
        values = [substitute(out, {index: Affine((), Dim.of(v))}) for v in range(1, count + 1)]
        out = sum(values[1:], start=values[0]) if values else Num(0)
    poly = normal(out, known)
    for index in expr.indices:
        if index not in small:
            poly = plus(*(_closed(t, index, known) for t in poly.values()))
    return poly


def _closed(term: Term, index: Index, known: Knowledge) -> Poly:
    """The sum of one term over one index."""
    outside = tuple(f for f in term.factors if index not in f[1].free)
    if len(outside) == len(term.factors):
        return times({term.monomial: term}, _dim(index.dim), known)
    bound: list[Index] = [index]
    inside: list[tuple[Expr, Fraction]] = []
    for f in term.factors:
        if index in f[1].free:
            opened(f, bound, inside)
    head = Term(term.coefficient, outside)
    return times({head.monomial: head}, gather(bound, inside, known), known)


def opened(f: Factor, bound: list[Index], inside: list[tuple[Expr, Fraction]]) -> None:
    """Add a factor to an open sum; connected sums under a power are opened, each copy with fresh indices."""
    _, a, e = f
    if not isinstance(a, Sum) or e.denominator != 1 or e < 0:
        inside.append((a, e))
        return
    if e > MAX_POWER:
        raise TooLargeError(f"a sum to the power {e}")
    for _ in range(int(e)):
        fresh = refresh(a)
        assert isinstance(fresh, Sum)
        bound.extend(fresh.indices)
        inside.extend(unpacked(fresh.body))


def unpacked(body: Expr) -> list[tuple[Expr, Fraction]]:
    """The atoms and exponents of a product."""
    out: list[tuple[Expr, Fraction]] = []
    for f in body.factors if isinstance(body, Mul) else (body,):
        if isinstance(f, Pow) and isinstance(f.exponent, Num):
            out.append((f.base, Fraction(f.exponent.value)))
        else:
            out.append((f, Fraction(1)))
    return out


def gather(bound: list[Index], inside: list[tuple[Expr, Fraction]], known: Knowledge) -> Poly:
    """The sum over `bound` of a product of atoms: rules first, then connected components."""
    again = (
        _fixed_by_delta(bound, inside) or constraints.summed(bound, inside, known) or gates.summed(bound, inside, known)
    )
    if again is not None:
        return normal(again, known)
    out = ONE_POLY
    for indices, factors in _components(bound, inside):
        body = mul(*(power(a, Num(e)) for a, e in factors))
        if not indices:
            out = times(out, normal(body, known), known)
        elif not factors:
            out = times(out, normal(mul(*(size(i.dim) for i in indices)), known), known)
        else:
            out = times(out, constraints.connected(Sum(tuple(indices), body), known), known)
    return out


def _fixed_by_delta(bound: list[Index], inside: list[tuple[Expr, Fraction]]) -> Expr | None:
    """The sum with one delta substituted, if one of them fixes a bound index inside its range."""
    for n, (a, e) in enumerate(inside):
        if not isinstance(a, Delta) or e <= 0:
            continue
        for one, other in ((a.left, a.right), (a.right, a.left)):
            if isinstance(one, Index) and one in bound and within(other, one.dim):
                rest = mul(*(power(x, Num(q)) for m, (x, q) in enumerate(inside) if m != n))
                left = tuple(i for i in bound if i is not one)
                moved = substitute(rest, {one: other})
                return _total(left, moved)
    return None


def _total(indices: tuple[Index, ...], body: Expr) -> Expr:
    used = tuple(i for i in indices if i in body.free)
    unused = [size(i.dim) for i in indices if i not in body.free]
    return mul(*unused, Sum(used, body) if used else body)


def _components(
    bound: list[Index], inside: list[tuple[Expr, Fraction]]
) -> list[tuple[list[Index], list[tuple[Expr, Fraction]]]]:
    """The connected components: indices that share a factor belong together."""
    root: dict[Index, Index] = {i: i for i in bound}

    def find(i: Index) -> Index:
        while root[i] is not i:
            i = root[i]
        return i

    touched = [(f, [i for i in bound if i in f[0].free]) for f in inside]
    for _, indices in touched:
        for i in indices[1:]:
            root[find(i)] = find(indices[0])
    groups: dict[Index | None, tuple[list[Index], list[tuple[Expr, Fraction]]]] = {}
    for i in bound:
        groups.setdefault(find(i), ([], []))[0].append(i)
    for f, indices in touched:
        groups.setdefault(find(indices[0]) if indices else None, ([], []))[1].append(f)
    return list(groups.values())


# Zero ---------------------------------------------------------------------------------------------------


def is_zero(expr: Expr, known: Knowledge) -> bool:
    """Whether the normal form of an expression is zero, denominators cleared. False says nothing."""
    poly = normal(expr, known)
    for _ in range(12):
        if not poly:
            return True
        denominators = roots.denominators(poly)
        if not denominators:
            return False
        for base, exponent in denominators:
            poly = roots.cleared(poly, base, exponent, known)
    return False
