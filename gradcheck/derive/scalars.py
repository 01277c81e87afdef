"""What expressions look like in SymPy: scalar functions, indicators, and safe names for symbols."""

from __future__ import annotations

import re
from typing import Any

import sympy

from ..algebra.functions import Function, T

Symbolic = Any
"""A SymPy expression (SymPy has no types)."""


def applied(function: Function, order: int, argument: Symbolic) -> Symbolic:
    """f^(order)(argument) as SymPy writes it; an unspecified f is an undefined SymPy function.

    At a kink the value is the function's own limit (order 0) or the declared slope (order 1).
    """
    if function.unspecified:
        f = sympy.Function(symbol_name(function.name), real=True)
        if order == 0:
            return f(argument)
        t = sympy.Dummy("t", real=True)
        return sympy.Subs(sympy.Derivative(f(t), (t, order)), t, argument)
    above = function.derivative(order)
    if not function.has_kink:
        return above.subs(T, argument)
    below = function.derivative(order, above=False)
    if above == below:
        return above.subs(T, argument)
    at_kink = function.derivative(0).subs(T, 0) if order == 0 else function.slope_at_kink if order == 1 else 0
    return sympy.Piecewise(
        (above.subs(T, argument), argument > 0),
        (below.subs(T, argument), argument < 0),
        (sympy.nsimplify(at_kink) if order == 0 else sympy.Rational(at_kink), True),
    )


def indicator(relation: str, left: Symbolic, right: Symbolic) -> Symbolic:
    """1 where the relation holds, else 0."""
    condition = {
        ">": sympy.StrictGreaterThan,
        ">=": sympy.GreaterThan,
        "=": sympy.Equality,
        "!=": sympy.Unequality,
        "<=": sympy.LessThan,
    }[relation](left, right)
    return sympy.Piecewise((1, condition), (0, True))


def symbol_name(name: str) -> str:
    r"""A declared name as a plain word, in SymPy's own convention for labels.

    Only letters, digits and underscores are left, so that no code printer can be made to print code.

    >>> symbol_name("W^{[3]}"), symbol_name("x_3"), symbol_name(r"\alpha"), symbol_name("w_{hy}")
    ('W__3', 'x_3', 'alpha', 'w_hy')
    """
    marked = name.replace("^", "__").replace("'", "_prime")
    word = re.sub(r"[^A-Za-z0-9_]", "", marked)
    return word if word and not word[0].isdigit() else f"v_{word}"
