"""Names in print: declared names taken apart, and letters for indices that clash with nothing around them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..algebra.expressions import Elem, Expr, walk
from ..algebra.functions import Function
from ..algebra.index import Index, Slot, slot_offset, slot_terms
from ..formula.names import NameParts, name_parts
from ..formula.notation import Notation
from .layout import Name

_LETTERS = "ijklpqrstuvabcdefghmnowxyz"


@dataclass(frozen=True)
class Scope:
    """What is in view at one place of a formula: the notation, and the letter of each index.

    taken: names that no index may have. wanted: the names that the formula's indices bring along, so that
    an index that needs another letter does not take one of theirs.
    """

    notation: Notation
    letters: Mapping[Index, str] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()

    def binding(self, indices: Iterable[Index]) -> Scope:
        """The scope inside a binder of these indices."""
        letters = dict(self.letters)
        used = set(letters.values())
        for index in indices:
            letters[index] = letter = self._letter(index, used)
            used.add(letter)
        return replace(self, letters=letters)

    def _letter(self, index: Index, used: set[str]) -> str:
        declared = self.notation.indices
        unwanted = [letter for letter in _LETTERS if letter not in self.wanted]
        for letter in (index.name, *unwanted, *_LETTERS, *(f"{index.name}_{k}" for k in range(1, 1000))):
            # A declared index brings its range along, so another range must not use its name.
            if letter in declared and declared[letter].dim != index.dim:
                continue
            if letter not in used and letter not in self.taken:
                return str(letter)
        raise AssertionError("more than a thousand indices in view")


def scope_of(exprs: tuple[Expr, ...], notation: Notation, free: Iterable[Index] = ()) -> Scope:
    """The scope at the top of expressions that stand side by side: letters for their free indices, `free` first."""
    nodes = [node for expr in exprs for node in walk(expr)]
    names = {node.tensor.name for node in nodes if isinstance(node, Elem)}
    # The i of a name MSE^{(i)} is no position, and no index beside it should look like one.
    labels = {label.strip("()[]") for name in names for label in parts_of(name).superscripts}
    taken = frozenset([*notation.kinds, *names, *labels, "T", "e", "d"])
    first = tuple(dict.fromkeys(free))
    rest = sorted({i for expr in exprs for i in expr.free if i not in first}, key=lambda i: i.serial)
    bound = {i.name for node in nodes for i in node.bound()}
    wanted = frozenset([*bound, *(i.name for i in (*first, *rest))])
    return Scope(notation, {}, taken, wanted).binding([*first, *rest])


@functools.lru_cache(maxsize=4096)
def parts_of(name: str) -> NameParts:
    """A declared name taken apart (cached: the same few names are printed again and again)."""
    return name_parts(name)


def name_layout(name: str, samples: tuple[str, ...] = (), positions: tuple[str, ...] = ()) -> Name:
    """A declared name with positions above and below it."""
    parts = parts_of(name)
    return Name(parts.base, parts.subscript, parts.superscripts, parts.primes, positions, samples)


def position_text(slot: Slot, scope: Scope) -> str:
    """A position: i, i+1, 2i-1, n.

    >>> from gradcheck.algebra.dims import Dim
    >>> from gradcheck.algebra.index import position
    >>> i = Index("i", Dim.symbol("n"))
    >>> position_text(position([(i, 2)], -1), Scope(Notation(), {i: "i"}))
    '2i-1'
    """
    text = ""
    for index, c in slot_terms(slot):
        sign = "-" if c < 0 else "+" if text else ""
        text += sign + (str(abs(c)) if abs(c) != 1 else "") + scope.letters[index]
    offset = str(slot_offset(slot))
    if not text or offset == "0":
        return text or offset
    return text + (offset if offset.startswith("-") else "+" + offset)


def function_latex(function: Function, notation: Notation) -> str:
    """How a function is written: by its declared name where it has one."""
    for name, declared in notation.functions.items():
        if declared is function or declared == function:
            return name if name.startswith("\\") or len(name) == 1 else declared.latex
    return function.latex
