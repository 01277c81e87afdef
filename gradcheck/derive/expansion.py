"""An expression written out over the entries of its tensors, at concrete sizes.

This is how a derived gradient is handed out as an array of SymPy expressions, and how the tests check
deriving against SymPy's own `diff`. It is never a way of deriving.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sympy

from ..algebra.expressions import (
    Add,
    Apply,
    AtMost,
    Binder,
    Compare,
    Const,
    Delta,
    Derivative,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Ordinal,
    Pow,
    Product,
    Size,
    Sum,
)
from ..algebra.index import Index, Slot, Tensor, slot_offset, slot_terms
from ..errors import FormulaError
from .scalars import Symbolic, applied, indicator, symbol_name

Entry = Callable[[Tensor, tuple[int, ...]], Symbolic]


def entry_symbol(tensor: Tensor, place: tuple[int, ...]) -> Symbolic:
    r"""The real symbol that stands for one entry.

    >>> entry_symbol(Tensor("W^{[3]}"), (1, 2))
    W__3_1_2
    """
    return sympy.Symbol("_".join([symbol_name(tensor.name), *map(str, place)]), real=True)


@dataclass(frozen=True)
class Expansion:
    """Concrete sizes, and what stands for each tensor entry (a symbol, unless told otherwise)."""

    sizes: Mapping[str, int]
    entry: Entry = entry_symbol
    places: Mapping[Index, int] = field(default_factory=dict)

    def at(self, places: Mapping[Index, int]) -> Expansion:
        """The same, with indices held at these positions (from 1)."""
        return Expansion(self.sizes, self.entry, {**self.places, **places})

    def position(self, slot: Slot) -> int:
        """The number of a position."""
        return slot_offset(slot).value(self.sizes) + sum(c * self.places[i] for i, c in slot_terms(slot))

    def over(self, indices: tuple[Index, ...]) -> list[Expansion]:
        """One expansion for each joint position of these indices."""
        ranges = [range(1, i.dim.value(self.sizes) + 1) for i in indices]
        return [self.at(dict(zip(indices, places, strict=True))) for places in itertools.product(*ranges)]


def expand(expr: Expr, expansion: Expansion) -> Symbolic:
    """The scalar SymPy expression of `expr` at the sizes and positions of the expansion.

    >>> from gradcheck.algebra.dims import Dim
    >>> from gradcheck.algebra.expressions import total
    >>> x, i = Tensor("x", (Dim.symbol("n"),)), Index("i", Dim.symbol("n"))
    >>> expand(total([i], Elem(x, (i,)) ** 2), Expansion({"n": 3}))
    x_1**2 + x_2**2 + x_3**2
    """
    if isinstance(expr, Elem):
        return _entry(expr, expansion)
    if isinstance(expr, Add):
        return sympy.Add(*[expand(t, expansion) for t in expr.terms])
    if isinstance(expr, Mul):
        return sympy.Mul(*[expand(f, expansion) for f in expr.factors])
    if isinstance(expr, Pow):
        return sympy.Pow(expand(expr.base, expansion), expand(expr.exponent, expansion))
    if isinstance(expr, Apply):
        return applied(expr.function, expr.order, expand(expr.argument, expansion))
    if isinstance(expr, Compare):
        return indicator(expr.relation, expand(expr.left, expansion), expand(expr.right, expansion))
    if isinstance(expr, Binder):
        return _binder(expr, expansion)
    return _position_or_number(expr, expansion)


def _entry(expr: Elem, expansion: Expansion) -> Symbolic:
    places = tuple(expansion.position(s) for s in expr.slots)
    for place, dim in zip(places, expr.tensor.dims, strict=True):
        if not 1 <= place <= dim.value(expansion.sizes):
            raise FormulaError(
                f"{expr.tensor.name} has no entry {', '.join(map(str, places))} at these sizes",
                expected=f"positions from 1 to {dim.value(expansion.sizes)}",
            )
    return expansion.entry(expr.tensor, places)


def _binder(expr: Binder, expansion: Expansion) -> Symbolic:
    bodies = [expand(expr.body, inner) for inner in expansion.over(expr.indices)]
    if isinstance(expr, Sum):
        return sympy.Add(*bodies)
    if isinstance(expr, Product):
        return sympy.Mul(*bodies)
    assert isinstance(expr, Extremum)
    return (sympy.Max if expr.kind == "max" else sympy.Min)(*bodies)


def _position_or_number(expr: Expr, expansion: Expansion) -> Symbolic:
    if isinstance(expr, Num):
        return sympy.Rational(expr.value)
    if isinstance(expr, Const):
        return sympy.pi
    if isinstance(expr, Size):
        return sympy.Integer(expr.dim.value(expansion.sizes))
    if isinstance(expr, Ordinal):
        return sympy.Integer(expansion.position(expr.slot))
    if isinstance(expr, Delta):
        return sympy.Integer(expansion.position(expr.left) == expansion.position(expr.right))
    if isinstance(expr, AtMost):
        return sympy.Integer(expansion.position(expr.left) <= expansion.position(expr.right))
    assert isinstance(expr, Derivative), f"no expansion of {type(expr).__name__}"
    raise FormulaError("a derivative has to be derived before it can be written out", hint="resolve it first")


def expand_array(expr: Expr, indices: tuple[Index, ...], expansion: Expansion) -> Symbolic:
    """The SymPy array of `expr` over `indices` (a scalar expression where there are none)."""
    if not indices:
        return expand(expr, expansion)
    shape = tuple(i.dim.value(expansion.sizes) for i in indices)
    return sympy.ImmutableDenseNDimArray([expand(expr, e) for e in expansion.over(indices)], shape)
