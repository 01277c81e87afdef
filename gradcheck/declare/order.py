"""Why equations can't be read in the order in which they stand: one is used too early, or they go in a circle."""

from __future__ import annotations

from collections.abc import Mapping

from ..algebra.index import Tensor
from ..errors import DeclarationError, FormulaError, GradcheckError
from ..formula import Entry, Notation, parse, split_name
from ..formula.syntax.tree import Symbol, walk
from .builder import Builder
from .lines import Line


def order_error(builder: Builder, equations: list[Line], at: int) -> DeclarationError | None:
    """What is wrong with the order of the equations, if equation `at` uses one that is not above it."""
    owners = {name: n for n, line in reversed(list(enumerate(equations))) for name in _left_names(builder, line)}
    known = builder.notation.entries
    owners = {name: n for name, n in owners.items() if name not in known}
    entries = {name: Entry(Tensor(name), "node") for name in owners} | dict(known)
    notation = Notation(
        entries,
        builder.notation.functions,
        builder.notation.dims,
        builder.notation.indices,
        builder.notation.words,
        builder.notation.macros,
    )
    uses = {n: _uses(line, notation, owners) for n, line in enumerate(equations[at:], at)}
    names = {n: line.rest.partition("=")[0].strip() for n, line in enumerate(equations)}
    ahead = sorted(n for n in uses[at] if n >= at)
    circle = next(filter(None, (_path(n, at, uses) for n in ahead)), None)
    place = equations[at].place()
    if circle:
        around = [f"{names[n]} (line {equations[n].number})" for n in (at, *circle)]
        what = "an equation needs itself" if circle == [at] else "these equations need each other"
        hint = "an equation gives a node from nodes above it: break the circle"
        return DeclarationError(f"cycle: {what}", place=place, got=" -> ".join(around), hint=hint)
    if not ahead:
        return None
    later = ahead[0]
    return DeclarationError(
        f"in the equation of {names[at]}: {names[later]} is used before its equation",
        place=place,
        hint=f"move the equation of {names[later]} (line {equations[later].number}) above this line",
    )


def _left_names(builder: Builder, line: Line) -> list[str]:
    """The names that the left side may give: y_j^{(i)} gives y (or a scalar that is called y_j)."""
    left = line.rest.partition("=")[0]
    call = left.find("(")
    if call > 0 and left[call - 1] not in "^{":
        left = left[:call]
    letters = {*builder.notation.indices, *"abcdefghijklmnopqrstuvwxyz"}
    try:
        short, whole = split_name(left, letters).name, split_name(left, builder.notation.indices).name
    except GradcheckError:
        return []
    return list(dict.fromkeys([whole, short]))


def _uses(line: Line, notation: Notation, owners: Mapping[str, int]) -> set[int]:
    """The equations whose nodes stand on the right side."""
    try:
        tree = parse(line.rest.partition("=")[2], notation)
    except FormulaError:
        return set()
    return {owners[s.name] for s in walk(tree) if isinstance(s, Symbol) and s.name in owners}


def _path(start: int, goal: int, uses: Mapping[int, set[int]]) -> list[int] | None:
    """A way from one equation to another along what they use; the way of one step if they are the same."""
    if start == goal:
        return [goal]
    ways: dict[int, list[int]] = {start: [start]}
    waiting = [start]
    while waiting:
        here = waiting.pop(0)
        for there in sorted(uses.get(here, ())):
            if there == goal:
                return [*ways[here], goal]
            if there not in ways:
                ways[there] = [*ways[here], there]
                waiting.append(there)
    return None
