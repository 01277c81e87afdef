"""Polynomials over normalised atoms: the carrier of the normal form.

A polynomial maps the key of a monomial to its term; a term is a rational coefficient and atoms with
exponents. Atoms are normalised expressions: tensor entries, function atoms, gates, deltas, connected
sums, and sums of several terms under a negative or fractional exponent. Which atoms exist, and what
happens when they meet, is decided in `normal`; here is only arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from .expressions import Add, Expr, Num, Number, Sum, add, mul, power
from .index import Index
from .keys import TooLargeError, key

MAX_POWER = 64
MAX_TERMS = 6_000
Factor = tuple[str, Expr, Fraction]


@dataclass(frozen=True, slots=True)
class Term:
    """A coefficient times atoms with exponents; factors are sorted by their keys and never cancel."""

    coefficient: Fraction
    factors: tuple[Factor, ...] = ()

    @property
    def monomial(self) -> str:
        """The key of the product without its coefficient."""
        return "·".join(k if e == 1 else f"{k}^{e}" for k, _, e in self.factors)

    def expression(self) -> Expr:
        """The term as an expression."""
        return mul(Num(_number(self.coefficient)), *(power(a, Num(_number(e))) for _, a, e in self.factors))


Poly = dict[str, Term]
ONE_POLY: Poly = {"": Term(Fraction(1))}


def _number(value: Fraction) -> Number:
    return value.numerator if value.denominator == 1 else value


def constant(value: Number) -> Poly:
    """The constant polynomial."""
    return {"": Term(Fraction(value))} if value else {}


def atom(expr: Expr, exponent: Number = 1) -> Poly:
    """The polynomial that is one atom to a power."""
    term = Term(Fraction(1), ((key(expr, {}), expr, Fraction(exponent)),))
    return {term.monomial: term}


def scaled(poly: Poly, factor: Number) -> Poly:
    """The polynomial times a number."""
    if not factor:
        return {}
    return {m: Term(t.coefficient * factor, t.factors) for m, t in poly.items()}


def plus(*polys: Poly) -> Poly:
    """The sum, like terms added, zeros dropped."""
    out: Poly = {}
    for poly in polys:
        for m, term in poly.items():
            have = out.get(m)
            if have is None:
                out[m] = term
            else:
                c = have.coefficient + term.coefficient
                if c:
                    out[m] = Term(c, have.factors)
                else:
                    del out[m]
    if len(out) > MAX_TERMS:
        raise TooLargeError(f"more than {MAX_TERMS} terms")
    return out


def joined(a: Iterable[Factor], b: Iterable[Factor]) -> tuple[Factor, ...]:
    """The factors of a product: exponents of equal atoms added, exponents 0 dropped."""
    merged: dict[str, tuple[Expr, Fraction]] = {}
    for k, expr, e in (*a, *b):
        have = merged.get(k)
        merged[k] = (expr, e if have is None else have[1] + e)
    return tuple(sorted((k, x, e) for k, (x, e) in merged.items() if e))  # keys are unique: no tie reaches x


def expression(poly: Poly) -> Expr:
    """The polynomial as an expression, its terms in the order of their keys."""
    return add(*(poly[m].expression() for m in sorted(poly)))


def value(poly: Poly) -> Fraction | None:
    """The number, if the polynomial is one."""
    if not poly:
        return Fraction(0)
    if len(poly) == 1 and "" in poly:
        return poly[""].coefficient
    return None


def single(poly: Poly) -> Term | None:
    """The only term, if there is just one."""
    return next(iter(poly.values())) if len(poly) == 1 else None


def degree(term: Term) -> Fraction:
    """The total degree of a term: the sum of its exponents."""
    return sum((e for _, _, e in term.factors), start=Fraction(0))


def leading(poly: Poly) -> Term:
    """The term of highest degree; ties are broken by keys. The same for equal polynomials."""
    return max(poly.values(), key=lambda t: (degree(t), t.monomial))


def depends(term: Term, index: Index) -> bool:
    """Whether an index is free in one of the atoms."""
    return any(index in a.free for _, a, _ in term.factors)


def is_connected_sum(expr: Expr) -> bool:
    """Whether this atom is a sum over indices (one component, opened when an outer sum needs it)."""
    return isinstance(expr, Sum)


def denominators(poly: Poly) -> list[tuple[Expr, Fraction]]:
    """The sums that stand under a negative exponent at the top of a polynomial, with the power needed."""
    worst: dict[str, tuple[Expr, Fraction]] = {}
    for term in poly.values():
        for k, a, e in term.factors:
            if e < 0 and isinstance(a, Add) and (k not in worst or worst[k][1] < -e):
                worst[k] = (a, -e)
    return [worst[k] for k in sorted(worst)]


def content(poly: Poly) -> tuple[Term, Poly]:
    """The common factor (with the leading coefficient) of all terms, and what is left; rest leads with 1."""
    terms = list(poly.values())
    lowest: dict[str, tuple[Expr, Fraction]] = {k: (a, e) for k, a, e in terms[0].factors}
    for term in terms[1:]:
        here = {k: e for k, _, e in term.factors}
        for k, a, e in term.factors:
            if e < 0 and k not in lowest:
                lowest[k] = (a, Fraction(0))
        lowest = {k: (a, min(e, here.get(k, Fraction(0)))) for k, (a, e) in lowest.items()}
    common = tuple((k, a, e) for k, (a, e) in sorted(lowest.items()) if e)
    undo = tuple((k, a, -e) for k, a, e in common)
    rest: Poly = {}
    for term in terms:
        left = Term(term.coefficient, joined(term.factors, undo))
        rest[left.monomial] = left
    lead = leading(rest).coefficient  # of the rest: what it is a multiple of must not turn its sign
    return Term(lead, common), {m: Term(t.coefficient / lead, t.factors) for m, t in rest.items()}
