"""What can be counted in a syntax tree: names, applications, derivatives, sums, relations, powers, transposes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradcheck.formula.syntax import tree as s


@dataclass(frozen=True)
class Facts:
    """Names of arrays and sizes, applied functions with their primes, and the number of each construct.

    What stands in subscripts and sample superscripts, and below and above sums, is not looked at.
    """

    names: frozenset[str]
    functions: frozenset[str]
    derivatives: int
    sums: int
    relations: int
    powers: int
    transposes: int


def facts_of(formulas: tuple[s.Formula, ...]) -> Facts:
    nodes = [node for formula in formulas for node in _visible(formula)]
    marks = sum((f.continues is not None) + (f.trailing is not None) for f in formulas)
    symbols = [n for n in nodes if isinstance(n, s.Symbol)]
    calls = [n.function + "'" * n.order for n in nodes if isinstance(n, s.Call)]
    return Facts(
        frozenset(n.name for n in symbols if n.kind in ("tensor", "dim")),
        frozenset(calls) | {n.name for n in symbols if n.kind in ("function", "operator")},
        sum(isinstance(n, s.Differential) for n in nodes),
        sum(isinstance(n, s.Big) for n in nodes),
        sum(len(n.signs) for n in nodes if isinstance(n, s.Relation)) + marks,
        sum(isinstance(n, s.Power) for n in nodes),
        sum(isinstance(n, s.Transpose) for n in nodes),
    )


def _visible(node: s.Syntax) -> Iterator[s.Syntax]:
    yield node
    if isinstance(node, s.Symbol):
        return
    for child in [node.body] if isinstance(node, s.Big) else s.children(node):
        yield from _visible(child)
