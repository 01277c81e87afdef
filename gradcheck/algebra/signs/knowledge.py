"""What is known about signs: from declared facts, from assumptions, and from where an equation is defined.

An equation is meant where both its sides are defined, so what stands unconditionally under a root or a
logarithm may be taken as non-negative or positive there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ..expressions import Expr
from ..index import Index, Tensor
from ..keys import key
from ..polynomials import Poly, Term, content, expression, leading
from .sign import STRICT, TURNING, UP, Sign, flipped, together
from .terms import term_sign


@dataclass
class Knowledge:
    """Signs known beyond the declared facts: of polynomials (by pattern), and smallest sizes of dims.

    `tensors_on_kinks` are tensors whose entries may be 0, or tie, on whole regions: nodes computed with gates
    or with unspecified functions.
    `fixed` are entries with an assumed value at their very position; `depth` counts the gates decided by cases.
    `work` counts products of terms, one counter for a whole attempt.
    `sums` are the sums among what is known, with their signs.
    `decided` are the signs found so far of sums, until more is learned.
    `rules` collects the names of the rules that a normal form used, for the evidence; `cache` the
    polynomials already worked out under this knowledge.
    """

    signs: dict[str, Sign] = field(default_factory=dict)
    smallest: Mapping[str, int] = field(default_factory=dict)
    tensors_on_kinks: frozenset[Tensor] = frozenset()
    fixed: Mapping[Expr, Expr] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)
    cache: dict[Expr, Poly] = field(default_factory=dict)
    depth: int = 0
    work: list[int] = field(default_factory=lambda: [0])
    sums: tuple[tuple[Poly, Sign], ...] = ()
    decided: dict[frozenset[tuple[str, Fraction]], Sign] = field(default_factory=dict)

    def learn(self, poly: Poly, sign: Sign, everywhere: frozenset[Index] = frozenset()) -> None:
        """Record the sign of a polynomial, written up to a positive factor.

        everywhere: the indices for which this holds at every position of their range; at other indices it
        holds only where they stand.
        """
        self.decided.clear()
        primitive, up = oriented(poly)
        name = _pattern(expression(primitive), everywhere)
        if name is not None:
            both = together(self.signs.get(name), sign if up else flipped(sign))
            self.signs[name] = both
            sign = both if up else flipped(both)
        self._learn_of_sum(poly, sign)
        shifted = _without_number(poly, sign)
        if shifted:  # x - 2 > 0 says x > 0 too
            self.learn(shifted, Sign.POSITIVE if sign in UP else Sign.NEGATIVE, everywhere)
        common, rest = content(poly)
        if common.factors and len(rest) > 1 and term_sign(common, self) in STRICT:
            above = term_sign(common, self) is Sign.POSITIVE
            self.learn(rest, sign if above else flipped(sign), everywhere)

    def _learn_of_sum(self, poly: Poly, sign: Sign) -> None:
        """Keep the sign of a sum, and learn that of a term that all others are against."""
        from .inequalities import is_plain, lone_term

        if len(poly) < 2 or sign not in TURNING:
            return
        if is_plain(poly):
            self.sums = (*self.sums, (poly, sign))
        if (found := lone_term(poly, sign, self)) is not None:
            term, of_term = found
            self.learn({term.monomial: term}, of_term)

    def found(self, whole: Expr) -> Sign:
        """The sign recorded for an expression, at these very positions or at every position."""
        for everywhere in (frozenset[Index](), whole.free):
            name = _pattern(whole, everywhere)
            if name in self.signs:
                return self.signs[name]
        return Sign.UNKNOWN


def _without_number(poly: Poly, sign: Sign) -> Poly:
    """The polynomial less its number, where that has the same sign all the more; empty where it does not."""
    number = poly[""].coefficient if "" in poly and len(poly) > 1 else Fraction(0)
    below = number < 0 and sign in (Sign.POSITIVE, Sign.NONNEGATIVE)
    above = number > 0 and sign in (Sign.NEGATIVE, Sign.NONPOSITIVE)
    return {m: t for m, t in poly.items() if m} if below or above else {}


def oriented(poly: Poly) -> tuple[Poly, bool]:
    """A polynomial with a leading coefficient of 1, and whether it was positive."""
    lead = leading(poly).coefficient
    return {m: Term(t.coefficient / lead, t.factors) for m, t in poly.items()}, lead > 0


def _pattern(whole: Expr, everywhere: frozenset[Index]) -> str | None:
    """A key in which the one index that stands for every position has no name."""
    nameless = whole.free & everywhere
    return key(whole, {i: f"•{i.dim}" for i in nameless}) if len(nameless) <= 1 else None
