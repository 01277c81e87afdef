"""The names declared so far: each means one thing, and an error says what it was declared as, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Literal

from ..algebra.dims import Dim
from ..algebra.functions import Function
from ..algebra.index import Index, Tensor
from ..errors import DeclarationError, FormulaError, demand
from ..formula import canonical_name, read_dim
from ..formula.names import join, name_parts
from ..formula.notation import Entry, Notation, Role
from .parity import half, least_half, whole

AS = {
    "input": "an input",
    "parameter": "a parameter",
    "constant": "a constant",
    "node": "a node",
    "adjoint": "an adjoint",
}


def name_of(text: str) -> str:
    """The canonical name of what was given as a name."""
    demand(text, str, "a name", DeclarationError, expected='a string of LaTeX such as "w" or "W^{[1]}"')
    with _as_declaration():
        return canonical_name(text)


def size_of(text: str, dims: Mapping[str, int]) -> Dim:
    """The size that was given as a text, such as "n+1"."""
    demand(text, str, "a size", DeclarationError, expected='a string such as "n+1"')
    with _as_declaration():
        if re.search(r"[;:<>=]|\s(?:x|×|\\times)\s", text):
            raise DeclarationError(
                f"{text.strip()!r} is not a size", expected="a size such as n+1, sizes parted by commas"
            )
        return read_dim(text, dims)


@contextmanager
def _as_declaration() -> Iterator[None]:
    """Turn an error in reading a name or size into one about the declaration; the reader of the text knows where."""
    try:
        yield
    except FormulaError as error:
        raise DeclarationError(error.what, got=error.got, expected=error.expected, hint=error.hint) from None


class Names:
    """A notation under construction."""

    def __init__(self) -> None:
        self.dims: dict[str, int] = {}
        self.entries: dict[str, Entry] = {}
        self.tensors: dict[str, Tensor] = {}
        self.functions: dict[str, Function] = {}
        self.indices: dict[str, Index] = {}
        self.words: set[str] = set()
        self.macros: dict[str, str] = {}
        self.layout: Literal["denominator", "numerator"] = "denominator"
        self.aliases: dict[str, str] = {}
        self.parity: dict[str, int] = {}
        """Sizes that are taken to be even (0) or odd (1)."""
        self.sizes: dict[str, Dim] = {}
        self._lines: dict[str, int | None] = {}
        self._numbered: dict[str, str] = {}

    def add_dim(self, name: str, minimum: int, line: int | None = None) -> None:
        """Note a size symbol."""
        self._take(name, line)
        self.dims[name] = minimum
        if name in self.parity:
            self.sizes[name] = whole(name, self.parity[name])
            self.dims[half(name)] = least_half(minimum, self.parity[name])

    def add_index(self, index: Index, line: int | None = None) -> None:
        """Note a declared index."""
        self._take(index.name, line)
        self.indices[index.name] = index

    def add_tensor(
        self,
        role: Role,
        tensor: Tensor,
        samples: tuple[Index, ...],
        line: int | None = None,
        zeros: tuple[int, ...] = (),
    ) -> None:
        """Note a leaf, a node or an adjoint; zeros: its axes that formulas count from 0."""
        self._take(tensor.name, line)
        self._refuse_entry_of_array(tensor)
        self.entries[tensor.name] = Entry(tensor, role, samples, zeros)
        self.tensors[tensor.name] = tensor

    def add_function(self, name: str, function: Function, line: int | None = None) -> None:
        """Note a function; its name may also be that of something else, for f( shows which is meant."""
        if name in self.functions:
            raise self._twice(name, "a function", line)
        self.functions[name] = function
        self._lines.setdefault(name, line)

    def add_alias(self, name: str, meant: str, line: int | None = None) -> None:
        """Note another name for a leaf, a node or an adjoint."""
        self._take(name, line)
        self.aliases[name] = meant

    def view(self) -> Notation:
        """A notation that follows further declarations."""
        return Notation(
            MappingProxyType(self.entries),
            MappingProxyType(self.functions),
            MappingProxyType(self.dims),
            MappingProxyType(self.indices),
            frozenset(self.words),
            MappingProxyType(self.macros),
            layout=self.layout,
            aliases=MappingProxyType(self.aliases),
            sizes=MappingProxyType(self.sizes),
        )

    def frozen(self) -> Notation:
        """The notation as it is now, for good."""
        return Notation(
            dict(self.entries),
            dict(self.functions),
            dict(self.dims),
            dict(self.indices),
            frozenset(self.words),
            dict(self.macros),
            layout=self.layout,
            aliases=dict(self.aliases),
            sizes=dict(self.sizes),
        )

    def _take(self, name: str, line: int | None) -> None:
        self.must_be_new(name, line)
        self._lines[name] = line

    def must_be_new(self, name: str, line: int | None = None) -> None:
        """Raise `DeclarationError` if the name already means something (a function aside)."""
        if name in self.entries:
            raise self._twice(name, AS[self.entries[name].role], line)
        if name in self.indices:
            raise self._twice(name, "an index", line)
        if name in self.dims:
            raise self._twice(name, "a dim", line)
        if name in self.aliases:
            raise self._twice(name, f"another name of {self.aliases[name]}", line)

    def _twice(self, name: str, what: str, line: int | None) -> DeclarationError:
        earlier = self._lines.get(name)
        where = f", declared in line {earlier}" if earlier and earlier != line else ""
        return DeclarationError(
            f"{name} is declared twice", got=f"it is already {what}{where}", hint="give one of the two another name"
        )

    def _refuse_entry_of_array(self, tensor: Tensor) -> None:
        """x_1 can't be a name of its own beside an array x, whose entry it would be."""
        parts = name_parts(tensor.name)
        whole = join(parts.base, None, parts.superscripts, parts.primes)
        if parts.subscript and parts.subscript.replace(",", "").isdigit():
            self._numbered.setdefault(whole, tensor.name)
            if whole in self.tensors and self.tensors[whole].dims:
                raise _both(tensor.name, whole)
        elif tensor.dims and tensor.name in self._numbered:
            raise _both(self._numbered[tensor.name], tensor.name)


def _both(numbered: str, array: str) -> DeclarationError:
    return DeclarationError(
        f"{numbered} would be two things",
        got=f"a name of its own, and an entry of the array {array}",
        hint="give one of the two another name",
    )
