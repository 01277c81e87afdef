"""Scalar functions as array operations: the NumPy code of a function follows from its one definition.

Where a definition is a rational expression in exp(t) and 1 + exp(t), as those of the sigmoid, softplus
and SiLU are, it is rewritten into the sigmoid s(t), which has a form that cannot overflow:
exp(t) = s/(1 - s). A function with a kink is evaluated on each side at arguments of that side only.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import sympy

from ..algebra.functions import Function, T, Y
from ..errors import FormulaError
from .arrays import Graph
from .values import Value

_S: Any = sympy.Symbol("s", positive=True)
_UFUNCS = {
    sympy.exp: "exp", sympy.log: "log", sympy.sin: "sin", sympy.cos: "cos", sympy.tanh: "tanh", sympy.sinh: "sinh",
    sympy.cosh: "cosh", sympy.erf: "erf", sympy.Abs: "absolute", sympy.sign: "sign", sympy.tan: "tan",
    sympy.atan: "arctan", sympy.asin: "arcsin", sympy.acos: "arccos",
}  # fmt: skip


def applied(graph: Graph, function: Function, order: int, argument: Value) -> Value:
    """The derivative of this order of a function, at an array."""
    if function.unspecified:
        return graph.make("call", (argument,), (function, order), argument.dims)
    if function.has_kink:
        return _two_sided(graph, function, order, argument)
    expr, in_value = _closed_form(function, order)
    inner = applied(graph, function, 0, argument) if in_value else argument
    return _lower(graph, expr, inner, function)


@functools.lru_cache(maxsize=512)
def _closed_form(function: Function, order: int) -> tuple[Any, bool]:
    """An expression for the derivative, in `T` or (True) in the function's own value `Y`; `_S` is the sigmoid of t."""
    slope = function.slope_from_value
    if order and slope is not None:
        expr = slope
        for _ in range(order - 1):
            expr = sympy.expand(sympy.diff(expr, Y) * slope)
        return expr, True
    return _in_sigmoid(function.derivative(order)), False


def _in_sigmoid(expr: Any) -> Any:
    """Rewrite a smooth expression so that 1 + exp(t) and 1 + exp(-t) do not overflow."""
    grown = {1 + sympy.exp(T): 1 / (1 - _S), 1 + sympy.exp(-T): 1 / _S}
    if not any(expr.has(k) for k in grown):
        return expr
    softplus = sympy.Function("softplus")
    for k, sign in ((1 + sympy.exp(T), 1), (1 + sympy.exp(-T), -1)):
        expr = expr.replace(sympy.log(k), softplus(sign * T))
    inside = expr.subs(grown).subs({sympy.exp(T): _S / (1 - _S), sympy.exp(-T): (1 - _S) / _S})
    return sympy.factor_terms(sympy.cancel(inside)) if inside.is_rational_function(_S) else expr


def _two_sided(graph: Graph, function: Function, order: int, t: Value) -> Value:
    above, below = function.derivative(order), function.derivative(order, above=False)
    zero = graph.number(0)
    if (above, below) == (T, 0):
        return graph.map("maximum", t, zero)
    if (above, below) == (T, -T):
        return graph.map("absolute", t)
    declared = function.slope_at_kink if order == 1 else None
    if (above, below) == (1, -1) and not declared:
        return graph.map("sign", t)
    if (above, below) == (1, 0) and not declared:
        return positive(graph, t)
    side = graph.map("positive", t)
    right = _lower(graph, above, graph.map("maximum", t, zero), function)
    left = _lower(graph, below, graph.map("minimum", t, zero), function)
    out = graph.map("where", side, right, left)
    if declared is not None and below.subs(T, 0) != declared:
        out = graph.map("where", graph.map("equal", t, zero), graph.number(declared), out)
    return out


def positive(graph: Graph, t: Value) -> Value:
    """1 where t > 0, else 0; read off max(t, 0) where that is known, so that t itself need not be kept."""
    rectified = graph.find("maximum", (t, graph.number(0)))
    return graph.map("positive", rectified if rectified is not None else t)


def _lower(graph: Graph, expr: Any, inner: Value, function: Function) -> Value:
    """A SymPy expression of one variable as operations on the array `inner`."""
    if expr in (T, Y):
        return inner
    if expr is _S:
        return graph.map("sigmoid", inner)
    if expr.is_Rational:
        return graph.number(Fraction(int(expr.p), int(expr.q)))
    if expr is sympy.pi:
        return graph.make("number", (), "pi", ())
    if expr is sympy.E:
        return graph.map("exp", graph.number(1))
    if expr.is_Add:
        return _added(graph, [(minus, _lower(graph, term, inner, function)) for minus, term in _signed(expr)])
    if expr.is_Mul:
        below = [f for f in expr.args if f.is_Pow and f.exp.is_Rational and f.exp.is_negative]
        above = [f for f in expr.args if f not in below]
        top = _product(graph, above, inner, function)
        bottom = _product(graph, [1 / f for f in below], inner, function)
        return graph.map("divide", top, bottom)
    if expr.is_Pow:
        return raised(graph, _lower(graph, expr.base, inner, function), _lower(graph, expr.exp, inner, function))
    if expr.func.__name__ == "softplus":
        return graph.map("softplus", _lower(graph, expr.args[0], inner, function))
    ufunc = _UFUNCS.get(expr.func)
    if ufunc is None:
        raise FormulaError(f"no NumPy code for {expr.func.__name__} in the definition of {function.name}")
    return graph.map(ufunc, _lower(graph, expr.args[0], inner, function))


def _product(graph: Graph, factors: list[Any], inner: Value, function: Function) -> Value:
    out = graph.number(1)
    for factor in factors:
        out = graph.map("multiply", out, _lower(graph, factor, inner, function))
    return out


@functools.lru_cache(maxsize=512)
def _signed(expr: Any) -> tuple[tuple[bool, Any], ...]:
    """The terms of a sum, each with whether it is subtracted."""
    found = [(bool(term.could_extract_minus_sign()), term) for term in expr.args]
    return tuple([(minus, -term if minus else term) for minus, term in found])


def _added(graph: Graph, terms: list[tuple[bool, Value]]) -> Value:
    terms = sorted(terms, key=lambda pair: pair[0])
    negative, out = terms[0]
    if negative:
        out = graph.map("negative", out)
    for minus, term in terms[1:]:
        out = graph.map("subtract" if minus else "add", out, term)
    return out


def raised(graph: Graph, base: Value, exponent: Value) -> Value:
    """A power, small whole and half exponents without calling pow."""
    e = exponent.data if exponent.op == "number" and not isinstance(exponent.data, str) else None
    if e is None:
        return graph.map("power", base, exponent)
    if e < 0:
        return graph.map("divide", graph.number(1), raised(graph, base, graph.number(-e)))
    if e in (0, 1):
        return base if e else graph.number(1)
    if e == Fraction(1, 2):
        return graph.map("sqrt", base)
    if e in (2, 4):
        return graph.map("square", raised(graph, base, graph.number(e / 2)))
    if e == 3:
        return graph.map("multiply", base, graph.map("square", base))
    return graph.map("power", base, exponent)
