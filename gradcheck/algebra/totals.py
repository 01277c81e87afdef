"""The constructor of sums over indices: deltas substituted, unused indices counted, nested sums joined."""

from __future__ import annotations

from collections.abc import Iterable

from .binders import Sum
from .construct import mul, never_negative, reach, size
from .dims import ONE, Dim
from .index import Index, Slot
from .indicators import Delta
from .nodes import ZERO, Expr, Mul, Num
from .substitution import substitute


def total(indices: Iterable[Index], body: Expr) -> Expr:
    """The sum of `body` over `indices`.

    Deltas are substituted where the ranges allow, an index that does not occur becomes a factor
    (its dim), and nested sums become one.
    """
    bound = list(indices)
    while isinstance(body, Sum):
        bound.extend(body.indices)
        body = body.body
    if isinstance(body, Num) and not body.value:
        return ZERO
    if isinstance(body, Mul | Delta):
        bound, body = _substitute_deltas(bound, body)
    free = body.free
    unused = [i for i in bound if i not in free and never_negative(i.dim)]
    if unused:
        bound = [i for i in bound if i not in unused]
        return mul(*(size(i.dim) for i in unused), Sum(tuple(bound), body) if bound else body)
    return Sum(tuple(bound), body) if bound else body


def _substitute_deltas(bound: list[Index], body: Expr) -> tuple[list[Index], Expr]:
    changed = True
    while changed:
        changed = False
        for factor in body.factors if isinstance(body, Mul) else (body,):
            if not isinstance(factor, Delta):
                continue
            pair = _eliminated(factor, bound)
            if pair is not None:
                index, slot = pair
                rest = tuple(f for f in body.factors if f is not factor) if isinstance(body, Mul) else ()
                body = substitute(mul(*rest), {index: slot})
                bound = [i for i in bound if i is not index]
                changed = True
                break
    return bound, body


def _eliminated(factor: Delta, bound: list[Index]) -> tuple[Index, Slot] | None:
    """A bound index that this delta fixes, and the position it takes, if that position is in range."""
    for one, other in ((factor.left, factor.right), (factor.right, factor.left)):
        if isinstance(one, Index) and one in bound and within(other, one.dim):
            return one, other
    return None


def within(slot: Slot, dim: Dim) -> bool:
    """Whether this position surely lies in 1..dim for every admitted size."""
    if isinstance(slot, Index):
        return never_negative(dim - slot.dim)
    low, high = reach(slot)
    return never_negative(low - ONE) and never_negative(dim - high)
