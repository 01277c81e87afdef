"""The value of an expression at one concrete point, in an arithmetic of the caller's choice.

The same walk serves balls (a proof that two values differ) and residues modulo a prime (a filter).
Values are NumPy arrays of Python objects with one axis for each free index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from . import facts
from .budget import spend
from .dims import Dim
from .expressions import (
    Add,
    Apply,
    AtMost,
    Binder,
    Compare,
    Const,
    Delta,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Ordinal,
    Pow,
    Product,
    Size,
    Sum,
    substitute,
    walk,
)
from .functions import Function
from .index import Affine, Index, Slot, Tensor, slot_offset, slot_terms

Array = np.ndarray[Any, np.dtype[Any]]
Located = tuple[Array, tuple[Index, ...]]
MAX_ENTRIES = 200_000
MAX_PIECES = 256


class NoValueError(Exception):
    """The expression has no value here: outside its domain, on a kink, or nothing this arithmetic can say."""


class Arithmetic(Protocol):
    """What a value is made of. `kinks` counts the values taken exactly on a kink."""

    kinks: int

    def number(self, value: Fraction) -> Any:
        """The exact rational."""

    def pi(self) -> Any:
        """The circle constant."""

    def reduce(self, values: Array) -> Array:
        """Values brought into their standard form after ring operations."""

    def power(self, base: Any, exponent: Any, exact: Fraction | None) -> Any:
        """One power; `exact` is the exponent where it is a known rational."""

    def apply(self, function: Function, order: int, argument: Any) -> Any:
        """One value of a scalar function or its derivative."""

    def compare(self, relation: str, left: Any, right: Any) -> int:
        """1 or 0; raises NoValueError where that can't be told."""


@dataclass
class Point:
    """Sizes for the dim symbols and a value for every entry of every tensor that occurs."""

    arithmetic: Arithmetic
    sizes: Mapping[str, int]
    values: dict[Tensor, Array]
    cache: dict[Expr, Located] = field(default_factory=dict)

    def special(self, expr: Expr) -> Located | None:
        """A value that this kind of point finds in its own way, or None for the ordinary way."""
        del expr
        return None

    def shape(self, indices: Sequence[Index]) -> tuple[int, ...]:
        """How many positions each index has here."""
        counts = tuple(i.dim.value(self.sizes) for i in indices)
        if any(n < 0 for n in counts):
            raise NoValueError("a range of negative length")
        return counts


def evaluate(expr: Expr, indices: Sequence[Index], point: Point) -> Array:
    """The values of an expression over `indices` (which must cover its free ones), axes in that order.

    Raises NoValueError when some entry has no value.
    """
    found, axes = _value(expr, point)
    target = tuple(indices)
    spread = _spread(found, axes, target, point)
    return np.broadcast_to(spread, point.shape(target))


def _object(value: Any) -> Array:
    out = np.empty((), dtype=object)
    out[()] = value
    return out


def _spread(found: Array, axes: tuple[Index, ...], target: tuple[Index, ...], point: Point) -> Array:
    del point
    if axes == target:
        return found
    order = [axes.index(i) for i in target if i in axes]
    moved = found.transpose(order)
    return moved[tuple(slice(None) if i in axes else None for i in target)]


def _union(parts: Sequence[Located]) -> tuple[Index, ...]:
    seen: dict[Index, None] = {}
    for _, axes in parts:
        seen.update(dict.fromkeys(axes))
    return tuple(seen)


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
        return _object(arithmetic.number(Fraction(expr.value))), ()
    if isinstance(expr, Elem):
        return _entry(expr, point)
    if isinstance(expr, Add | Mul):
        return _ring(expr, point)
    if isinstance(expr, Pow):
        return _power(expr, point)
    if isinstance(expr, Apply):
        found, axes = _value(expr.argument, point)
        function, order = expr.function, expr.order
        return _mapped(lambda v: arithmetic.apply(function, order, v), found), axes
    if isinstance(expr, Binder):
        return _binder(expr, point)
    return _other(expr, point)


def _other(expr: Expr, point: Point) -> Located:
    arithmetic = point.arithmetic
    if isinstance(expr, Size):
        return _object(arithmetic.number(Fraction(expr.dim.value(point.sizes)))), ()
    if isinstance(expr, Const):
        return _object(arithmetic.pi()), ()
    if isinstance(expr, Ordinal):
        places, axes = _positions(expr.slot, point)
        return _mapped(lambda v: arithmetic.number(Fraction(int(v))), places), axes
    if isinstance(expr, Delta | AtMost):
        (left, a), (right, b) = _positions(expr.left, point), _positions(expr.right, point)
        axes = _union([(left, a), (right, b)])
        one, other = _spread(left, a, axes, point), _spread(right, b, axes, point)
        holds = one == other if isinstance(expr, Delta) else one <= other
        return _mapped(lambda v: arithmetic.number(Fraction(int(v))), np.asarray(holds)), axes
    if isinstance(expr, Compare):
        return _compared(expr, point)
    raise NoValueError(f"no value for {type(expr).__name__}")


def _compared(expr: Compare, point: Point) -> Located:
    """The indicator of a relation, entry by entry; whole numbers, and a value and itself, meet on no kink."""
    left, a = _value(expr.left, point)
    right, b = _value(expr.right, point)
    axes = _union([(left, a), (right, b)])
    one, other = np.broadcast_arrays(_spread(left, a, axes, point), _spread(right, b, axes, point))
    out = np.empty(one.shape, dtype=object)
    relation, arithmetic = expr.relation, point.arithmetic
    before, thin = arithmetic.kinks, not (is_discrete(expr.left) and is_discrete(expr.right))
    for at in np.ndindex(one.shape):
        if relation in (">", ">=") and one[at] is other[at] and _same_entry(expr, axes, at):
            held = int(relation == ">=")
        else:
            held = arithmetic.compare(relation, one[at], other[at])
        out[at] = arithmetic.number(Fraction(held))
    if not thin:
        arithmetic.kinks = before
    return out, axes


_DISCRETE = frozenset({facts.BINARY, facts.ONE_HOT, facts.INTEGER})


def is_discrete(expr: Expr) -> bool:
    """Whether an expression takes whole values only, so that two of them are equal on more than a thin set."""
    if isinstance(expr, Elem):
        return bool(expr.tensor.facts & _DISCRETE)
    if isinstance(expr, Num):
        return Fraction(expr.value).denominator == 1
    if isinstance(expr, Compare | Delta | AtMost | Size | Ordinal):
        return True
    if isinstance(expr, Add | Mul | Sum | Product | Extremum):
        return all(is_discrete(c) for c in expr.children())
    return False


def _same_entry(expr: Compare, axes: tuple[Index, ...], at: tuple[int, ...]) -> bool:
    """Whether both sides are the same expression at this position, as x_i and x_j are for i = j."""
    fixed: dict[Index, Slot] = {i: Affine((), Dim.of(p + 1)) for i, p in zip(axes, at, strict=True)}
    return substitute(expr.left, fixed) == substitute(expr.right, fixed)


def _mapped(function: Any, values: Array) -> Array:
    out = np.empty(values.shape, dtype=object)
    flat = out.reshape(-1)
    for n, v in enumerate(values.flat):
        flat[n] = function(v)
    return out


def _positions(slot: Slot, point: Point) -> Located:
    """The positions that a slot takes, from 1, over its indices."""
    axes = tuple(i for i, _ in slot_terms(slot))
    out: Array = np.full(point.shape(axes), slot_offset(slot).value(point.sizes), dtype=np.int64)
    for n, (index, c) in enumerate(slot_terms(slot)):
        count = index.dim.value(point.sizes)
        shape = [1] * len(axes)
        shape[n] = count
        out = out + c * np.arange(1, count + 1).reshape(shape)
    return out, axes


def _entry(expr: Elem, point: Point) -> Located:
    stored = point.values.get(expr.tensor)
    if stored is None:
        raise NoValueError(f"no value for {expr.tensor.name}")
    slots = expr.slots
    if all(isinstance(s, Index) for s in slots) and len(set(slots)) == len(slots):
        plain = tuple(s for s in slots if isinstance(s, Index))
        counts = point.shape(plain)
        if any(c > size for c, size in zip(counts, stored.shape, strict=True)):
            raise NoValueError(f"an index beyond the end of {expr.tensor.name}")
        return _as_array(stored[tuple(slice(0, c) for c in counts)]), plain
    places = [_positions(s, point) for s in slots]
    axes = _union(places)
    grids = np.broadcast_arrays(*(_spread(p, a, axes, point) for p, a in places))
    for grid, size in zip(grids, stored.shape, strict=True):
        if grid.size and (grid.min() < 1 or grid.max() > size):
            raise NoValueError(f"a position outside {expr.tensor.name}")
    return _as_array(stored[tuple(g - 1 for g in grids)]), axes


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
    zero = point.arithmetic.number(Fraction(0))
    out = np.empty(point.shape(axes), dtype=object)
    if out.size > MAX_PIECES:
        raise NoValueError("too many entries to take one by one")
    spread = np.broadcast_to(_spread(mask, own, axes, point), out.shape)
    for at in np.ndindex(out.shape):
        if spread[at] == 0:
            out[at] = zero
            continue
        if not axes:
            raise NoValueError("a factor has no value")
        fixed: dict[Index, Slot] = {i: Affine((), Dim.of(p + 1)) for i, p in zip(axes, at, strict=True)}
        out[at] = _value(substitute(expr, fixed), point)[0][()]
    return out, axes


def _ring_of_parts(expr: Add | Mul, point: Point) -> Located:
    parts = [_value(c, point) for c in expr.children()]
    axes = _union(parts)
    out = _spread(parts[0][0], parts[0][1], axes, point)
    for found, own in parts[1:]:
        spread = _spread(found, own, axes, point)
        out = _as_array(out + spread) if isinstance(expr, Add) else point.arithmetic.reduce(_as_array(out * spread))
    if out.shape != point.shape(axes):
        out = np.broadcast_to(out, point.shape(axes))
    return point.arithmetic.reduce(out), axes


def _as_array(value: Any) -> Array:
    return value if isinstance(value, np.ndarray) else _object(value)


def _power(expr: Pow, point: Point) -> Located:
    exact = Fraction(expr.exponent.value) if isinstance(expr.exponent, Num) else None
    base, a = _value(expr.base, point)
    if exact is not None:
        return _mapped(lambda v: point.arithmetic.power(v, None, exact), base), a
    exponent, b = _value(expr.exponent, point)
    axes = _union([(base, a), (exponent, b)])
    one, other = np.broadcast_arrays(_spread(base, a, axes, point), _spread(exponent, b, axes, point))
    whole = _whole(expr.exponent, point)
    out = np.empty(one.shape, dtype=object)
    out.ravel()[:] = [point.arithmetic.power(x, y, whole) for x, y in zip(one.flat, other.flat, strict=True)]
    return out, axes


def _whole(exponent: Expr, point: Point) -> Fraction | None:
    """The exponent as an exact number, if it is a dim."""
    return Fraction(exponent.dim.value(point.sizes)) if isinstance(exponent, Size) else None


def _binder(expr: Binder, point: Point) -> Located:
    found, axes = _value(expr.body, point)
    outer = tuple(i for i in axes if i not in expr.indices)
    absent = [i for i in expr.indices if i not in axes]
    order = [axes.index(i) for i in outer] + [axes.index(i) for i in expr.indices if i in axes]
    arranged = found.transpose(order)
    shape = point.shape(outer)
    rows = arranged.reshape((*shape, -1)) if arranged.ndim > len(outer) else arranged[..., None]
    repeats = int(np.prod(point.shape(absent), dtype=int)) if absent else 1
    arithmetic = point.arithmetic
    if isinstance(expr, Sum):
        out = rows.sum(axis=-1) if rows.shape[-1] else np.full(shape, arithmetic.number(Fraction(0)), dtype=object)
        return arithmetic.reduce(_as_array(out * arithmetic.number(Fraction(repeats)) if repeats != 1 else out)), outer
    out = np.empty(shape, dtype=object)
    flat, lines = out.reshape(-1), rows.reshape(-1, rows.shape[-1])
    for n, line in enumerate(lines):
        flat[n] = (
            _product(list(line) * repeats, arithmetic)
            if isinstance(expr, Product)
            else _largest(expr, list(line), arithmetic)
        )
    return out, outer


def _product(line: list[Any], arithmetic: Arithmetic) -> Any:
    out = _object(arithmetic.number(Fraction(1)))
    for v in line:
        out = arithmetic.reduce(_as_array(out * _object(v)))
    return out[()]


def _largest(expr: Binder, line: list[Any], arithmetic: Arithmetic) -> Any:
    assert isinstance(expr, Extremum)
    if not line:
        raise NoValueError("a largest value of nothing")
    best = line[0]
    for v in line[1:]:
        above = arithmetic.compare(">", v, best) if expr.kind == "max" else arithmetic.compare(">", best, v)
        best = v if above else best
    return best
