"""What expressions look like in SymPy: scalar functions, indicators, and safe names for symbols."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import sympy

from ..algebra.functions import Function, T

Symbolic = Any
"""A SymPy expression (SymPy has no types)."""


def applied(function: Function, order: int, argument: Symbolic, word: str | None = None) -> Symbolic:
    """f^(order)(argument) as SymPy writes it; an unspecified f is an undefined SymPy function called `word`.

    At a kink the value is the function's own limit (order 0) or the declared slope (order 1).
    """
    if function.unspecified:
        f = sympy.Function(word or symbol_name(function.name), real=True)
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


def symbol_names(names: Iterable[str]) -> dict[str, str]:
    r"""A different word for each name, in order; a second name with the same letters gets a number.

    >>> symbol_names(["W^{[1]}", "W^{(1)}", r"\alpha"])
    {'W^{[1]}': 'W__1', 'W^{(1)}': 'W__1_2', '\\alpha': 'alpha'}
    """
    out: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        word = plain = symbol_name(name)
        count = 1
        while word in taken:
            count += 1
            word = f"{plain}_{count}"
        taken.add(word)
        out[name] = word
    return out
