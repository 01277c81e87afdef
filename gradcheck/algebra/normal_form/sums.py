"""Sums over indices in the normal form: opened, deltas substituted, split into connected components."""

from __future__ import annotations

from fractions import Fraction

from ..dims import Dim
from ..expressions import Delta, Expr, Mul, Num, Pow, Sum, mul, power, refresh, size, substitute, within
from ..index import Affine, Index
from ..keys import TooLargeError
from ..polynomials import MAX_POWER, ONE_POLY, Factor, Poly, Term, plus
from ..signs.knowledge import Knowledge
from . import constraints, gates, positions, products
from . import normal as nf

LARGEST_EXPANDED_DIM = 6


def total(expr: Sum, known: Knowledge) -> Poly:
    """The normal form of a sum over indices."""
    out = expr.body
    small = [i for i in expr.indices if i.dim.literal is not None and i.dim.literal <= LARGEST_EXPANDED_DIM]
    for index in small:
        count = index.dim.literal or 0
        values = [substitute(out, {index: Affine((), Dim.of(v))}) for v in range(1, count + 1)]
        out = sum(values[1:], start=values[0]) if values else Num(0)
    poly = nf.normal(out, known)
    for index in expr.indices:
        if index not in small:
            poly = plus(*(_closed(t, index, known) for t in poly.values()))
    return poly


def _closed(term: Term, index: Index, known: Knowledge) -> Poly:
    """The sum of one term over one index."""
    outside = tuple(f for f in term.factors if index not in f[1].free)
    if len(outside) == len(term.factors):
        return products.times({term.monomial: term}, positions.dim(index.dim), known)
    bound: list[Index] = [index]
    inside: list[tuple[Expr, Fraction]] = []
    for f in term.factors:
        if index in f[1].free:
            opened(f, bound, inside)
    head = Term(term.coefficient, outside)
    return products.times({head.monomial: head}, gather(bound, inside, known), known)


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
        return nf.normal(again, known)
    out = ONE_POLY
    for indices, factors in _components(bound, inside):
        body = mul(*(power(a, Num(e)) for a, e in factors))
        if not indices:
            out = products.times(out, nf.normal(body, known), known)
        elif not factors:
            out = products.times(out, nf.normal(mul(*(size(i.dim) for i in indices)), known), known)
        else:
            out = products.times(out, constraints.connected(Sum(tuple(indices), body), known), known)
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
