"""Scalar functions of one variable: one definition each.

A named function is defined once, as a SymPy expression of `T` (for a function with a kink at 0: one
expression on each side and the slope declared there). Its derivatives, its NumPy code, its kinks and
its expansion into exp, log, erf, sin, cos and arctan follow from that definition. A function without a
definition is unspecified: an arbitrary differentiable function that has the declared facts.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

T: Any = sympy.Symbol("t", real=True)
"""The variable in which definitions are written."""

Y: Any = sympy.Symbol("y", real=True)
"""The function's own value, in which `slope_from_value` is written."""


@dataclass(frozen=True, eq=False)
class Function:
    r"""A scalar function of one variable.

    name: the name used in text and code ("tanh"), for a declared one as declared ("\\sigma").
    latex: how it is written.
    definition: its value for t > 0 and, unless `below` is given, everywhere; None if unspecified.
    below: its value for t < 0, for a function with a kink or jump at 0.
    slope_at_kink: the declared derivative at that kink (a convention, 0 unless declared otherwise).
    primitive: kept as an atom by the normal form (exp, log, erf, sin, cos, arctan).
    slope_from_value: the first derivative written in the function's own value `Y`; a second formula
        for speed, so a claim, which the tests prove.
    facts: declared or known properties: "increasing", "decreasing", "even", "odd", "positive",
        "zero-at-zero".

    >>> TANH.derivative(1)
    1 - tanh(t)**2
    >>> RELU.derivative(1), RELU.derivative(1, above=False)
    (1, 0)
    """

    name: str
    latex: str
    definition: Any = None
    below: Any = None
    slope_at_kink: Fraction = Fraction(0)
    primitive: bool = False
    slope_from_value: Any = None
    facts: frozenset[str] = field(default_factory=frozenset)

    @property
    def unspecified(self) -> bool:
        """Whether nothing but its facts is known."""
        return self.definition is None

    @property
    def has_kink(self) -> bool:
        """Whether it is defined by two different expressions, below and above 0."""
        return self.below is not None

    @functools.cached_property
    def _derivatives(self) -> dict[tuple[int, bool], Any]:
        return {}

    def derivative(self, order: int, above: bool = True) -> Any:
        """The SymPy expression in `T` of the derivative of this order, on one side of the kink."""
        side = above or not self.has_kink
        known = self._derivatives
        if (order, side) not in known:
            start = self.definition if side else self.below
            known[order, side] = start if order == 0 else sympy.diff(self.derivative(order - 1, side), T)
        return known[order, side]

    def _key(self) -> tuple[Any, ...]:
        return (self.name, self.definition, self.below, self.slope_at_kink, self.facts)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Function) and self._key() == other._key())

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Function({self.name})"


def unspecified(name: str, latex: str | None = None, facts: frozenset[str] = frozenset()) -> Function:
    """An arbitrary function that has these facts and no others."""
    return Function(name, latex or name, facts=facts)


def _facts(*names: str) -> frozenset[str]:
    return frozenset(names)


_E = sympy.exp
EXP = Function("exp", r"\exp", _E(T), primitive=True, slope_from_value=Y, facts=_facts("increasing", "positive"))
LOG = Function("log", r"\log", sympy.log(T), primitive=True, facts=_facts("increasing"))
ERF = Function(
    "erf", r"\operatorname{erf}", sympy.erf(T), primitive=True, facts=_facts("increasing", "odd", "zero-at-zero")
)
SIN = Function("sin", r"\sin", sympy.sin(T), primitive=True, facts=_facts("odd", "zero-at-zero"))
COS = Function("cos", r"\cos", sympy.cos(T), primitive=True, facts=_facts("even"))
ATAN = Function("arctan", r"\arctan", sympy.atan(T), primitive=True, facts=_facts("increasing", "odd", "zero-at-zero"))
TANH = Function(
    "tanh", r"\tanh", sympy.tanh(T), slope_from_value=1 - Y**2, facts=_facts("increasing", "odd", "zero-at-zero")
)
SINH = Function("sinh", r"\sinh", sympy.sinh(T), facts=_facts("increasing", "odd", "zero-at-zero"))
COSH = Function("cosh", r"\cosh", sympy.cosh(T), facts=_facts("even", "positive"))
SIGMOID = Function(
    "sigmoid",
    r"\operatorname{sigmoid}",
    1 / (1 + _E(-T)),
    slope_from_value=Y * (1 - Y),
    facts=_facts("increasing", "positive"),
)
SOFTPLUS = Function(
    "softplus", r"\operatorname{softplus}", sympy.log(1 + _E(T)), facts=_facts("increasing", "positive")
)
SILU = Function("silu", r"\operatorname{SiLU}", T / (1 + _E(-T)), facts=_facts("zero-at-zero"))
NORMAL_CDF = Function("Phi", r"\Phi", (1 + sympy.erf(T / sympy.sqrt(2))) / 2, facts=_facts("increasing", "positive"))
NORMAL_PDF = Function("phi", r"\phi", _E(-(T**2) / 2) / sympy.sqrt(2 * sympy.pi), facts=_facts("even", "positive"))
GELU = Function(
    "gelu", r"\operatorname{GELU}", T * (1 + sympy.erf(T / sympy.sqrt(2))) / 2, facts=_facts("zero-at-zero")
)
RELU = Function("relu", r"\operatorname{ReLU}", T, below=sympy.Integer(0), facts=_facts("zero-at-zero"))
ABS = Function("abs", r"\operatorname{abs}", T, below=-T, facts=_facts("even", "zero-at-zero"))
SIGN = Function(
    "sign", r"\operatorname{sign}", sympy.Integer(1), below=sympy.Integer(-1), facts=_facts("odd", "zero-at-zero")
)
STEP = Function("step", r"\operatorname{step}", sympy.Integer(1), below=sympy.Integer(0))
ELU = Function(
    "elu",
    r"\operatorname{ELU}",
    T,
    below=_E(T) - 1,
    slope_at_kink=Fraction(1),
    facts=_facts("increasing", "zero-at-zero"),
)

BUILT_IN: tuple[Function, ...] = (
    EXP, LOG, ERF, SIN, COS, ATAN, TANH, SINH, COSH, SIGMOID, SOFTPLUS, SILU,
    NORMAL_CDF, NORMAL_PDF, GELU, RELU, ABS, SIGN, STEP, ELU,
)  # fmt: skip
