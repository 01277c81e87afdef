"""Posing a question: axes aligned, assumptions sorted into inequalities and settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..algebra import facts
from ..algebra.expressions import Elem, Expr, replace_entries, substitute, tensors
from ..algebra.index import Index, Slot, Tensor
from ..declare.network import Network
from ..errors import FormulaError, IllFormedError
from ..formula.statement import Statement, Value
from .question import Assumption, Definition, Relation

_ORDERS: dict[str, Relation] = {"<": ">", "<=": ">=", ">": ">", ">=": ">=", "!=": "!="}


def free_indices(left: Expr, right: Expr, axes: tuple[Index, ...]) -> tuple[Index, ...]:
    """The positions over which a question is asked: axes first, then other free indices by age."""
    others = sorted((left.free | right.free) - set(axes), key=lambda i: i.serial)
    return (*axes, *others)


def aligned(first: Value, side: Value) -> Expr:
    """The side's entry at the axes of the first value. Raises IllFormedError where the shapes differ."""
    ours, theirs = shape(first), shape(side)
    if is_zero(side) and not side.axes:
        return side.expr  # "= 0" is said of arrays of any shape
    if ours != theirs:
        raise IllFormedError(
            "the two sides have different shapes",
            got=f"{shape_text(theirs)} on the right",
            expected=f"{shape_text(ours)} as on the left",
            hint="the transpose would fit" if ours == theirs[::-1] and len(ours) > 1 else None,
        )
    moved: dict[Index, Slot] = dict(zip(side.axes, first.axes, strict=True))
    return substitute(side.expr, moved)


def is_zero(value: Value) -> bool:
    """Whether a value is the number 0."""
    return getattr(value.expr, "value", None) == 0


def shape(value: Value) -> tuple[str, ...]:
    """The dims of a value, as text."""
    return tuple(str(i.dim) for i in value.axes)


def shape_text(dims: Sequence[str]) -> str:
    """A shape in words."""
    return "a scalar" if not dims else f"shape ({', '.join(dims)})"


def assumed(
    network: Network, statements: Sequence[Statement], claimed: Mapping[str, Index]
) -> tuple[tuple[Assumption, ...], tuple[tuple[Tensor, Definition], ...]]:
    """Assumptions as inequalities, and as leaves that are set to an expression.

    An index letter of the claim (`claimed`) means the same position in an assumption.
    """
    inequalities: list[Assumption] = []
    equalities: dict[Tensor, Definition] = {}
    for statement in statements:
        text = statement.text.strip()
        if not statement.signs:
            raise FormulaError("an assumption is a relation", got=text, expected="x > 0, or w_1 = w_2")
        for n, sign in enumerate(statement.signs):
            one, other = statement.sides[n], statement.sides[n + 1]
            positional = _positional(one, other, claimed) if sign == "=" else None
            if positional is not None:
                entry, value = positional
                inequalities.append(Assumption(entry - value, "=", text, positional))
            elif sign == "=":
                _set(equalities, *_definition(network, one, other, text))
            elif sign in _ORDERS:
                bigger, smaller = (other, one) if sign in ("<", "<=") else (one, other)
                gap = bigger.expr - aligned(bigger, smaller)
                gap = substitute(gap, {i: claimed[i.name] for i in gap.free if i.name in claimed})
                inequalities.append(Assumption(gap, _ORDERS[sign], text))
            else:
                raise FormulaError(f"an assumption with {sign} is not supported yet", got=text)
    return tuple(inequalities), tuple(equalities.items())


_EXCLUSIVE = frozenset({facts.ONE_HOT, facts.BINARY, facts.SIMPLEX, facts.STOCHASTIC})


def _positional(one: Value, other: Value, claimed: Mapping[str, Index]) -> tuple[Elem, Expr] | None:
    """Y_i = 1 for a one-hot y and the claim's own i: a value at that position, which the other entries can't have."""
    for this, that in ((one.expr, other.expr), (other.expr, one.expr)):
        if isinstance(this, Elem) and this.slots and this.tensor.facts & _EXCLUSIVE:
            same: dict[Index, Slot] = {i: claimed[i.name] for i in this.free if i.name in claimed}
            entry = substitute(this, same)
            if len(same) == len(this.free) and isinstance(entry, Elem):
                return entry, substitute(that, same)
    return None


def _set(equalities: dict[Tensor, Definition], tensor: Tensor, definition: Definition) -> None:
    """One more setting; earlier ones are put into it and it into them, so that their order does not matter."""
    indices, body = definition
    body = replace_entries(body, equalities)
    if tensor in equalities:
        places, before = equalities[tensor]
        if substitute(before, dict(zip(places, indices, strict=True))) == body:
            return
        raise IllFormedError(
            f"the assumptions set {tensor.name} twice", hint="keep one of them, or write the other as a claim"
        )
    if body == Elem(tensor, indices):
        return
    if tensor in tensors(body):
        raise FormulaError(f"the assumptions set {tensor.name} in terms of itself")
    for other, (places, formula) in equalities.items():
        equalities[other] = (places, replace_entries(formula, {tensor: (indices, body)}))
    equalities[tensor] = (indices, body)


def _definition(network: Network, one: Value, other: Value, text: str) -> tuple[Tensor, Definition]:
    """Which leaf an equality sets: of two leaves the one with fewer declared facts, so that none is lost."""
    leaves = {t.name for t in network.leaves}
    found: list[tuple[Tensor, Definition]] = []
    for this, that in ((other, one), (one, other)):
        entry = this.expr
        if isinstance(entry, Elem) and entry.tensor.name in leaves and all(isinstance(s, Index) for s in entry.slots):
            indices = tuple(s for s in entry.slots if isinstance(s, Index))
            moved: dict[Index, Slot] = dict(zip(that.axes, this.axes, strict=False))
            body = substitute(that.expr, moved)
            if len(set(indices)) == len(indices) and body.free <= set(indices):
                found.append((entry.tensor, (indices, body)))
    if found:
        return min(found, key=lambda pair: len(pair[0].facts))
    raise FormulaError(
        "an assumption with = sets a declared input, parameter or constant",
        got=text,
        hint="write the name alone on one side, as in w_1 = w_2",
    )
