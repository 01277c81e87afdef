"""Ranges made comparable: sums to n and to n+1 in one equation, and positions of a literal dim one by one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from .dims import Dim
from .expressions import Expr, Sum, add, substitute, total, walk
from .index import Affine, Index, Slot

LARGEST_SPLIT = 4
LARGEST_LITERAL = 6
MOST_CASES = 64


def common_ranges(expr: Expr, free: Sequence[Index] = ()) -> Expr:
    """Sums over n+c drawn apart into a sum over n and c terms, where a range of n occurs too."""
    smallest: dict[tuple[tuple[str, int], ...], int] = {}
    dims = [i.dim for node in walk(expr) if isinstance(node, Sum) for i in node.indices] + [i.dim for i in free]
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
    body = changed[0]
    for index in expr.indices:
        base = smallest.get(index.dim.terms, index.dim.constant)
        extra = index.dim.constant - base
        if 0 < extra <= LARGEST_SPLIT:
            shorter = Index(index.name, index.dim - extra)
            last = [Affine((), index.dim - n) for n in range(extra)]
            body = add(
                total([shorter], substitute(body, {index: shorter})), *(substitute(body, {index: a}) for a in last)
            )
        else:
            body = total([index], body)
    return body


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
