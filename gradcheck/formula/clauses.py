"""What stands behind a formula: names it defines, ranges of indices, and conditions."""

from __future__ import annotations

from ..algebra import expressions as e
from ..algebra.index import Index
from . import syntax as s
from .elaborate import read
from .positions import bare, dim_of
from .ranges import gather
from .reader import Reader
from .terms import Term


def use_clauses(clauses: tuple[s.Clause, ...], reader: Reader) -> list[s.Syntax]:
    """Use the clauses that define names or state ranges; the others, conditions, are returned."""
    rest: list[s.Syntax] = []
    for clause in clauses:
        body = clause.body
        if isinstance(body, s.Relation) and _is_range(body):
            _set_range(body, reader)
        elif isinstance(body, s.Relation) and clause.word in (",", "where") and _defines(body, reader):
            _define_local(body, reader)
        elif isinstance(body, s.Relation):
            rest.append(body)
        elif clause.word in ("for", ","):
            names = body.items if isinstance(body, s.Listing) else (body,)
            if not all(bare(name) for name in names):
                raise reader.unreadable(body, f"{reader.source(body)} is not a condition")
        else:
            raise reader.unreadable(body, f"{reader.source(body)} is not a condition", expected="a relation")
    return rest


def _is_range(body: s.Relation) -> bool:
    last = body.sides[-1]
    return body.signs == ("=",) and isinstance(last, s.Listing) and any(isinstance(i, s.Dots) for i in last.items)


def _set_range(body: s.Relation, reader: Reader) -> None:
    r"""J = 1, \dots, n behind a formula: the range of a free index."""
    left, listing = body.sides
    assert isinstance(listing, s.Listing)
    names = left.items if isinstance(left, s.Listing) else (left,)
    first, last = listing.items[0], listing.items[-1]
    if not (isinstance(first, s.Number) and first.value == 1) or isinstance(last, s.Dots):
        raise reader.unreadable(listing, "this range is not read", expected="1, …, n")
    dim = dim_of(last, reader)
    for name in names:
        if not (isinstance(name, s.Symbol) and bare(name)):
            raise reader.unreadable(name, f"{reader.source(name)} is not an index", expected="one letter")
        reader.free[name.name] = Index(name.name, dim)


def _defines(body: s.Relation, reader: Reader) -> bool:
    left = body.sides[0]
    if body.signs[0] not in ("=", ":=") or not isinstance(left, s.Symbol) or left.kind != "unknown":
        return False
    return reader.index_slot(left.name) is None and left.base != r"\delta"


def _define_local(body: s.Relation, reader: Reader) -> None:
    """P = softmax(z) behind a formula: p stands for that."""
    left, right = body.sides[0], body.sides[-1]
    assert isinstance(left, s.Symbol)
    gather(right, reader)
    term = read(right, reader)
    items = left.indices
    if items:
        names = [item.name for item in items if isinstance(item, s.Symbol) and bare(item)]
        indices = [reader.free.get(name) for name in names]
        if len(names) != len(items) or None in indices or term.axes:
            raise reader.unreadable(left, f"{reader.source(left)} is not a name to define")
        axes = tuple(index.fresh() for index in indices if index is not None)
        expr = e.substitute(term.expr, {i: a for i, a in zip(indices, axes, strict=True) if i is not None})
        for name in names:
            del reader.free[name]
        term = Term(expr, axes)
    reader.local[left.name] = term
