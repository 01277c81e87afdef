"""Scalar functions in the normal form: everything exponential in exp, everything piecewise in gates.

exp splits over sums, log over factors (as logarithms of absolute values, which agree with the
logarithm wherever that is defined), and both undo each other. Other primitives stay atoms.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from .. import facts
from ..dims import Dim
from ..expressions import (
    PI,
    UNIT,
    ZERO,
    Apply,
    Compare,
    Elem,
    Expr,
    Mul,
    Num,
    Pow,
    Product,
    Size,
    Sum,
    add,
    mul,
    negate,
    power,
)
from ..functions import BUILT_IN, COS, EXP, LOG, SIGMOID, Function, T
from ..keys import TooLargeError
from ..polynomials import ONE_POLY, Poly, Term, atom, constant, expression, leading, plus, scaled, single, value
from ..signs.knowledge import Knowledge
from ..signs.sign import Sign
from ..signs.sums import sign_of
from ..signs.terms import atom_sign
from . import normal as nf
from . import products, sums

HIGHEST_ORDER = 8
_PRIMITIVES = {function.definition.func: function for function in BUILT_IN if function.primitive}


def applied(expr: Apply, known: Knowledge) -> Poly:
    """A function or its derivative, applied."""
    function, order = expr.function, expr.order
    if function.unspecified:
        return _unspecified(expr, known)
    if function is EXP:
        return exponential(nf.normal(expr.argument, known), known)
    if function.primitive and order == 0:
        return _primitive(function, nf.normal(expr.argument, known), known)
    if order > HIGHEST_ORDER:
        raise TooLargeError(f"the derivative of order {order} of {function.name}")
    known.rules.add(f"definition of {function.name}")
    argument = expression(nf.normal(expr.argument, known))
    if function.has_kink:
        return _piecewise(function, order, argument, known)
    return nf.normal(from_sympy(function.derivative(order), argument), known)


def from_sympy(formula: Any, argument: Expr) -> Expr:
    """A scalar SymPy expression in `T`, with an expression put in for `T`."""
    if formula == T:
        return argument
    if formula.is_Rational:
        return Num(Fraction(int(formula.p), int(formula.q)))
    if formula is sympy.pi:
        return PI
    if formula is sympy.E:
        return Apply(EXP, UNIT)
    if formula.is_Add:
        return add(*(from_sympy(a, argument) for a in formula.args))
    if formula.is_Mul:
        return mul(*(from_sympy(a, argument) for a in formula.args))
    if isinstance(formula, sympy.exp):
        return Apply(EXP, from_sympy(formula.args[0], argument))
    if formula.is_Pow:
        return power(from_sympy(formula.base, argument), from_sympy(formula.exp, argument))
    for kind, function in _PRIMITIVES.items():
        if isinstance(formula, kind):
            return Apply(function, from_sympy(formula.args[0], argument))
    if isinstance(formula, sympy.tanh | sympy.sinh | sympy.cosh):
        return from_sympy(formula.rewrite(sympy.exp), argument)
    raise TypeError(f"no rule for the SymPy expression {formula}")


def _piecewise(function: Function, order: int, argument: Expr, known: Knowledge) -> Poly:
    """Below + (above - below)·[u > 0]; where the declared slope at the kink is the upper one, [u >= 0]."""
    above = from_sympy(function.derivative(order), argument)
    below = from_sympy(function.derivative(order, above=False), argument)
    at_kink = function.derivative(order).subs(T, 0)
    upper = order == 1 and function.slope_at_kink and at_kink == sympy.Rational(str(function.slope_at_kink))
    gate = Compare(">=" if upper else ">", argument, ZERO)
    if function.name == "sign" and order == 0:
        # sign(0) = 0: [u > 0] - [u < 0]
        return nf.normal(add(Compare(">", argument, ZERO), negate(Compare(">", negate(argument), ZERO))), known)
    return nf.normal(add(below, mul(add(above, negate(below)), gate)), known)


def _unspecified(expr: Apply, known: Knowledge) -> Poly:
    function, order = expr.function, expr.order
    argument = nf.normal(expr.argument, known)
    declared = function.facts
    if facts.LOGISTIC in declared:
        known.rules.add(f"{function.name} is the logistic function")
        return applied(Apply(SIGMOID, expr.argument, order), known)
    if not argument and facts.ZERO_AT_ZERO in declared and order == 0:
        known.rules.add(f"{function.name}(0) = 0")
        return {}
    if declared & {facts.EVEN, facts.ODD}:
        odd = (facts.ODD in declared) != (order % 2 == 1)
        return _with_parity(function, order, argument, odd, known)
    return atom(Apply(function, expression(argument), order))


def _with_parity(function: Function, order: int, argument: Poly, odd: bool, known: Knowledge) -> Poly:
    if not argument:
        return {} if odd else atom(Apply(function, ZERO, order))
    known.rules.add(f"parity of {function.name}")
    if leading(argument).coefficient < 0:
        turned = atom(Apply(function, expression(scaled(argument, -1)), order))
        return scaled(turned, -1) if odd else turned
    return atom(Apply(function, expression(argument), order))


def _primitive(function: Function, argument: Poly, known: Knowledge) -> Poly:
    if function is LOG:
        return logarithm(argument, known)
    if value(argument) == 0:
        return constant(1) if function is COS else {}
    return _with_parity(function, 0, argument, function is not COS, known)


# exp ----------------------------------------------------------------------------------------------------


def exponential(argument: Poly, known: Knowledge) -> Poly:
    """e^argument, split over the terms of the argument."""
    out = ONE_POLY
    for monomial in sorted(argument):
        term = argument[monomial]
        out = products.times(out, _exp_of_term(term, known), known)
    if len(argument) > 1:
        known.rules.add("exp of a sum")
    return out


def _exp_of_term(term: Term, known: Knowledge) -> Poly:
    inverted = _undone(term, known)
    if inverted is not None:
        return inverted
    unit = Term(Fraction(1), term.factors)
    return atom(Apply(EXP, unit.expression()), term.coefficient)


def _undone(term: Term, known: Knowledge) -> Poly | None:
    """exp(c·log a) = a^c for a known to be positive (or an even c), and sums of such terms."""
    if len(term.factors) != 1:
        return None
    _, a, e = term.factors[0]
    if e != 1:
        return None
    if isinstance(a, Sum):
        return _exp_of_sum(a, term.coefficient, known)
    if not (isinstance(a, Apply) and a.function is LOG and a.order == 0):
        return None
    inner = nf.normal(a.argument, known)
    positive = sign_of(inner, known) is Sign.POSITIVE
    whole = term.coefficient.denominator == 1
    if positive or (whole and term.coefficient.numerator % 2 == 0):
        known.rules.add("exp undoes log")
        return nf.normal(power(a.argument, Num(term.coefficient)), known)
    return None


def _exp_of_sum(a: Sum, coefficient: Fraction, known: Knowledge) -> Poly | None:
    """exp(Σ c log a_i) = Π a_i^c: only where the body is one logarithm."""
    if isinstance(a.body, Apply) and a.body.function is LOG and coefficient.denominator == 1:
        inner = nf.normal(a.body.argument, known)
        if sign_of(inner, known) is Sign.POSITIVE:
            return nf.normal(Product(a.indices, power(a.body.argument, Num(int(coefficient)))), known)
    return None


def product(expr: Product, known: Knowledge) -> Poly:
    """Π over indices: of exponentials the exponential of the sum, of one term factor by factor."""
    body = nf.normal(expr.body, known)
    if not body:
        return {}
    term = single(body)
    if term is None:
        return atom(Product(expr.indices, expression(body)))
    count = mul(*(Size(i.dim) for i in expr.indices))
    out = ONE_POLY
    if term.coefficient != 1:
        out = _to_the_count(Num(term.coefficient), count, expr.indices[0].dim, known)
    for _, a, e in term.factors:
        if isinstance(a, Apply) and a.function is EXP:
            known.rules.add("product of exponentials")
            summed = nf.normal(Sum(expr.indices, mul(Num(e), a.argument)), known)
            out = products.times(out, exponential(summed, known), known)
        elif a.free.isdisjoint(expr.indices):
            out = products.times(out, _to_the_count(power(a, Num(e)), count, expr.indices[0].dim, known), known)
        elif len(expr.indices) == 1 or all(i in a.free for i in expr.indices):
            out = products.times(out, atom(Product(expr.indices, a), e), known)
        else:
            return atom(Product(expr.indices, expression(body)))
    return out


def _to_the_count(base: Expr, count: Expr, dim: Dim, known: Knowledge) -> Poly:
    literal = dim.literal
    if literal is not None and isinstance(count, Num | Size):
        return nf.normal(power(base, Num(literal)), known)
    return atom(Pow(base, count))


# log ----------------------------------------------------------------------------------------------------


def logarithm(argument: Poly, known: Knowledge) -> Poly:
    """Log of the absolute value of the argument, which is log(argument) wherever that is defined."""
    from ..polynomials import content
    from .powers import UndefinedError

    if not argument:
        raise UndefinedError("log 0")
    common, rest = content(argument)
    parts = [_log_of_number(abs(common.coefficient))]
    parts += [scaled(_log_of_atom(a, known), e) for _, a, e in common.factors]
    if value(rest) != 1:
        squared = _log_of_gated(rest, known)
        parts.append(atom(Apply(LOG, expression(rest))) if squared is None else squared)
    if len(parts) > 2:
        known.rules.add("log of a product")
    return plus(*parts)


def _log_of_gated(rest: Poly, known: Knowledge) -> Poly | None:
    """log|x| where |x| is written in gates: half the logarithm of the square, if that is one term."""
    if len(rest) > 4 or not any(isinstance(a, Compare) for t in rest.values() for _, a, _ in t.factors):
        return None
    square = products.times(rest, rest, known)
    return scaled(logarithm(square, known), Fraction(1, 2)) if single(square) is not None else None


def _log_of_atom(a: Expr, known: Knowledge) -> Poly:
    if isinstance(a, Apply) and a.function is EXP:
        known.rules.add("log undoes exp")
        return nf.normal(a.argument, known)
    if isinstance(a, Num):
        return _log_of_number(Fraction(a.value))
    if isinstance(a, Product) and isinstance(a.body, Elem) and atom_sign(a.body, known) is Sign.POSITIVE:
        known.rules.add("log of a product")
        return nf.normal(Sum(a.indices, Apply(LOG, a.body)), known)
    if isinstance(a, Mul):
        return plus(*(scaled(_log_of_atom(f, known), e) for f, e in sums.unpacked(a)))
    return atom(Apply(LOG, a))


def _log_of_number(number: Fraction) -> Poly:
    from .roots import LARGEST_FACTORED, prime_factors

    if number == 1:
        return {}
    if max(number.numerator, number.denominator) > LARGEST_FACTORED:
        return atom(Apply(LOG, Num(number)))
    parts = [scaled(atom(Apply(LOG, Num(p))), m) for p, m in prime_factors(number.numerator)]
    parts += [scaled(atom(Apply(LOG, Num(p))), -m) for p, m in prime_factors(number.denominator)]
    return plus(*parts)
