"""What the names in a formula mean: the declared tensors, functions, dims, indices and words."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..algebra.dims import Dim
from ..algebra.functions import Function
from ..algebra.index import Index, Tensor
from .names import base_of
from .syntax.tree import SymbolKind

_BELOW = re.compile(r"_\{([A-Za-z]{3,})\}")
"""A word below a name; two letters there are two signs, such as those of the layers that a weight joins."""

Role = Literal["input", "parameter", "constant", "node", "adjoint"]


@dataclass(frozen=True)
class Entry:
    """A declared name: its tensor, what it is, and which leading axes are written as superscripts.

    `samples` are the indices of the superscript axes: x^{(i)} : n with `index i = 1..n+1` is a tensor
    of dims (n+1, n) with samples = (i,), so x^{(i)} is a vector and x^{(i)}_j, x_j^{(i)} an entry.
    `zeros` are the other axes that are counted from 0 in formulas: d : 0..L is a tensor of dims (L+1,).
    """

    tensor: Tensor
    role: Role
    samples: tuple[Index, ...] = ()
    zeros: tuple[int, ...] = ()


@dataclass(frozen=True)
class Notation:
    r"""The declared names of a network or symbols block.

    Keys are canonical names (`formula.names.canonical_name`): styles such as \mathbf dropped, labels
    kept: "W^{[3]}", "x_3", "w_{hy}", "\alpha", "MSE".
    dims: the size symbols with the smallest admitted size.
    definitions: names that stand for a formula text ("p" for "\operatorname{softmax}(z)").
    aliases: other names under which entries are written.
    sizes: names of sizes that stand for others, as k does for 2p where it is taken to be even.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)
    indices: Mapping[str, Index] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    macros: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    layout: Literal["denominator", "numerator"] = "denominator"
    aliases: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, Dim] = field(default_factory=dict)

    def size(self, name: str) -> Dim:
        """The size that a declared name means."""
        return self.sizes.get(name) or Dim.symbol(name)

    def written(self, dim: Dim) -> Dim:
        """A size in terms of what is declared: k - 1 for 2p - 1, where k stands for 2p."""
        for name, meant in self.sizes.items():
            if meant.symbols() <= dim.symbols() and (rest := dim - meant).symbols().isdisjoint(meant.symbols()):
                return Dim.symbol(name) + rest
        return dim

    @functools.cached_property
    def kinds(self) -> dict[str, SymbolKind]:
        """What each declared name is."""
        known: dict[str, SymbolKind] = dict.fromkeys(self.dims, "dim")
        known.update(dict.fromkeys(self.definitions, "definition"))
        known.update(dict.fromkeys(self.functions, "function"))
        known.update(dict.fromkeys(self.entries, "tensor"))
        known.update(dict.fromkeys(self.aliases, "tensor"))
        return known

    @functools.cached_property
    def bases(self) -> frozenset[str]:
        """The declared names without their scripts."""
        return frozenset(map(base_of, self.kinds)) | frozenset(map(base_of, self.words))

    @functools.cached_property
    def longest(self) -> int:
        """How many letters the longest of these has."""
        return max(map(len, self.long_words), default=0)

    @functools.cached_property
    def long_words(self) -> frozenset[str]:
        """Those of them that are written with several plain letters."""
        return frozenset(base for base in self.bases if len(base) > 1 and base.isalpha())

    @functools.cached_property
    def shown_words(self) -> frozenset[str]:
        """What is set as one word: the names of several letters and, with `_` in front, words below a name."""
        below = {f"_{run}" for name in self.kinds for run in _BELOW.findall(name)}
        return self.long_words | below
