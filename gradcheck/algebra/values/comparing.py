"""Indicators of relations, entry by entry, and where two values may be equal on more than a thin set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import facts
from ..dims import Dim
from ..expressions import (
    Add,
    AtMost,
    Compare,
    Delta,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Ordinal,
    Product,
    Size,
    Sum,
    substitute,
)
from ..index import Affine, Index, Slot
from .located import Located, filled, together
from .point import Point


def compared(expr: Compare, left: Located, right: Located, point: Point) -> Located:
    """The indicator of a relation, entry by entry; whole numbers, and a value and itself, meet on no kink."""
    one, other, axes = together(left, right)
    relation, arithmetic = expr.relation, point.arithmetic
    before, thin = arithmetic.kinks, not (is_discrete(expr.left) and is_discrete(expr.right))
    numbers, strict = (arithmetic.number(0), arithmetic.number(1)), relation in (">", ">=")
    held = []
    for n, (x, y) in enumerate(zip(one.flat, other.flat, strict=True)):
        if strict and x is y and _same_entry(expr, axes, np.unravel_index(n, one.shape)):
            held.append(numbers[relation == ">="])
        else:
            held.append(numbers[arithmetic.compare(relation, x, y)])
    if not thin:
        arithmetic.kinks = before
    return filled(held, one.shape), axes


_DISCRETE = frozenset({facts.BINARY, facts.ONE_HOT, facts.INTEGER})


def is_discrete(expr: Expr) -> bool:
    """Whether an expression takes whole values only, so that two of them are equal on more than a thin set."""
    if isinstance(expr, Elem):
        return bool(expr.tensor.facts & _DISCRETE)
    if isinstance(expr, Num):
        return expr.value.denominator == 1
    if isinstance(expr, Compare | Delta | AtMost | Size | Ordinal):
        return True
    if isinstance(expr, Add | Mul | Sum | Product | Extremum):
        return all(is_discrete(c) for c in expr.children())
    return False


def _same_entry(expr: Compare, axes: tuple[Index, ...], at: Sequence[Any]) -> bool:
    """Whether both sides are the same expression at this position, as x_i and x_j are for i = j."""
    fixed: dict[Index, Slot] = {i: Affine((), Dim.of(int(p) + 1)) for i, p in zip(axes, at, strict=True)}
    return substitute(expr.left, fixed) == substitute(expr.right, fixed)
