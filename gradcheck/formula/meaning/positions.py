"""Positions: what stands in a subscript or below a sum, read as an index, a dim or a number."""

from __future__ import annotations

from ...algebra.dims import ONE, Dim
from ...algebra.index import Affine, Index, Slot, position, slot_offset, slot_terms
from ..syntax import tree as s
from .reader import Reader

MAX_RANGE = 10_000
_TIMES = ("", "cdot", "*", "times")


def is_position(node: s.Syntax, reader: Reader) -> bool:
    """Whether this can be read as a position made of known indices, dims and whole numbers."""
    if isinstance(node, s.Number):
        return isinstance(node.value, int)
    if isinstance(node, s.Rounded):
        return _half_of(node.body) is not None
    if isinstance(node, s.Group | s.Negate):
        return is_position(node.body, reader)
    if isinstance(node, s.Add):
        return all(is_position(term, reader) for term in node.terms)
    if isinstance(node, s.Product):
        return all(sign in _TIMES for sign in node.signs) and all(
            is_position(factor, reader) for factor in node.factors
        )
    return isinstance(node, s.Symbol) and (node.kind == "dim" or (bare(node) and _index_like(node.name, node, reader)))


def _index_like(name: str, node: s.Symbol, reader: Reader) -> bool:
    if name in reader.scope:
        return True
    if node.kind != "unknown":
        return False
    return name in reader.free or name in reader.notation.indices or (len(name) == 1 and name not in reader.local)


def has_index(node: s.Syntax, reader: Reader) -> bool:
    """Whether an index (not only dims and numbers) stands in this position."""
    return any(isinstance(n, s.Symbol) and bare(n) and _index_like(n.name, n, reader) for n in s.walk(node))


def bare(node: s.Syntax) -> bool:
    """Whether this is a name without any scripts."""
    return isinstance(node, s.Symbol) and not (node.subscript or node.samples or node.labels)


def slot_of(node: s.Syntax, reader: Reader) -> Slot:
    """The position that this piece of syntax names.

    A name is an index in scope, a declared index, a dim, or else a free index.
    """
    if isinstance(node, s.Number) and isinstance(node.value, int):
        return position((), node.value)
    if isinstance(node, s.Rounded):
        return position((), halved(node, reader))
    if isinstance(node, s.Group):
        return slot_of(node.body, reader)
    if isinstance(node, s.Negate):
        return scaled(slot_of(node.body, reader), -1)
    if isinstance(node, s.Add):
        slots = [slot_of(term, reader) for term in node.terms]
        terms = [pair for slot in slots for pair in slot_terms(slot)]
        return position(terms, sum((slot_offset(slot) for slot in slots), Dim()))
    if isinstance(node, s.Product):
        return _product(node, reader)
    if isinstance(node, s.Symbol):
        if bare(node) and node.name in reader.scope:
            return reader.scope[node.name]
        if node.kind == "dim":
            return position((), reader.notation.size(node.name))
        if bare(node) and (len(node.name) == 1 or node.name.startswith("\\")):
            return reader.free_index(node.name)
    raise reader.unreadable(
        node, f"{reader.source(node)} is not a position", expected="an index, a size or a whole number"
    )


def _product(node: s.Product, reader: Reader) -> Slot:
    if not all(sign in _TIMES for sign in node.signs):
        raise reader.unreadable(node, f"{reader.source(node)} is not a position", expected="a sum of whole multiples")
    slots = [slot_of(factor, reader) for factor in node.factors]
    number = 1
    rest: Slot | None = None
    for slot in slots:
        literal = slot.offset.literal if isinstance(slot, Affine) and not slot.terms else None
        if literal is not None:
            number *= literal
        elif rest is None:
            rest = slot
        else:
            raise reader.unreadable(
                node, f"{reader.source(node)} is not a position", hint="separate two indices by a comma"
            )
    return scaled(rest, number) if rest is not None else position((), number)


def scaled(slot: Slot, factor: int) -> Slot:
    """Factor times a position."""
    return position([(i, c * factor) for i, c in slot_terms(slot)], slot_offset(slot) * factor)


def shifted(slot: Slot, by: int) -> Slot:
    """A position moved by a number."""
    return position(slot_terms(slot), slot_offset(slot) + by)


def dim_of(node: s.Syntax, reader: Reader) -> Dim:
    """The size that this piece of syntax names."""
    slot = slot_of(node, reader)
    if slot_terms(slot):
        raise reader.unreadable(node, f"{reader.source(node)} is not a size", expected="sizes and whole numbers")
    return slot_offset(slot)


def halved(node: s.Rounded, reader: Reader) -> Dim:
    """A half of a size, rounded: known where the size is written as 2p or 2p - 1."""
    whole = _half_of(node.body)
    if whole is None:
        raise reader.unreadable(node, "only halves of sizes can be rounded", expected=r"\lceil k/2 \rceil, k a size")
    dim = dim_of(whole, reader)
    if any(c % 2 for _, c in dim.terms):
        raise reader.unreadable(
            node,
            f"{reader.source(whole)} may be even or odd",
            hint=f"declare it in the block, dims {dim.terms[0][0]}: then both are looked at",
        )
    return Dim(tuple((name, c // 2) for name, c in dim.terms), -(-dim.constant // 2) if node.up else dim.constant // 2)


def _half_of(node: s.Syntax) -> s.Syntax | None:
    """What is divided by 2: the k of k/2."""
    while isinstance(node, s.Group):
        node = node.body
    if isinstance(node, s.Quotient):
        return node.numerator if isinstance(node.denominator, s.Number) and node.denominator.value == 2 else None
    if isinstance(node, s.Product) and node.signs[-1:] == ("/",) and len(node.factors) == 2:
        last = node.factors[-1]
        return node.factors[0] if isinstance(last, s.Number) and last.value == 2 else None
    return None


def place(slot: Slot, dim: Dim, node: s.Syntax, what: str, reader: Reader) -> Slot:
    """The position, checked to lie in 1..dim; the range of an index that is still unknown becomes dim."""
    if isinstance(slot, Index):
        _place_index(slot, dim, node, what, reader)
        return slot
    low, high = slot.offset, slot.offset
    for index, c in slot.terms:
        if reader.is_open(index.dim):
            if c != 1 or len(slot.terms) > 1:
                raise reader.unreadable(
                    node, f"the range of {index.name} is not known", hint=f"say it, {index.name} = 1, \\dots, n"
                )
            reader.same_dim(index.dim, dim - slot.offset)
        low, high = (low + c, high + index.dim * c) if c > 0 else (low + index.dim * c, high + c)
    least, room = reader.smallest(low - ONE), reader.smallest(dim - high)
    if (least is None or least < 0) or (room is None or room < 0):
        reach = f"{reader.source(node)} reaches from {low} to {high}" if low != high else f"position {low}"
        raise reader.ill_formed(
            node,
            f"a position may lie outside {what}",
            got=reach,
            expected=f"1 to {dim}, at every admitted size",
            hint=_size_hint(node, reader) or _room_hint(low, high, dim) or _range_hint(slot, dim, reader),
        )
    return slot


def _size_hint(node: s.Syntax, reader: Reader) -> str | None:
    """For W_{jk} where k is also a size: that no index is meant here."""
    if isinstance(node, s.Symbol) and node.kind == "dim":
        return f"{reader.source(node)} is a size here; take another letter for the index"
    return None


def _room_hint(low: Dim, high: Dim, dim: Dim) -> str | None:
    literal = high.literal
    if low == high and literal is not None and len(dim.terms) == 1 and not dim.constant:
        return f"declare the size as {dim} >= {literal}"
    return None


def _range_hint(slot: Affine, dim: Dim, reader: Reader) -> str | None:
    """For x_{i+1} where i took its range from another x_i: how to say that it ends earlier."""
    index, factor = slot.terms[0] if len(slot.terms) == 1 else (None, 0)
    if index is None or factor != 1 or index not in reader.inferred:
        return None
    return f"if {index.name} ends at {dim - slot.offset}, declare `index {index.name} = 1..{dim - slot.offset}`"


def _place_index(index: Index, dim: Dim, node: s.Syntax, what: str, reader: Reader) -> None:
    if reader.is_open(index.dim):
        reader.same_dim(index.dim, dim)
        return
    if index.dim == dim:
        return
    room = reader.smallest(dim - index.dim)
    if index in reader.inferred or room is None or room < 0:
        if reader.same_dim(index.dim, dim):
            return
        raise reader.ill_formed(
            node,
            f"the index {index.name} runs over two ranges",
            got=f"{index.name} = 1, …, {index.dim}",
            expected=f"1, …, {dim} in {what}",
            hint=None
            if room is None
            else f"if it runs over the smaller one on purpose, add {index.name} = 1, \\dots, "
            f"{index.dim if room >= 0 else dim} behind the formula",
        )


def split_positions(indices: tuple[s.Syntax, ...], count: int, reader: Reader) -> tuple[s.Syntax, ...]:
    """The positions in a subscript: ij are two where two are wanted, and 12 are 1 and 2."""
    if len(indices) != 1 or count < 2:
        return indices
    only = indices[0]
    if isinstance(only, s.Product) and not any(only.signs):
        return only.factors
    if isinstance(only, s.Number) and isinstance(only.value, int) and 10 <= only.value < 10**count:
        digits = reader.text[only.start : only.end]
        return tuple(s.Number(only.start + k, only.start + k + 1, int(d)) for k, d in enumerate(digits) if d.isdigit())
    return indices


def check_range(dim: Dim, node: s.Syntax, reader: Reader) -> Dim:
    """A range that is not absurdly large."""
    literal = dim.literal
    if literal is not None and abs(literal) > MAX_RANGE:
        raise reader.unreadable(node, "this range is too large", got=str(literal), expected=f"at most {MAX_RANGE}")
    return dim
