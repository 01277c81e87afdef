"""One NumPy call per operation, its result written where it belongs.

What pays here (measured): `dot` with its result handed in, numbers as arrays, a sum over rows or columns as a
product with ones, a ReLU's mask by `sign` while small and as booleans when large.
"""

from __future__ import annotations

import math

from .layout import SMALL, Layout
from .values import Value

_UNARY = frozenset({
    "tanh", "exp", "log", "sin", "cos", "sqrt", "negative", "sign", "log1p", "expm1", "sinh", "cosh", "tan",
    "arctan", "arcsin", "arccos",
})  # fmt: skip
_BINARY = frozenset({"add", "subtract", "multiply", "divide", "power", "maximum", "minimum"})
_REDUCTIONS = {"sum": "add", "max": "maximum", "min": "minimum", "prod": "multiply"}
IN_PLACE = _UNARY | _BINARY | {"square"}
"""Operations that may write over an operand, entry by entry."""


def lines_of(layout: Layout, value: Value) -> list[str]:
    """The statements that compute one array, or one scalar."""
    if not value.dims:
        text = _scalar(layout, value)
        name = layout.storage.names[value.number] = layout.names.new(layout.wish(value, "s"))
        return [f"{name} = {text}"]
    gate = layout.spec.gates.get(value.number)
    if gate is not None:
        return _gated(layout, value, *gate)
    factor, source = layout.spec.scaled(value)
    if source is not value and layout.spec.shape(source) == layout.spec.shape(value):
        read = layout.operand(source)
        if factor == -1:
            return [layout.call("negative", read, layout.target(value))]
        return [layout.call("multiply", read, layout.number(float(factor)), layout.target(value))]
    return _array(layout, value)


def scalar(layout: Layout, value: Value) -> str:
    """A computed or constant scalar as an expression."""
    return layout.writer.text(value) if value.static else layout.operand(value)


def _scalar(layout: Layout, value: Value) -> str:
    factor, source = layout.spec.scaled(value)
    if source is not value and not source.dims:
        read = scalar(layout, source)
        return f"{read} * {float(factor)!r}" if factor != 1 else read
    if value.op == "sum":
        return layout.call("add.reduce", layout.operand(value.args[0]), "None")
    if value.op == "vdot" and not layout.dtype.startswith("complex"):
        return layout.call("vdot", *[layout.operand(a) for a in value.args])
    return layout.text(value)


def _array(layout: Layout, value: Value) -> list[str]:
    op, shape = value.op, layout.spec.shape(value)
    if op in ("maximum", "minimum") and layout.spec.constant(value.args[1]) == 0:
        zeros = layout.filled("zeros", shape)
        return [layout.call(op, layout.operand(value.args[0]), zeros, f"out={layout.target(value)}")]
    if op == "square":
        read = layout.operand(value.args[0])
        return [layout.call("multiply", read, read, layout.target(value))]
    if op in IN_PLACE:
        lines: list[str] = []
        operands = [layout.fitted(a, shape, lines) for a in value.args]
        return [*lines, layout.call(op, *operands, layout.target(value))]
    if op in ("dot", "matmul"):
        return [layout.call(op, *[layout.operand(a) for a in value.args], layout.target(value))]
    if op in _REDUCTIONS:
        return [_reduced(layout, value)]
    if op == "einsum":
        operands = [layout.operand(a) for a in value.args]
        return [layout.call("einsum", repr(value.data), *operands, f"out={layout.target(value)}")]
    if op == "reshape":  # of entries that do not lie in order
        read = layout.operand(value.args[0])
        return [f"{layout.target(value)}.reshape({layout.spec.shape(value.args[0])})[...] = {read}"]
    text = layout.text(value)
    return [f"{layout.target(value)}[...] = {text}"]


def _reduced(layout: Layout, value: Value) -> str:
    source, axes = value.args[0], value.data
    shape = layout.spec.shape(source)
    read = layout.operand(source)
    if value.op == "sum" and len(shape) == 2 and len(axes) == 1 and not source.static:
        ones = layout.filled("ones", shape[axes[0]])
        return layout.call("dot", *((ones, read) if axes[0] == 0 else (read, ones)), layout.target(value))
    over = axes[0] if len(axes) == 1 else axes
    return layout.call(f"{_REDUCTIONS[value.op]}.reduce", read, str(over), "None", layout.target(value))


def _gated(layout: Layout, value: Value, passed: Value, u: Value) -> list[str]:
    """One value times the indicator of another being positive."""
    shape = layout.spec.shape(value)
    read, tested = layout.operand(passed), layout.operand(u)
    if math.prod(shape) <= SMALL and u.op == "maximum":
        mask = layout.scratch(shape, layout.dtype, "scratch")
        test = layout.call("sign", tested, mask)
    else:
        mask = layout.scratch(shape, "bool", "mask")
        test = layout.call("greater", tested, layout.filled("zeros", shape), mask)
    return [test, layout.call("multiply", read, mask, layout.target(value))]
