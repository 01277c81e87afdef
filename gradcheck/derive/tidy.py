"""Putting a derived formula into textbook shape: every rewrite an identity, and none that expands.

Minus signs go into a bracket, equal factors become powers, equal terms are counted, what does not
depend on a sum's indices leaves the sum, and a sum inside a sum becomes one.
"""

from __future__ import annotations

from fractions import Fraction

from ..algebra.expressions import (
    MINUS_ONE,
    UNIT,
    Add,
    Derivative,
    Expr,
    Mul,
    Num,
    Number,
    Pow,
    Sum,
    add,
    mul,
    power,
    total,
)
from ..algebra.index import Index
from ..declare.equality import Key, expression_key


def tidy(expr: Expr, join: bool = True) -> Expr:
    """The same expression in textbook shape; `join` makes one sum of a sum inside a sum.

    Holds where the given expression is defined: u/u = 1 is used, so the result may be defined at more points.

    >>> from gradcheck.algebra.expressions import Elem
    >>> from gradcheck.algebra.index import Tensor
    >>> x, y = Elem(Tensor("x")), Elem(Tensor("y"))
    >>> tidy(-(y - x) * x * x), tidy(x + y + x)
    ((-1*y + x)*(x)^(2), (2*x + y))
    """
    if isinstance(expr, Derivative):
        return expr
    children = expr.children()
    if children:
        changed = tuple([tidy(c, join) for c in children])
        if any(a is not b for a, b in zip(children, changed, strict=True)):
            expr = expr.rebuild(changed)
    if isinstance(expr, Pow):
        return _distributed(expr)
    if isinstance(expr, Mul):
        return _product(expr)
    if isinstance(expr, Add):
        return _terms(expr)
    if isinstance(expr, Sum):
        return _sum(expr, join)
    return expr


def _distributed(expr: Pow) -> Expr:
    """(ab)^k = a^k b^k and (u^a)^k = u^(ak) for a whole k."""
    if isinstance(expr.base, Pow):
        base, exponent = _as_power(expr)
        return expr if base is expr else power(base, Num(_tidied(exponent)))
    if isinstance(expr.base, Mul) and isinstance(expr.exponent, Num) and _whole(expr.exponent.value):
        return _product_of([power(f, expr.exponent) for f in expr.base.factors])
    return expr


def _whole(value: Number) -> bool:
    return isinstance(value, int) or value.denominator == 1


def _product(expr: Mul) -> Expr:
    return _product_of(list(expr.factors))


def _product_of(factors: list[Expr]) -> Expr:
    """Equal bases in one power each; the sign inside a bracket that has a minus anyway."""
    order: list[Key] = []
    bases: dict[Key, Expr] = {}
    exponents: dict[Key, Number] = {}
    number: Expr = UNIT
    for factor in factors:
        base, exponent = _as_power(factor)
        if isinstance(base, Num) and exponent == 1:
            number = mul(number, base)
            continue
        key = alike(base)
        if key not in bases:
            order.append(key)
            bases[key] = base
        exponents[key] = exponents.get(key, 0) + exponent
    kept = [power(bases[k], Num(_tidied(exponents[k]))) for k in order if exponents[k]]
    assert isinstance(number, Num)
    return _signs_inside(number, kept)


def _tidied(value: Number) -> Number:
    return int(value) if _whole(value) else value


def _as_power(factor: Expr) -> tuple[Expr, Number]:
    """Base and exponent; only whole and half exponents are taken apart, others stay in the base."""
    if not isinstance(factor, Pow) or not isinstance(factor.exponent, Num) or not _whole(2 * factor.exponent.value):
        return factor, 1
    base, exponent = factor.base, factor.exponent.value
    if _whole(exponent) and isinstance(base, Pow):  # (u^a)^k = u^(ak) for a whole k
        inner, power_of = _as_power(base)
        return (inner, exponent * power_of) if inner is not base else (base, exponent)
    return base, exponent


def _signs_inside(number: Num, factors: list[Expr]) -> Expr:
    for k, factor in enumerate(factors):
        if not isinstance(factor, Add):
            continue
        minus = sum(map(_is_negative, factor.terms))
        if (number.value < 0 and minus) or minus == len(factor.terms):
            flipped = add(*[mul(MINUS_ONE, t) for t in factor.terms])
            return mul(Num(-number.value), *factors[:k], flipped, *factors[k + 1 :])
    return mul(number, *factors)


def _is_negative(term: Expr) -> bool:
    first = term.factors[0] if isinstance(term, Mul) else term
    return isinstance(first, Num) and first.value < 0


def _terms(expr: Add) -> Expr:
    """Equal terms counted once, whatever their bound indices are called."""
    order: list[Key] = []
    found: dict[Key, tuple[Number, Expr]] = {}
    for term in expr.terms:
        number, rest = _coefficient(term)
        key = alike(rest)
        if key not in found:
            order.append(key)
            found[key] = (number, rest)
        else:
            found[key] = (found[key][0] + number, found[key][1])
    return add(*[mul(Num(_tidied(c)), rest) for c, rest in map(found.__getitem__, order) if c])


def _coefficient(term: Expr) -> tuple[Number, Expr]:
    if isinstance(term, Num):
        return term.value, UNIT
    if isinstance(term, Mul) and isinstance(term.factors[0], Num):
        return term.factors[0].value, mul(*term.factors[1:])
    return Fraction(1), term


def _sum(expr: Sum, join: bool) -> Expr:
    """A sum inside joins in; what does not depend on the indices goes outside."""
    indices, body = expr.indices, expr.body
    factors = list(body.factors) if isinstance(body, Mul) else [body]
    for k, factor in enumerate(factors if join else ()):
        if isinstance(factor, Sum) and not factor.free.isdisjoint(indices):
            joined = total((*indices, *factor.indices), mul(*factors[:k], *_parts(factor.body), *factors[k + 1 :]))
            return tidy(joined, join)
    outside = [f for f in factors if f.free.isdisjoint(indices)]
    if not outside:
        return expr
    inside = [f for f in factors if not f.free.isdisjoint(indices)]
    return _product_of([*_flat(outside), *_parts(total(indices, mul(*inside)))])


def _parts(expr: Expr) -> tuple[Expr, ...]:
    return expr.factors if isinstance(expr, Mul) else (expr,)


def _flat(factors: list[Expr]) -> list[Expr]:
    return [part for factor in factors for part in _parts(factor)]


def alike(expr: Expr) -> Key:
    """A key that two expressions share if they differ only in bound indices and in the order of factors.

    Free indices count by identity: the key begins with their serials in the order of first use.
    """
    if isinstance(expr, Mul | Add):
        return (type(expr).__name__, *sorted(map(alike, expr.children()), key=repr))
    free: tuple[Index, ...] = tuple(sorted(expr.free, key=lambda i: i.serial))
    return (tuple(i.serial for i in free), expression_key(expr, free))
