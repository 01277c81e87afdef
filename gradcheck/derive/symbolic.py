"""An expression as SymPy writes it at symbolic sizes: plain for scalars, Sum over IndexedBase for tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Words:
    """What stands for what: a symbol for each index in view, a word for each declared name."""

    indices: Mapping[Index, Symbolic] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The word for a declared name."""
        return self.names.get(name) or symbol_name(name)

    def binding(self, indices: tuple[Index, ...]) -> Words:
        """The same inside a sum over these indices, whose symbols are told apart from those in view."""
        used = {str(symbol) for symbol in self.indices.values()} | set(self.names.values())
        found = dict(self.indices)
        for index in indices:
            base = name = symbol_name(index.name)
            k = 1
            while name in used:
                k += 1
                name = f"{base}_{k}"
            used.add(name)
            found[index] = sympy.Symbol(name, integer=True, positive=True)
        return Words(found, self.names)


def dim_to_sympy(dim: Dim) -> Symbolic:
    """A size, its symbols positive integers."""
    terms = [c * sympy.Symbol(symbol_name(name), integer=True, positive=True) for name, c in dim.terms]
    return sympy.Add(*terms, dim.constant)


def to_sympy(expr: Expr, words: Words) -> Symbolic:
    """The SymPy expression; `words` has a symbol for each free index. Positions count from 1.

    Raises FormulaError for a largest or smallest entry, which SymPy cannot write at a symbolic size.
    """
    if isinstance(expr, Elem):
        return _entry(expr, words)
    if isinstance(expr, Add):
        return sympy.Add(*[to_sympy(t, words) for t in expr.terms])
    if isinstance(expr, Mul):
        return sympy.Mul(*[to_sympy(f, words) for f in expr.factors])
    if isinstance(expr, Pow):
        return sympy.Pow(to_sympy(expr.base, words), to_sympy(expr.exponent, words))
    if isinstance(expr, Apply):
        return applied(expr.function, expr.order, to_sympy(expr.argument, words), words.of(expr.function.name))
    if isinstance(expr, Compare):
        return indicator(expr.relation, to_sympy(expr.left, words), to_sympy(expr.right, words))
    if isinstance(expr, Sum | Product):
        inner = words.binding(expr.indices)
        limits = [(inner.indices[i], 1, dim_to_sympy(i.dim)) for i in expr.indices]
        return (sympy.Sum if isinstance(expr, Sum) else sympy.Product)(to_sympy(expr.body, inner), *limits)
    return _position_or_number(expr, words)


def _entry(expr: Elem, words: Words) -> Symbolic:
    shape = [dim_to_sympy(dim) for dim in expr.tensor.dims]
    return indexed(words.of(expr.tensor.name), shape, [_position(s, words) for s in expr.slots])


def indexed(word: str, shape: Sequence[Symbolic], places: Sequence[Symbolic]) -> Symbolic:
    """The entry at these places of the array called `word`: a symbol for a scalar, an Indexed otherwise."""
    if not places:
        return sympy.Symbol(word, real=True)
    return sympy.IndexedBase(word, shape=tuple(shape), real=True)[tuple(places)]


def _position(slot: Slot, words: Words) -> Symbolic:
    return sympy.Add(*[c * words.indices[i] for i, c in slot_terms(slot)], dim_to_sympy(slot_offset(slot)))


def _position_or_number(expr: Expr, words: Words) -> Symbolic:
    if isinstance(expr, Num):
        return sympy.Rational(expr.value)
    if isinstance(expr, Const):
        return sympy.pi
    if isinstance(expr, Size):
        return dim_to_sympy(expr.dim)
    if isinstance(expr, Ordinal):
        return _position(expr.slot, words)
    if isinstance(expr, Delta):
        return sympy.KroneckerDelta(_position(expr.left, words), _position(expr.right, words))
    if isinstance(expr, AtMost):
        return indicator("<=", _position(expr.left, words), _position(expr.right, words))
    raise FormulaError(
        f"SymPy has no form for {type(expr).__name__.lower()} at a symbolic size",
        hint="ask for the array at a concrete size instead",
    )
