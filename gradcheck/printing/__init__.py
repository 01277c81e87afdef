"""Printing: expressions as LaTeX and Unicode, entry by entry or as products of arrays."""

from __future__ import annotations

from collections.abc import Iterable

from ..algebra.expressions import Expr
from ..algebra.index import Index
from ..formula.notation import Notation
from .index_form import lay_out
from .latex import to_latex
from .names import scope_of


def latex(expr: Expr, notation: Notation | None = None, free: Iterable[Index] = ()) -> str:
    r"""The expression in index form, as LaTeX that `formula.read` reads back with the same meaning.

    notation: says which axes are written as superscripts and which names are taken. free: the free
    indices in the order in which they get their letters.

    >>> from gradcheck.algebra.expressions import Elem
    >>> from gradcheck.algebra.index import Tensor
    >>> y, x_3 = Elem(Tensor("y")), Elem(Tensor("x_3"))
    >>> latex((y - x_3) ** 2 / 2)
    '\\frac{1}{2} (y - x_3)^2'
    """
    return to_latex(lay_out(expr, scope_of(expr, notation, free)))
