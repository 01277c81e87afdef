"""Where the values of a fast program lie: in place of one no longer needed, in a free buffer, or in a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .specialise import Shape, Specialised
from .values import Value


class Storage:
    """Buffers handed out in the order of computation.

    names: value number -> variable. fixed: values that are computed right into a result.
    kept: values that are read once more when all is computed.
    """

    def __init__(self, spec: Specialised, order: Sequence[Value], in_place: frozenset[str]) -> None:
        self.spec = spec
        self.in_place = in_place
        self.names: dict[int, str] = {}
        self.fixed: dict[int, str] = {}
        self.kept: set[int] = set()
        self._last: dict[int, int] = {}
        self._free: dict[Shape, list[str]] = {}
        self._pooled: dict[int, Shape] = {}
        for value in order:
            for base in self._reads(value):
                self._last[base.number] = value.number

    def _dies(self, base: int, value: Value) -> bool:
        """Whether this value is the last to read a buffer."""
        return base in self._pooled and self._last[base] == value.number and base not in self.kept

    def _reads(self, value: Value) -> list[Value]:
        return [ref.base for ref in self.spec.arguments(value)]

    def place(self, value: Value, name: Callable[[], str]) -> tuple[str, str | None]:
        """The variable that a value is written to; and the variable whose buffer it takes over, None for a new one.

        A value that is computed right into a result has the result's variable, and takes over that.
        """
        number = value.number
        if number in self.fixed:
            self.names[number] = self.fixed[number]
            return self.names[number], self.names[number]
        shape = self.spec.shape(value)
        self._pooled[number] = shape
        self.names[number] = new = name()
        old = self._overwritten(value, shape)
        if old is None and self._free.get(shape):
            old = self._free[shape].pop()
        return new, old

    def _overwritten(self, value: Value, shape: Shape) -> str | None:
        """The buffer of an argument that this value is the last to read, entry by entry."""
        if value.op not in self.in_place:
            return None
        for ref in self.spec.arguments(value):
            k = ref.base.number
            if not ref.suffix and ref.shape == shape and self._dies(k, value):
                del self._pooled[k]
                return self.names[k]
        return None

    def release(self, value: Value) -> None:
        """Give back the buffers that no later value reads."""
        for base in self._reads(value):
            if self._dies(base.number, value):
                shape = self._pooled.pop(base.number)
                self._free.setdefault(shape, []).append(self.names[base.number])
