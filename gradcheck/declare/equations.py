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
        declare = {"latex": line.rest, "line": line.number}
        if line.keyword == "loss":
            if found.axes:
                shape = ", ".join(str(i.dim) for i in found.axes)
                raise DeclarationError("the loss is one number", got=f"{found.name} : {shape}", hint="sum over its entries")
            builder.loss(found.name, found.value.expr, latex=line.rest, line=line.number)
        else:
            builder.node(found.name, found.value.expr, found.axes, samples=found.samples, latex=line.rest, line=line.number)


def _declare_adjoint(builder: Builder, line: Line) -> None:
    left, _, _ = line.rest.partition("=")
    with placed(line, f"in the adjoint {left.strip()}"):
        found = definition(line.rest, builder.notation)
        builder.adjoint(
            found.name, found.value.expr, found.axes, samples=found.samples, latex=line.rest, line=line.number
        )
