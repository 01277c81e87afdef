"""Finding what every index ranges over, before anything is built.

A sum needs the range of its index when it is made, and the range often stands elsewhere: in the slot
where the index is used, maybe on the other side of the equation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...algebra.dims import Dim
from ...algebra.index import Affine, Index, Slot, position
from ..syntax import tree as s
from .positions import bare, check_range, place, slot_of, split_positions
from .reader import Binder, Reader
from .terms import Term


def gather(node: s.Syntax, reader: Reader) -> None:
    """Find the ranges of all indices in this piece of syntax, and analyse its sums."""
    if isinstance(node, s.Symbol):
        for item, dim, what in own_slots(node, reader):
            if isinstance(item, s.Symbol) and bare(item) and item.kind != "dim":
                _own_meaning(item, dim, reader)
                slot = slot_of(item, reader)
                if isinstance(slot, Index):
                    place(slot, dim, item, what, reader)
    if isinstance(node, s.Big):
        _gather_big(node, reader)
        return
    for child in s.children(node):
        gather(child, reader)


def _own_meaning(item: s.Symbol, dim: Dim, reader: Reader) -> None:
    """A declared index letter that stands in a slot of another size is an index of its own in this formula.

    Only where the formula does not use it as what it was declared for, a superscript.
    """
    declared = reader.notation.indices.get(item.name)
    if declared is None or declared.dim == dim or item.name in reader.scope or item.name in reader.free:
        return
    root = reader.root if reader.root is not None else item
    as_sample = any(isinstance(n, s.Symbol) and item.name in map(_name, n.samples) for n in s.walk(root))
    if not as_sample:
        reader.free[item.name] = reader.new_index(item.name)
        reader.note(f"{item.name} is read as an index of its own here, not as the declared one")


def _name(node: s.Syntax) -> str:
    return node.name if isinstance(node, s.Symbol) else ""


def _gather_big(node: s.Big, reader: Reader) -> None:
    binder = _binder(node, reader)
    reader.binders[id(node)] = binder
    saved = reader.scope
    reader.scope = {**saved, **binder.slots}
    for condition in binder.conditions:
        gather(condition, reader)
    gather(node.body, reader)
    reader.scope = saved


def own_slots(symbol: s.Symbol, reader: Reader) -> Iterator[tuple[s.Syntax, Dim, str]]:
    """Each position written on a declared or local name, with the size of its slot and what that slot is called."""
    dims: tuple[Dim, ...]
    zeros: tuple[int, ...] = ()
    indices = symbol.indices
    if symbol.kind == "tensor" and symbol.name not in reader.scope:
        entry = reader.notation.entries[symbol.name]
        for item, index in zip(symbol.samples, entry.samples, strict=False):
            yield item, index.dim, f"the samples of {symbol.name}"
        dims, zeros = entry.tensor.dims[len(entry.samples) :], entry.zeros
        if is_kronecker(symbol, len(dims), reader):
            return
    elif symbol.kind == "definition":
        dims = tuple(axis.dim for axis in defined(symbol.name, reader).axes)
    elif symbol.kind == "unknown" and symbol.name in reader.local:
        dims = tuple(axis.dim for axis in reader.local[symbol.name].axes)
    else:
        return
    for number, (item, dim) in enumerate(zip(split_positions(indices, len(dims), reader), dims, strict=False), start=1):
        what = symbol.name if len(dims) == 1 else f"axis {number} of {symbol.name}"
        if number - 1 not in zeros:
            yield item, dim, what


def is_kronecker(symbol: s.Symbol, axes: int, reader: Reader) -> bool:
    """Whether a declared δ has two indices where it has fewer axes, so that only Kronecker's delta can be meant."""
    if symbol.base != r"\delta" or symbol.samples or axes > 1:
        return False
    return len(split_positions(symbol.indices, 2, reader)) == 2


def defined(name: str, reader: Reader) -> Term:
    """The meaning of a name that the notation defines by a formula text."""
    from ..reading.definitions import define

    if name not in reader.local:
        reader.local[name] = define(name, reader)
    return reader.local[name]


def _binder(node: s.Big, reader: Reader) -> Binder:
    """What a sum, product or extremum runs over."""
    names: dict[str, s.Syntax | None] = {}
    conditions: list[s.Relation] = []
    for item in node.below:
        _below(item, node, names, conditions, reader)
    if not names:
        raise reader.unreadable(node, "nothing is bound here", expected="an index that the sum runs over")
    indices: list[Index] = []
    slots: dict[str, Slot] = {}
    limits: list[tuple[Slot, Slot]] = []
    for name, low in names.items():
        index, slot = _bind(name, low, node.above, reader, limits)
        indices.append(index)
        slots[name] = slot
    return Binder(tuple(indices), slots, tuple(limits), tuple(conditions))


def _below(
    item: s.Syntax,
    node: s.Big,
    names: dict[str, s.Syntax | None],
    conditions: list[s.Relation],
    reader: Reader,
) -> None:
    """One piece of what stands below: names to bind, a lower limit, or a condition."""
    if not isinstance(item, s.Relation):
        for symbol in item.factors if isinstance(item, s.Product) else (item,):
            names[_bindable(symbol, reader)] = None
        return
    if "in" in item.signs:
        raise reader.unreadable(
            item, f"{reader.source(item)}: sums over sets are not read",
            hint="declare an index with a range and sum over that",
        )  # fmt: skip
    first, second = item.sides[0], item.sides[1]
    new = isinstance(first, s.Symbol) and bare(first) and first.name not in names
    if item.signs == ("=",) and new:
        names[_bindable(first, reader)] = second
        return
    if new:
        names[_bindable(first, reader)] = None
    for side, sign in zip(item.sides[1:], item.signs, strict=True):
        if isinstance(side, s.Symbol) and bare(side) and _bound_here(side, sign, node, names, reader):
            names[side.name] = None
    conditions.append(item)


def _bindable(node: s.Syntax, reader: Reader) -> str:
    if not (isinstance(node, s.Symbol) and bare(node)):
        raise reader.unreadable(node, f"{reader.source(node)} cannot be summed over", expected="an index, one letter")
    return node.name


def _bound_here(side: s.Symbol, sign: str, node: s.Big, names: dict[str, s.Syntax | None], reader: Reader) -> bool:
    """Whether a later name of a condition is bound by it too: j in i < j, unless j is known outside."""
    if side.name in names or side.kind == "dim" or side.name in reader.scope:
        return False
    if not names:
        return True
    if sign == "=" or side.kind == "tensor":
        return False
    if reader.root is None:
        return True
    everywhere, here = _names(reader.root), _names(node)
    if sign == "!=" and (_names(node.body)[side.name] == 0 or _at_samples(side.name, reader)):
        return False
    return everywhere[side.name] == here[side.name] and side.name not in reader.free


def _at_samples(name: str, reader: Reader) -> bool:
    """Whether an array of the formula is read at the sample of this name without saying so."""
    entries = reader.notation.entries
    return reader.root is not None and any(
        isinstance(n, s.Symbol) and n.kind == "tensor" and n.name in entries
        and any(index.name == name for index in entries[n.name].samples[len(n.samples) :])
        for n in s.walk(reader.root)
    )  # fmt: skip


def _names(node: s.Syntax) -> Counter[str]:
    return Counter(n.name for n in s.walk(node) if isinstance(n, s.Symbol) and bare(n))


def _bind(
    name: str, low: s.Syntax | None, above: s.Syntax | None, reader: Reader, limits: list[tuple[Slot, Slot]]
) -> tuple[Index, Slot]:
    """The index for one bound name and the position that the name stands for.

    Positions count from 1. A sum from 0 runs over a shifted index; other lower limits are conditions.
    """
    first: Slot = slot_of(low, reader) if low is not None else position((), 1)
    last = slot_of(above, reader) if above is not None else None
    start = first.offset.literal if isinstance(first, Affine) and not first.terms else None
    shift = start - 1 if start is not None and start < 1 else 0
    index: Index
    if isinstance(last, Affine) and not last.terms:
        assert above is not None
        index = Index(name, check_range(last.offset - shift, above, reader))
    else:
        index = reader.new_index(name)
        if last is not None:
            limits.append((_moved(index, shift), last))
    if start is None or start > 1:
        limits.append((first, index))
    return index, _moved(index, shift)


def _moved(index: Index, shift: int) -> Slot:
    return index if not shift else position(((index, 1),), shift)
