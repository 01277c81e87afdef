r"""Matrices with left-out entries: what is written out is compared, what the dots stand for is not.

Rows before \vdots count from the top, rows behind it from the bottom; likewise columns and \dots.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...algebra import expressions as e
from ...algebra.dims import Dim
from ...algebra.index import Index, position
from ..syntax import tree as s
from .elaborate import read_scalar
from .reader import Reader


@dataclass(frozen=True)
class Written:
    """The entries of a dotted matrix that are written out: their values, zero elsewhere, and where they stand."""

    values: e.Expr
    mask: e.Expr


def is_dotted(node: s.Syntax) -> bool:
    """Whether this is a matrix of several rows and columns with left-out entries."""
    while isinstance(node, s.Group):
        node = node.body
    if not isinstance(node, s.Matrix) or len(node.rows) < 2 or max(map(len, node.rows)) < 2:
        return False
    return any(cell is None or isinstance(cell, s.Dots) for row in node.rows for cell in row)


def written(node: s.Syntax, axes: tuple[Index, ...], reader: Reader) -> Written:
    """The entries that are written out, over the axes of what the matrix is compared with."""
    while isinstance(node, s.Group):
        node = node.body
    assert isinstance(node, s.Matrix)
    if len(axes) != 2:
        raise reader.ill_formed(node, "a matrix is compared with something else", expected="a matrix on the other side")
    rows = [row for row in node.rows if not _left_out(row)]
    top = next((k for k, row in enumerate(node.rows) if _left_out(row)), len(node.rows))
    values: list[e.Expr] = []
    places: list[e.Expr] = []
    for at, row in zip(_positions(len(rows), top, axes[0].dim, node, reader), rows, strict=True):
        cells = [cell for cell in row if cell is not None and not isinstance(cell, s.Dots)]
        left = next((k for k, cell in enumerate(row) if cell is None or isinstance(cell, s.Dots)), len(row))
        for across, cell in zip(_positions(len(cells), left, axes[1].dim, node, reader), cells, strict=True):
            here = e.mul(e.delta(axes[0], position((), at)), e.delta(axes[1], position((), across)))
            places.append(here)
            values.append(e.mul(here, read_scalar(cell, reader, "an entry")))
    reader.note("a matrix with dots is compared at the entries that are written out")
    return Written(e.add(*values), e.add(*places))


def _left_out(row: tuple[s.Syntax | None, ...]) -> bool:
    return all(cell is None or isinstance(cell, s.Dots) for cell in row)


def _positions(count: int, first: int, dim: Dim, node: s.Syntax, reader: Reader) -> list[Dim]:
    """The positions of `count` written items, the `first` ones from the beginning and the rest up to the end."""
    room = reader.smallest(dim - count)
    if room is None or room < 0:
        size = next(iter(dim.symbols()), None)
        raise reader.unreadable(
            node, "the written entries overlap at small sizes", got=f"{count} of {dim}",
            hint=f"declare the size as {size} >= {count - dim.constant}" if size and len(dim.terms) == 1 else None,
        )  # fmt: skip
    if first >= count and dim.literal != count:
        raise reader.ill_formed(node, "this matrix has another size", got=str(count), expected=str(dim))
    return [Dim.of(k) for k in range(1, first + 1)] + [dim - k for k in range(count - first - 1, -1, -1)]
