"""Polynomials in the atoms, factored over the rationals by FLINT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import flint

from .expressions import Expr
from .polynomials import Poly, Term, plus
from .signs import Knowledge, Sign, product, sign_of

_MOST_TERMS, _MOST_ATOMS = 16, 8
_STRICT = (Sign.POSITIVE, Sign.NEGATIVE)


def by_factors(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a product of factors, from the sign of each."""
    found = factors(poly)
    if found is None:
        return Sign.UNKNOWN
    number, parts = found
    sign = Sign.POSITIVE if number > 0 else Sign.NEGATIVE
    for part, times in parts:
        one = sign_of(part, known)
        if times % 2 == 0:
            one = Sign.POSITIVE if one in (*_STRICT, Sign.NONZERO) else Sign.NONNEGATIVE
        sign = product(sign, one)
    return sign


def factors(poly: Poly) -> tuple[Fraction, list[tuple[Poly, int]]] | None:
    """A number and irreducible factors with their exponents; None if there is one factor only, or too much to do."""
    atoms = {k: a for t in poly.values() for k, a, _ in t.factors}
    whole = all(e.denominator == 1 and e > 0 for t in poly.values() for _, _, e in t.factors)
    if not whole or not 2 <= len(poly) <= _MOST_TERMS or len(atoms) > _MOST_ATOMS:
        return None
    keys = sorted(atoms)
    ring: Any = flint.fmpq_mpoly_ctx.get([f"a{n}" for n in range(len(keys))], "lex")
    number, parts = ring.from_dict(dict(_monomial(t, keys) for t in poly.values())).factor()
    if len(parts) < 2 and all(times < 2 for _, times in parts):
        return None
    return _fraction(number), [(_from_factor(part, keys, atoms), int(times)) for part, times in parts]


def _monomial(term: Term, keys: Sequence[str]) -> tuple[tuple[int, ...], Any]:
    exponents = {k: int(e) for k, _, e in term.factors}
    c = term.coefficient
    return tuple(exponents.get(k, 0) for k in keys), flint.fmpq(c.numerator, c.denominator)


def _from_factor(factor: Any, keys: Sequence[str], atoms: Mapping[str, Expr]) -> Poly:
    out: Poly = {}
    for powers, c in factor.to_dict().items():
        used = tuple((k, atoms[k], Fraction(int(p))) for k, p in zip(keys, powers, strict=True) if p)
        term = Term(_fraction(c), used)
        out = plus(out, {term.monomial: term})
    return out


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))
