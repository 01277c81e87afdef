"""The state of a lowering: the graph so far, the arrays of the tensors met, a rule per kind of node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..algebra.expressions import Expr
from ..algebra.index import Index, Tensor
from ..errors import FormulaError
from .arrays import Graph
from .values import Labelled, Value

Order = tuple[Index, ...]
Rule = Callable[["Lowering", Any, Order], Labelled]


class Lowering:
    """Lowers expressions into one graph. `arrays` holds the value of every tensor met."""

    def __init__(self, graph: Graph, rules: Mapping[type[Expr], Rule]) -> None:
        self.graph = graph
        self.rules = rules
        self.arrays: dict[Tensor, Value] = {}

    def define(self, tensor: Tensor, indices: Order, formula: Expr) -> Value:
        """The array of tensor[indices] = formula."""
        item = self.lower(formula, indices)
        value = self.graph.spread(self.graph.align(item, indices), tensor.dims)
        self.arrays[tensor] = value
        return value

    def lower(self, expr: Expr, want: Order = ()) -> Labelled:
        """The array of an expression, its axes in the order of `want` where that costs nothing."""
        rule = self.rules.get(type(expr))
        if rule is None:
            raise FormulaError(f"cannot evaluate {type(expr).__name__}", hint="resolve derivatives first")
        return rule(self, expr, want)
