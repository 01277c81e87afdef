"""What is known about signs: from declared facts, from assumptions, and from where an equation is defined.

An equation is meant where both its sides are defined, so what stands unconditionally under a root or a
logarithm may be taken as non-negative or positive there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction

from . import facts
from .construct import never_negative
from .dims import ONE
from .expressions import (
    Add,
    Apply,
    AtMost,
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
    Size,
    Sum,
    substitute,
    walk,
)
from .functions import ABS, COSH, EXP
from .index import Index, Tensor
from .keys import key
from .polynomials import Poly, Term, expression, leading, plus


class Sign(Enum):
    """What is known of a real value."""

    POSITIVE = "> 0"
    NONNEGATIVE = ">= 0"
    ZERO = "= 0"
    NONPOSITIVE = "<= 0"
    NEGATIVE = "< 0"
    NONZERO = "≠ 0"
    UNKNOWN = "?"


_FLIPPED = {
    Sign.POSITIVE: Sign.NEGATIVE,
    Sign.NEGATIVE: Sign.POSITIVE,
    Sign.NONNEGATIVE: Sign.NONPOSITIVE,
    Sign.NONPOSITIVE: Sign.NONNEGATIVE,
}
_UP = (Sign.POSITIVE, Sign.NONNEGATIVE, Sign.ZERO)
_STRICT = (Sign.POSITIVE, Sign.NEGATIVE)


def flipped(sign: Sign) -> Sign:
    """The sign of the negative."""
    return _FLIPPED.get(sign, sign)


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
        from .roots import content

        self.decided.clear()
        primitive, up = _oriented(poly)
        name = _pattern(expression(primitive), everywhere)
        if name is not None:
            both = together(self.signs.get(name), sign if up else flipped(sign))
            self.signs[name] = both
            sign = both if up else flipped(both)
        self._learn_of_sum(poly, sign)
        shifted = _without_number(poly, sign)
        if shifted:  # x - 2 > 0 says x > 0 too
            self.learn(shifted, Sign.POSITIVE if sign in _UP else Sign.NEGATIVE, everywhere)
        common, rest = content(poly)
        if common.factors and len(rest) > 1 and term_sign(common, self) in _STRICT:
            above = term_sign(common, self) is Sign.POSITIVE
            self.learn(rest, sign if above else flipped(sign), everywhere)

    def _learn_of_sum(self, poly: Poly, sign: Sign) -> None:
        """Keep the sign of a sum, and learn that of a term that all others are against."""
        from .inequalities import is_plain, lone_term

        if len(poly) < 2 or sign not in _FLIPPED:
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


def together(known: Sign | None, more: Sign) -> Sign:
    """What two facts about one value say; where they contradict each other, the second one."""
    pair = {known, more}
    for weak, strict in ((Sign.NONNEGATIVE, Sign.POSITIVE), (Sign.NONPOSITIVE, Sign.NEGATIVE)):
        if pair in ({weak, Sign.NONZERO}, {weak, strict}, {strict, Sign.NONZERO}):
            return strict
    return Sign.ZERO if pair == {Sign.NONNEGATIVE, Sign.NONPOSITIVE} else more


def _without_number(poly: Poly, sign: Sign) -> Poly:
    """The polynomial less its number, where that has the same sign all the more; empty where it does not."""
    number = poly[""].coefficient if "" in poly and len(poly) > 1 else Fraction(0)
    below = number < 0 and sign in (Sign.POSITIVE, Sign.NONNEGATIVE)
    above = number > 0 and sign in (Sign.NEGATIVE, Sign.NONPOSITIVE)
    return {m: t for m, t in poly.items() if m} if below or above else {}


def _oriented(poly: Poly) -> tuple[Poly, bool]:
    lead = leading(poly).coefficient
    return {m: Term(t.coefficient / lead, t.factors) for m, t in poly.items()}, lead > 0


def _pattern(whole: Expr, everywhere: frozenset[Index]) -> str | None:
    """A key in which the one index that stands for every position has no name."""
    nameless = whole.free & everywhere
    return key(whole, {i: f"•{i.dim}" for i in nameless}) if len(nameless) <= 1 else None


def sign_of(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a polynomial, as far as it is known."""
    if not poly:
        return Sign.ZERO
    if len(poly) == 1:
        return _sign_of(poly, known)
    whole = frozenset((m, t.coefficient) for m, t in poly.items())
    if whole not in known.decided:
        known.decided[whole] = _sign_of(poly, known)
    return known.decided[whole]


def _sign_of(poly: Poly, known: Knowledge) -> Sign:
    direct = _by_terms(poly, known)
    if direct in (*_STRICT, Sign.ZERO):
        return direct
    if known.signs:
        primitive, up = _oriented(poly)
        found = known.found(expression(primitive))
        if found is not Sign.UNKNOWN:
            return together(direct, found if up else flipped(found))
    from .factoring import by_factors
    from .inequalities import by_known_sums

    if direct is not Sign.UNKNOWN:
        further = by_known_sums(poly, known)
        return direct if further is Sign.UNKNOWN else together(direct, further)
    if known.depth < _DEEPEST and _gates(poly):
        found = _by_gates(poly, known)
        if found is not Sign.UNKNOWN:
            return found
        known = replace(known, depth=_DEEPEST, decided={})  # what else is tried needs no cases, or they were tried
    best = Sign.UNKNOWN
    for rule in (_unit_complement, _of_a_bit, _by_content, by_known_sums, _over_common_denominator, by_factors):
        found = rule(poly, known)
        best = found if best is Sign.UNKNOWN else best if found is Sign.UNKNOWN else together(best, found)
        if best in (*_STRICT, Sign.ZERO):
            break
    return best


def _over_common_denominator(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a fraction: that of its numerator times those of its denominators."""
    from .roots import cleared, denominators

    sign, top = Sign.POSITIVE, poly
    under = denominators(poly)
    for base, exponent in under:
        sign = product(sign, power_sign(base, -exponent, known))  # below the line: not 0 where this is defined
        top = cleared(top, base, exponent, known)
    return product(sign, sign_of(top, known)) if under and not denominators(top) else Sign.UNKNOWN


def _by_content(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a product of what all terms share and of what is left."""
    from .roots import content

    common, rest = content(poly)
    if len(poly) < 2 or not common.factors:
        return Sign.UNKNOWN
    return product(term_sign(common, known), sign_of(rest, known))


def undecided_factors(poly: Poly, known: Knowledge) -> list[Expr]:
    """The factors of a polynomial whose sign is not known: those of all terms, and what is left of the sum."""
    from .roots import content

    if not poly:
        return []
    common, rest = content(poly)
    out = [a for _, a, e in common.factors if power_sign(a, e, known) is Sign.UNKNOWN]
    return [*out, expression(rest)] if sign_of(rest, known) is Sign.UNKNOWN else out


_REGULAR = frozenset(
    {
        facts.POSITIVE,
        facts.NEGATIVE,
        facts.NONNEGATIVE,
        facts.NONPOSITIVE,
        facts.NONZERO,
        facts.UNIT_INTERVAL,
        facts.DISTINCT,
    }
)


def may_vanish_on_a_region(whole: Expr, known: Knowledge) -> bool:
    """Whether an expression may be 0 on more than a thin set: where it is not analytic in free real values.

    Gates, unspecified functions, positions, sizes and arrays that are discrete or bound by equations
    (one-hot, orthogonal, ...) count as such; so do nodes that are computed with them.
    """
    return any(_irregular(node, known) for node in walk(whole)) or _vanishes_where_indices_meet(whole, known)


def _vanishes_where_indices_meet(whole: Expr, known: Knowledge) -> bool:
    """Whether an expression such as x_i - x_j is 0 at every point where two of its indices coincide."""
    from .normal import normal

    indices = sorted(whole.free, key=lambda i: i.serial)
    pairs = [(i, j) for n, i in enumerate(indices) for j in indices[n + 1 :] if i.dim == j.dim]
    return any(not normal(substitute(whole, {j: i}), known) for i, j in pairs)


def _irregular(node: Expr, known: Knowledge) -> bool:
    if isinstance(node, Elem):
        return node.tensor in known.tensors_on_kinks or bool(node.tensor.facts - _REGULAR)
    if isinstance(node, Apply):
        return node.function.unspecified or node.function.has_kink
    return isinstance(node, Compare | Extremum | Delta | AtMost | Size | Ordinal)


def _by_terms(poly: Poly, known: Knowledge) -> Sign:
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


def _by_gates(poly: Poly, known: Knowledge) -> Sign:
    """The sign on both sides of a gate, if it is the same on both: |u| + 1 is positive either way."""
    from .normal import normal

    gates = _gates(poly)
    name = min(gates)
    gate = gates[name]
    found = set()
    for side, sign in ((1, Sign.NONNEGATIVE), (0, Sign.NONPOSITIVE)):
        here = [t for t in poly.values() if side or all(k != name for k, _, _ in t.factors)]
        kept = [Term(t.coefficient, tuple(f for f in t.factors if f[0] != name)) for t in here]
        there = replace(known, signs=dict(known.signs), cache={}, decided={}, depth=known.depth + 1)
        there.learn(normal(gate.left, there), sign)
        found.add(sign_of(plus(*({t.monomial: t} for t in kept)), there))
    if len(found) == 1:
        return found.pop()
    if found <= {Sign.POSITIVE, Sign.NONNEGATIVE, Sign.ZERO}:
        return Sign.NONNEGATIVE
    return Sign.NONPOSITIVE if found <= {Sign.NEGATIVE, Sign.NONPOSITIVE, Sign.ZERO} else Sign.UNKNOWN


def _gates(poly: Poly) -> dict[str, Compare]:
    return {k: a for t in poly.values() for k, a, _ in t.factors if isinstance(a, Compare) and a.relation == ">"}


_DEEPEST = 3


def _of_a_bit(poly: Poly, known: Knowledge) -> Sign:
    """The sign of a + b·y, where y is declared to be 0 or 1."""
    del known
    if len(poly) != 2 or "" not in poly:
        return Sign.UNKNOWN
    other = next(t for m, t in poly.items() if m)
    (_, a, e), *more = other.factors
    if more or e < 1 or not (isinstance(a, Elem) and a.tensor.facts & {facts.BINARY, facts.ONE_HOT}):
        return Sign.UNKNOWN
    low = poly[""].coefficient
    values = {low, low + other.coefficient}
    if 0 in values:
        return Sign.UNKNOWN
    return Sign.POSITIVE if min(values) > 0 else Sign.NEGATIVE if max(values) < 0 else Sign.NONZERO


def _unit_complement(poly: Poly, known: Knowledge) -> Sign:
    """1 - a is positive where a is declared to lie between 0 and 1."""
    del known
    if len(poly) != 2 or "" not in poly:
        return Sign.UNKNOWN
    other = next(t for m, t in poly.items() if m)
    if len(other.factors) != 1 or other.coefficient != -poly[""].coefficient:
        return Sign.UNKNOWN
    _, a, e = other.factors[0]
    if e > 0 and isinstance(a, Elem) and facts.UNIT_INTERVAL in a.tensor.facts:
        return Sign.POSITIVE if poly[""].coefficient > 0 else Sign.NEGATIVE
    return Sign.UNKNOWN


def term_sign(term: Term, known: Knowledge) -> Sign:
    """The sign of one term."""
    sign = Sign.POSITIVE if term.coefficient > 0 else Sign.NEGATIVE
    for _, a, e in term.factors:
        sign = product(sign, power_sign(a, e, known))
    return sign


def product(a: Sign, b: Sign) -> Sign:
    """The sign of a product of two values of which this is known."""
    if Sign.ZERO in (a, b):
        return Sign.ZERO
    if Sign.UNKNOWN in (a, b):
        return Sign.UNKNOWN
    if Sign.NONZERO in (a, b):
        return Sign.NONZERO if {a, b} <= {*_STRICT, Sign.NONZERO} else Sign.UNKNOWN
    up = (a in _UP) == (b in _UP)
    if a in _STRICT and b in _STRICT:
        return Sign.POSITIVE if up else Sign.NEGATIVE
    return Sign.NONNEGATIVE if up else Sign.NONPOSITIVE


def power_sign(a: Expr, e: Fraction, known: Knowledge) -> Sign:
    """The sign of an atom to a power, where that is defined."""
    sign = atom_sign(a, known)
    if e.denominator > 1:
        return Sign.POSITIVE if sign is Sign.POSITIVE or e < 0 else Sign.NONNEGATIVE
    if e.numerator % 2 == 0:
        return Sign.POSITIVE if sign in (*_STRICT, Sign.NONZERO) or e < 0 else Sign.NONNEGATIVE
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
        from .normal import normal

        return _by_terms(normal(a, known), known)
    return Sign.UNKNOWN
