r"""Lists with left-out items: [0, -1, \dots, -n+1] and [y_1, y_2, \dots, y_n] as vectors with a general entry.

What changes from the first item to the second must be one number; the last item says where it ends.
"""

from __future__ import annotations

import dataclasses

from ...algebra import expressions as e
from ...algebra.dims import Dim
from ...algebra.index import Index, position, slot_offset, slot_terms
from ..syntax import tree as s
from .elaborate import read_scalar
from .positions import has_index, is_position, slot_of
from .ranges import gather
from .reader import Reader
from .terms import Side, Term, Turn

_HOLE = "…"
"""The name that the changing number of an item has while the general item is read."""


def vector_of(items: tuple[s.Syntax, ...], side: Side, node: s.Syntax, reader: Reader) -> Term:
    """The vector of these items, of which some are left out by dots."""
    dots = [k for k, item in enumerate(items) if isinstance(item, s.Dots)]
    before, after = (items[: dots[0]], items[dots[0] + 1 :]) if dots else ((), ())
    if len(dots) != 1 or not before or not after:
        raise reader.unreadable(node, "this list cannot be completed", expected="first items, dots, and a last item")
    if all(is_position(item, reader) and not has_index(item, reader) for item in (*before, *after)):
        return _numbers(before, after, side, node, reader)
    return _entries(before, after, side, node, reader)


def _numbers(
    before: tuple[s.Syntax, ...], after: tuple[s.Syntax, ...], side: Side, node: s.Syntax, reader: Reader
) -> Term:
    """Whole numbers and sizes in equal steps."""
    first, *others = (slot_offset(slot_of(item, reader)) for item in before)
    last = [slot_offset(slot_of(item, reader)) for item in after]
    step = (others[0] - first).literal if others else (0 if last[-1] == first else 1)
    steady = step is not None and all(v == first + step * k for k, v in enumerate(others, start=1))
    if step is None or not steady:
        raise reader.unreadable(node, "these numbers do not go on in equal steps", hint="write the general entry")
    if step == 0:
        axis = reader.new_index("u", reader.unknown_dim())
        return Term(e.size(first), (axis,), Turn(side))
    axis = Index("u", _length(first, last[-1], step, node, reader))
    if any(v != last[-1] - step * k for k, v in enumerate(reversed(last))):
        raise reader.unreadable(node, "these numbers do not go on in equal steps", hint="write the general entry")
    entry = e.add(e.mul(e.Num(step), e.ordinal(axis)), e.size(first - step))
    return Term(entry, (axis,), Turn(side))


def _length(first: Dim, last: Dim, step: int, node: s.Syntax, reader: Reader) -> Dim:
    """How many items there are from first to last."""
    gap = last - first
    if any(c % step for _, c in gap.terms) or gap.constant % step:
        raise reader.unreadable(node, f"{last} is not reached from {first} in steps of {step}")
    return Dim(tuple((name, c // step) for name, c in gap.terms), gap.constant // step) + 1


def _entries(
    before: tuple[s.Syntax, ...], after: tuple[s.Syntax, ...], side: Side, node: s.Syntax, reader: Reader
) -> Term:
    """Items that differ in one number."""
    changes: list[tuple[s.Syntax, s.Syntax]] = []
    second = before[1] if len(before) > 1 else after[-1]
    general = _general(before[0], second, changes)
    if general is None:
        raise reader.unreadable(node, "the items of this list are not alike", hint="write the general entry")
    if not changes:
        axis = reader.new_index("u", reader.unknown_dim())
        return Term(read_scalar(before[0], reader, "an entry"), (axis,), Turn(side))
    first = _whole(changes[0][0], reader)
    step = (_whole(changes[0][1], reader) - first).literal if len(before) > 1 else 1
    ends: list[s.Syntax] = []
    if step in (None, 0) or not _fits(general, after[-1], ends) or step is None:
        raise reader.unreadable(node, "the last item is not like the first ones", hint="write the general entry")
    axis = Index("u", _length(first, _whole(ends[0], reader), step, node, reader))
    saved = reader.scope
    reader.scope = {**saved, _HOLE: position(((axis, step),), first - step)}
    gather(general, reader)
    entry = read_scalar(general, reader, "an entry")
    reader.scope = saved
    return Term(entry, (axis,), Turn(side))


def _whole(node: s.Syntax, reader: Reader) -> Dim:
    slot = slot_of(node, reader)
    if slot_terms(slot):
        raise reader.unreadable(node, "an index cannot count the items of a list")
    return slot_offset(slot)


def _general(one: object, other: object, changes: list[tuple[s.Syntax, s.Syntax]]) -> s.Syntax | None:
    """The tree of both with a hole where they differ in a number; None if they differ otherwise."""
    found = _merged(one, other, changes)
    return found if isinstance(found, s.Syntax) else None


def _merged(one: object, other: object, changes: list[tuple[s.Syntax, s.Syntax]]) -> object:
    if isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) != len(other):
            return None
        parts = tuple(_merged(a, b, changes) for a, b in zip(one, other, strict=True))
        return None if any(p is None and a is not None for p, a in zip(parts, one, strict=True)) else parts
    if not isinstance(one, s.Syntax) or not isinstance(other, s.Syntax):
        return one if one == other else None
    if isinstance(one, s.Number) and not _alike(one, other):
        pair = (one, other)
        if changes and not (_alike(changes[0][0], one) and _alike(changes[0][1], other)):
            return None
        changes.append(pair)
        return s.Symbol(one.start, one.end, _HOLE, "unknown", _HOLE)
    if type(one) is not type(other):
        return None
    fields: dict[str, object] = {}
    for name in one.__dataclass_fields__:
        if name in ("start", "end", "subscript", "parens"):
            continue
        mine, theirs = getattr(one, name), getattr(other, name)
        merged = _merged(mine, theirs, changes)
        if merged is None and mine is not None:
            return None
        fields[name] = merged
    return dataclasses.replace(one, **fields)  # type: ignore[arg-type]


def _alike(one: s.Syntax, other: s.Syntax) -> bool:
    return isinstance(one, s.Number) and isinstance(other, s.Number) and one.value == other.value


def _fits(general: object, item: object, ends: list[s.Syntax]) -> bool:
    """Whether an item is the general one with something in the holes, the same everywhere."""
    if isinstance(general, s.Symbol) and general.name == _HOLE:
        if not isinstance(item, s.Syntax) or (ends and not _fits(ends[0], item, [])):
            return False
        ends.append(item)
        return True
    if isinstance(general, tuple) and isinstance(item, tuple):
        return len(general) == len(item) and all(_fits(a, b, ends) for a, b in zip(general, item, strict=True))
    if not isinstance(general, s.Syntax):
        return general == item
    return type(general) is type(item) and all(
        _fits(getattr(general, name), getattr(item, name), ends)
        for name in general.__dataclass_fields__
        if name not in ("start", "end", "subscript", "parens")
    )
