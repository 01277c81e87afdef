r"""Stacked arrays: vec(A), the columns of a matrix on top of each other, and Kronecker products.

A stacked vector has two axes and a stacked matrix four, in pairs: vec(A) over (column, row), and
A ⊗ B over (row of A, row of B, column of A, column of B). So vec(A X B) = (B^T ⊗ A) vec(X).
"""

from __future__ import annotations

from dataclasses import replace

from ...algebra import expressions as e
from ..syntax import tree as s
from .elaborate import matched
from .reader import Reader
from .terms import Term, Turn, shape


def stacked(node: s.Syntax, argument: Term, reader: Reader) -> Term:
    """The columns of a matrix on top of each other; a vector is its own stack."""
    if len(argument.axes) == 1 and not argument.stacked:
        return argument
    if len(argument.axes) != 2 or argument.stacked:
        raise reader.ill_formed(node, "vec is read of a matrix", got=shape(argument))
    rows, columns = argument.axes
    return replace(argument, axes=(columns, rows), turn=Turn("column"), stacked=True, plain=False)


def kronecker_product(left: Term, right: Term, reader: Reader) -> Term:
    """The ⊗ of two matrices, stacked; of two vectors their outer product, or stacked where the reading says so."""
    entry = e.mul(left.expr, right.expr)
    if left.stacked or right.stacked or len(left.axes) != len(right.axes):
        raise reader.ill_formed(
            replace(left, end=right.end), r"\otimes is read between two matrices or two vectors",
            got=f"{shape(left)} and {shape(right)}",
        )  # fmt: skip
    if len(left.axes) == 1:
        reader.met.add("tensor")
        if reader.reading.tensor == "stacked":
            return Term(entry, left.axes + right.axes, Turn("column"), stacked=True)
        return Term(entry, left.axes + right.axes)
    (p, q), (r, t) = left.axes, right.axes
    return Term(entry, (p, r, q, t), stacked=True)


def stacked_product(left: Term, right: Term, reader: Reader) -> Term:
    """The matrix product of two stacked arrays."""
    span = replace(left, end=right.end)
    if not (left.stacked and right.stacked):
        raise reader.ill_formed(
            span, "a stacked array meets one that is not", got=f"{shape(left)} times {shape(right)}",
            hint="use vec and Kronecker products on both sides, or on none",
        )  # fmt: skip
    if len(left.axes) == 2 and len(right.axes) == 2:
        sides = (left.turn and left.turn.side(), right.turn and right.turn.side())
        if sides == ("column", "row"):
            return Term(e.mul(left.expr, right.expr), left.axes + right.axes, stacked=True)
        if sides != ("row", "column"):
            raise reader.ill_formed(span, "two stacked columns stand next to each other", hint=r"write vec(A)^T vec(B)")
    a, b = left.axes[-2:], right.axes[:2]
    inner = matched(
        Term(e.UNIT, a), replace(right, axes=b, turn=None, stacked=False), reader, "these cannot be multiplied"
    )
    axes = left.axes[:-2] + right.axes[2:]
    turn = Turn("column" if len(left.axes) == 4 else "row") if len(axes) == 2 else None
    return Term(e.total(a, e.mul(left.expr, inner)), axes, turn, stacked=bool(axes))


def stacked_transpose(term: Term) -> Term:
    """The transpose of a stacked vector or matrix."""
    if len(term.axes) == 2:
        return replace(term, turn=term.turn.flipped() if term.turn else None)
    return replace(term, axes=term.axes[2:] + term.axes[:2])
