"""Polynomials in the atoms, factored over the rationals by FLINT."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import flint

from ..expressions import Expr
from ..polynomials import Poly, Term, plus
from .knowledge import Knowledge
from .sign import Sign, product
from .sums import sign_of

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
    number, parts = _factored(len(keys), tuple(sorted(_monomial(t, keys) for t in poly.values())))
    if len(parts) < 2 and all(times < 2 for _, times in parts):
        return None
    return number, [(_from_factor(part, keys, atoms), times) for part, times in parts]


Monomials = tuple[tuple[tuple[int, ...], Fraction], ...]
"""A polynomial in numbered unknowns: the exponent of each, and a coefficient."""


@functools.lru_cache(maxsize=4096)
def _factored(unknowns: int, poly: Monomials) -> tuple[Fraction, tuple[tuple[Monomials, int], ...]]:
    """A number, and factors with how often each occurs; the same few polynomials come back many times in a claim."""
    if all(sum(powers) <= 1 for powers, _ in poly):
        return Fraction(1), ((poly, 1),)  # a linear one has no factors
    ring: Any = flint.fmpq_mpoly_ctx.get([f"a{n}" for n in range(unknowns)], "lex")
    number, parts = ring.from_dict({p: flint.fmpq(c.numerator, c.denominator) for p, c in poly}).factor()
    found = [(tuple((p, _fraction(c)) for p, c in part.to_dict().items()), int(times)) for part, times in parts]
    return _fraction(number), tuple(found)


def _monomial(term: Term, keys: Sequence[str]) -> tuple[tuple[int, ...], Fraction]:
    exponents = {k: int(e) for k, _, e in term.factors}
    return tuple(exponents.get(k, 0) for k in keys), term.coefficient


def _from_factor(factor: Monomials, keys: Sequence[str], atoms: Mapping[str, Expr]) -> Poly:
    out: Poly = {}
    for powers, c in factor:
        used = tuple((k, atoms[k], Fraction(int(p))) for k, p in zip(keys, powers, strict=True) if p)
        term = Term(c, used)
        out = plus(out, {term.monomial: term})
    return out


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))
