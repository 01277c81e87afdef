"""Identities of arithmetic, applied when an elementwise operation is asked for; each saves a pass over an array.

x * (a / x) = a also keeps a softmax's gradient finite where a probability underflows to 0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .values import Value, broadcast

if TYPE_CHECKING:
    from .arrays import Graph


def simplified(graph: Graph, op: str, args: tuple[Value, ...]) -> Value | None:
    """A simpler value for this operation, or None."""
    if op == "negative":
        return _negated(graph, args[0])
    if len(args) != 2 or op not in _RULES:
        return None
    left, right = args
    if left.op == right.op == "number":
        return _folded(graph, op, left.data, right.data)
    return _RULES[op](graph, left, right)


def _negated(graph: Graph, value: Value) -> Value | None:
    if value.op == "negative":
        return value.args[0]
    exact = _exact(value)
    return graph.number(-exact) if exact is not None else None


def _multiplied(graph: Graph, left: Value, right: Value) -> Value | None:
    for one, other in ((left, right), (right, left)):
        exact = _exact(one)
        if exact is not None and abs(exact) == 1:
            return other if exact == 1 else graph.map("negative", other)
        if other.op == "negative":
            return graph.map("negative", graph.map("multiply", one, other.args[0]))
    for one, other in ((left, right), (right, left)):
        quotient = cancelled(graph, one, other)
        if quotient is not None and quotient.dims == broadcast([left.dims, right.dims]):
            return quotient
    return None


def cancelled(graph: Graph, factor: Value, quotient: Value) -> Value | None:
    """The product of x and a / x, or a / (c x) with a number c; None for others."""
    if quotient.op == "negative":
        inner = cancelled(graph, factor, quotient.args[0])
        return None if inner is None else graph.map("negative", inner)
    if quotient.op != "divide" or factor.static:
        return None
    top, bottom = quotient.args
    if bottom is factor:
        return top
    if bottom.op == "multiply" and factor in bottom.args:
        scale = bottom.args[0] if bottom.args[1] is factor else bottom.args[1]
        if scale.static and not scale.dims:
            return graph.map("divide", top, scale)
    return None


def _divided(graph: Graph, left: Value, right: Value) -> Value | None:
    if _exact(right) == 1:
        return left
    if left.op == "negative":
        return graph.map("negative", graph.map("divide", left.args[0], right))
    return None


def _added(graph: Graph, left: Value, right: Value) -> Value | None:
    if _exact(left) == 0 and _exact(right) != 0:
        return right
    if _exact(right) == 0:
        return left
    if right.op == "negative":
        return graph.map("subtract", left, right.args[0])
    if left.op == "negative":
        return graph.map("subtract", right, left.args[0])
    return _regrouped(graph, "add", left, right) or _factored(graph, "add", left, right)


def _subtracted(graph: Graph, left: Value, right: Value) -> Value | None:
    if _exact(right) == 0:
        return left
    if right.op == "negative":
        return graph.map("add", left, right.args[0])
    return _regrouped(graph, "subtract", left, right) or _factored(graph, "subtract", left, right)


def _regrouped(graph: Graph, op: str, left: Value, right: Value) -> Value | None:
    """(A + b) - c = A + (b - c) where A has more axes than b and c, so that only one is repeated over them."""
    if left.op not in ("add", "subtract") or len(right.dims) >= len(left.dims):
        return None
    large, small = left.args
    if len(small.dims) >= len(left.dims) or large.dims != left.dims:
        return None
    if left.op == "add":
        return graph.map("add", large, graph.map(op, small, right))
    return graph.map("subtract", large, graph.map("subtract" if op == "add" else "add", small, right))


def _factored(graph: Graph, op: str, left: Value, right: Value) -> Value | None:
    """a/c + b/c = (a + b)/c for a number c."""
    if left.op == right.op == "divide" and left.args[1] is right.args[1]:
        scale = left.args[1]
        if scale.static and not scale.dims and left.dims == right.dims:
            return graph.map("divide", graph.map(op, left.args[0], right.args[0]), scale)
    return None


def _folded(graph: Graph, op: str, left: Any, right: Any) -> Value | None:
    if isinstance(left, str) or isinstance(right, str) or (op == "divide" and not right):
        return None
    results = {"add": left + right, "subtract": left - right, "multiply": left * right}
    return graph.number(left / right if op == "divide" else results[op])


def _exact(value: Value) -> Fraction | None:
    return value.data if value.op == "number" and not isinstance(value.data, str) else None


_RULES = {"multiply": _multiplied, "divide": _divided, "add": _added, "subtract": _subtracted}
