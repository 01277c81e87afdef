"""Formulas for a page: names, shapes and equations printed, and made safe to show."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...algebra.expressions import Expr
from ...algebra.index import Index, Tensor
from ...formula.notation import Notation
from ...printing import show_equation
from ...printing.display import Span, displayed
from ...printing.latex import to_latex
from ...printing.names import name_layout
from .tree import Code, Formula, Inline, Line, Math, Text


def words_of(notation: Notation) -> frozenset[str]:
    """The declared names of several letters, which are set as one word."""
    return notation.shown_words


def shown(source: str, notation: Notation, wrong: Sequence[Span] = ()) -> tuple[str, ...] | None:
    """The rows of a formula, or None where it can only be shown as typed."""
    return displayed(source, wrong, words_of(notation))


def formula(
    source: str, notation: Notation, *, number: str = "", rule: Line = (), boxed: bool = False, lead: Line = ()
) -> Formula | Code:
    """A formula on a line of its own; as typed where it can't be shown otherwise."""
    rows = shown(source, notation)
    return Code(source) if rows is None else Formula(rows, number, rule, boxed, lead)


def math(source: str, notation: Notation) -> Inline:
    """A formula in a line."""
    rows = shown(source, notation)
    return Math(rows[0]) if rows and len(rows) == 1 else Text(source, "code")


def name(tensor: Tensor, notation: Notation) -> Inline:
    """A declared name without positions."""
    return math(to_latex(name_layout(tensor.name)), notation)


def shape(tensor: Tensor, notation: Notation, *, short: bool = False) -> Line:
    """The shape of a tensor: a number, n entries, n × m; with its sample axes apart."""
    entry = notation.entries.get(tensor.name)
    samples = entry.samples if entry else ()
    own = tensor.dims[len(samples) :]
    sizes = [_dim(str(d), alone=len(own) == 1) for d in own]
    line: list[Inline] = [Math(r" \times ".join(sizes))] if own else [Text("a number")]
    if samples:
        line += [Text(", each " if short else " for each "), Math(", ".join(i.name for i in samples))]
    return tuple(line)


def _dim(size: str, *, alone: bool) -> str:
    """A size as LaTeX, in parentheses where it is a sum among others."""
    rows = displayed(re.sub(r"(?<=\d)(?=[A-Za-z\\])", " ", size))
    shown = rows[0] if rows else r"\text{size}"
    return f"({shown})" if not alone and re.search(r"(?<!\{)[+-]", re.sub(r"\{[^}]*\}", "", shown)) else shown


def equation(left: Expr, right: Expr, axes: Sequence[Index], notation: Notation) -> str:
    """Left = right in index form, as LaTeX."""
    return show_equation(left, right, axes, notation) or ""
