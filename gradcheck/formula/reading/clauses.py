"""What stands behind a formula: names it defines, ranges of indices, and conditions."""

from __future__ import annotations

from ...algebra import expressions as e
from ...algebra.index import Index
from ..meaning.elaborate import read
from ..meaning.positions import bare, dim_of
from ..meaning.ranges import gather
from ..meaning.reader import Reader
from ..meaning.terms import Term
from ..syntax import tree as s


def remarks(clauses: tuple[s.Clause, ...], reader: Reader) -> tuple[list[s.Relation], tuple[s.Clause, ...]]:
    r"""The claims among the clauses, and the others.

    What is said of a declared node or adjoint, \text{where } \delta = W^T e, and a second derivative behind a comma.
    """
    found: list[s.Relation] = []
    rest: list[s.Clause] = []
    word = ","
    for clause in clauses:
        word = clause.word if clause.word not in (",", "and") else word
        if isinstance(clause.body, s.Relation) and _claims(clause.body, word, reader):
            found.append(clause.body)
        else:
            rest.append(clause)
    return found, tuple(rest)


def _claims(body: s.Relation, word: str, reader: Reader) -> bool:
    left = body.sides[0]
    if set(body.signs) - {"=", ":="} or word not in (",", "where"):
        return False
    if isinstance(left, s.Differential):
        return True
    entry = reader.notation.entries.get(left.name) if isinstance(left, s.Symbol) else None
    return entry is not None and (entry.role == "adjoint" or (entry.role == "node" and word == "where"))


def use_clauses(clauses: tuple[s.Clause, ...], reader: Reader) -> list[s.Syntax]:
    """Use the clauses that define names or state ranges; the others, conditions, are returned."""
    rest: list[s.Syntax] = []
    word = ","
    for clause in clauses:
        body = clause.body
        word = clause.word if clause.word != "," else word
        if isinstance(body, s.Relation):
            _use_relation(body, word, rest, reader)
        elif word in ("for", ","):
            names = body.items if isinstance(body, s.Listing) else (body,)
            if not all(isinstance(n, s.Symbol) and bare(n) and n.kind == "unknown" for n in names):
                raise reader.unreadable(body, f"{reader.source(body)} is not a condition")
        else:
            raise reader.unreadable(body, f"{reader.source(body)} is not a condition", expected="a relation")
    return rest


def _use_relation(body: s.Relation, word: str, rest: list[s.Syntax], reader: Reader) -> None:
    """A range, a definition, a remark on where something lives, or a condition, which is added to `rest`."""
    if _is_range(body):
        _set_range(body, reader)
    elif word in (",", "where") and _defines(body, reader):
        _define_local(body, reader)
    elif word == "," and "=" in body.signs:
        raise reader.unreadable(
            body, "a second equation stands behind the first", expected="one equation, or a condition after if or at",
            hint="put each equation into its own display",
        )  # fmt: skip
    elif not _is_real(body):
        name_common_value(body, reader)
        rest.append(body)


def _is_real(body: s.Relation) -> bool:
    r"""Whether this only says that something is real, x \in \mathbb{R}^n."""
    return body.signs == ("in",) and is_real_space(body.sides[-1])


def is_real_space(space: s.Syntax) -> bool:
    r"""Whether this is \mathbb{R} or a power of it."""
    while isinstance(space, s.Power):
        space = space.base
    return isinstance(space, s.Symbol) and space.base == r"\mathbb{R}"


def name_common_value(body: s.Relation, reader: Reader) -> None:
    """At w_1 = w_2 = w, an undeclared w names the value that the declared ones share."""
    if set(body.signs) != {"="}:
        return
    unknown = [side for side in body.sides if isinstance(side, s.Symbol) and side.kind == "unknown" and bare(side)]
    declared = [side for side in body.sides if side not in unknown]
    if len(unknown) == 1 and len(declared) >= 2 and unknown[0].name not in reader.local:
        gather(declared[0], reader)
        reader.local[unknown[0].name] = read(declared[0], reader)


def _is_range(body: s.Relation) -> bool:
    last = body.sides[-1]
    dotted = isinstance(last, s.Listing) and any(isinstance(i, s.Dots) for i in last.items)
    return dotted and body.signs in (("=",), ("in",))


def _set_range(body: s.Relation, reader: Reader) -> None:
    r"""The range of a free index behind a formula: j = 1, \dots, n."""
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
        declared = reader.notation.indices.get(name.name)
        reader.free[name.name] = declared if declared and declared.dim == dim else Index(name.name, dim)


def _defines(body: s.Relation, reader: Reader) -> bool:
    left = body.sides[0]
    if body.signs[0] not in ("=", ":=") or not isinstance(left, s.Symbol):
        return False
    if left.kind not in ("unknown", "definition"):
        return False
    kronecker = left.base == r"\delta" and len(left.indices) == 2
    return reader.index_slot(left.name) is None and not kronecker


def _define_local(body: s.Relation, reader: Reader) -> None:
    """A name that is defined behind a formula, p = softmax(z)."""
    left, right = body.sides[0], body.sides[-1]
    assert isinstance(left, s.Symbol)
    gather(right, reader)
    term = read(right, reader)
    items = left.indices
    if items:
        names = [item.name for item in items if isinstance(item, s.Symbol) and bare(item)]
        indices = [reader.free.get(name) for name in names]
        if len(names) != len(items) or None in indices or term.stacked:
            raise reader.unreadable(left, f"{reader.source(left)} is not a name to define")
        axes = tuple(index.fresh() for index in indices if index is not None)
        expr = e.substitute(term.expr, {i: a for i, a in zip(indices, axes, strict=True) if i is not None})
        for name in names:
            del reader.free[name]
        term = Term(expr, axes + term.axes)
    reader.local[left.name] = term
