"""The value of an expression at one concrete point, in an arithmetic of the caller's choice.

The same walk serves balls (a proof that two values differ) and residues modulo a prime (a filter).
Values are NumPy arrays of Python objects with one axis for each free index.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    Number,
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
from .located import Array as Array
from .located import Located as Located
from .located import as_array, as_object, filled, mapped, spread, together, union

MAX_ENTRIES = 200_000
MAX_PIECES = 256


class NoValueError(Exception):
    """The expression has no value here: outside its domain, on a kink, or nothing this arithmetic can say."""


class Arithmetic(Protocol):
    """What a value is made of. `kinks` counts the values taken exactly on a kink."""

    kinks: int

    def number(self, value: Number) -> Any:
        """The exact rational."""

    def pi(self) -> Any:
        """The circle constant."""

    def reduce(self, values: Array) -> Array:
        """Values brought into their standard form after ring operations."""

    def power(self, base: Any, exponent: Any, exact: Number | None) -> Any:
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
    counts: dict[Index, int] = field(default_factory=dict)

    def special(self, expr: Expr) -> Located | None:
        """A value that this kind of point finds in its own way, or None for the ordinary way."""
        del expr
        return None

    def shape(self, indices: Sequence[Index]) -> tuple[int, ...]:
        """How many positions each index has here."""
        return tuple([self.count(i) for i in indices])

    def count(self, index: Index) -> int:
        """How many positions one index has here."""
        found = self.counts.get(index)
        if found is None:
            found = self.counts[index] = index.dim.value(self.sizes)
        if found < 0:
            raise NoValueError("a range of negative length")
        return found


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
        return _entry(expr, point)
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
        places, axes = _positions(expr.slot, point)
        return mapped(lambda v: arithmetic.number(int(v)), places), axes
    if isinstance(expr, Delta | AtMost):
        (left, a), (right, b) = _positions(expr.left, point), _positions(expr.right, point)
        one, other, axes = together((left, a), (right, b))
        holds = one == other if isinstance(expr, Delta) else one <= other
        numbers = (arithmetic.number(0), arithmetic.number(1))
        return mapped(lambda v: numbers[int(v)], np.asarray(holds)), axes
    if isinstance(expr, Compare):
        return _compared(expr, point)
    raise NoValueError(f"no value for {type(expr).__name__}")


def _compared(expr: Compare, point: Point) -> Located:
    """The indicator of a relation, entry by entry; whole numbers, and a value and itself, meet on no kink."""
    left, a = _value(expr.left, point)
    right, b = _value(expr.right, point)
    one, other, axes = together((left, a), (right, b))
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


def _positions(slot: Slot, point: Point) -> Located:
    """The positions that a slot takes, from 1, over its indices."""
    axes = tuple(i for i, _ in slot_terms(slot))
    out: Array = np.full(point.shape(axes), slot_offset(slot).value(point.sizes), dtype=np.int64)
    for n, (index, c) in enumerate(slot_terms(slot)):
        count = point.count(index)
        shape = [1] * len(axes)
        shape[n] = count
        out = out + c * np.arange(1, count + 1).reshape(shape)
    return out, axes


def _entry(expr: Elem, point: Point) -> Located:
    stored = point.values.get(expr.tensor)
    if stored is None:
        raise NoValueError(f"no value for {expr.tensor.name}")
    slots = expr.slots
    if not slots:
        return stored, ()
    if all(isinstance(s, Index) for s in slots) and len(set(slots)) == len(slots):
        plain = tuple(s for s in slots if isinstance(s, Index))
        counts = point.shape(plain)
        if counts == stored.shape:
            return stored, plain
        if any(c > size for c, size in zip(counts, stored.shape, strict=True)):
            raise NoValueError(f"an index beyond the end of {expr.tensor.name}")
        return as_array(stored[tuple(slice(0, c) for c in counts)]), plain
    places = [_positions(s, point) for s in slots]
    axes = union(places)
    grids = np.broadcast_arrays(*(spread(p, a, axes) for p, a in places))
    for grid, size in zip(grids, stored.shape, strict=True):
        if grid.size and (grid.min() < 1 or grid.max() > size):
            raise NoValueError(f"a position outside {expr.tensor.name}")
    return as_array(stored[tuple(g - 1 for g in grids)]), axes


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
    return _combined([_value(c, point) for c in expr.children()], isinstance(expr, Add), point)


def _combined(parts: Sequence[Located], is_sum: bool, point: Point) -> Located:
    """The sum or the product of values, over the axes of all of them."""
    axes, reduce = union(parts), point.arithmetic.reduce
    if len(axes) > 2 and math.prod(point.shape(axes)) > MAX_ENTRIES:
        raise NoValueError(f"an intermediate value with {math.prod(point.shape(axes))} entries")
    (first, own), *rest = parts
    out: Any = spread(first, own, axes) if axes else first[()]
    for found, own in rest:
        other = spread(found, own, axes) if axes else found[()]
        out = out + other if is_sum else reduce(as_array(out * other))
    return reduce(as_array(out)), axes


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
        return _contracted(expr, body, point)
    return _bound(expr, _value(body, point), point)


def _contracted(expr: Sum, body: Mul, point: Point) -> Located:
    """A sum of large products, one index after the other, the one of fewest products first.

    Only the factors that an index stands in are multiplied.
    """
    parts, left = [_value(f, point) for f in body.factors], list(expr.indices)

    def products(index: Index) -> int:
        return math.prod(point.shape(union([p for p in parts if index in p[1]])))

    while left:
        index = min(left, key=products)
        left.remove(index)
        touched = [p for p in parts if index in p[1]]
        parts = [p for p in parts if index not in p[1]]
        whole = _combined(touched, False, point) if touched else (as_object(point.arithmetic.number(1)), ())
        parts.append(_bound(Sum((index,), body), whole, point))
    return _combined(parts, False, point)


def _bound(expr: Binder, value: Located, point: Point) -> Located:
    """A sum, product or largest value over the indices of a binder, from the values of its body."""
    found, axes = value
    outer = tuple(i for i in axes if i not in expr.indices)
    absent = [i for i in expr.indices if i not in axes]
    order = [axes.index(i) for i in outer] + [axes.index(i) for i in expr.indices if i in axes]
    arranged = found if order == list(range(len(order))) else found.transpose(order)
    shape = point.shape(outer)
    rows = arranged.reshape((*shape, -1)) if arranged.ndim > len(outer) else arranged[..., None]
    repeats = math.prod(point.shape(absent))
    arithmetic = point.arithmetic
    if isinstance(expr, Sum):
        out = np.add.reduce(rows, axis=-1) if rows.shape[-1] else np.full(shape, arithmetic.number(0), dtype=object)
        return arithmetic.reduce(as_array(out * arithmetic.number(repeats) if repeats != 1 else out)), outer
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
    out = as_object(arithmetic.number(1))
    for v in line:
        out = arithmetic.reduce(as_array(out * as_object(v)))
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
