"""Expressions over indexed tensors.

A value is a tree of the node classes below. Every index in it is either free or bound by exactly one
`Sum`, `Product` or `Extremum`. Nothing here expands: `normal` does that, on the way to a verdict.

Classes with slots instead of dataclasses, because a derivation makes some thirty nodes a layer and a
frozen dataclass takes four times as long to make (0.9 against 0.2 microseconds).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from .dims import ONE, Dim
from .index import Affine, Index, Slot, Tensor, position, slot_offset, slot_terms

if TYPE_CHECKING:
    from .functions import Function

Number = int | Fraction
_NO_INDICES: frozenset[Index] = frozenset()


class Expr:
    """Base of the expression nodes: immutable, compared by structure (bound indices by identity)."""

    __slots__ = ("_free", "_hash")
    _free: frozenset[Index] | None
    _hash: int | None

    def parts(self) -> tuple[object, ...]:
        """What distinguishes this node from others of its class, for == and hash."""
        raise NotImplementedError

    def children(self) -> tuple[Expr, ...]:
        """The sub-expressions, left to right."""
        return ()

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        """The same node over other sub-expressions (through the simplifying constructors)."""
        assert not children
        return self

    def own_indices(self) -> frozenset[Index]:
        """Indices that stand in this node itself, in its slots."""
        return _NO_INDICES

    def bound(self) -> tuple[Index, ...]:
        """Indices that this node binds."""
        return ()

    @property
    def free(self) -> frozenset[Index]:
        """Indices that are not bound inside."""
        found = self._free
        if found is None:
            found = self.own_indices()
            for child in self.children():
                found |= child.free
            bound = self.bound()
            if bound:
                found = found.difference(bound)
            self._free = found
        return found

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Expr)
            and type(self) is type(other)
            and hash(self) == hash(other)
            and self.parts() == other.parts()
        )

    def __hash__(self) -> int:
        value = self._hash
        if value is None:
            value = self._hash = hash((type(self).__name__, *self.parts()))
        return value

    def __add__(self, other: Expr | Number) -> Expr:
        return add(self, as_expr(other))

    def __radd__(self, other: Number) -> Expr:
        return add(as_expr(other), self)

    def __sub__(self, other: Expr | Number) -> Expr:
        return add(self, negate(as_expr(other)))

    def __rsub__(self, other: Number) -> Expr:
        return add(as_expr(other), negate(self))

    def __mul__(self, other: Expr | Number) -> Expr:
        return mul(self, as_expr(other))

    def __rmul__(self, other: Number) -> Expr:
        return mul(as_expr(other), self)

    def __truediv__(self, other: Expr | Number) -> Expr:
        return mul(self, power(as_expr(other), MINUS_ONE))

    def __rtruediv__(self, other: Number) -> Expr:
        return mul(as_expr(other), power(self, MINUS_ONE))

    def __pow__(self, exponent: Expr | Number) -> Expr:
        return power(self, as_expr(exponent))

    def __neg__(self) -> Expr:
        return negate(self)


class Num(Expr):
    """An exact rational number."""

    __slots__ = ("value",)

    def __init__(self, value: Number) -> None:
        self._free = _NO_INDICES
        self._hash = None
        self.value = value

    def parts(self) -> tuple[object, ...]:
        return (self.value,)

    def __repr__(self) -> str:
        return str(self.value)


class Const(Expr):
    """A named real constant; "pi" is the only one (e is exp applied to 1)."""

    __slots__ = ("name",)

    def __init__(self, name: Literal["pi"]) -> None:
        self._free = _NO_INDICES
        self._hash = None
        self.name = name

    def parts(self) -> tuple[object, ...]:
        return (self.name,)

    def __repr__(self) -> str:
        return self.name


class Size(Expr):
    """A dim used as a number, as the n of 1/n."""

    __slots__ = ("dim",)

    def __init__(self, dim: Dim) -> None:
        self._free = _NO_INDICES
        self._hash = None
        self.dim = dim

    def parts(self) -> tuple[object, ...]:
        return (self.dim,)

    def __repr__(self) -> str:
        return str(self.dim)


class Ordinal(Expr):
    """A position used as a number, as the i of z_i = i."""

    __slots__ = ("slot",)

    def __init__(self, slot: Slot) -> None:
        self._free = None
        self._hash = None
        self.slot = slot

    def parts(self) -> tuple[object, ...]:
        return (self.slot,)

    def own_indices(self) -> frozenset[Index]:
        return frozenset(i for i, _ in slot_terms(self.slot))

    def __repr__(self) -> str:
        return f"ordinal({self.slot!r})"


class Elem(Expr):
    """One entry of a tensor: W[j, k]. A scalar has no slots."""

    __slots__ = ("slots", "tensor")

    def __init__(self, tensor: Tensor, slots: tuple[Slot, ...] = ()) -> None:
        self._free = None
        self._hash = None
        self.tensor = tensor
        self.slots = slots

    def parts(self) -> tuple[object, ...]:
        return (self.tensor, self.slots)

    def own_indices(self) -> frozenset[Index]:
        return frozenset(i for s in self.slots for i, _ in slot_terms(s))

    def __repr__(self) -> str:
        return f"{self.tensor.name}[{', '.join(map(repr, self.slots))}]" if self.slots else self.tensor.name


class Add(Expr):
    """A sum of two or more terms."""

    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Expr, ...]) -> None:
        self._free = None
        self._hash = None
        self.terms = terms

    def parts(self) -> tuple[object, ...]:
        return self.terms

    def children(self) -> tuple[Expr, ...]:
        return self.terms

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        return add(*children)

    def __repr__(self) -> str:
        return "(" + " + ".join(map(repr, self.terms)) + ")"


class Mul(Expr):
    """A product of two or more factors; a number stands first."""

    __slots__ = ("factors",)

    def __init__(self, factors: tuple[Expr, ...]) -> None:
        self._free = None
        self._hash = None
        self.factors = factors

    def parts(self) -> tuple[object, ...]:
        return self.factors

    def children(self) -> tuple[Expr, ...]:
        return self.factors

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        return mul(*children)

    def __repr__(self) -> str:
        return "*".join(map(repr, self.factors))


class Pow(Expr):
    """A power; the exponent is any expression, mostly a rational number."""

    __slots__ = ("base", "exponent")

    def __init__(self, base: Expr, exponent: Expr) -> None:
        self._free = None
        self._hash = None
        self.base = base
        self.exponent = exponent

    def parts(self) -> tuple[object, ...]:
        return (self.base, self.exponent)

    def children(self) -> tuple[Expr, ...]:
        return (self.base, self.exponent)

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        return power(*children)

    def __repr__(self) -> str:
        return f"({self.base!r})^({self.exponent!r})"


class Apply(Expr):
    """A scalar function of one variable, or its derivative of some order, applied: f''(u)."""

    __slots__ = ("argument", "function", "order")

    def __init__(self, function: Function, argument: Expr, order: int = 0) -> None:
        self._free = None
        self._hash = None
        self.function = function
        self.argument = argument
        self.order = order

    def parts(self) -> tuple[object, ...]:
        return (self.function, self.order, self.argument)

    def children(self) -> tuple[Expr, ...]:
        return (self.argument,)

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        return Apply(self.function, children[0], self.order)

    def __repr__(self) -> str:
        return f"{self.function.name}{chr(39) * self.order}({self.argument!r})"


class Compare(Expr):
    """The indicator of a relation between two real expressions: 1 where it holds, else 0.

    `relation` is ">", ">=", "=" or "!="; the other directions are written with the sides exchanged.
    Its derivative is 0 away from the boundary.
    """

    __slots__ = ("left", "relation", "right")

    def __init__(self, relation: Literal[">", ">=", "=", "!="], left: Expr, right: Expr) -> None:
        self._free = None
        self._hash = None
        self.relation = relation
        self.left = left
        self.right = right

    def parts(self) -> tuple[object, ...]:
        return (self.relation, self.left, self.right)

    def children(self) -> tuple[Expr, ...]:
        return (self.left, self.right)

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        return Compare(self.relation, children[0], children[1])

    def __repr__(self) -> str:
        return f"[{self.left!r} {self.relation} {self.right!r}]"


class Delta(Expr):
    """Kronecker's delta of two positions: 1 where they coincide."""

    __slots__ = ("left", "right")

    def __init__(self, left: Slot, right: Slot) -> None:
        self._free = None
        self._hash = None
        self.left = left
        self.right = right

    def parts(self) -> tuple[object, ...]:
        return (self.left, self.right)

    def own_indices(self) -> frozenset[Index]:
        return frozenset(i for s in (self.left, self.right) for i, _ in slot_terms(s))

    def __repr__(self) -> str:
        return f"delta({self.left!r}, {self.right!r})"


class AtMost(Expr):
    """The indicator of an order of two positions: 1 where left <= right."""

    __slots__ = ("left", "right")

    def __init__(self, left: Slot, right: Slot) -> None:
        self._free = None
        self._hash = None
        self.left = left
        self.right = right

    def parts(self) -> tuple[object, ...]:
        return (self.left, self.right)

    def own_indices(self) -> frozenset[Index]:
        return frozenset(i for s in (self.left, self.right) for i, _ in slot_terms(s))

    def __repr__(self) -> str:
        return f"[{self.left!r} <= {self.right!r}]"


class _Binder(Expr):
    """A node that binds indices over one body."""

    __slots__ = ("body", "indices")

    def __init__(self, indices: tuple[Index, ...], body: Expr) -> None:
        self._free = None
        self._hash = None
        self.indices = indices
        self.body = body

    def parts(self) -> tuple[object, ...]:
        return (self.indices, self.body)

    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def bound(self) -> tuple[Index, ...]:
        return self.indices

    def rebind(self, indices: tuple[Index, ...], body: Expr) -> Expr:
        """The same binder over other indices and another body."""
        raise NotImplementedError

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        return self.rebind(self.indices, children[0])

    def __repr__(self) -> str:
        return f"{type(self).__name__}[{', '.join(map(repr, self.indices))}]({self.body!r})"


class Sum(_Binder):
    """The sum of a body over indices, each over its whole range; side conditions are indicator factors."""

    __slots__ = ()

    def rebind(self, indices: tuple[Index, ...], body: Expr) -> Expr:
        return total(indices, body)


class Product(_Binder):
    """The product of a body over indices."""

    __slots__ = ()

    def rebind(self, indices: tuple[Index, ...], body: Expr) -> Expr:
        return Product(indices, body)


class Extremum(_Binder):
    """The largest or smallest value of a body over indices. Not for two numbers: that is a gate."""

    __slots__ = ("kind",)

    def __init__(self, kind: Literal["max", "min"], indices: tuple[Index, ...], body: Expr) -> None:
        super().__init__(indices, body)
        self.kind = kind

    def parts(self) -> tuple[object, ...]:
        return (self.kind, self.indices, self.body)

    def rebind(self, indices: tuple[Index, ...], body: Expr) -> Expr:
        return Extremum(self.kind, indices, body)


class Derivative(Expr):
    """A derivative as a person wrote it, not yet derived: of `body` with respect to one tensor entry.

    `derive.resolve` replaces it. `reading` is "total" (through every path, the default) or "partial"
    (only where the entry stands in the body itself).
    """

    __slots__ = ("body", "reading", "wrt")

    def __init__(self, body: Expr, wrt: Elem, reading: Literal["total", "partial"] = "total") -> None:
        self._free = None
        self._hash = None
        self.body = body
        self.wrt = wrt
        self.reading = reading

    def parts(self) -> tuple[object, ...]:
        return (self.body, self.wrt, self.reading)

    def children(self) -> tuple[Expr, ...]:
        return (self.body, self.wrt)

    def rebuild(self, children: tuple[Expr, ...]) -> Expr:
        body, wrt = children
        assert isinstance(wrt, Elem)
        return Derivative(body, wrt, self.reading)

    def __repr__(self) -> str:
        return f"d({self.body!r})/d({self.wrt!r})"


ZERO = Num(0)
UNIT = Num(1)
MINUS_ONE = Num(-1)
PI = Const("pi")


def as_expr(value: Expr | Number) -> Expr:
    """An expression from an expression or an exact number."""
    return value if isinstance(value, Expr) else Num(value)


def _tidy(value: Number) -> Number:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def add(*terms: Expr) -> Expr:
    """The sum: flattened, numbers gathered, zeros dropped; the order is kept."""
    flat: list[Expr] = []
    number: Number = 0
    for term in terms:
        if isinstance(term, Add):
            flat.extend(term.terms)
        elif isinstance(term, Num):
            number += term.value
        else:
            flat.append(term)
    if any(isinstance(t, Num) for t in flat):
        number += sum((t.value for t in flat if isinstance(t, Num)), start=Fraction(0))
        flat = [t for t in flat if not isinstance(t, Num)]
    if number:
        flat.append(Num(_tidy(number)))
    if not flat:
        return ZERO
    return flat[0] if len(flat) == 1 else Add(tuple(flat))


def mul(*factors: Expr) -> Expr:
    """The product: flattened, numbers gathered in front, zero wins; the order is kept."""
    flat: list[Expr] = []
    number: Number = 1
    for factor in factors:
        for f in factor.factors if isinstance(factor, Mul) else (factor,):
            if isinstance(f, Num):
                number = number * f.value
            else:
                flat.append(f)
    if not number:
        return ZERO
    if number != 1 or not flat:
        flat.insert(0, Num(_tidy(number)))
    return flat[0] if len(flat) == 1 else Mul(tuple(flat))


def negate(value: Expr) -> Expr:
    """-value."""
    return mul(MINUS_ONE, value)


def power(base: Expr, exponent: Expr) -> Expr:
    """The power; exact numbers are evaluated where the result is a rational number of modest size."""
    if isinstance(exponent, Num):
        e = exponent.value
        if e == 1:
            return base
        if e == 0:
            return UNIT
        if isinstance(e, int) or e.denominator == 1:
            e = int(e)
            if isinstance(base, Num) and abs(e) <= 64 and (base.value or e > 0):
                return Num(_tidy(Fraction(base.value) ** e))
            if isinstance(base, Pow) and isinstance(base.exponent, Num):
                inner = base.exponent.value
                if isinstance(inner, int) or inner.denominator == 1:
                    return power(base.base, Num(_tidy(inner * e)))
    return Pow(base, exponent)


def size(dim: Dim) -> Expr:
    """A dim as a number."""
    literal = dim.literal
    return Size(dim) if literal is None else Num(literal)


def ordinal(slot: Slot) -> Expr:
    """A position as a number."""
    return size(slot.offset) if isinstance(slot, Affine) and not slot.terms else Ordinal(slot)


def delta(left: Slot, right: Slot) -> Expr:
    """Kronecker's delta; 1 or 0 where the positions differ by a known constant."""
    gap = position(
        [*slot_terms(left), *((i, -c) for i, c in slot_terms(right))], slot_offset(left) - slot_offset(right)
    )
    if isinstance(gap, Affine) and not gap.terms and gap.offset.literal is not None:
        return ZERO if gap.offset.literal else UNIT
    return Delta(left, right)


def at_most(left: Slot, right: Slot) -> Expr:
    """The indicator of left <= right; a number where the gap is a known constant."""
    gap = position(
        [*slot_terms(right), *((i, -c) for i, c in slot_terms(left))], slot_offset(right) - slot_offset(left)
    )
    if isinstance(gap, Affine) and not gap.terms and gap.offset.literal is not None:
        return UNIT if gap.offset.literal >= 0 else ZERO
    return AtMost(left, right)


def total(indices: Iterable[Index], body: Expr) -> Expr:
    """The sum of `body` over `indices`.

    Deltas are substituted where the ranges allow, an index that does not occur becomes a factor
    (its dim), and nested sums become one.
    """
    bound = list(indices)
    while isinstance(body, Sum):
        bound.extend(body.indices)
        body = body.body
    if isinstance(body, Num) and not body.value:
        return ZERO
    if isinstance(body, Mul | Delta):
        bound, body = _substitute_deltas(bound, body)
    free = body.free
    unused = [i for i in bound if i not in free]
    if unused:
        bound = [i for i in bound if i in free]
        return mul(*(size(i.dim) for i in unused), Sum(tuple(bound), body) if bound else body)
    return Sum(tuple(bound), body) if bound else body


def _substitute_deltas(bound: list[Index], body: Expr) -> tuple[list[Index], Expr]:
    changed = True
    while changed:
        changed = False
        for factor in body.factors if isinstance(body, Mul) else (body,):
            if not isinstance(factor, Delta):
                continue
            pair = _eliminated(factor, bound)
            if pair is not None:
                index, slot = pair
                rest = tuple(f for f in body.factors if f is not factor) if isinstance(body, Mul) else ()
                body = substitute(mul(*rest), {index: slot})
                bound = [i for i in bound if i is not index]
                changed = True
                break
    return bound, body


def _eliminated(factor: Delta, bound: list[Index]) -> tuple[Index, Slot] | None:
    """A bound index that this delta fixes, and the position it takes, if that position is in range."""
    for one, other in ((factor.left, factor.right), (factor.right, factor.left)):
        if isinstance(one, Index) and one in bound and within(other, one.dim):
            return one, other
    return None


def within(slot: Slot, dim: Dim) -> bool:
    """Whether this position surely lies in 1..dim for every admitted size (each size symbol is at least 1)."""
    if isinstance(slot, Index):
        return _never_negative(dim - slot.dim)
    return not slot.terms and _never_negative(slot.offset - ONE) and _never_negative(dim - slot.offset)


def _never_negative(gap: Dim) -> bool:
    return all(c > 0 for _, c in gap.terms) and gap.constant + sum(c for _, c in gap.terms) >= 0


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
    if isinstance(expr, _Binder):
        used = {k: v for k, v in mapping.items() if k in expr.free}
        entering = {i for v in used.values() for i, _ in slot_terms(v)}
        if entering.isdisjoint(expr.indices):
            return expr.rebind(expr.indices, substitute(expr.body, used))
        fresh = refresh(expr)
        return fresh.rebind(fresh.indices, substitute(fresh.body, used))
    return expr.rebuild(tuple([substitute(c, mapping) for c in expr.children()]))


def refresh(binder: _Binder) -> _Binder:
    """The same binder over fresh indices, for a place where its own would clash with others."""
    renamed: dict[Index, Slot] = {i: i.fresh() for i in binder.indices}
    body = substitute(binder.body, renamed)
    out = binder.rebind(tuple(i for i in renamed.values() if isinstance(i, Index)), body)
    assert isinstance(out, _Binder)
    return out


Binder = _Binder


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
    return refresh(out) if isinstance(out, _Binder) else out
