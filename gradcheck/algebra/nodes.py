"""The nodes of an expression that bind no index: numbers, entries, sums, products, powers, functions.

Classes with slots instead of dataclasses, because a derivation makes some thirty nodes a layer and a
frozen dataclass takes four times as long to make (0.9 against 0.2 microseconds).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from .dims import Dim
from .index import Index, Slot, Tensor, slot_terms

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


ZERO = Num(0)
UNIT = Num(1)
MINUS_ONE = Num(-1)
PI = Const("pi")

# Operators and `rebuild` go through the simplifying constructors, which in turn make nodes.
from .construct import add, as_expr, mul, negate, power  # noqa: E402
