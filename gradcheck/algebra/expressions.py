"""Expressions over indexed tensors.

A value is a tree of nodes. Every index in it is either free or bound by exactly one `Sum`, `Product` or
`Extremum`. Nothing here expands: `normal` does that, on the way to a verdict. This is the one place that
other rooms import expressions from.
"""

from .binders import Binder, Derivative, Extremum, Product, Rank, Sum
from .construct import add, as_expr, at_most, delta, mul, negate, ordinal, power, size
from .indicators import AtMost, Compare, Delta
from .nodes import MINUS_ONE, PI, UNIT, ZERO, Add, Apply, Const, Elem, Expr, Mul, Num, Number, Ordinal, Pow, Size
from .substitution import fresh_binders, move, refresh, replace_entries, substitute, tensors, walk
from .totals import total, within

__all__ = [
    "MINUS_ONE",
    "PI",
    "UNIT",
    "ZERO",
    "Add",
    "Apply",
    "AtMost",
    "Binder",
    "Compare",
    "Const",
    "Delta",
    "Derivative",
    "Elem",
    "Expr",
    "Extremum",
    "Mul",
    "Num",
    "Number",
    "Ordinal",
    "Pow",
    "Product",
    "Rank",
    "Size",
    "Sum",
    "add",
    "as_expr",
    "at_most",
    "delta",
    "fresh_binders",
    "move",
    "mul",
    "negate",
    "ordinal",
    "power",
    "refresh",
    "replace_entries",
    "size",
    "substitute",
    "tensors",
    "total",
    "walk",
    "within",
]
