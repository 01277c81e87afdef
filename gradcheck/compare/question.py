"""One question of equality: two expressions over the same positions, derivatives already resolved."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..algebra.construct import never_negative
from ..algebra.dims import Dim
from ..algebra.expressions import Apply, Binder, Delta, Derivative, Elem, Expr, Size, replace_entries, tensors, walk
from ..algebra.functions import Function
from ..algebra.index import Index, Tensor, slot_offset, slot_terms
from ..declare.network import Network, with_functions

Relation = Literal[">", ">=", "!=", "="]
Definition = tuple[tuple[Index, ...], Expr]


@dataclass(frozen=True)
class Question:
    """Whether `left` is equal to `right` at every position of `free`, in this network.

    derived: what `left` is as written, with its derivatives unresolved, so that finite differences can
        take them as an independent witness; None where no derivative occurs.
    assumptions: inequalities (expression, sign) that hold; equalities: leaves that are set to an expression.
    """

    network: Network
    left: Expr
    right: Expr
    free: tuple[Index, ...]
    derived: Expr | None = None
    assumptions: tuple[Assumption, ...] = ()
    equalities: tuple[tuple[Tensor, Definition], ...] = ()

    @property
    def difference(self) -> Expr:
        """The left side less the right one."""
        return self.left - self.right

    def with_functions(self, chosen: Mapping[Function, Function]) -> Question:
        """The same question for concrete functions."""
        if not chosen:
            return self
        known = tuple(chosen.items())
        if known not in self._concrete:
            self._concrete[known] = self._with_functions(chosen)
        return self._concrete[known]

    @functools.cached_property
    def _concrete(self) -> dict[tuple[tuple[Function, Function], ...], Question]:
        """The same question for the few choices of functions that were asked for."""
        return {}

    @functools.cached_property
    def hopeless(self) -> set[tuple[tuple[str, int], ...]]:
        """The sizes at which no draw satisfied the assumptions: they are not tried again."""
        return set()

    def _with_functions(self, chosen: Mapping[Function, Function]) -> Question:
        return replace(
            self,
            network=self.network.with_functions(chosen),
            left=with_functions(self.left, chosen),
            right=with_functions(self.right, chosen),
            derived=None if self.derived is None else with_functions(self.derived, chosen),
            assumptions=tuple(replace(a, gap=with_functions(a.gap, chosen)) for a in self.assumptions),
            equalities=tuple((t, (i, with_functions(e, chosen))) for t, (i, e) in self.equalities),
        )

    def leaves(self) -> tuple[Tensor, ...]:
        """The leaves that the question depends on, through the nodes it mentions."""
        return self._leaves

    @functools.cached_property
    def _leaves(self) -> tuple[Tensor, ...]:
        mentioned = self.mentioned
        leaves = [t for t in self.network.leaves if t in mentioned]
        others = sorted(
            (t for t in mentioned if t not in leaves and self.network.node(t) is None), key=lambda t: t.name
        )
        return (*leaves, *others)

    @functools.cached_property
    def mentioned(self) -> frozenset[Tensor]:
        """Every tensor that the question depends on, through the equations of nodes."""
        roots = [self.left, self.right, *(a.gap for a in self.assumptions)]
        if self.derived is not None:
            roots.append(self.derived)
        return self._through_nodes(roots)

    @functools.cached_property
    def assumed(self) -> frozenset[Tensor]:
        """Every tensor that the inequalities among the assumptions depend on."""
        return self._through_nodes([a.gap for a in self.assumptions])

    def _through_nodes(self, roots: Sequence[Expr]) -> frozenset[Tensor]:
        found: set[Tensor] = set()
        queue = [t for r in roots for t in tensors(r)] + [t for t, _ in self.equalities]
        definitions = {n.tensor: n.formula for n in self.network.nodes}
        definitions |= {t: formula for t, (_, formula) in self.equalities}
        while queue:
            t = queue.pop()
            if t not in found:
                found.add(t)
                if t in definitions:
                    queue.extend(tensors(definitions[t]))
        return frozenset(found)

    def functions(self) -> tuple[Function, ...]:
        """The unspecified functions that occur, in nodes or in the question itself."""
        return self._functions

    @functools.cached_property
    def _functions(self) -> tuple[Function, ...]:
        used = self.mentioned
        exprs = [self.left, self.right, *(n.formula for n in self.network.nodes if n.tensor in used)]
        seen = {n.function: None for e in exprs for n in walk(e) if isinstance(n, Apply) and n.function.unspecified}
        return tuple(seen)

    @functools.cached_property
    def smallest(self) -> dict[str, int]:
        """The smallest size of each symbol: as declared, and such that no array is empty and no range negative."""
        out = dict.fromkeys(self.dims(), 1) | dict(self.network.dims)
        needed = [(d, 1) for t in self.mentioned for d in t.dims] + [(d, 0) for d in self._ranges()]
        for dim, least in needed:
            if len(dim.terms) == 1 and dim.terms[0][1] > 0:
                name, c = dim.terms[0]
                out[name] = max(out.get(name, 1), -((dim.constant - least) // c))
        return out

    def _ranges(self) -> set[Dim]:
        exprs = [self.left, self.right, *(n.formula for n in self.network.nodes if n.tensor in self.mentioned)]
        bound = {i.dim for e in exprs for node in walk(e) if isinstance(node, Binder) for i in node.indices}
        return bound | {i.dim for i in self.free}

    def open_ranges(self) -> tuple[Dim, ...]:
        """Ranges that may still be negative at admitted sizes, such as n - m."""
        shift = {name: Dim.symbol(name) + (least - 1) for name, least in self.smallest.items()}
        out = []
        for dim in sorted(self._ranges(), key=str):
            moved = sum((shift.get(name, Dim.symbol(name)) * c for name, c in dim.terms), start=Dim.of(dim.constant))
            if not never_negative(moved):
                out.append(dim)
        return tuple(out)

    def dims(self) -> frozenset[str]:
        """The size symbols that the question depends on."""
        return self._dims

    @functools.cached_property
    def _dims(self) -> frozenset[str]:
        nodes = [n.formula for n in self.network.nodes if n.tensor in self.mentioned]
        exprs = [
            self.left,
            self.right,
            *nodes,
            *(a.gap for a in self.assumptions),
            *(e for _, (_, e) in self.equalities),
        ]
        dims = {d for t in self.mentioned for d in t.dims} | {i.dim for i in self.free}
        dims |= {d for e in exprs for d in dims_in(e)}
        return frozenset(name for d in dims for name in d.symbols())


@dataclass(frozen=True)
class Assumption:
    """`gap` is positive, not negative, not zero, or zero at the claim's position; `text` is how it was written.

    fixed: for a gap of zero, the entry at that position and its value there.
    """

    gap: Expr
    relation: Relation
    text: str
    fixed: tuple[Elem, Expr] | None = None


def dims_in(expr: Expr) -> set[Dim]:
    """The dims that occur as numbers, as ranges of indices and in positions."""
    found: set[Dim] = set()
    for node in walk(expr):
        if isinstance(node, Size):
            found.add(node.dim)
        elif isinstance(node, Binder):
            found.update(i.dim for i in node.indices)
        elif isinstance(node, Elem):
            for s in node.slots:
                found.add(slot_offset(s))
                found.update(i.dim for i, _ in slot_terms(s))
        elif isinstance(node, Delta):
            found.update(i.dim for s in (node.left, node.right) for i, _ in slot_terms(s))
    return found


def has_derivative(expr: Expr) -> bool:
    """Whether a derivative occurs."""
    return any(isinstance(n, Derivative) for n in walk(expr))


def expanded(expr: Expr, network: Network, keep: frozenset[Tensor] = frozenset()) -> Expr:
    """The expression with the latest mentioned node replaced by its equation; unchanged if none is mentioned."""
    here = tensors(expr)
    for node in reversed(network.nodes):
        if node.tensor in here and node.tensor not in keep:
            return replace_entries(expr, {node.tensor: (node.indices, node.formula)})
    return expr
