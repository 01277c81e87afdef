"""Whether a network writes its vectors as columns: W x, the matrix on the left."""

from __future__ import annotations

from typing import Literal

from ..algebra.expressions import Elem, Mul, Sum, walk
from ..algebra.index import Index
from .network import Network


def vectors(network: Network) -> Literal["column"] | None:
    r"""Return "column" if the equations as written have columns and none has rows.

    Where no text tells, built in Python or entry by entry: if some equation multiplies a matrix by a vector on
    its right and none on its left. None where the equations do not tell: w_{ij} x_i can be either.

    >>> from gradcheck.declare import read_network
    >>> vectors(read_network("input x : n\nparameter W : m, n\nz = W x"))
    'column'
    """
    written = {n.vectors for n in network.nodes} - {None}
    if written:
        return "column" if written == {"column"} else None
    right = left = False
    for node in network.nodes:
        outside = set(node.indices)
        for term in walk(node.formula):
            if isinstance(term, Sum) and isinstance(term.body, Mul):
                sides = [_side(f, term.indices, outside) for f in term.body.factors if isinstance(f, Elem)]
                right |= "right" in sides
                left |= "left" in sides
    return "column" if right and not left else None


def _side(entry: Elem, bound: tuple[Index, ...], outside: set[Index]) -> str:
    """On which side of this matrix the vector stands that it is summed with."""
    if len(entry.slots) < 2:
        return ""
    row, column = entry.slots[-2:]
    if row in outside and column in bound:
        return "right"
    return "left" if row in bound and column in outside else ""
