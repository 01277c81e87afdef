"""The equations of a block: each gives a node from what stands above it."""

from __future__ import annotations

from collections.abc import Mapping

from ..algebra.index import Tensor
from ..errors import DeclarationError, FormulaError, GradcheckError
from ..formula import Notation, definition, parse, split_name
from ..formula.notation import Entry
from ..formula.syntax import Symbol, walk
from .builder import Builder
from .lines import Line
from .writing import placed


def declare_equations(builder: Builder, lines: list[Line]) -> None:
    """Read nodes and loss in order, then the adjoints, which may name any of them."""
    equations = [line for line in lines if line.keyword in ("", "loss", "family")]
    for at, line in enumerate(equations):
        try:
            _declare(builder, line)
        except DeclarationError as error:
            raise _order_error(builder, equations, at) or error from None
    for line in lines:
        if line.keyword == "adjoint":
            _declare_adjoint(builder, line)


def _declare(builder: Builder, line: Line) -> None:
    if line.keyword == "family":
        raise DeclarationError(
            "families of layers are not supported yet",
            place=line.place(),
            hint="write the equations of each layer, with labels such as z^{(2)}",
        )
    left, sign, _ = line.rest.partition("=")
    left = left.strip()
    if line.keyword == "loss" and not sign:
        with placed(line):
            builder.loss(left, line=line.number)
        return
    with placed(line, f"in the equation of {left}"):
        found = definition(line.rest, builder.notation)
        if line.keyword == "loss":
            if found.axes:
                shape = ", ".join(map(str, found.dims))
                raise DeclarationError(
                    "the loss is one number", got=f"{found.name} : {shape}", hint="sum over its entries"
                )
            builder.loss(found.name, found.formula, latex=line.rest, line=line.number)
        else:
            builder.node(
                found.name, found.formula, found.indices, samples=found.samples, latex=line.rest, line=line.number
            )


def _declare_adjoint(builder: Builder, line: Line) -> None:
    left, _, _ = line.rest.partition("=")
    with placed(line, f"in the adjoint {left.strip()}"):
        found = definition(line.rest, builder.notation)
        builder.adjoint(
            found.name, found.formula, found.indices, samples=found.samples, latex=line.rest, line=line.number
        )


def _order_error(builder: Builder, equations: list[Line], at: int) -> DeclarationError | None:
    """What is wrong with the order of the equations, if equation `at` uses one that is not above it."""
    owners = {name: n for n, line in reversed(list(enumerate(equations))) for name in _left_names(builder, line)}
    entries = {name: Entry(Tensor(name), "node") for name in owners} | dict(builder.notation.entries)
    notation = Notation(
        entries,
        builder.notation.functions,
        builder.notation.dims,
        builder.notation.indices,
        builder.notation.words,
        builder.notation.macros,
    )
    uses = {n: _uses(line, notation, owners) for n, line in enumerate(equations[at:], at)}
    ahead = sorted(n for n in uses[at] if n >= at)
    names = {n: line.rest.partition("=")[0].strip() for n, line in enumerate(equations)}
    names |= {n: name for name, n in reversed(owners.items())}
    line = equations[at]
    for start in ahead:
        cycle = _path(start, at, uses)
        if cycle:
            around = [at, *cycle] if start != at else [at, at]
            circle = " -> ".join(f"{names[n]} (line {equations[n].number})" for n in around)
            what = "an equation needs itself" if start == at else "these equations need each other"
            hint = "an equation gives a node from nodes above it: break the circle"
            return DeclarationError(f"cycle: {what}", place=line.place(), got=circle, hint=hint)
    if not ahead:
        return None
    later = equations[ahead[0]]
    return DeclarationError(
        f"in the equation of {names[at]}: {names[ahead[0]]} is used before its equation",
        place=line.place(),
        hint=f"move the equation of {names[ahead[0]]} (line {later.number}) above this line",
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
