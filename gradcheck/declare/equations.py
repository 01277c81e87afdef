"""The equations of a block: each gives a node from what stands above it."""

from __future__ import annotations

from dataclasses import replace

from ..algebra.expressions import substitute
from ..algebra.index import position
from ..errors import DeclarationError, GradcheckError
from ..formula import Definition, Reading, definition
from ..formula.readings import PLAIN
from .builder import Builder
from .handles import Written
from .lines import Line
from .order import order_error
from .writing import placed


def declare_equations(builder: Builder, lines: list[Line]) -> None:
    """Read nodes and loss in order, then the adjoints, which may name any of them."""
    equations = [line for line in lines if line.keyword in ("", "loss")]
    for at, line in enumerate(equations):
        try:
            _declare(builder, line)
        except DeclarationError as error:
            raise order_error(builder, equations, at) or error from None
    for line in lines:
        if line.keyword == "adjoint":
            _declare_adjoint(builder, line)
    for line in lines:
        if line.keyword == "alias":
            _declare_alias(builder, line)


def _declare(builder: Builder, line: Line) -> None:
    left, sign, _ = line.rest.partition("=")
    left = left.strip()
    if not left:
        raise DeclarationError("a name is missing", place=line.place(), expected="NAME = FORMULA")
    if line.keyword == "loss" and not sign:
        with placed(line):
            builder.loss(left, written=Written(line=line.number))
        return
    with placed(line, f"in the equation of {left}"):
        found = _defined(builder, line)
        found = _as_number(builder, line, found) if line.keyword == "loss" else found
        written = Written(line.rest, line.number, found.readings, found.vectors)
        if line.keyword == "loss":
            if found.axes:
                shape = ", ".join(map(str, found.dims))
                raise DeclarationError(
                    "the loss is one number", got=f"{found.name} : {shape}", hint="sum over its entries"
                )
            builder.loss(found.name, found.formula, written=written)
        else:
            builder.node(found.name, found.formula, found.indices, samples=found.samples, written=written)


def _declare_adjoint(builder: Builder, line: Line) -> None:
    left, _, _ = line.rest.partition("=")
    with placed(line, f"in the adjoint {left.strip()}"):
        found = _defined(builder, line)
        written = Written(line.rest, line.number, found.readings, found.vectors)
        builder.adjoint(found.name, found.formula, found.indices, samples=found.samples, written=written)


def _declare_alias(builder: Builder, line: Line) -> None:
    left, sign, right = (part.strip() for part in line.rest.partition("="))
    if not (sign and left and right):
        raise DeclarationError("a name is missing", place=line.place(), expected="alias NAME = DECLARED NAME")
    with placed(line):
        builder.alias(left, right, line=line.number)


def _as_number(builder: Builder, line: Line, found: Definition) -> Definition:
    """The loss as a number: its only entry, or with the square of a vector read as its sum of squares."""
    if not found.axes:
        return found
    if all(dim.literal == 1 for dim in found.dims):
        only = dict.fromkeys(found.axes, position((), 1))
        return replace(found, samples=(), indices=(), formula=substitute(found.formula, only))
    try:
        summed = _defined(builder, line, Reading(square="sum"))
    except GradcheckError:
        return found
    return found if summed.axes else summed


def _defined(builder: Builder, line: Line, reading: Reading = PLAIN) -> Definition:
    """What the line defines. A declaration is mended where it stands, not by a reading that repairs it."""
    found = definition(line.rest, builder.notation, reading=reading)
    for note in found.readings:
        if note.startswith("repair"):
            raise DeclarationError("this can't be read as it stands", hint=note)
    return found
