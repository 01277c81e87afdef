"""Names of nodes put back for what their equations say: tanh'(u) is 1 - a^2 where a = tanh(u) is a node.

Every rewrite is an identity wherever the network's equations hold.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Literal

import sympy

from ..algebra.expressions import (
    UNIT,
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
    Size,
    Sum,
    mul,
    power,
    substitute,
    total,
)
from ..algebra.facts import ONE_HOT, SIMPLEX, STOCHASTIC
from ..algebra.functions import Function
from ..algebra.index import Index, Slot
from ..declare.network import Network, Node
from .tidy import tidy

Places = dict[Index, Slot]
_SUMS_TO_ONE = frozenset({ONE_HOT, SIMPLEX, STOCHASTIC})


def recognised(network: Network, expr: Expr) -> Expr:
    """The expression in terms of nodes: slopes and quotients by the names of nodes, sums that a fact knows by 1."""
    children = expr.children()
    if children and not isinstance(expr, Elem):
        changed = tuple([recognised(network, child) for child in children])
        if any(a is not b for a, b in zip(children, changed, strict=True)):
            expr = expr.rebuild(changed)
    if isinstance(expr, Apply) and expr.order == 1:
        return _slope(network, expr)
    if isinstance(expr, Mul):
        return _product(network, expr)
    if isinstance(expr, Pow):
        return _by_reciprocal(network, expr)
    if isinstance(expr, Sum) and _is_one(expr):
        return UNIT
    return expr


def _is_one(expr: Sum) -> bool:
    """Whether the sum runs over all entries of a vector that sum to 1 by declaration."""
    body = expr.body
    if not isinstance(body, Elem) or not body.tensor.facts & _SUMS_TO_ONE or len(expr.indices) != 1:
        return False
    (index,) = expr.indices
    return bool(body.slots) and body.slots.count(index) == 1 and body.slots[-1] == index


# Slopes -----------------------------------------------------------------------------------------------------


def _slope(network: Network, expr: Apply) -> Expr:
    """f'(u) by the node a = f(u), for an f whose slope its own value tells."""
    for node, formula in _patterns(network):
        if isinstance(formula, Apply) and formula.order == 0 and formula.function == expr.function:
            places: Places = {}
            if _matches(formula.argument, expr.argument, places, node.indices) and len(places) == len(node.indices):
                return _slope_by_value(expr, _entry(node, places))
    return expr


def _slope_by_value(expr: Apply, value: Expr) -> Expr:
    match _own_slope(expr.function):
        case "one minus square":
            return 1 - value**2
        case "logistic":
            return value * (1 - value)
        case _:
            return expr


@functools.lru_cache(maxsize=256)
def _own_slope(function: Function) -> Literal["one minus square", "logistic", ""]:
    """What f' is in terms of f: SymPy's derivative is compared as a rational function of exp."""
    if function.unspecified:
        return "logistic" if "logistic" in function.facts else ""
    if function.has_kink or function.primitive:
        return ""
    value, slope = function.derivative(0), function.derivative(1)
    if sympy.cancel((slope - 1 + value**2).rewrite(sympy.exp)) == 0:
        return "one minus square"
    return "logistic" if sympy.cancel((slope - value * (1 - value)).rewrite(sympy.exp)) == 0 else ""


# Quotients --------------------------------------------------------------------------------------------------


def _product(network: Network, expr: Mul) -> Expr:
    """The product with each quotient that is a node's equation under its name, also where part of it is in a sum."""
    if (known := _by_complement(network, expr.factors)) is not None:
        return recognised(network, known)
    for node, formula in _patterns(network):
        if not isinstance(formula, Mul) or not any(_exponent(f) < 0 for f in formula.factors):
            continue
        found = _without(node, formula, expr.factors)
        if found is not None:
            return recognised(network, found)
        for k, factor in enumerate(expr.factors):
            others = expr.factors[:k] + expr.factors[k + 1 :]
            if isinstance(factor, Sum) and (found := _in_sum(node, formula, factor, others)) is not None:
                return recognised(network, found)
    return expr


def _by_reciprocal(network: Network, expr: Pow) -> Expr:
    """A power of p for one of 1/u, where p = 1/u is a node."""
    base, exponent = _parts(expr)
    for node, formula in _reciprocals(network):
        places: Places = {}
        if exponent < 0 and _matches(formula.base, base, places, node.indices) and len(places) == len(node.indices):
            return power(_entry(node, places), Num(-exponent))
    return expr


def _by_complement(network: Network, factors: tuple[Expr, ...]) -> Expr | None:
    """A product with 1 - p for p v, where p = 1/(1 + v) is a node; None if that is not in it."""
    for node, formula in _reciprocals(network):
        odds = formula.base - 1
        for over in factors:
            places: Places = {}
            if isinstance(odds, Num) or not _matches(odds, over, places, node.indices):
                continue
            value = _entry(node, places) if len(places) == len(node.indices) else None
            for factor in factors:
                base, exponent = _parts(factor)
                if base == value and exponent >= 1:
                    others = [f for f in factors if f is not over and f is not factor]
                    return mul(*others, power(base, Num(exponent - 1)), 1 - base)
    return None


def _in_sum(node: Node, formula: Mul, factor: Sum, others: tuple[Expr, ...]) -> Expr | None:
    """What divides the sum divides its terms: there, together with their factors, it may be the node."""
    divisors = tuple(f for f in others if _exponent(f) < 0 and f.free.isdisjoint(factor.indices))
    if not divisors:
        return None
    body = factor.body.factors if isinstance(factor.body, Mul) else (factor.body,)
    found = _without(node, formula, (*body, *divisors))
    rest = [f for f in others if not any(f is d for d in divisors)]
    return None if found is None else mul(*rest, tidy(total(factor.indices, found)))


def _without(node: Node, formula: Mul, factors: Sequence[Expr]) -> Expr | None:
    """The product of the factors with the node's entry in place of its equation; None where that is not in it."""
    if any(isinstance(f, Num) for f in formula.factors):
        return None
    for places, taken in _assigned(formula.factors, factors, {}, {}, node.indices):
        if len(places) == len(node.indices):
            left = [_lessened(f, taken[k]) if k in taken else f for k, f in enumerate(factors)]
            return mul(*left, _entry(node, places))
    return None


def _assigned(
    wanted: Sequence[Expr], factors: Sequence[Expr], places: Places, taken: dict[int, Expr], free: tuple[Index, ...]
) -> Iterator[tuple[Places, dict[int, Expr]]]:
    """The ways to find each wanted factor in another one of the factors, with an exponent that is as large at least."""
    if not wanted:
        yield places, taken
        return
    base, exponent = _parts(wanted[0])
    for k, factor in enumerate(factors):
        other, most = _parts(factor)
        if k in taken or not (most <= exponent < 0 or 0 < exponent <= most):
            continue
        here = dict(places)
        if _matches(base, other, here, free):
            yield from _assigned(wanted[1:], factors, here, {**taken, k: wanted[0]}, free)


def _lessened(factor: Expr, by: Expr) -> Expr:
    base, most = _parts(factor)
    return power(base, Num(most - _parts(by)[1]))


def _parts(factor: Expr) -> tuple[Expr, Number]:
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num):
        return factor.base, factor.exponent.value
    return factor, 1


def _exponent(factor: Expr) -> float:
    return float(_parts(factor)[1])


# Matching ---------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _patterns(network: Network) -> tuple[tuple[Node, Expr], ...]:
    """The nodes with their equations in textbook shape."""
    return tuple((node, tidy(node.formula)) for node in network.nodes)


@functools.lru_cache(maxsize=64)
def _reciprocals(network: Network) -> tuple[tuple[Node, Pow], ...]:
    """The nodes that are 1 over something, with their equations."""
    return tuple((node, f) for node, f in _patterns(network) if isinstance(f, Pow) and _parts(f)[1] == -1)


def _entry(node: Node, places: Places) -> Expr:
    return Elem(node.tensor, tuple(places[i] for i in node.indices))


def _matches(pattern: Expr, expr: Expr, places: Places, free: tuple[Index, ...]) -> bool:
    """Whether the expression is the pattern at some places of its free indices, which are noted down."""
    if type(pattern) is not type(expr):
        return False
    if isinstance(pattern, Num | Const | Size):
        return pattern == expr
    if isinstance(pattern, Binder) and isinstance(expr, Binder):
        return _same_binder(pattern, expr, places, free)
    own, other = pattern.parts(), expr.parts()
    if isinstance(pattern, Apply | Compare) and not _same_head(pattern, expr):
        return False
    if isinstance(pattern, Elem) and isinstance(expr, Elem) and pattern.tensor != expr.tensor:
        return False
    slots, slots_there = _slots(pattern), _slots(expr)
    if len(own) != len(other) or len(slots) != len(slots_there):
        return False
    children, children_there = pattern.children(), expr.children()
    return (
        len(children) == len(children_there)
        and all(_same_slot(a, b, places, free) for a, b in zip(slots, slots_there, strict=True))
        and all(_matches(a, b, places, free) for a, b in zip(children, children_there, strict=True))
    )


def _same_head(pattern: Expr, expr: Expr) -> bool:
    if isinstance(pattern, Apply) and isinstance(expr, Apply):
        return pattern.function == expr.function and pattern.order == expr.order
    return isinstance(pattern, Compare) and isinstance(expr, Compare) and pattern.relation == expr.relation


def _same_binder(pattern: Binder, expr: Binder, places: Places, free: tuple[Index, ...]) -> bool:
    if [i.dim for i in pattern.indices] != [i.dim for i in expr.indices]:
        return False
    if isinstance(pattern, Extremum) and isinstance(expr, Extremum) and pattern.kind != expr.kind:
        return False
    places.update(zip(pattern.indices, expr.indices, strict=True))
    same = _matches(pattern.body, expr.body, places, free)
    for index in pattern.indices:
        del places[index]
    # What is bound in the expression has no meaning outside.
    return same and not any(slot in expr.indices for slot in places.values())


def _slots(expr: Expr) -> tuple[Slot, ...]:
    if isinstance(expr, Elem):
        return expr.slots
    if isinstance(expr, Ordinal):
        return (expr.slot,)
    return (expr.left, expr.right) if isinstance(expr, Delta | AtMost) else ()


def _same_slot(pattern: Slot, slot: Slot, places: Places, free: tuple[Index, ...]) -> bool:
    if isinstance(pattern, Index) and pattern in free and pattern not in places:
        if isinstance(slot, Index) and slot.dim != pattern.dim:
            return False
        places[pattern] = slot
        return True
    return substitute(Ordinal(pattern), dict(places)) == Ordinal(slot)
