"""The value of an expression at one concrete point, in an arithmetic of the caller's choice.

The same walk serves balls (a proof that two values differ) and residues modulo a prime (a filter).
Values are NumPy arrays of Python objects with one axis for each free index.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..budget import spend
from ..dims import Dim
from ..expressions import (
    Add,
    Apply,
    AtMost,
    Binder,
    Compare,
    Const,
    Delta,
    Elem,
    Expr,
    Mul,
    Num,
    Ordinal,
    Pow,
    Size,
    Sum,
    substitute,
    walk,
)
from ..index import Affine, Index, Slot
from .binding import bound, combined, contracted
from .comparing import compared
from .entries import entry, positions
from .located import Array, Located, as_object, filled, mapped, spread, together
from .point import MAX_ENTRIES, NoValueError, Point

MAX_PIECES = 256


def evaluate(expr: Expr, indices: Sequence[Index], point: Point) -> Array:
    """The values of an expression over `indices` (which must cover its free ones), axes in that order.

    Raises NoValueError when some entry has no value.
    """
    found, axes = _value(expr, point)
    target = tuple(indices)
    values, shape = spread(found, axes, target), point.shape(target)
    return values if values.shape == shape else np.broadcast_to(values, shape)


def _value(expr: Expr, point: Point) -> Located:
    found = point.cache.get(expr)
    if found is None:
        spend()
        found = point.cache[expr] = point.special(expr) or _evaluated(expr, point)
        entries = found[0].size
        if entries > MAX_ENTRIES:
            raise NoValueError(f"an intermediate value with {entries} entries")
    return found


def _evaluated(expr: Expr, point: Point) -> Located:
    arithmetic = point.arithmetic
    if isinstance(expr, Num):
        return as_object(arithmetic.number(expr.value)), ()
    if isinstance(expr, Elem):
        return entry(expr, point)
    if isinstance(expr, Add | Mul):
        return _ring(expr, point)
    if isinstance(expr, Pow):
        return _power(expr, point)
    if isinstance(expr, Apply):
        found, axes = _value(expr.argument, point)
        function, order = expr.function, expr.order
        return mapped(lambda v: arithmetic.apply(function, order, v), found), axes
    if isinstance(expr, Binder):
        return _binder(expr, point)
    return _other(expr, point)


def _other(expr: Expr, point: Point) -> Located:
    arithmetic = point.arithmetic
    if isinstance(expr, Size):
        return as_object(arithmetic.number(expr.dim.value(point.sizes))), ()
    if isinstance(expr, Const):
        return as_object(arithmetic.pi()), ()
    if isinstance(expr, Ordinal):
        places, axes = positions(expr.slot, point)
        return mapped(lambda v: arithmetic.number(int(v)), places), axes
    if isinstance(expr, Delta | AtMost):
        (left, a), (right, b) = positions(expr.left, point), positions(expr.right, point)
        one, other, axes = together((left, a), (right, b))
        holds = one == other if isinstance(expr, Delta) else one <= other
        numbers = (arithmetic.number(0), arithmetic.number(1))
        return mapped(lambda v: numbers[int(v)], np.asarray(holds)), axes
    if isinstance(expr, Compare):
        return compared(expr, _value(expr.left, point), _value(expr.right, point), point)
    raise NoValueError(f"no value for {type(expr).__name__}")


def _ring(expr: Add | Mul, point: Point) -> Located:
    try:
        return _ring_of_parts(expr, point)
    except NoValueError:
        if isinstance(expr, Mul):
            under = [f for f in expr.factors if any(isinstance(n, Compare | Delta | AtMost) for n in walk(f))]
            if 0 < len(under) < len(expr.factors):
                return _under_indicators(expr, under, point)
        raise


def _under_indicators(expr: Mul, under: list[Expr], point: Point) -> Located:
    """A product whose other factors have no value somewhere: 0 where an indicator is 0, as a reader means it."""
    mask, own = _value(under[0] if len(under) == 1 else Mul(tuple(under)), point)
    axes = tuple(sorted(expr.free, key=lambda i: i.serial))
    zero = point.arithmetic.number(0)
    out = np.empty(point.shape(axes), dtype=object)
    if out.size > MAX_PIECES:
        raise NoValueError("too many entries to take one by one")
    shown = np.broadcast_to(spread(mask, own, axes), out.shape)
    for at in np.ndindex(out.shape):
        if shown[at] == 0:
            out[at] = zero
            continue
        if not axes:
            raise NoValueError("a factor has no value")
        fixed: dict[Index, Slot] = {i: Affine((), Dim.of(p + 1)) for i, p in zip(axes, at, strict=True)}
        out[at] = _value(substitute(expr, fixed), point)[0][()]
    return out, axes


def _ring_of_parts(expr: Add | Mul, point: Point) -> Located:
    return combined([_value(c, point) for c in expr.children()], isinstance(expr, Add), point)


def _power(expr: Pow, point: Point) -> Located:
    exact = expr.exponent.value if isinstance(expr.exponent, Num) else None
    base, a = _value(expr.base, point)
    if exact is not None:
        return mapped(lambda v: point.arithmetic.power(v, None, exact), base), a
    exponent, b = _value(expr.exponent, point)
    one, other, axes = together((base, a), (exponent, b))
    whole = _whole(expr.exponent, point)
    power = point.arithmetic.power
    return filled([power(x, y, whole) for x, y in zip(one.flat, other.flat, strict=True)], one.shape), axes


def _whole(exponent: Expr, point: Point) -> int | None:
    """The exponent as an exact number, if it is a dim."""
    return exponent.dim.value(point.sizes) if isinstance(exponent, Size) else None


def _binder(expr: Binder, point: Point) -> Located:
    body = expr.body
    many = len(body.free) > 2 and math.prod(point.shape(tuple(body.free))) > MAX_ENTRIES
    if many and isinstance(expr, Sum) and isinstance(body, Mul):
        return contracted(expr, [_value(f, point) for f in body.factors], point)
    return bound(expr, _value(body, point), point)
