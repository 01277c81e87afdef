"""Quotients of exponentials, found in a formula so that they are evaluated without overflow.

Identities used: exp(u) / sum_j w_j exp(v_j) is unchanged when m is subtracted from u and from every v_j;
log sum_j exp(v_j) = m + log sum_j exp(v_j - m); exp(u)/(1 + exp(u)) is the sigmoid of u.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..algebra.expressions import UNIT, Add, Apply, Expr, Mul, Num, Pow, Sum
from ..algebra.functions import EXP


class Ratio(NamedTuple):
    """exp(argument) / below, with `below` a sum of exponentials or 1 + exp(argument)."""

    argument: Expr
    below: Expr


def exponent_of(expr: Expr) -> Expr | None:
    """The u of exp(u), derivatives of exp included."""
    return expr.argument if isinstance(expr, Apply) and expr.function == EXP else None


def one_plus_exp(expr: Expr) -> Expr | None:
    """The u of 1 + exp(u)."""
    if isinstance(expr, Add) and len(expr.terms) == 2:
        for one, other in (expr.terms, expr.terms[::-1]):
            if one == UNIT:
                return exponent_of(other)
    return None


def is_exponential_sum(expr: Expr) -> bool:
    """Whether an expression is a sum over indices of something times one exponential that varies with them."""
    if not isinstance(expr, Sum):
        return False
    factors = expr.body.factors if isinstance(expr.body, Mul) else (expr.body,)
    grown = [u for f in factors if (u := exponent_of(f)) is not None]
    return len(grown) == 1 and not grown[0].free.isdisjoint(expr.indices)


def sum_of_exponentials(below: Sum) -> tuple[Expr, list[Expr]]:
    """The exponent of a sum of exponentials, and what else stands under the sum."""
    factors = below.body.factors if isinstance(below.body, Mul) else (below.body,)
    argument = next(u for f in factors if (u := exponent_of(f)) is not None)
    return argument, [f for f in factors if exponent_of(f) is None]


def pair_exponentials(factors: Sequence[Expr]) -> tuple[list[Expr], list[Ratio]]:
    """Pair every exponential with a quotient it can share a maximum with; the factors that are left, and the pairs."""
    below = _quotients(factors)
    if not below:
        return list(factors), []
    left: list[Expr] = []
    pairs: list[Ratio] = []
    for factor in factors:
        argument = exponent_of(factor)
        if argument is not None:
            match = _match(argument, below)
            if match is not None:
                pairs.append(Ratio(argument, match))
                below.remove(match)
                continue
        elif is_exponential_sum(factor) and (match := _match(None, below)) is not None:
            assert isinstance(factor, Sum)
            inner = factor.body.factors if isinstance(factor.body, Mul) else (factor.body,)
            left.append(Sum(factor.indices, Mul((*inner, Pow(match, Num(-1))))))
            below.remove(match)
            continue
        left.append(factor)
    return _without_quotients(left, below), pairs


def _quotients(factors: Sequence[Expr]) -> list[Expr]:
    """Every S of a factor S^-k, k times, that is a sum of exponentials or 1 + exp(u)."""
    out: list[Expr] = []
    for factor in factors:
        if isinstance(factor, Pow) and isinstance(factor.exponent, Num):
            k = factor.exponent.value
            suits = is_exponential_sum(factor.base) or one_plus_exp(factor.base) is not None
            if suits and isinstance(k, int) and -8 <= k < 0:
                out += [factor.base] * -k
    return out


def _match(argument: Expr | None, below: list[Expr]) -> Expr | None:
    for candidate in below:
        plus = one_plus_exp(candidate)
        if plus is None or plus == argument:
            return candidate
    return None


def _without_quotients(factors: list[Expr], unpaired: list[Expr]) -> list[Expr]:
    """The factors, every quotient lowered to the power that no exponential was paired with."""
    out: list[Expr] = []
    for factor in factors:
        if isinstance(factor, Pow) and _quotients([factor]):
            continue
        out.append(factor)
    counts: dict[Expr, int] = {}
    for base in unpaired:
        counts[base] = counts.get(base, 0) + 1
    return out + [Pow(base, Num(-k)) for base, k in counts.items()]
