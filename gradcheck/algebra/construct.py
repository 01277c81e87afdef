"""The simplifying constructors: sums and products flattened, numbers gathered, order kept."""

from __future__ import annotations

from fractions import Fraction

from .dims import Dim
from .index import Affine, Slot, position, slot_offset, slot_terms
from .indicators import AtMost, Delta
from .nodes import MINUS_ONE, UNIT, ZERO, Add, Expr, Mul, Num, Number, Ordinal, Pow, Size


def as_expr(value: Expr | Number) -> Expr:
    """An expression from an expression or an exact number."""
    return value if isinstance(value, Expr) else Num(value)


def _tidy(value: Number) -> Number:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def add(*terms: Expr) -> Expr:
    """The sum: flattened, numbers gathered, zeros dropped; the order is kept."""
    flat: list[Expr] = []
    number: Number = 0
    for term in terms:
        if isinstance(term, Add):
            flat.extend(term.terms)
        elif isinstance(term, Num):
            number += term.value
        else:
            flat.append(term)
    if any(isinstance(t, Num) for t in flat):
        number += sum((t.value for t in flat if isinstance(t, Num)), start=Fraction(0))
        flat = [t for t in flat if not isinstance(t, Num)]
    if number:
        flat.append(Num(_tidy(number)))
    if not flat:
        return ZERO
    return flat[0] if len(flat) == 1 else Add(tuple(flat))


def mul(*factors: Expr) -> Expr:
    """The product: flattened, numbers gathered in front, zero wins; the order is kept."""
    flat: list[Expr] = []
    number: Number = 1
    for factor in factors:
        for f in factor.factors if isinstance(factor, Mul) else (factor,):
            if isinstance(f, Num):
                number = number * f.value
            else:
                flat.append(f)
    if not number:
        return ZERO
    if number != 1 or not flat:
        flat.insert(0, Num(_tidy(number)))
    return flat[0] if len(flat) == 1 else Mul(tuple(flat))


def negate(value: Expr) -> Expr:
    """-value."""
    return mul(MINUS_ONE, value)


def power(base: Expr, exponent: Expr) -> Expr:
    """The power; exact numbers are evaluated where the result is a rational number of modest size."""
    if isinstance(exponent, Num):
        e = exponent.value
        if e == 1:
            return base
        if e == 0:
            return UNIT
        if isinstance(e, int) or e.denominator == 1:
            e = int(e)
            if isinstance(base, Num) and abs(e) <= 64 and (base.value or e > 0):
                return Num(_tidy(Fraction(base.value) ** e))
            if isinstance(base, Pow) and isinstance(base.exponent, Num):
                inner = base.exponent.value
                if inner > 0 and (isinstance(inner, int) or inner.denominator == 1):
                    return power(base.base, Num(_tidy(inner * e)))
    return Pow(base, exponent)


def size(dim: Dim) -> Expr:
    """A dim as a number."""
    literal = dim.literal
    return Size(dim) if literal is None else Num(literal)


def ordinal(slot: Slot) -> Expr:
    """A position as a number."""
    return size(slot.offset) if isinstance(slot, Affine) and not slot.terms else Ordinal(slot)


def delta(left: Slot, right: Slot) -> Expr:
    """Kronecker's delta; 1 or 0 where the ranges of the positions leave no choice.

    An index moved back on one side is the other side moved on: [i = j - 1] is [j = i + 1].
    """
    for one, other in ((left, right), (right, left)):
        back = slot_offset(one).literal or 0
        if isinstance(one, Affine) and len(one.terms) == 1 and one.terms[0][1] == 1 and back < 0:
            left, right = one.terms[0][0], position(slot_terms(other), slot_offset(other) - back)
            break
    low, high = extremes(left, right)
    if low == high == Dim():
        return UNIT
    return ZERO if never_negative(low - 1) or never_negative(-high - 1) else Delta(left, right)


def at_most(left: Slot, right: Slot) -> Expr:
    """The indicator of left <= right; a number where the ranges of the positions leave no choice."""
    low, high = extremes(right, left)
    if never_negative(low):
        return UNIT
    return ZERO if never_negative(-high - 1) else AtMost(left, right)


def extremes(left: Slot, right: Slot) -> tuple[Dim, Dim]:
    """The smallest and largest values of left - right, each index at an end of its range."""
    gap = position(
        [*slot_terms(left), *((i, -c) for i, c in slot_terms(right))], slot_offset(left) - slot_offset(right)
    )
    return reach(gap)


def reach(slot: Slot) -> tuple[Dim, Dim]:
    """The smallest and largest values of a position, each index at an end of its range."""
    low = high = slot_offset(slot)
    for index, c in slot_terms(slot):
        least, most = (Dim.of(c), index.dim * c) if c > 0 else (index.dim * c, Dim.of(c))
        low, high = low + least, high + most
    return low, high


def never_negative(gap: Dim) -> bool:
    """Whether a dim is at least 0 for every admitted size (each size symbol is at least 1)."""
    return all(c > 0 for _, c in gap.terms) and gap.constant + sum(c for _, c in gap.terms) >= 0
