"""An expression as SymPy writes it at symbolic sizes: plain for scalars, Sum over IndexedBase for tensors."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from ..algebra.dims import Dim
from ..algebra.expressions import (
    Add,
    Apply,
    AtMost,
    Compare,
    Const,
    Delta,
    Elem,
    Expr,
    Mul,
    Num,
    Ordinal,
    Pow,
    Product,
    Size,
    Sum,
)
from ..algebra.index import Index, Slot, slot_offset, slot_terms
from ..errors import FormulaError
from .scalars import Symbolic, applied, indicator, symbol_name

Names = Mapping[Index, Symbolic]


def dim_to_sympy(dim: Dim) -> Symbolic:
    """A size, its symbols positive integers."""
    terms = [c * sympy.Symbol(symbol_name(name), integer=True, positive=True) for name, c in dim.terms]
    return sympy.Add(*terms, dim.constant)


def index_symbols(indices: tuple[Index, ...], taken: Names) -> dict[Index, Symbolic]:
    """An integer symbol for each index, told apart from those taken."""
    used = {str(symbol) for symbol in taken.values()}
    out: dict[Index, Symbolic] = {}
    for index in indices:
        base = name = symbol_name(index.name)
        k = 1
        while name in used:
            k += 1
            name = f"{base}_{k}"
        used.add(name)
        out[index] = sympy.Symbol(name, integer=True, positive=True)
    return out


def to_sympy(expr: Expr, names: Names) -> Symbolic:
    """The SymPy expression; `names` gives a symbol for each free index. Positions count from 1.

    Raises FormulaError for a largest or smallest entry, which SymPy cannot write at a symbolic size.
    """
    if isinstance(expr, Elem):
        return _entry(expr, names)
    if isinstance(expr, Add):
        return sympy.Add(*[to_sympy(t, names) for t in expr.terms])
    if isinstance(expr, Mul):
        return sympy.Mul(*[to_sympy(f, names) for f in expr.factors])
    if isinstance(expr, Pow):
        return sympy.Pow(to_sympy(expr.base, names), to_sympy(expr.exponent, names))
    if isinstance(expr, Apply):
        return applied(expr.function, expr.order, to_sympy(expr.argument, names))
    if isinstance(expr, Compare):
        return indicator(expr.relation, to_sympy(expr.left, names), to_sympy(expr.right, names))
    if isinstance(expr, Sum | Product):
        inner = {**names, **index_symbols(expr.indices, names)}
        limits = [(inner[i], 1, dim_to_sympy(i.dim)) for i in expr.indices]
        return (sympy.Sum if isinstance(expr, Sum) else sympy.Product)(to_sympy(expr.body, inner), *limits)
    return _position_or_number(expr, names)


def _entry(expr: Elem, names: Names) -> Symbolic:
    word = symbol_name(expr.tensor.name)
    if not expr.slots:
        return sympy.Symbol(word, real=True)
    base = sympy.IndexedBase(word, shape=tuple(map(dim_to_sympy, expr.tensor.dims)), real=True)
    return base[tuple(_position(s, names) for s in expr.slots)]


def _position(slot: Slot, names: Names) -> Symbolic:
    return sympy.Add(*[c * names[i] for i, c in slot_terms(slot)], dim_to_sympy(slot_offset(slot)))


def _position_or_number(expr: Expr, names: Names) -> Symbolic:
    if isinstance(expr, Num):
        return sympy.Rational(expr.value)
    if isinstance(expr, Const):
        return sympy.pi
    if isinstance(expr, Size):
        return dim_to_sympy(expr.dim)
    if isinstance(expr, Ordinal):
        return _position(expr.slot, names)
    if isinstance(expr, Delta):
        return sympy.KroneckerDelta(_position(expr.left, names), _position(expr.right, names))
    if isinstance(expr, AtMost):
        return indicator("<=", _position(expr.left, names), _position(expr.right, names))
    raise FormulaError(
        f"SymPy has no form for {type(expr).__name__.lower()} at a symbolic size",
        hint="ask for the array at a concrete size instead",
    )
