"""From the index graph of a term to a product of arrays.

An index is a vertex; a vector is something on one vertex, a matrix something between two. A summed
vertex is contracted: a chain of matrices is their product, two vectors on one vertex multiply entry by
entry, a closed cycle is a trace. What is left on the free vertices is the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..algebra.index import Index
from . import layout as lay
from .layout import Layout, elementwise, run, transposed, transposes

Chain = tuple[Layout, ...]
"""Arrays multiplied as matrices, left to right; a vector is a column."""


class NoMatrixFormError(Exception):
    """The term cannot be written as a product of arrays."""


def flipped(chain: Chain) -> Chain:
    """The transpose of a product."""
    return tuple(transposed(piece) for piece in reversed(chain))


@dataclass(frozen=True)
class Edge:
    """A matrix between two vertices: rows run over `row`, columns over `column`."""

    row: Index
    column: Index
    chain: Chain

    def between(self, row: Index, column: Index) -> bool:
        """Whether it connects these two, in either direction."""
        return (self.row is row and self.column is column) or (self.row is column and self.column is row)

    def towards(self, column: Index) -> Chain:
        """The matrix with its columns over `column`."""
        return self.chain if self.column is column else flipped(self.chain)

    def other(self, vertex: Index) -> Index:
        """The vertex at the other end."""
        return self.column if self.row is vertex else self.row

    @property
    def loop(self) -> bool:
        """Whether it begins and ends at one vertex."""
        return self.row is self.column


@dataclass
class Graph:
    """The factors of one term, and the scalars that contraction has produced so far."""

    scalars: list[Chain] = field(default_factory=list)
    vectors: dict[Index, list[Chain]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def put(self, vertex: Index, chain: Chain) -> None:
        """Put a vector on a vertex."""
        self.vectors.setdefault(vertex, []).append(chain)

    def touching(self, vertex: Index) -> list[Edge]:
        """The matrices at a vertex."""
        return [e for e in self.edges if e.row is vertex or e.column is vertex]

    def without(self, *gone: Edge) -> None:
        """Take matrices away."""
        self.edges = [e for e in self.edges if not any(e is g for g in gone)]


def contract(graph: Graph, bound: tuple[Index, ...], axes: tuple[Index, ...]) -> Chain:
    """Sum over the bound vertices; the array over `axes` (none: a scalar, left in graph.scalars).

    Raises NoMatrixFormError where a vertex joins more matrices than a product can.
    """
    _open_loops(graph, bound)
    left = list(bound)
    while left:
        vertex = next((v for step in _STEPS for v in left if step(graph, v, left)), None)
        if vertex is not None:
            left.remove(vertex)
        elif not _merge_parallel(graph):
            raise NoMatrixFormError
    while _merge_parallel(graph):
        pass
    return _result(graph, axes)


def _open_loops(graph: Graph, bound: tuple[Index, ...]) -> None:
    """The diagonal of a matrix, where it is more than a trace, is a vector."""
    for edge in [e for e in graph.edges if e.loop]:
        if edge.row not in bound or edge.row in graph.vectors or len(graph.touching(edge.row)) > 1:
            graph.put(edge.row, (lay.Applied(r"\operatorname{diag}", 0, run(*edge.chain)),))
            graph.without(edge)


def _close(graph: Graph, vertex: Index, _: list[Index]) -> bool:
    """A vertex without matrices to others: an inner product, a sum of entries, or a trace."""
    edges, vectors = graph.touching(vertex), graph.vectors.get(vertex, [])
    if not edges:
        first, rest = vectors[0], _merged(vectors[1:] or [(lay.ONES,)])
        one, other = flipped(first) + rest, flipped(rest) + first
        graph.scalars.append(min((one, other) if vectors[1:] else (other, one), key=_transposes))
        graph.vectors.pop(vertex)
        return True
    if len(edges) == 1 and edges[0].loop and not vectors:
        cycle = min(edges[0].chain, flipped(edges[0].chain), key=_transposes)
        graph.scalars.append((lay.Applied(lay.TRACE, 0, run(*cycle)),))
        graph.without(edges[0])
        return True
    return False


def _transposes(chain: Chain) -> int:
    return sum(map(transposes, chain))


def _absorb(graph: Graph, vertex: Index, _: list[Index]) -> bool:
    """A vector behind the one matrix at its vertex: a matrix-vector product at the other end."""
    edges = graph.touching(vertex)
    if len(edges) != 1 or edges[0].loop or vertex not in graph.vectors:
        return False
    graph.put(edges[0].other(vertex), edges[0].towards(vertex) + _merged(graph.vectors.pop(vertex)))
    graph.without(edges[0])
    return True


def _join(graph: Graph, vertex: Index, left: list[Index]) -> bool:
    """Two matrices at a vertex: their product, a vector between them as a diagonal matrix."""
    edges = graph.touching(vertex)
    if len(edges) != 2 or edges[0].loop or edges[1].loop:
        return False
    row, column = edges[0].other(vertex), edges[1].other(vertex)
    # Two matrices between the same two vertices are a trace only if nothing else stands there.
    if row is column and (row not in left or len(graph.touching(row)) > 2 or row in graph.vectors):
        return False
    middle = graph.vectors.pop(vertex, [])
    diagonal: Chain = (lay.Diagonal(run(*_merged(middle))),) if middle else ()
    graph.without(*edges)
    graph.edges.append(Edge(row, column, edges[0].towards(vertex) + diagonal + flipped(edges[1].towards(vertex))))
    return True


def _sum_columns(graph: Graph, vertex: Index, _: list[Index]) -> bool:
    """One matrix and nothing else at a vertex: its row sums."""
    edges = graph.touching(vertex)
    if len(edges) != 1 or edges[0].loop or vertex in graph.vectors:
        return False
    graph.put(edges[0].other(vertex), (*edges[0].towards(vertex), lay.ONES))
    graph.without(edges[0])
    return True


_STEPS = (_close, _absorb, _join, _sum_columns)


def _merge_parallel(graph: Graph) -> bool:
    """Two matrices over the same rows and columns multiply entry by entry."""
    for k, edge in enumerate(graph.edges):
        for other in graph.edges[k + 1 :]:
            if edge.loop or other.loop or not edge.between(other.row, other.column):
                continue
            product = elementwise(run(*edge.chain), run(*other.towards(edge.column)))
            graph.without(edge, other)
            graph.edges.insert(k, Edge(edge.row, edge.column, (product,)))
            return True
    return False


def _merged(vectors: list[Chain]) -> Chain:
    return vectors[0] if len(vectors) == 1 else (elementwise(*(run(*v) for v in vectors)),)


def _result(graph: Graph, axes: tuple[Index, ...]) -> Chain:
    if not axes:
        return ()
    if len(axes) == 1 and not graph.edges:
        return _merged(graph.vectors.get(axes[0]) or [(lay.ONES,)])
    if len(axes) != 2 or len(graph.edges) > 1 or any(e.loop for e in graph.edges):
        raise NoMatrixFormError
    row, column = axes
    rows, columns = graph.vectors.get(row), graph.vectors.get(column)
    if not graph.edges:
        return (*_merged(rows or [(lay.ONES,)]), *flipped(_merged(columns or [(lay.ONES,)])))
    left = (lay.Diagonal(run(*_merged(rows))),) if rows else ()
    right = (lay.Diagonal(run(*_merged(columns))),) if columns else ()
    chain = (*left, *graph.edges[0].towards(column), *right)
    return tuple(piece for piece in chain if piece != lay.IDENTITY) or (lay.IDENTITY,)
