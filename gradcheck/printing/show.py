"""Expressions and equations as text: LaTeX or Unicode, entry by entry or in whole arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from ..algebra.expressions import Derivative, Elem, Expr
from ..algebra.index import Index
from ..formula.notation import Notation
from .index_form import lay_out
from .latex import to_latex
from .layout import Layout
from .matrix_form import matrix_layout, sample_indices
from .names import name_layout, scope_of
from .unicode import to_unicode

Form = Literal["index", "matrix"]
Style = Literal["latex", "unicode"]


def latex(expr: Expr, notation: Notation | None = None, free: Iterable[Index] = ()) -> str:
    r"""The expression in index form, as LaTeX that `formula.read` reads back with the same meaning.

    notation: says which axes are written as superscripts and which names are taken. free: the free
    indices in the order in which they get their letters.

    >>> from gradcheck.algebra.expressions import Elem
    >>> from gradcheck.algebra.index import Tensor
    >>> y, x_3 = Elem(Tensor("y")), Elem(Tensor("x_3"))
    >>> print(latex((y - x_3) ** 2 / 2))
    \frac{1}{2} (y - x_3)^2
    """
    return to_latex(lay_out(expr, scope_of((expr,), notation or Notation(), free)))


def unicode(expr: Expr, notation: Notation | None = None, free: Iterable[Index] = ()) -> str:
    """The expression in index form as Unicode text for a terminal. Arguments as for `latex`.

    >>> from gradcheck.algebra.expressions import Elem
    >>> from gradcheck.algebra.index import Tensor
    >>> x_3, y, w_2 = (Elem(Tensor(name)) for name in ("x_3", "y", "w_2"))
    >>> unicode((x_3 - y) * w_2)
    '(x₃ − y)·w₂'
    """
    return to_unicode(lay_out(expr, scope_of((expr,), notation or Notation(), free)))


def matrix_form(
    expr: Expr, axes: Iterable[Index], notation: Notation | None = None, *, style: Style = "latex"
) -> str | None:
    r"""The array of `expr` over `axes` in whole arrays, or None where it has no such form.

    Sample positions stay explicit; a vector is a column.

    >>> from gradcheck.algebra.dims import Dim
    >>> from gradcheck.algebra.expressions import Elem, total
    >>> from gradcheck.algebra.index import Tensor
    >>> n, m = Dim.symbol("n"), Dim.symbol("m")
    >>> W, d, i, j = Tensor("W", (m, n)), Tensor("d", (m,)), Index("i", m), Index("j", n)
    >>> matrix_form(total([i], Elem(W, (i, j)) * Elem(d, (i,))), [j])
    'W^T d'
    """
    axes = tuple(axes)
    layout = matrix_layout(expr, axes, scope_of((expr,), notation or Notation(), axes))
    return None if layout is None else _text(layout, style)


def unicode_matrix_form(expr: Expr, axes: Iterable[Index], notation: Notation | None = None) -> str | None:
    """`matrix_form` as Unicode text for a terminal."""
    return matrix_form(expr, axes, notation, style="unicode")


def show_equation(
    left: Expr,
    right: Expr,
    axes: Iterable[Index] = (),
    notation: Notation | None = None,
    *,
    form: Form = "index",
    style: Style = "latex",
) -> str | None:
    r"""Left = right, with the same letters on both sides; None if there is no matrix form where one is asked for.

    >>> from gradcheck.algebra.expressions import Derivative, Elem
    >>> from gradcheck.algebra.index import Tensor
    >>> l, w, x = (Elem(Tensor(name)) for name in "lwx")
    >>> print(show_equation(Derivative(l, w), x))
    \frac{\partial l}{\partial w} = x
    """
    return show_chain((left, right), axes, notation, form=form, style=style)


def show_chain(
    sides: Sequence[Expr],
    axes: Iterable[Index] = (),
    notation: Notation | None = None,
    *,
    form: Form = "index",
    style: Style = "latex",
) -> str | None:
    """The sides joined by equality signs, with the same letters in all of them. See `show_equation`."""
    axes, notation = tuple(axes), notation or Notation()
    scope = scope_of(tuple(sides), notation, axes)
    if form == "index":
        return " = ".join(_text(lay_out(side, scope), style) for side in sides)
    kept = frozenset[Index]().union(*(sample_indices(side, notation) for side in sides))
    layouts = [matrix_layout(side, axes, scope, kept) for side in sides]
    texts = [_text(layout, style) for layout in layouts if layout is not None]
    return " = ".join(texts) if len(texts) == len(layouts) else None


def derivative_name(derivative: Derivative) -> str:
    """The derivative of one whole tensor by another as LaTeX, for where it stands among declared names."""
    assert isinstance(derivative.body, Elem)
    return rf"\frac{{\partial {derivative.body.tensor.name}}}{{\partial {derivative.wrt.tensor.name}}}"


def unicode_name(name: str) -> str:
    r"""A declared name, or that of a derivative, as Unicode text.

    >>> unicode_name("x_3"), unicode_name(r"\delta_{x_3}"), unicode_name(r"\frac{\partial J}{\partial y_1}")
    ('x₃', 'δ_x₃', '∂J/∂y₁')
    """
    if found := _DERIVATIVE.fullmatch(name):
        return f"∂{unicode_name(found[1])}/∂{unicode_name(found[2])}"
    return to_unicode(name_layout(name))


_DERIVATIVE = re.compile(r"\\frac\{\\partial (.+)\}\{\\partial (.+)\}")


def _text(layout: Layout, style: Style) -> str:
    return to_latex(layout) if style == "latex" else to_unicode(layout)
