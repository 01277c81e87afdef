"""The meaning of names: declared arrays and their entries, sizes, indices as numbers, ones and identities."""

from __future__ import annotations

from dataclasses import replace

from ...algebra import expressions as e
from ...algebra.dims import Dim
from ...algebra.index import Index, Slot
from ..names import join, name_parts
from ..syntax import tree as s
from .elaborate import elaborate
from .positions import bare, dim_of, place, shifted, slot_of, split_positions
from .ranges import defined, is_kronecker
from .reader import Reader
from .terms import Term, Turn, copied

_ONES = frozenset({r"\mathbf{1}", r"\mathbb{1}"})
_IDENTITIES = frozenset({"I", r"\mathbb{I}"})


@elaborate.register
def _(node: s.Symbol, reader: Reader) -> Term:
    if bare(node) and node.name in reader.scope:
        return Term(e.ordinal(reader.scope[node.name]))
    if node.kind == "tensor":
        return _declared(node, reader)
    if node.kind == "dim":
        return _size(node, reader)
    local = _local(node, reader)
    if local is not None:
        return local
    if node.kind == "function":
        raise reader.unreadable(node, f"{node.name} is a function", expected="its argument in parentheses")
    return _conventional(node, reader)


@elaborate.register
def _(node: s.Named, reader: Reader) -> Term:
    return elaborate(_at_its_arguments(node, reader), reader)


def _at_its_arguments(node: s.Named, reader: Reader) -> s.Symbol:
    r"""The name with the samples that its arguments are written at: h_\theta(x^{(2)}) is h_\theta^{(2)}."""
    symbol = node.symbol
    entry = reader.notation.entries.get(symbol.name)
    if entry is None:
        return symbol
    samples = list(symbol.samples)
    for index in entry.samples[len(samples) :]:
        written = [
            argument.samples[known.samples.index(index)]
            for argument in node.arguments
            if isinstance(argument, s.Symbol) and (known := reader.notation.entries.get(argument.name)) is not None
            and index in known.samples[: len(argument.samples)]
        ]  # fmt: skip
        if not written:
            break
        samples.append(written[0])
    added = samples[len(symbol.samples) :]
    return replace(symbol, samples=tuple(samples), parens=(*symbol.parens, *(f"({reader.source(x)})" for x in added)))


def _size(node: s.Symbol, reader: Reader) -> Term:
    if node.indices or node.samples:
        raise reader.unreadable(node, f"{node.name} is a size", hint="a size has no entries")
    return Term(e.size(reader.notation.size(node.name)))


def _declared(node: s.Symbol, reader: Reader) -> Term:
    """A declared array, or its entries at the positions written on it."""
    entry = reader.notation.entries[node.name]
    tensor, samples = entry.tensor, entry.samples
    if is_kronecker(node, len(tensor.dims) - len(samples), reader):
        reader.note(f"{reader.source(node)} is read as Kronecker's delta")
        one, other = split_positions(node.indices, 2, reader)
        return Term(kronecker(slot_of(one, reader), slot_of(other, reader), reader))
    if len(node.samples) > len(samples):
        raise reader.unreadable(
            node, f"{node.name} has no such superscript", got=f"^({node.parens[-1].strip('()')})",
            hint=f"declare it with the index, {node.name}^{{(i)}}, or the name with its label",
        )  # fmt: skip
    slots: list[Slot] = []
    for item, index in zip(node.samples, samples, strict=False):
        slots.append(place(slot_of(item, reader), index.dim, item, f"the samples of {node.name}", reader))
    for index in samples[len(node.samples) :]:
        slots.append(_implied_sample(node, index, reader))
    dims = tensor.dims[len(samples) :]
    if node.indices and name_parts(node.name).subscript is not None:
        reader.note(f"{reader.source(node)} is read as an entry of {node.name}")
    rest, axes = _positions(node, dims, node.name, reader, entry.zeros)
    turn = None
    if len(axes) == 1:
        turn = reader.turn_of(node.name) if len(dims) == 1 else _slice_turn(node, reader)
    return Term(e.Elem(tensor, (*slots, *rest)), axes, turn)


def _slice_turn(node: s.Symbol, reader: Reader) -> Turn:
    """A row or column of a matrix: W_{j,:} is usually a row, W_{:,k} a column."""
    if any(isinstance(item, s.Colon) for item in node.indices):
        if reader.reading.slices == "column":
            return Turn(usual="column")
        return Turn(usual="column" if isinstance(node.indices[0], s.Colon) else "row")
    return Turn()


def _implied_sample(node: s.Symbol, index: Index, reader: Reader) -> Slot:
    """The sample that a name without its superscript is read at."""
    slot = reader.index_slot(index.name)
    below = any(isinstance(n, s.Symbol) and n.name == index.name for item in node.indices for n in s.walk(item))
    clash = isinstance(slot, Index) and slot is not index and not reader.same_dim(slot.dim, index.dim)
    if slot is None or below or clash:
        slot = reader.free[f"({index.name})"] = index
    reader.samples[index.name] = index
    reader.implied += 1
    parts = name_parts(node.name)
    written = join(parts.base, parts.subscript, [*parts.superscripts, f"({index.name})"], parts.primes)
    reader.note(f"{node.name} is read as {written}")
    return place(slot, index.dim, node, f"the samples of {node.name}", reader)


def _positions(
    node: s.Symbol | s.Entry, dims: tuple[Dim, ...], name: str, reader: Reader, zeros: tuple[int, ...] = ()
) -> tuple[list[Slot], tuple[Index, ...]]:
    """The positions written in a subscript, axes for those that are left open, and the axes.

    zeros: the axes whose positions are counted from 0.
    """
    items = split_positions(node.indices, len(dims), reader)
    if len(items) == 1 and _is_shape(items[0]):
        _check_shape(items[0], dims, reader)
        items = ()
    if len(items) > len(dims):
        raise reader.ill_formed(
            node, f"too many positions on {name}", got=str(len(items)), expected=f"at most {len(dims)}",
            hint=None if dims else f"{name} is a scalar; declare its shape if it has entries",
        )  # fmt: skip
    slots: list[Slot] = []
    axes: list[Index] = []
    for number, dim in enumerate(dims):
        item = items[number] if number < len(items) else None
        if item is None or isinstance(item, s.Colon):
            axis = Index("uvwrs"[number % 5], dim)
            if reader.is_open(dim):
                reader.open[dim].append(axis)
            slots.append(axis)
            axes.append(axis)
        else:
            what = name if len(dims) == 1 else f"axis {number + 1} of {name}"
            slot = slot_of(item, reader)
            if _looks_like_an_index(item, items):
                reader.note(f"{reader.source(item)} is a size, so {reader.source(node)} is one entry and no index runs")
            if number in zeros:
                slot = _from_zero(slot, item, what, reader)
            slots.append(place(slot, dim, item, what, reader))
    return slots, tuple(axes)


def _looks_like_an_index(item: s.Syntax, items: tuple[s.Syntax, ...]) -> bool:
    """Whether this is a size where an index may be meant: alone, as in x_k, or beside an index, as in W_{jk}."""
    letters = [i for i in items if isinstance(i, s.Symbol)]
    return item in letters and item.kind == "dim" and (len(items) == 1 or any(i.kind != "dim" for i in letters))


def _from_zero(slot: Slot, item: s.Syntax, what: str, reader: Reader) -> Slot:
    """A position counted from 0 as one counted from 1."""
    if isinstance(slot, Index) and reader.is_open(slot.dim):
        raise reader.unreadable(
            item, f"the range of {slot.name} is not known, for {what} is counted from 0",
            hint=f"write its limits, as in \\sum_{{{slot.name}=0}}^{{n}}",
        )  # fmt: skip
    return shifted(slot, 1)


def _is_shape(item: s.Syntax) -> bool:
    r"""Whether a subscript only states the shape, as in Y_{(n+1) \times n}."""
    return isinstance(item, s.Product) and "times" in item.signs


def _check_shape(item: s.Syntax, dims: tuple[Dim, ...], reader: Reader) -> None:
    assert isinstance(item, s.Product)
    stated = tuple(dim_of(factor, reader) for factor in item.factors)
    plain = tuple(d for d in stated if d.literal != 1)
    if stated != dims and plain != tuple(d for d in dims if d.literal != 1):
        raise reader.ill_formed(
            item, "the shape stated here is not the declared one",
            got=" × ".join(map(str, stated)), expected=" × ".join(map(str, dims)) or "a scalar",
        )  # fmt: skip


def _local(node: s.Symbol, reader: Reader) -> Term | None:
    """A name defined behind the formula, or by the notation."""
    whole = join(node.base, node.subscript, node.labels)
    for name, indices in ((whole, ()), (node.name, node.indices), (join(node.base, None, node.labels), node.indices)):
        if name not in reader.local and name in reader.notation.definitions:
            defined(name, reader)
        if name in reader.local:
            return entry_of(copied(reader.local[name]), replace(node, indices=indices), name, reader)
    return None


def entry_of(term: Term, node: s.Symbol | s.Entry, name: str, reader: Reader) -> Term:
    """The entries of a term at the positions written on it."""
    if not node.indices:
        return term
    if term.stacked:
        raise reader.ill_formed(node, "a stacked array has no entries by index", hint="write the entry of the matrix")
    slots, axes = _positions(node, tuple(axis.dim for axis in term.axes), name, reader)
    expr = e.substitute(term.expr, dict(zip(term.axes, slots, strict=True)))
    turn = term.turn if len(axes) == len(term.axes) else (Turn() if len(axes) == 1 else None)
    return Term(expr, axes, turn)


@elaborate.register
def _(node: s.Entry, reader: Reader) -> Term:
    return entry_of(elaborate(node.base, reader), node, reader.source(node.base), reader)


def _conventional(node: s.Symbol, reader: Reader) -> Term:
    """Names that mean something without being declared."""
    if node.base in _ONES or node.base == r"\mathbf{0}":
        return _constant_vector(node, reader)
    if node.base in _IDENTITIES and not node.samples and not node.labels:
        return _identity(node, reader)
    if node.base == r"\delta" and node.indices and not node.samples:
        items = split_positions(node.indices, 2, reader)
        if len(items) == 2:
            return Term(kronecker(slot_of(items[0], reader), slot_of(items[1], reader), reader))
    if bare(node):
        if node.name == r"\pi":
            return Term(e.PI)
        if node.name == "e":
            raise reader.unreadable(
                node, "e is not declared", hint=r"declare it, or write e^1 if Euler's number is meant"
            )
        slot = reader.index_slot(node.name)
        if slot is not None:
            return Term(e.ordinal(slot))
    written = join(node.base, node.subscript, [*node.labels, *node.parens])
    raise reader.undeclared(node, written if node.kind in ("unknown", "operator") else node.name)


def kronecker(left: Slot, right: Slot, reader: Reader) -> e.Expr:
    """Kronecker's delta; an index whose range is unknown takes that of the other one."""
    if isinstance(left, Index) and isinstance(right, Index) and (reader.is_open(left.dim) or reader.is_open(right.dim)):
        reader.same_dim(left.dim, right.dim)
    return e.delta(left, right)


def _stated_dim(node: s.Symbol, reader: Reader) -> Dim:
    return dim_of(node.indices[0], reader) if node.indices else reader.unknown_dim()


def _constant_vector(node: s.Symbol, reader: Reader) -> Term:
    """The vector of ones or zeros; its size is the one that fits."""
    axis = reader.new_index("u", _stated_dim(node, reader))
    return Term(e.ZERO if node.base.endswith("{0}") else e.UNIT, (axis,), Turn())


def _identity(node: s.Symbol, reader: Reader) -> Term:
    """The identity matrix, I or I_n; I_{ij} is an entry of it."""
    items = split_positions(node.indices, 2, reader)
    if len(items) == 2:
        return Term(kronecker(slot_of(items[0], reader), slot_of(items[1], reader), reader))
    dim = _stated_dim(node, reader)
    rows, columns = reader.new_index("u", dim), reader.new_index("v", dim)
    return Term(e.Delta(rows, columns), (rows, columns))
