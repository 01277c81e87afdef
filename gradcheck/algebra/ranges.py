"""Ranges made comparable: sums to n and to n+1 in one equation, and positions of a literal dim one by one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from .dims import Dim
from .expressions import Add, AtMost, Delta, Elem, Expr, Ordinal, Sum, add, negate, substitute, total, walk
from .index import Affine, Index, Slot, position, slot_offset, slot_terms

LARGEST_SPLIT = 4
LARGEST_LITERAL = 6
MOST_CASES = 64


def common_ranges(expr: Expr, free: Sequence[Index] = ()) -> Expr:
    """Sums over n+c drawn apart into a sum over n and c terms, where a range of n occurs too; shifts undone."""
    smallest: dict[tuple[tuple[str, int], ...], int] = {}
    dims = [i.dim for node in walk(expr) if isinstance(node, Sum) for i in node.indices] + [i.dim for i in free]
    dims += [i.dim + (slot_offset(s).literal or 0) for n in walk(expr) for s in slots_of(n) for i, _ in slot_terms(s)]
    for dim in dims:
        if dim.terms:
            smallest[dim.terms] = min(dim.constant, smallest.get(dim.terms, dim.constant))
    return _apart(expr, smallest)


def _apart(expr: Expr, smallest: dict[tuple[tuple[str, int], ...], int]) -> Expr:
    children = expr.children()
    if not children:
        return expr
    changed = tuple(_apart(c, smallest) for c in children)
    if not isinstance(expr, Sum):
        return expr if changed == children else expr.rebuild(changed)
    terms = changed[0].terms if isinstance(changed[0], Add) else changed
    return add(*(_one_by_one(expr.indices, t, smallest) for t in terms))


def _one_by_one(indices: tuple[Index, ...], body: Expr, smallest: dict[tuple[tuple[str, int], ...], int]) -> Expr:
    for index in indices:
        index, body, first = _unshifted(index, body)
        base = smallest.get(index.dim.terms, index.dim.constant)
        extra = index.dim.constant - base
        if 0 < extra <= LARGEST_SPLIT:
            shorter = Index(index.name, index.dim - extra)
            last = [Affine((), index.dim - n) for n in range(extra)]
            tail = [substitute(body, {index: a}) for a in last]
            whole = add(total([shorter], substitute(body, {index: shorter})), *tail)
        else:
            whole = total([index], body)
        body = add(whole, *(negate(f) for f in first))
    return body


def _unshifted(index: Index, body: Expr) -> tuple[Index, Expr, list[Expr]]:
    """Σ_{i≤n} f(i+c) as Σ_{j≤n+c} f(j) less its first c terms, where i stands in i+c alone."""
    shifts = {
        slot_offset(s).literal if isinstance(s, Affine) and len(s.terms) == 1 and s.terms[0][1] == 1 else None
        for node in walk(body)
        for s in slots_of(node)
        if any(i is index for i, _ in slot_terms(s))
    }
    c = next(iter(shifts)) if len(shifts) == 1 else None
    if c is None or not 0 < c <= LARGEST_SPLIT:
        return index, body, []
    longer = Index(index.name, index.dim + c)
    moved = substitute(body, {index: position([(longer, 1)], -c)})
    return longer, moved, [substitute(moved, {longer: Affine((), Dim.of(v))}) for v in range(1, c + 1)]


def slots_of(node: Expr) -> tuple[Slot, ...]:
    """The positions that stand in a node itself."""
    if isinstance(node, Elem):
        return node.slots
    if isinstance(node, Delta | AtMost):
        return (node.left, node.right)
    return (node.slot,) if isinstance(node, Ordinal) else ()


def literal_cases(free: Sequence[Index]) -> Iterator[dict[Index, Slot]] | None:
    """Every choice of positions for free indices of a small literal dim; None if there are none, or too many."""
    literal = [(i, i.dim.literal) for i in free if i.dim.literal is not None and i.dim.literal <= LARGEST_LITERAL]
    count = 1
    for _, n in literal:
        count *= n or 0
    if not literal or count > MOST_CASES:
        return None
    ranges = [[Affine((), Dim.of(v)) for v in range(1, (n or 0) + 1)] for _, n in literal]
    return ({i: a for (i, _), a in zip(literal, choice, strict=True)} for choice in itertools.product(*ranges))
