"""The signs of atoms, of products of atoms with exponents, and of sums whose terms have one sign."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from .. import facts
from ..construct import never_negative
from ..dims import ONE
from ..expressions import Add, Apply, AtMost, Compare, Const, Delta, Elem, Expr, Mul, Num, Ordinal, Pow, Size, Sum
from ..functions import ABS, COSH, EXP
from ..index import Index
from ..polynomials import Poly, Term
from .sign import STRICT, Sign, product, together

if TYPE_CHECKING:
    from .knowledge import Knowledge


def term_sign(term: Term, known: Knowledge) -> Sign:
    """The sign of one term."""
    sign = Sign.POSITIVE if term.coefficient > 0 else Sign.NEGATIVE
    for _, a, e in term.factors:
        sign = product(sign, power_sign(a, e, known))
    return sign


def power_sign(a: Expr, e: Fraction, known: Knowledge) -> Sign:
    """The sign of an atom to a power, where that is defined."""
    sign = atom_sign(a, known)
    if e.denominator > 1:
        return Sign.POSITIVE if sign is Sign.POSITIVE or e < 0 else Sign.NONNEGATIVE
    if e.numerator % 2 == 0:
        return Sign.POSITIVE if sign in (*STRICT, Sign.NONZERO) or e < 0 else Sign.NONNEGATIVE
    if e < 0 and sign in (Sign.NONNEGATIVE, Sign.NONPOSITIVE):
        return Sign.POSITIVE if sign is Sign.NONNEGATIVE else Sign.NEGATIVE
    return sign


def atom_sign(a: Expr, known: Knowledge) -> Sign:
    """The sign of an atom."""
    if isinstance(a, Num):
        return Sign.POSITIVE if a.value > 0 else Sign.NEGATIVE if a.value < 0 else Sign.ZERO
    if isinstance(a, Const | Size | Ordinal):
        return Sign.POSITIVE
    if isinstance(a, Compare | Delta | AtMost):
        return Sign.NONNEGATIVE
    sign = Sign.UNKNOWN
    if isinstance(a, Elem):
        sign = _elem_sign(a)
    elif isinstance(a, Apply):
        sign = _apply_sign(a)
    elif isinstance(a, Sum):
        sign = _sum_sign(a, known)
    elif isinstance(a, Add):
        sign = _add_sign(a, known)
    if sign in (Sign.UNKNOWN, Sign.NONZERO, Sign.NONNEGATIVE, Sign.NONPOSITIVE) and known.signs:
        found = known.found(a)
        sign = sign if found is Sign.UNKNOWN else together(sign, found)
    return sign


def _sum_sign(a: Sum, known: Knowledge) -> Sign:
    """The sign of the body; a range that may be empty makes a strict sign a weak one."""
    sign = factors_sign(a.body, known)
    if sign is Sign.NONZERO:
        return Sign.UNKNOWN  # values of both signs may cancel
    if all(never_negative(i.dim - 1) for i in a.indices):
        return sign
    return {Sign.POSITIVE: Sign.NONNEGATIVE, Sign.NEGATIVE: Sign.NONPOSITIVE}.get(sign, sign)


def _elem_sign(a: Elem) -> Sign:
    declared = a.tensor.facts
    if declared & {facts.POSITIVE, facts.UNIT_INTERVAL}:
        return Sign.POSITIVE
    if facts.NEGATIVE in declared:
        return Sign.NEGATIVE
    if facts.NONPOSITIVE in declared:
        return Sign.NONPOSITIVE
    if declared & {facts.NONNEGATIVE, facts.BINARY, facts.ONE_HOT, facts.SIMPLEX, facts.STOCHASTIC}:
        return Sign.NONNEGATIVE
    return Sign.NONZERO if facts.NONZERO in declared else Sign.UNKNOWN


def _apply_sign(a: Apply) -> Sign:
    function, order = a.function, a.order
    if function in (EXP, COSH):
        return Sign.POSITIVE if function is EXP or order % 2 == 0 else Sign.UNKNOWN
    if order == 0 and facts.POSITIVE in function.facts:
        return Sign.POSITIVE
    if order == 1 and function.unspecified and facts.INCREASING in function.facts:
        return Sign.POSITIVE
    if order == 1 and function.unspecified and facts.DECREASING in function.facts:
        return Sign.NEGATIVE
    if order == 0 and function is ABS:
        return Sign.NONNEGATIVE
    return Sign.UNKNOWN


def factors_sign(body: Expr, known: Knowledge) -> Sign:
    """The sign of a product of atoms with exponents (the body of a connected sum)."""
    sign = Sign.POSITIVE
    for f in body.factors if isinstance(body, Mul) else (body,):
        if isinstance(f, Pow) and isinstance(f.exponent, Num):
            part = power_sign(f.base, Fraction(f.exponent.value), known)
        else:
            part = atom_sign(f, known)
        sign = product(sign, part)
    return sign


def _add_sign(a: Add, known: Knowledge) -> Sign:
    signs = [factors_sign(t, known) for t in a.terms]
    for strict, weak in ((Sign.POSITIVE, Sign.NONNEGATIVE), (Sign.NEGATIVE, Sign.NONPOSITIVE)):
        if all(s in (strict, weak, Sign.ZERO) for s in signs):
            return strict if strict in signs else weak
    if any(isinstance(node, Size) for t in a.terms for node in (t, *t.children())):
        from ..normal_form.normal import normal

        return by_terms(normal(a, known), known)
    return Sign.UNKNOWN


def by_terms(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a sum whose terms all have one sign."""
    signs = [term_sign(t, known) for t in _shifted_dims(poly, known)]
    if len(signs) == 1:
        return signs[0]
    for strict, weak in ((Sign.POSITIVE, Sign.NONNEGATIVE), (Sign.NEGATIVE, Sign.NONPOSITIVE)):
        if all(s in (strict, weak, Sign.ZERO) for s in signs):
            return strict if strict in signs else weak
    return Sign.UNKNOWN


def _shifted_dims(poly: Poly, known: Knowledge) -> Iterable[Term]:
    """Terms of a polynomial in sizes and positions only, written in how far each exceeds its smallest value."""
    terms = list(poly.values())
    if len(terms) == 1 or not all(isinstance(a, Size | Ordinal) and e > 0 for t in terms for _, a, e in t.factors):
        return terms
    if any(len(t.factors) > 1 or any(e != 1 for _, _, e in t.factors) for t in terms):
        return terms
    base = sum((t.coefficient * _smallest(t, known) for t in terms), start=Fraction(0))
    moved = [t for t in terms if t.factors]
    # n = smallest + excess with excess >= 0, so each remaining term counts as not negative times its coefficient
    for up in (1, -1):
        if base * up > 0 and all(t.coefficient * up > 0 for t in moved):
            return [Term(base)]
        if base == 0 and all(t.coefficient * up > 0 for t in moved):
            return [Term(Fraction(up), (("excess", _EXCESS, Fraction(1)),))]
    return terms


_EXCESS = Delta(Index("excess", ONE), Index("excess", ONE))
"""Stands for how far a size exceeds its smallest value: not negative, and nothing else is known."""


def _smallest(term: Term, known: Knowledge) -> int:
    for _, a, _ in term.factors:
        if isinstance(a, Size):
            ((name, _),) = a.dim.terms
            return known.smallest.get(name, 1)
    return 1
