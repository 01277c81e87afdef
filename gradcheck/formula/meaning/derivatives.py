"""The meaning of derivatives: what is differentiated, by which entry, and the axes of the result.

In denominator layout the axes of the variable come first, in numerator layout those of the body.
For a scalar body that means: the shape of the variable, or its transpose.
"""

from __future__ import annotations

from dataclasses import replace

from ...algebra import expressions as e
from ..syntax import tree as s
from .elaborate import elaborate, read
from .reader import Reader
from .terms import Term, Turn, shape


@elaborate.register
def _(node: s.Differential, reader: Reader) -> Term:
    if node.body is None:
        raise reader.unreadable(node, "nothing is differentiated here", expected="an expression behind the operator")
    term = read(node.body, reader)
    if node.sign == "nabla" and term.axes:
        raise reader.ill_formed(
            node, "a gradient is read of a scalar", got=shape(term),
            hint=r"write \frac{\partial y}{\partial x} for a Jacobian",
        )  # fmt: skip
    for variable in reversed(node.variables):
        term = _derived(term, variable, node, reader)
    return term


def _derived(term: Term, variable: s.Syntax, node: s.Differential, reader: Reader) -> Term:
    """The derivative of a term by one variable."""
    wrt, turned = _variable(variable, reader)
    assert isinstance(wrt.expr, e.Elem)
    meant = reader.reading.derivative
    if meant == "written":
        meant = "partial" if node.sign == "partial" else "total"
    expr = e.Derivative(term.expr, wrt.expr, meant)
    layout = reader.reading.layout or reader.notation.layout
    numerator = (layout == "numerator" and node.sign != "nabla") ^ turned
    reader.met.update(("derivative", node.sign))
    if wrt.axes:
        reader.met.add("layout")
    if (term.stacked or wrt.stacked) and term.axes and wrt.axes and term.stacked != wrt.stacked:
        raise reader.ill_formed(node, "a stacked array is differentiated by one that is not", hint="use vec on both")
    if not term.axes:
        turn = wrt.turn
        if turn and turn.usual == "column" and "adjoints" not in reader.met:
            turn.decide("column")  # the layout, and no product further on, decides how a gradient stands
        if wrt.stacked:
            turn = wrt.turn.flipped() if numerator and wrt.turn else wrt.turn
            return Term(expr, wrt.axes, turn, stacked=True)
        if numerator:
            return Term(expr, wrt.axes[::-1], turn.flipped() if turn else None)
        return Term(expr, wrt.axes, turn)
    if not wrt.axes:
        return replace(term, expr=expr, plain=False)
    axes = term.axes + wrt.axes if numerator else wrt.axes + term.axes
    return Term(expr, axes, None, body_axes=len(term.axes), numerator=numerator, stacked=term.stacked)


def _variable(node: s.Syntax, reader: Reader) -> tuple[Term, bool]:
    """The entry to differentiate by, and whether it was written transposed."""
    turned = False
    inner = node
    while isinstance(inner, s.Group | s.Transpose):
        if isinstance(inner, s.Transpose):
            turned = not turned
            inner = inner.base
        else:
            inner = inner.body
    vectorised = isinstance(inner, s.Call) and inner.function == "vec"
    if not isinstance(inner, s.Symbol | s.Named | s.Entry) and not vectorised:
        raise reader.unreadable(
            node, f"{reader.source(node)} is not a variable", expected="a declared name, or an entry of one",
            hint="give the expression a name of its own to differentiate by it",
        )  # fmt: skip
    term = read(inner, reader)
    if not isinstance(term.expr, e.Elem):
        raise reader.unreadable(
            node, f"{reader.source(node)} is not a variable", expected="a declared name, or an entry of one"
        )
    return term, turned


@elaborate.register
def _(node: s.Prime, reader: Reader) -> Term:
    """(…)', the derivative by the variable that the left side names: k'(x) = (…)'; of a node by its argument."""
    variable = named_variable(node) or reader.variable
    if variable is None:
        read(node.base, reader)  # an undeclared name is the better complaint
        if isinstance(node.base, s.Symbol):
            name = node.base.name
            raise reader.unreadable(
                node, f"a prime on {name}, which is no function",
                hint=rf"write \frac{{\partial {name}}}{{\partial …}} for a derivative, {name}^T for a transpose, "
                f"or declare {name}' as a name of its own",
            )  # fmt: skip
        raise reader.unreadable(
            node, "a prime on a bracket needs a variable", hint=r"write \frac{d}{dx} before the bracket instead"
        )  # fmt: skip
    wrt = read(variable, reader)
    if not isinstance(wrt.expr, e.Elem) or wrt.axes:
        raise reader.unreadable(variable, f"{reader.source(variable)} is not a variable")
    body = read(node.base, reader)
    expr = body.expr
    for _ in range(node.order):
        expr = e.Derivative(expr, wrt.expr, "partial" if reader.reading.derivative == "partial" else "total")
    reader.note(f"the prime is read as the derivative by {reader.source(variable)}")
    return replace(body, expr=expr, plain=False, turn=body.turn or (Turn() if len(body.axes) == 1 else None))


def named_variable(node: s.Syntax) -> s.Symbol | None:
    """The x of k'(x), for a node k that is written with its one argument."""
    if isinstance(node, s.Prime) and isinstance(node.base, s.Named) and len(node.base.arguments) == 1:
        only = node.base.arguments[0]
        return only if isinstance(only, s.Symbol) else None
    return None


@elaborate.register
def _(node: s.At, reader: Reader) -> Term:
    raise reader.unreadable(
        node, "an evaluation bar is read around a whole side only",
        hint=r"write the condition behind the formula: \text{ at } x = 0",
    )  # fmt: skip
