"""A plan at given sizes: what is only a view of something stored, what is only scaled, and in which order to compute.

With the sizes known, a sum over one sample is a reshape, a division by a batch of one is nothing at all, and
numbers made of sizes are numbers.
"""

from __future__ import annotations

import collections
import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from .numbers import Number, Numbers
from .text import Writer
from .values import Value

Shape = tuple[int, ...]
_ONE = Fraction(1)
_VIEWS = ("view", "slice")


class Ref(NamedTuple):
    """A stored value as it is read: `suffix` is the text of the view (".T", "[:, None]", ...), "" for the whole.

    whole: the entries lie in memory one after the other, in order.
    """

    base: Value
    suffix: str
    shape: Shape
    whole: bool


class Specialised:
    """The values of a plan at given sizes.

    gates: products passed * [u > 0] whose indicator is used nowhere else, as number -> (passed, u).
    """

    def __init__(self, writer: Writer, sizes: Mapping[str, int], needed: Sequence[Value]) -> None:
        self.writer = writer
        self.sizes = dict(sizes)
        self._refs: dict[int, Ref] = {}
        self._shapes: dict[int, Shape] = {}
        self.numbers = Numbers(sizes)
        self.gates = self._gates(needed)

    def _gates(self, needed: Sequence[Value]) -> dict[int, tuple[Value, Value]]:
        uses = collections.Counter(a.number for v in needed for a in v.args)
        gates = {}
        for value in needed:
            for k in (0, 1) if value.op == "multiply" else ():
                gate, passed = value.args[k], value.args[1 - k]
                alone = gate.op == "positive" and uses[gate.number] == 1 and not gate.static and not passed.static
                if alone and self.shape(gate) == self.shape(passed) == self.shape(value) != ():
                    gates[value.number] = passed, gate.args[0]
        return gates

    def shape(self, value: Value) -> Shape:
        """The shape at these sizes."""
        found = self._shapes.get(value.number)
        if found is None:
            found = self._shapes[value.number] = tuple([d.value(self.sizes) for d in value.dims])
        return found

    def ref(self, value: Value) -> Ref:
        """The stored value behind a value, and the view of it."""
        found = self._refs.get(value.number)
        if found is None:
            found = self._refs[value.number] = self._resolve(value)
        return found

    def _resolve(self, value: Value) -> Ref:
        shape = self.shape(value)
        stored = Ref(value, "", shape, value.op != "leaf")
        if value.static or value.op == "leaf" or not shape:
            return stored
        if value.op in _VIEWS:
            inner = self.ref(value.args[0])
            self.writer.known[value.args[0].number] = ""
            suffix = self.writer.expression(value)[0]
            del self.writer.known[value.args[0].number]
            whole = inner.whole and _keeps_order(value, inner.shape)
            return Ref(inner.base, inner.suffix + suffix, shape, whole)
        source = self._same_entries(value)
        if source is None:
            return stored
        inner = self.ref(source)
        if inner.base.static or not (inner.base.dims or inner.base.op == "leaf"):
            return stored
        if inner.shape == shape:
            return inner
        if not inner.whole:
            return stored
        base_shape = self.shape(inner.base)
        return Ref(inner.base, "" if shape == base_shape else f".reshape({shape})", shape, True)

    def _same_entries(self, value: Value) -> Value | None:
        """The argument that has the same entries in the same order, if there is one."""
        if value.op in ("reshape", "spread", "sum", "max", "min", "prod"):
            source = value.args[0]
            return source if math.prod(self.shape(source)) == math.prod(self.shape(value)) else None
        factor, source = self.scaled(value)
        same = source is not value and factor == 1 and self.shape(source) == self.shape(value)
        return source if same else None

    def scaled(self, value: Value) -> tuple[Number, Value]:
        """The value as a number times another value, as far as numbers are multiplied onto it."""
        factor: Number = _ONE
        while value.op in ("multiply", "divide", "negative"):
            if value.op == "negative":
                factor, value = -factor, value.args[0]
                continue
            left, right = value.args
            number = self.constant(right)
            if number is not None and not (value.op == "divide" and number == 0):
                factor, value = (factor * number if value.op == "multiply" else factor / number), left
                continue
            number = self.constant(left) if value.op == "multiply" else None
            if number is None:
                break
            factor, value = factor * number, right
        return factor, value

    def constant(self, value: Value) -> Number | None:
        """The number that a static scalar is, exactly where it is rational."""
        return self.numbers.of(value)

    def order(self, outputs: Iterable[Value]) -> list[Value]:
        """The stored values that the outputs need, each output as soon as its arguments are there."""
        wanted = {self.ref(v).base.number: self.ref(v).base for v in outputs}
        found: dict[int, Value] = {}
        used: set[int] = set()
        stack = list(wanted.values())
        while stack:
            value = stack.pop()
            if value.number in found or value.op == "leaf" or value.static:
                continue
            found[value.number] = value
            for arg in self.arguments(value):
                used.add(arg.base.number)
                stack.append(arg.base)
        keys: dict[int, tuple[int, int]] = {}
        for k in sorted(found):
            late = [keys[a.base.number][0] for a in self.arguments(found[k]) if a.base.number in keys]
            early = k in wanted and k not in used
            keys[k] = (max(late, default=-1) if early else k, k)
        return [found[k] for k in sorted(keys, key=lambda k: keys[k])]

    def arguments(self, value: Value) -> list[Ref]:
        """The stored values that computing this one reads; numbers multiplied on are left out."""
        gate = self.gates.get(value.number)
        if gate is not None:
            return [self.ref(gate[0]), self.ref(gate[1])]
        source = self.scaled(value)[1]
        if source is not value and self.shape(source) == self.shape(value):
            return [self.ref(source)]
        return [self.ref(a) for a in value.args if not a.static]


def _keeps_order(value: Value, shape: Shape) -> bool:
    """Whether a view of entries that lie in order leaves them in order."""
    if value.op == "slice":
        return False
    kept = [k for k in value.data if k is not None and shape[k] != 1]
    return kept == sorted(kept)
