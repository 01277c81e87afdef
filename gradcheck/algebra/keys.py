"""Canonical keys: two expressions in normal form have the same key exactly when they differ only in
the names of bound indices and in the order of terms and factors.

Bound indices are labelled by colour refinement and individualisation, component by component: each
index is described by the factors it stands in, descriptions refine each other until they are stable,
and what is still alike is told apart by trying each choice and keeping the smallest key.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from .expressions import (
    Add,
    Apply,
    AtMost,
    Binder,
    Compare,
    Const,
    Delta,
    Derivative,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Ordinal,
    Pow,
    Size,
)
from .facts import SYMMETRIC
from .index import Index, Slot, slot_offset, slot_terms

Labels = Mapping[Index, str]
MAX_CHOICES = 2_000


class TooLargeError(Exception):
    """The normal form would need more work than the budget allows; nothing follows from that."""


def slot_key(slot: Slot, labels: Labels) -> str:
    """The key of a position under labels for indices; an unlabelled index is free and stands for itself."""
    if isinstance(slot, Index):
        return labels.get(slot) or f"@{slot.serial}"
    parts = sorted(f"{c}*{slot_key(i, labels)}" for i, c in slot_terms(slot))
    return "+".join([*parts, str(slot_offset(slot))])


def key(expr: Expr, labels: Labels, depth: int = 0) -> str:
    """The canonical key of a normalised expression; `depth` counts the binders around it."""
    if isinstance(expr, Elem):
        slots = [slot_key(s, labels) for s in expr.slots]
        if SYMMETRIC in expr.tensor.facts:
            slots[-2:] = sorted(slots[-2:])
        return f"‹{expr.tensor.name}›[{','.join(slots)}]"
    if isinstance(expr, Num):
        return str(expr.value)
    if isinstance(expr, Mul):
        return "(" + "*".join(sorted(key(f, labels, depth) for f in expr.factors)) + ")"
    if isinstance(expr, Add):
        return "(" + "+".join(sorted(key(t, labels, depth) for t in expr.terms)) + ")"
    if isinstance(expr, Pow):
        return f"{key(expr.base, labels, depth)}^{key(expr.exponent, labels, depth)}"
    if isinstance(expr, Apply):
        kind = "!" if expr.function.primitive else ""
        return f"‹{expr.function.name}›{kind}'{expr.order}({key(expr.argument, labels, depth)})"
    if isinstance(expr, Binder):
        return _binder_key(expr, labels, depth)
    return _plain_key(expr, labels, depth)


def _plain_key(expr: Expr, labels: Labels, depth: int) -> str:
    if isinstance(expr, Compare):
        sides = [key(expr.left, labels, depth), key(expr.right, labels, depth)]
        if expr.relation in ("=", "!="):
            sides.sort()
        return f"[{sides[0]}{expr.relation}{sides[1]}]"
    if isinstance(expr, Delta):
        return "δ(" + ",".join(sorted((slot_key(expr.left, labels), slot_key(expr.right, labels)))) + ")"
    if isinstance(expr, AtMost):
        return f"({slot_key(expr.left, labels)}≤{slot_key(expr.right, labels)})"
    if isinstance(expr, Ordinal):
        return f"ord({slot_key(expr.slot, labels)})"
    if isinstance(expr, Size):
        return f"|{expr.dim}|"
    if isinstance(expr, Const):
        return expr.name
    if isinstance(expr, Derivative):
        return f"d({key(expr.body, labels, depth)})/d({key(expr.wrt, labels, depth)}){expr.reading}"
    raise TypeError(f"no key for {type(expr).__name__}")


def _binder_key(expr: Binder, labels: Labels, depth: int) -> str:
    head = type(expr).__name__ + (expr.kind if isinstance(expr, Extremum) else "")
    factors = expr.body.factors if isinstance(expr.body, Mul) else (expr.body,)
    best = _Labelling(expr.indices, factors, dict(labels), depth).smallest()
    return f"{head}{{{best}}}"


class _Labelling:
    """The search for the smallest key of a product of factors over bound indices."""

    def __init__(self, indices: tuple[Index, ...], factors: tuple[Expr, ...], labels: dict[Index, str], depth: int):
        self.indices = indices
        self.factors = factors
        self.labels = labels
        self.depth = depth
        self.choices = 0
        self.touching = {i: [f for f in factors if i in f.free] for i in indices}

    def smallest(self) -> str:
        ranks = self._rank({i: str(i.dim) for i in self.indices})
        return self._search(ranks)

    def _rank(self, description: Mapping[Index, str]) -> dict[Index, int]:
        order = {text: n for n, text in enumerate(sorted(set(description.values())))}
        return {i: order[description[i]] for i in self.indices}

    def _refine(self, ranks: dict[Index, int]) -> dict[Index, int]:
        while True:
            classes = len(set(ranks.values()))
            if classes == len(self.indices):
                return ranks
            scope = {**self.labels, **{i: f"~{ranks[i]}" for i in self.indices}}
            description = {}
            for i in self.indices:
                around = {**scope, i: "*"}
                seen = sorted(key(f, around, self.depth + 1) for f in self.touching[i])
                description[i] = f"{ranks[i]:04d}{'|'.join(seen)}"
            refined = self._rank(description)
            if len(set(refined.values())) == classes:
                return refined
            ranks = refined

    def _search(self, ranks: dict[Index, int]) -> str:
        ranks = self._refine(ranks)
        ordered = sorted(self.indices, key=lambda i: ranks[i])
        tied = next((group for _, g in groupby(ordered, key=lambda i: ranks[i]) if len(group := list(g)) > 1), None)
        if tied is None:
            return self._render(ordered)
        self.choices += len(tied)
        if self.choices > MAX_CHOICES:
            raise TooLargeError("a sum is too symmetric for the canonical form")
        level = ranks[tied[0]]
        doubled = {i: 2 * r + (1 if r == level else 0) for i, r in ranks.items()}
        return min(self._search({**doubled, i: 2 * level}) for i in tied)

    def _render(self, ordered: list[Index]) -> str:
        names = {i: f"#{self.depth}.{n}" for n, i in enumerate(ordered)}
        scope = {**self.labels, **names}
        dims = ",".join(str(i.dim) for i in ordered)
        return dims + ":" + "*".join(sorted(key(f, scope, self.depth + 1) for f in self.factors))
