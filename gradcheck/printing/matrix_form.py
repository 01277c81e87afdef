"""An expression laid out as sums and products of whole arrays, where it has such a form.

Sample positions (the i of x^{(i)}) stay explicit: sums over samples are written out, the rest becomes
vectors and matrices. A vector is a column.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from ..algebra.expressions import (
    Add,
    Apply,
    Compare,
    Delta,
    Derivative,
    Elem,
    Expr,
    Mul,
    Num,
    Number,
    Pow,
    Sum,
    power,
    total,
    walk,
)
from ..algebra.functions import EXP
from ..algebra.index import Index, slot_terms
from ..formula.notation import Notation
from . import layout as lay
from .contraction import Chain, Edge, Graph, NoMatrixFormError, contract
from .index_form import RELATIONS, applied, assemble, big_sum, lay_out
from .layout import Layout, Terms, run, transposed, transposes
from .names import Scope, name_layout, position_text

Axes = tuple[Index, ...]
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Context:
    """The scope, and the indices that stay explicit because they stand in sample positions."""

    scope: Scope
    kept: frozenset[Index]

    def binding(self, indices: Axes) -> Context:
        """The context inside a sum."""
        return replace(self, scope=self.scope.binding(indices))

    def vertices(self, expr: Expr) -> Axes:
        """The free indices that turn into axes."""
        return tuple(sorted(expr.free - self.kept, key=lambda i: i.serial))


def matrix_layout(expr: Expr, axes: Axes, scope: Scope, kept: frozenset[Index] = frozenset()) -> Layout | None:
    """The layout of the array of `expr` over `axes`; None where it has no matrix form.

    kept: further indices that stay explicit (the sample positions of `expr` do anyway).
    """
    context = Context(scope, kept | sample_indices(expr, scope.notation))
    free = tuple(a for a in axes if a not in context.kept)
    try:
        return run(*_array(expr, free, context))
    except NoMatrixFormError:
        return None


def sample_indices(expr: Expr, notation: Notation) -> frozenset[Index]:
    """The indices that stand in sample positions somewhere in the expression."""
    kept: set[Index] = set()
    for node in walk(expr):
        if isinstance(node, Elem) and (declared := notation.entries.get(node.tensor.name)):
            for slot in node.slots[: len(declared.samples)]:
                kept.update(i for i, _ in slot_terms(slot))
    return frozenset(kept)


def _array(expr: Expr, axes: Axes, context: Context) -> Chain:
    """The array over `axes` as a product; entries that do not depend on an axis are repeated along it."""
    vertices = context.vertices(expr)
    if not vertices and not axes and not isinstance(expr, Sum | Mul | Add | Derivative):
        return (lay_out(expr, context.scope),)
    if set(vertices) == set(axes):
        if isinstance(expr, Elem) and not _on_diagonal(expr, vertices):
            return (_whole(expr, axes, context),)
        if isinstance(expr, Apply):
            return (_mapped(expr, axes, context),)
        if isinstance(expr, Compare):
            sides = [_side(side, axes, context) for side in (expr.left, expr.right)]
            return (lay.Bracket(sides[0], RELATIONS[expr.relation], sides[1]),)
        if isinstance(expr, Delta) and len(axes) == 2:
            return (lay.IDENTITY,)
        if isinstance(expr, Derivative) and not context.vertices(expr.body):
            top = run(*_array(expr.body, (), context))
            return (lay.Partial(top, run(*_array(expr.wrt, axes, context))),)
    if isinstance(expr, Add):
        return (Terms(tuple(_positive_first([_signed(t, axes, context) for t in expr.terms]))),)
    if not isinstance(expr, Num | Mul | Pow | Sum | Elem) and set(vertices) == set(axes):
        raise NoMatrixFormError
    negative, body = _term(expr, axes, context)
    return (Terms(((True, run(*body)),)),) if negative else body


def _whole(expr: Elem, axes: Axes, context: Context) -> Layout:
    """A tensor without its positions, transposed where the axes stand the other way round."""
    declared = context.scope.notation.entries.get(expr.tensor.name)
    count = len(declared.samples) if declared else 0
    above, below = expr.slots[:count], expr.slots[count:]
    if len(below) > 2 or len(below) != len(axes) or any(s not in axes for s in below):
        raise NoMatrixFormError
    name = name_layout(expr.tensor.name, tuple(position_text(s, context.scope) for s in above))
    return name if below == axes else transposed(name)


def _on_diagonal(expr: Elem, vertices: Axes) -> bool:
    return len(expr.slots) == 2 and expr.slots[0] is expr.slots[1] and expr.slots[0] in vertices


def _mapped(expr: Apply, axes: Axes, context: Context) -> Layout:
    argument = run(*_array(expr.argument, axes, context))
    if axes and expr.function == EXP:
        return lay.Applied(r"\exp", expr.order, argument)
    return applied(expr, argument, context.scope)


def _side(expr: Expr, axes: Axes, context: Context) -> Layout:
    """One side of a comparison; a number is compared with every entry as it is."""
    return run(*_array(expr, () if isinstance(expr, Num) else axes, context))


def _signed(expr: Expr, axes: Axes, context: Context) -> tuple[bool, Layout]:
    if isinstance(expr, Num | Mul | Pow | Sum):
        negative, chain = _term(expr, axes, context)
        return negative, run(*chain)
    return False, run(*_array(expr, axes, context))


def _positive_first(parts: list[tuple[bool, Layout]]) -> list[tuple[bool, Layout]]:
    first = next((k for k, (negative, _) in enumerate(parts) if not negative), 0)
    return [parts[first], *parts[:first], *parts[first + 1 :]]


def _term(expr: Expr, axes: Axes, context: Context) -> tuple[bool, Chain]:
    """One term: its sign, and its scalars and arrays multiplied."""
    bound: Axes = ()
    if isinstance(expr, Sum):
        context, bound, expr = context.binding(expr.indices), expr.indices, expr.body
    inner = tuple(i for i in bound if i not in context.kept)
    if isinstance(expr, Add) and inner:
        try:
            return _product(expr, bound, axes, context)
        except NoMatrixFormError:
            parts = [_signed(total(inner, t), axes, context) for t in expr.terms]
            return False, _over_samples((Terms(tuple(_positive_first(parts))),), bound, context)
    return _product(expr, bound, axes, context)


def _product(expr: Expr, bound: Axes, axes: Axes, context: Context) -> tuple[bool, Chain]:
    inner = tuple(i for i in bound if i not in context.kept)
    term = _Term(context)
    for factor in expr.factors if isinstance(expr, Mul) else (expr,):
        term.place(factor)
    arrays = contract(term.graph, inner, axes)
    negative = term.number < 0
    number = -term.number if negative else term.number
    front = [*term.plain, *([run(*c) for c in term.graph.scalars] if len(axes) != 1 else [])]
    behind = [piece for c in term.graph.scalars for piece in c] if len(axes) == 1 else []
    layouts = [lay.Run(f.factors) if isinstance(f, lay.Run) and axes else f for f in front]
    product = assemble(number, [*layouts, *arrays, *behind], term.below, [], numeric=term.sizes_below)
    if number == 1 and not front and not term.below and (arrays or behind):
        return negative, _over_samples((*arrays, *behind), bound, context)
    return negative, _over_samples((product,), bound, context)


def _over_samples(chain: Chain, bound: Axes, context: Context) -> Chain:
    body = run(*chain)
    summed = [i for i in bound if i in context.kept]
    for index in reversed(summed):
        body = big_sum(context.scope.letters[index], index.dim, body)
    return (body,) if summed else chain


def _reciprocal(chain: Chain) -> Layout:
    """One divided by every entry."""
    divisor = run(*chain)
    parts = divisor.factors if isinstance(divisor, lay.Elementwise) and not divisor.divisors else (divisor,)
    return lay.Elementwise((lay.ONES,), parts)


class _Term:
    """The factors of one term, sorted: a number, scalars, divisors, and the graph of its arrays."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.number: Number = 1
        self.plain: list[Layout] = []
        self.below: list[Layout] = []
        self.sizes_below = True
        self.graph = Graph()

    def place(self, factor: Expr) -> None:
        """Sort one factor into its place."""
        vertices = self.context.vertices(factor)
        if isinstance(factor, Num):
            self.number *= factor.value
        elif isinstance(factor, Pow) and isinstance(factor.exponent, Num) and factor.exponent.value < 0:
            self._divide(factor, vertices)
        elif isinstance(factor, Pow) and vertices:
            self._raise(factor, vertices)
        elif isinstance(factor, Elem) and _on_diagonal(factor, vertices):
            loop = factor.slots[0]
            assert isinstance(loop, Index)
            self.graph.edges.append(Edge(loop, loop, (name_layout(factor.tensor.name),)))
        elif not vertices:
            self._scalar(factor)
        elif len(vertices) == 1:
            self.graph.put(vertices[0], _array(factor, vertices, self.context))
        elif len(vertices) == 2:
            u, v = vertices
            ways = [Edge(u, v, _array(factor, (u, v), self.context)), Edge(v, u, _array(factor, (v, u), self.context))]
            self.graph.edges.append(min(ways, key=lambda e: sum(map(transposes, e.chain))))
        else:
            raise NoMatrixFormError

    def _scalar(self, factor: Expr) -> None:
        try:
            chain = _array(factor, (), self.context)
        except NoMatrixFormError:
            chain = (lay_out(factor, self.context.scope),)
        if len(chain) == 1 and not isinstance(chain[0], lay.Run):
            self.plain.append(chain[0])
        else:
            self.graph.scalars.append(chain)

    def _divide(self, factor: Pow, vertices: Axes) -> None:
        assert isinstance(factor.exponent, Num)
        divisor = power(factor.base, Num(-factor.exponent.value))
        if len(vertices) == 1:
            self.graph.put(vertices[0], (_reciprocal(_array(divisor, vertices, self.context)),))
            return
        if vertices:
            raise NoMatrixFormError
        self.sizes_below = self.sizes_below and not any(isinstance(n, Elem) for n in walk(divisor))
        try:
            self.below.append(run(*_array(divisor, (), self.context)))
        except NoMatrixFormError:
            self.below.append(lay_out(divisor, self.context.scope))

    def _raise(self, factor: Pow, vertices: Axes) -> None:
        """A whole power of an array is the array as often as it says."""
        exponent = factor.exponent
        if isinstance(exponent, Num) and exponent.value == HALF and len(vertices) == 1:
            self.graph.put(vertices[0], (lay.Root(run(*_array(factor.base, vertices, self.context))),))
            return
        if not isinstance(exponent, Num) or exponent.value not in (2, 3) or len(vertices) > 2:
            raise NoMatrixFormError
        for _ in range(int(exponent.value)):
            self.place(factor.base)
