"""Putting positions for indices and definitions for entries, without capturing a bound index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .binders import Binder, Derivative
from .construct import at_most, delta, ordinal
from .index import Index, Slot, Tensor, position, slot_offset, slot_terms
from .indicators import AtMost, Delta
from .nodes import Elem, Expr, Ordinal


def move(slot: Slot, mapping: Mapping[Index, Slot]) -> Slot:
    """The position with indices replaced."""
    if isinstance(slot, Index):
        return mapping.get(slot, slot)
    if not any(i in mapping for i, _ in slot.terms):
        return slot
    terms: list[tuple[Index, int]] = []
    offset = slot.offset
    for index, c in slot.terms:
        target = mapping.get(index, index)
        terms += [(i, c * k) for i, k in slot_terms(target)]
        offset = offset + slot_offset(target) * c
    return position(terms, offset)


def substitute(expr: Expr, mapping: Mapping[Index, Slot]) -> Expr:
    """Replace free indices by positions, renaming bound ones where they would capture."""
    if not mapping or expr.free.isdisjoint(mapping):
        return expr
    if isinstance(expr, Elem):
        return Elem(expr.tensor, tuple([move(s, mapping) for s in expr.slots]))
    if isinstance(expr, Delta):
        return delta(move(expr.left, mapping), move(expr.right, mapping))
    if isinstance(expr, AtMost):
        return at_most(move(expr.left, mapping), move(expr.right, mapping))
    if isinstance(expr, Ordinal):
        return ordinal(move(expr.slot, mapping))
    if isinstance(expr, Binder):
        used = {k: v for k, v in mapping.items() if k in expr.free}
        entering = {i for v in used.values() for i, _ in slot_terms(v)}
        if entering.isdisjoint(expr.indices):
            return expr.rebind(expr.indices, substitute(expr.body, used))
        fresh = refresh(expr)
        return fresh.rebind(fresh.indices, substitute(fresh.body, used))
    return expr.rebuild(tuple([substitute(c, mapping) for c in expr.children()]))


def refresh(binder: Binder) -> Binder:
    """The same binder over fresh indices, for a place where its own would clash with others."""
    renamed: dict[Index, Slot] = {i: i.fresh() for i in binder.indices}
    body = substitute(binder.body, renamed)
    out = binder.rebind(tuple(i for i in renamed.values() if isinstance(i, Index)), body)
    assert isinstance(out, Binder)
    return out


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node of the tree, parents before children."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children()))


def tensors(expr: Expr) -> set[Tensor]:
    """The tensors of which entries occur."""
    return {node.tensor for node in walk(expr) if isinstance(node, Elem)}


def replace_entries(expr: Expr, definitions: Mapping[Tensor, tuple[tuple[Index, ...], Expr]]) -> Expr:
    """Replace every entry T[slots] of a defined tensor by its definition at those positions.

    A definition is (indices, body), the body written over those indices. Bodies are put in as they
    are (not again searched). Bound indices of an inserted body are fresh at each place.
    """
    if isinstance(expr, Elem):
        found = definitions.get(expr.tensor)
        if found is None:
            return expr
        indices, body = found
        return substitute(fresh_binders(body), dict(zip(indices, expr.slots, strict=True)))
    if isinstance(expr, Derivative):
        return Derivative(replace_entries(expr.body, definitions), expr.wrt, expr.reading)
    children = expr.children()
    if not children:
        return expr
    changed = tuple([replace_entries(c, definitions) for c in children])
    return expr if all(a is b for a, b in zip(children, changed, strict=True)) else expr.rebuild(changed)


def fresh_binders(expr: Expr) -> Expr:
    """The same expression with every bound index replaced by a fresh one."""
    children = expr.children()
    if not children:
        return expr
    changed = tuple([fresh_binders(c) for c in children])
    same = all(a is b for a, b in zip(children, changed, strict=True))
    out = expr if same else expr.rebuild(changed)
    return refresh(out) if isinstance(out, Binder) else out
