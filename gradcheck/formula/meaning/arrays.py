"""The meaning of arrays written out: rows in brackets and small matrices."""

from __future__ import annotations

from ...algebra import expressions as e
from ...algebra.dims import Dim
from ...algebra.index import Index, position
from ..syntax import tree as s
from .elaborate import elaborate, read_scalar
from .patterns import vector_of
from .reader import Reader
from .terms import Term, Turn


@elaborate.register
def _(node: s.Listing, reader: Reader) -> Term:
    if node.bracket == "":
        raise reader.unreadable(node, "a list is not a value", expected="one value")
    if any(isinstance(item, s.Dots) for item in node.items):
        return vector_of(node.items, "row", node, reader)
    return _vector([read_scalar(item, reader, "an entry") for item in node.items], "row")


def _vector(entries: list[e.Expr], side: str) -> Term:
    axis = Index("u", Dim.of(len(entries)))
    expr = e.add(*(e.mul(e.Delta(axis, position((), k)), entry) for k, entry in enumerate(entries, start=1)))
    return Term(expr, (axis,), Turn("row" if side == "row" else "column"))


@elaborate.register
def _(node: s.Matrix, reader: Reader) -> Term:
    rows = node.rows
    cells = [cell for row in rows for cell in row if cell is not None]
    width = len(rows[0])
    if any(isinstance(cell, s.Dots) for cell in cells) or len(cells) < sum(map(len, rows)):
        if len(rows) == 1 or all(len(row) == 1 for row in rows):
            return vector_of(tuple(cells), "row" if len(rows) == 1 else "column", node, reader)
        raise reader.unreadable(
            node, "a matrix with left-out entries is read as a whole side only", hint="write the general entry"
        )
    if any(len(row) != width for row in rows):
        raise reader.ill_formed(node, "the rows of this matrix have different lengths")
    values = [[read_scalar(cell, reader, "an entry") for cell in row if cell is not None] for row in rows]
    if len(rows) == width == 1:
        return Term(values[0][0])
    if width == 1:
        return _vector([row[0] for row in values], "column")
    if len(rows) == 1:
        return _vector(values[0], "row")
    first, second = Index("u", Dim.of(len(rows))), Index("v", Dim.of(width))
    parts = [
        e.mul(e.Delta(first, position((), r)), e.Delta(second, position((), c)), value)
        for r, row in enumerate(values, start=1)
        for c, value in enumerate(row, start=1)
    ]
    return Term(e.add(*parts), (first, second))
