"""What makes a network of any depth look the same from each of its layers, checked on the lines of its family."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..errors import DeclarationError
from .family import LEAVES, Family, Template, body_end, left_of, sums_over, without_sums
from .labels import Label, labels
from .lines import Line


@dataclass(frozen=True)
class Structure:
    """Which nodes of a layer the next layer sees, and which of the last layer the loss sees.

    nodes: the label of each family of nodes on the left of its equation, counted from its layer (mostly 0).
    leaves: the same for leaves, where they stand in equations. gaps: how many cases there are for the layers
    above a window that matter: the window ends in the last layer, one before it, ..., this many or more.
    latest: the first layer from which on every equation and every sum over layers is there. summed: whether the loss
    has a sum over layers, so that it sees what enters a window, too.
    """

    nodes: dict[str, int]
    leaves: dict[str, int]
    state: frozenset[str]
    ends: frozenset[str]
    gaps: int = 0
    latest: int = 0
    summed: bool = False

    def above(self, gap: int) -> frozenset[str]:
        """The nodes of a window's highest layer that what lies above depends on."""
        return self.ends if gap == 0 and self.gaps else self.state or self.ends

    def layer_of(self, label: Label) -> int | None:
        """The layer of what carries this label, counted like the label; None if it is of no layer."""
        base = self.known(label.base)
        if base in self.nodes:
            return label.offset - self.nodes[base]
        return label.offset - self.leaves[base] if base in self.leaves else None

    def known(self, base: str) -> str:
        """The family of nodes or leaves that a run of letters ends in: aW before a label is a times W."""
        for start in range(len(base)):
            if base[start:] in self.nodes or base[start:] in self.leaves:
                return base[start:]
        return base


def structure(family: Family) -> Structure:
    """The structure of a family. Raises DeclarationError where layers can't be looked at one by one."""
    templates = [line for line in family.lines if isinstance(line, Template)]
    equations = [t for t in templates if t.keyword == ""]
    nodes: dict[str, int] = {}
    for t in equations:
        label = next(_counted(family, left_of(t.line)), None)
        if label is None or label.base in nodes:
            raise _refused(
                t.line,
                "the name on the left has no label of its layer"
                if label is None
                else f"{label.base} has two equations",
                f"one equation for each name, such as z^{{({family.letter})}} = …",
            )
        nodes[label.base] = label.offset
    named = {label.base for t in templates if t.keyword in LEAVES for label in _counted(family, left_of(t.line))}
    leaves = _leaves(family, equations, nodes, named)
    state = _state(family, equations, nodes)
    found = Structure(nodes, leaves, frozenset(state), frozenset(_ends(family, equations, nodes, leaves)))
    sums = list(_sums(family))
    steps = [t.step for t in equations] + [step for _, step in sums]
    latest = max([t.first for t in equations] + [first for first, _ in sums])
    gaps = max(-min(steps), 1 if found.ends != found.state else 0)
    return Structure(nodes, leaves, found.state, found.ends, gaps, latest, bool(sums))


def _counted(family: Family, text: str) -> Iterator[Label]:
    return (label for label in labels(text) if label.letter == family.letter)


def _right(line: Line) -> str:
    return line.rest.partition("=")[2]


def _refused(line: Line, what: str, expected: str | None = None) -> DeclarationError:
    return DeclarationError(f"layers can't be looked at one by one: {what}", place=line.place(), expected=expected)


def _leaves(family: Family, equations: Iterable[Template], nodes: dict[str, int], named: set[str]) -> dict[str, int]:
    """Where each family of leaves stands, counted from the layer of the equation: in one layer only."""
    out: dict[str, int] = {}
    for t in equations:
        for label in labels(_right(t.line)):
            base = _ending(label.base, (*nodes, *named))
            if base is None or label.letter not in (family.letter, family.last, ""):
                continue
            if label.letter != family.letter:
                raise _refused(t.line, f"{base} with a fixed label stands in a generic equation")
            if base in named and out.setdefault(base, label.offset) != label.offset:
                raise _refused(t.line, f"{base} stands in the equations of two layers")
    return out


def _ending(base: str, known: Iterable[str]) -> str | None:
    return max((k for k in known if base.endswith(k)), key=len, default=None)


def _state(family: Family, equations: Iterable[Template], nodes: dict[str, int]) -> set[str]:
    """The nodes that the next layer uses. Raises DeclarationError where an equation reaches further back."""
    out: set[str] = set()
    for t in equations:
        for label in _counted(family, _right(t.line)):
            base = _ending(label.base, nodes)
            if base is None:
                continue
            layer = label.offset - nodes[base]
            if layer not in (0, -1):
                what = f"{base} is used {-layer} layers later" if layer < 0 else f"{base} is of a later layer"
                raise _refused(t.line, what, "equations that use their own layer and the one before it")
            if layer == -1:
                out.add(base)
    return out


def _ends(family: Family, equations: list[Template], nodes: dict[str, int], leaves: dict[str, int]) -> set[str]:
    """The nodes of the last layer that the loss uses; for an abstract loss those that no equation of it uses."""
    losses = [line for line in family.lines if isinstance(line, Line) and line.keyword == "loss" and "=" in line.rest]
    if not losses:
        used = {
            base
            for t in equations
            for label in _counted(family, _right(t.line))
            if (base := _ending(label.base, nodes)) is not None and label.offset == nodes[base]
        }
        return {base for base in nodes if base not in used}
    out: set[str] = set()
    last = [line for line in family.lines if isinstance(line, Line) and line.keyword == ""]
    for line in (*losses, *last):
        for label in labels(without_sums(_right(line), family.letter)):
            base = _ending(label.base, (*nodes, *leaves))
            if base is None or label.letter not in (family.letter, family.last, ""):
                continue
            if label.letter != family.last or base not in nodes or label.offset != nodes[base]:
                raise _refused(line, f"{base} stands here in a layer that is not the last one")
            out.add(base)
    return out


def _sums(family: Family) -> Iterator[tuple[int, int]]:
    """First layer and step of each sum over layers in the loss."""
    for line in family.lines:
        if isinstance(line, Line) and line.keyword == "loss":
            for found in sums_over(line.rest, family):
                yield int(found["first"]), int(re.sub(r"\s", "", found["step"] or "0"))
        elif isinstance(line, Line) and any(True for _ in sums_over(line.rest, family)):
            raise _refused(line, "a sum over layers stands outside the loss", "the sum in the loss itself")


def summed_layer(structure: Structure, family: Family, text: str, line: Line) -> int:
    """How far the layer that a sum's body speaks of is from the sum's index."""
    found: set[int] = set()
    for match in sums_over(text, family):
        for label in labels(text[match.end() : body_end(text, match.end())]):
            layer = structure.layer_of(label) if label.letter == family.letter else None
            if layer is not None:
                found.add(layer)
    if len(found) != 1:
        raise _refused(line, "the body of a sum over layers speaks of several of them")
    return found.pop()
