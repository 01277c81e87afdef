"""Derivatives as a person wrote them, replaced by what the declared network makes of them."""

from __future__ import annotations

from typing import Literal

from ..algebra.expressions import (
    UNIT,
    ZERO,
    Derivative,
    Elem,
    Expr,
    add,
    delta,
    fresh_binders,
    mul,
    negate,
    replace_entries,
    substitute,
    tensors,
)
from ..algebra.facts import SKEW, SYMMETRIC
from ..algebra.index import Index, Slot, Tensor
from ..declare.network import Network, Node
from ..errors import FormulaError
from .abstract import grounded, is_stand_in
from .adjoints import adjoints, dependents
from .gather import Use, gather
from .rules import Scope, pull_back

Reading = Literal["total", "partial"]
Entries = Literal["free", "tied"]


def resolve(network: Network, expr: Expr, *, reading: Reading | None = None, entries: Entries = "free") -> Expr:
    """The expression with every `Derivative` replaced by its derived formula, in nodes and leaves.

    reading: overrides the reading of each derivative. "total": through every path of the declared graph,
        the variable held; "partial": only where the variable stands in the body itself (where the body is
        a node's entry: in that node's own equation).
    entries: whether the two entries of a symmetric (or skew) matrix count as "free" or as one, "tied".
    Derivatives inside derivatives are resolved from the inside out. A declared name of an adjoint is the
    derivative it stands for.

    Raises FormulaError where the body does not reach the variable as declared; an explicit expression
    that names no node is simply constant, with derivative 0.
    """
    network = grounded(network)
    return _resolved(network, _spelled(network, expr), reading, entries)


def _spelled(network: Network, expr: Expr) -> Expr:
    """The expression with declared names of adjoints replaced by the derivatives they stand for."""
    definitions = {a.tensor: (a.indices, a.formula) for a in network.adjoints}
    for _ in definitions:
        if tensors(expr).isdisjoint(definitions):
            break
        expr = replace_entries(expr, definitions)
    return expr


def _resolved(network: Network, expr: Expr, reading: Reading | None, entries: Entries) -> Expr:
    if isinstance(expr, Derivative):
        body = _resolved(network, expr.body, reading, entries)
        if body is not expr.body:
            _require_known_curvature(network, expr.body)
        return differentiate(network, body, expr.wrt, reading=reading or expr.reading, entries=entries)
    children = expr.children()
    if not children:
        return expr
    changed = tuple([_resolved(network, c, reading, entries) for c in children])
    return expr if all(a is b for a, b in zip(children, changed, strict=True)) else expr.rebuild(changed)


def _require_known_curvature(network: Network, inner: Expr) -> None:
    """Refuse a second derivative of a loss of which only a stand-in with the same slope is known."""
    if network.loss is not None and is_stand_in(network) and network.loss in tensors(inner):
        raise FormulaError(
            f"{network.loss.name} is declared without an equation, so its second derivatives are unknown",
            hint=f"declare it: loss {network.loss.name} = ...",
        )


def differentiate(
    network: Network, body: Expr, wrt: Elem, *, reading: Reading = "total", entries: Entries = "free"
) -> Expr:
    """The derivative of `body` with respect to one entry, `wrt` held as the variable. See `resolve`.

    >>> from gradcheck.algebra.dims import Dim
    >>> from gradcheck.algebra.expressions import total
    >>> x, i, j = Tensor("x", (Dim.symbol("n"),)), Index("i", Dim.symbol("n")), Index("j", Dim.symbol("n"))
    >>> square = total([i], Elem(x, (i,)) ** 2)
    >>> differentiate(Network("net", inputs=(x,)), square, Elem(x, (i,))) == 2 * Elem(x, (i,))
    True
    """
    # The body's free indices may be the very objects that equations sum over (a declared `index i`),
    # so they are renamed while the pass runs and put back afterwards.
    apart: dict[Index, Slot] = {i: i.fresh() for i in body.free}
    inside = substitute(body, apart)
    tensor = wrt.tensor
    found = _total(network, inside, tensor) if reading == "total" else _partial(network, inside, tensor)
    if found is None:
        _require_reached(network, body, wrt, reading)
        return ZERO
    indices, formula = found
    back: dict[Index, Slot] = {new: old for old, new in apart.items() if isinstance(new, Index)}
    derived = _at(indices, formula, wrt.slots, back)
    if entries == "tied" and len(wrt.slots) == 2 and tensor.facts & {SYMMETRIC, SKEW}:
        mirrored = _at(indices, formula, wrt.slots[::-1], back)
        if SKEW in tensor.facts:
            return add(derived, negate(mirrored))
        return add(derived, mul(mirrored, add(UNIT, negate(delta(*wrt.slots)))))
    return derived


def _at(indices: tuple[Index, ...], formula: Expr, slots: tuple[Slot, ...], back: dict[Index, Slot]) -> Expr:
    places: dict[Index, Slot] = dict(zip(indices, slots, strict=True))
    return fresh_binders(substitute(formula, {**places, **back}))


def _total(network: Network, body: Expr, tensor: Tensor) -> tuple[tuple[Index, ...], Expr] | None:
    program = adjoints(network, body, hold=tensor)
    equation = program.of(tensor)
    return None if equation is None else (equation.indices, program.closed(tensor))


def _partial(network: Network, body: Expr, tensor: Tensor) -> tuple[tuple[Index, ...], Expr] | None:
    uses: list[Use] = []

    def sink(entry: Elem, cotangent: Expr, scope: Scope) -> None:
        if entry.tensor == tensor:
            uses.append((entry.slots, cotangent, scope))

    pull_back(_opened(network, body, tensor), UNIT, (), sink)
    return gather(tensor, uses) if uses else None


def _opened(network: Network, body: Expr, tensor: Tensor) -> Expr:
    """A node's entry other than the variable's, replaced by its equation: there it may stand directly."""
    node = network.node(body.tensor) if isinstance(body, Elem) and body.tensor != tensor else None
    return replace_entries(body, {node.tensor: (node.indices, node.formula)}) if node else body


def _require_reached(network: Network, body: Expr, wrt: Elem, reading: Reading) -> None:
    """Refuse to answer 0 where a node stands in the body but no path leads to the variable.

    The declaration may lack the path. Where one exists (through gates only) the derivative is 0 indeed.
    """
    acting = dependents(network, wrt.tensor) if reading == "total" else {wrt.tensor}
    if not tensors(body if reading == "total" else _opened(network, body, wrt.tensor)).isdisjoint(acting):
        return
    nodes = {node.tensor: node for node in network.nodes}
    mentioned = sorted(t.name for t in tensors(body) if t in nodes and t != wrt.tensor)
    if not mentioned:
        _require_not_spelled_out(network, body, wrt)
        return
    where = "directly" if reading == "partial" else "as declared"
    raise FormulaError(
        f"{', '.join(mentioned)} does not depend on {wrt.tensor.name} {where}, so this derivative says nothing",
        got=f"a {reading} derivative with respect to {wrt.tensor.name}",
        hint=_hint(network, wrt.tensor, nodes),
    )


def _require_not_spelled_out(network: Network, body: Expr, wrt: Elem) -> None:
    """Refuse 0 for the derivative by a node of an expression written in what that node is made of."""
    made_of = {wrt.tensor}
    for node in reversed(network.nodes):
        if node.tensor in made_of:
            made_of |= tensors(node.formula)
    shared = sorted(t.name for t in tensors(body) & made_of)
    if shared:
        raise FormulaError(
            f"{wrt.tensor.name} does not stand in this expression, but {', '.join(shared)} does, of which it is made",
            got=f"a derivative with respect to {wrt.tensor.name}",
            hint=f"write the expression with {wrt.tensor.name}",
        )


def _hint(network: Network, tensor: Tensor, nodes: dict[Tensor, Node]) -> str:
    users = [name for name, node in ((n.tensor.name, n) for n in nodes.values()) if tensor in tensors(node.formula)]
    if users:
        return f"{tensor.name} stands in the equation of {', '.join(users)} only"
    return f"no equation of {network.name} contains {tensor.name}: write the equations with it"
