"""The state of reading one formula: which indices are in scope, what is known of ranges, what was met on the way."""

from __future__ import annotations

import difflib
import itertools
import re
from dataclasses import dataclass

from ...algebra.dims import Dim
from ...algebra.index import Index, Slot
from ...errors import FormulaError, IllFormedError
from ..names import base_of
from ..notation import Notation
from ..readings import Reading
from ..syntax import tree as s
from ..text.places import ill_formed, unreadable
from .terms import Term, Turn

_NAME_BEHIND_D = re.compile(r"[A-Za-z]|\\[A-Za-z]+")
_serial = itertools.count()


@dataclass(frozen=True)
class Binder:
    """What a sum runs over: its indices, the positions that its names stand for, and its conditions.

    limits: pairs of positions, each pair in this order; conditions: relations as written.
    """

    indices: tuple[Index, ...]
    slots: dict[str, Slot]
    limits: tuple[tuple[Slot, Slot], ...]
    conditions: tuple[s.Relation, ...]


class Reader:
    """What is known while a formula is read.

    scope: bound index names and their positions. free: names of free indices. local: names defined
    behind the formula. binders: the analysed sums, by syntax node. turns: one per vector tensor.
    inferred: indices whose range was found from where they stand. notes: sentences on how something
    was read. root: the whole formula. met: the kinds of ambiguity that were decided. samples: sample
    indices that were filled in; implied: how often. variable: what a prime on a bracket differentiates by.
    """

    __slots__ = (
        "binders", "depth", "free", "implied", "inferred", "local", "met", "notation", "notes", "open", "reading",
        "root", "samples", "scope", "text", "turns", "variable",
    )  # fmt: skip

    def __init__(self, text: str, notation: Notation, reading: Reading) -> None:
        self.text = text
        self.notation = notation
        self.reading = reading
        self.scope: dict[str, Slot] = {}
        self.free: dict[str, Index] = {}
        self.local: dict[str, Term] = {}
        self.binders: dict[int, Binder] = {}
        self.turns: dict[str, Turn] = {}
        self.inferred: set[Index] = set()
        self.notes: dict[str, None] = {}
        self.met: set[str] = set()
        self.samples: dict[str, Index] = {}
        self.open: dict[Dim, list[Index]] = {}
        self.root: s.Syntax | None = None
        self.depth = 0
        self.implied = 0
        self.variable: s.Syntax | None = None

    # -- errors ------------------------------------------------------------------------------------

    def unreadable(self, node: s.Syntax | Term, what: str, **more: str | None) -> FormulaError:
        """The error that this part cannot be read."""
        return unreadable(self.text, node.start, node.end, what, **more)

    def ill_formed(self, node: s.Syntax | Term, what: str, **more: str | None) -> IllFormedError:
        """The error that shapes or indices cannot match here."""
        return ill_formed(self.text, node.start, node.end, what, **more)

    def source(self, node: s.Syntax | Term) -> str:
        """The text of this part, as written."""
        return self.text[node.start : node.end].strip()

    def undeclared(self, node: s.Syntax, name: str) -> FormulaError:
        """The error that a name is not declared, with the nearest one that is."""
        known = [*self.notation.kinds, *self.notation.indices, *self.local]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        if not near or base_of(near[0]) != base_of(name):
            near = [k for k in known if base_of(k).lstrip("\\").lower() == base_of(name).lstrip("\\").lower()][
                :2
            ] or near
        behind = _NAME_BEHIND_D.match(self.text, node.end) if name == "d" else None
        if name == "t" and self.text[: node.start].rstrip(" {").endswith("^"):
            hint = "a transpose is written with a capital T, x^T; an exponent t is declared"
        elif behind:
            name = self.text[node.start : behind.end()]
            hint = rf"to name a gradient so, declare it: adjoint {name} = \frac{{\partial L}}{{\partial {behind[0]}}}"
        elif near:
            hint = f"declare it, or did you mean {' or '.join(near)}?"
        elif self.text[node.end : node.end + 1] == "(":
            hint = f"if it is a function, declare it: function {name}"
        else:
            hint = f"declare {name} in the network or symbols block"
        return self.unreadable(node, f"{name} is not declared", hint=hint)

    def note(self, sentence: str) -> None:
        """Remember how something was read."""
        self.notes[sentence] = None

    def sized(self, node: s.Syntax | Term, term: Term) -> Term:
        """The term, all of whose sizes must be known."""
        if any(self.is_open(axis.dim) for axis in term.axes):
            raise self.unreadable(
                node, "the size of this is not known", hint=r"write the size, as in \mathbf{1}_n or I_n"
            )
        return term

    # -- indices and their ranges --------------------------------------------------------------------

    def unknown_dim(self) -> Dim:
        """A range that is not known yet."""
        dim = Dim(((f"?{next(_serial)}", 1),))
        self.open[dim] = []
        return dim

    def new_index(self, name: str, dim: Dim | None = None) -> Index:
        """A new index; without a dim its range is found from where it stands."""
        index = Index(name, dim if dim is not None else self.unknown_dim())
        if dim is None:
            self.open[index.dim].append(index)
            self.inferred.add(index)
        elif dim in self.open:
            self.open[dim].append(index)
        return index

    def is_open(self, dim: Dim) -> bool:
        """Whether this range is still unknown."""
        return dim in self.open

    def same_dim(self, one: Dim, other: Dim) -> bool:
        """Make two ranges one where one of them is still unknown; whether they are equal then."""
        if one == other:
            return True
        if one in self.open:
            one, other = other, one
        if other not in self.open:
            return False
        waiting = self.open.pop(other)
        for index in waiting:
            index.dim = one
        if one in self.open:
            self.open[one].extend(waiting)
        return True

    def index_slot(self, name: str) -> Slot | None:
        """The position that an index name stands for, if it is in scope, declared or already in use."""
        if name in self.scope:
            return self.scope[name]
        if name in self.free:
            return self.free[name]
        declared = self.notation.indices.get(name)
        if declared is not None:
            self.free[name] = declared
        return declared

    def free_index(self, name: str) -> Slot:
        """The position of an index name; a new free index if it is not known yet."""
        found = self.index_slot(name)
        if found is None:
            found = self.free[name] = self.new_index(name)
        return found

    def turn_of(self, name: str) -> Turn:
        """The orientation shared by all uses of one vector."""
        turn = self.turns.get(name)
        if turn is None:
            entry = self.notation.entries.get(name)
            adjoint = entry is not None and entry.role == "adjoint"
            if adjoint:
                self.met.add("adjoints")
            lying = adjoint and self.reading.vectors == "adjoints"
            upright = self.reading.vectors in ("column", "adjoints") and not adjoint
            turn = self.turns[name] = Turn("row" if lying else None, "column" if upright else None)
        return turn

    def smallest(self, dim: Dim) -> int | None:
        """The smallest value of a dim over all admitted sizes, if it has one."""
        if any(c < 0 for _, c in dim.terms):
            return None
        return dim.constant + sum(c * max(1, self.notation.dims.get(name, 1)) for name, c in dim.terms)
