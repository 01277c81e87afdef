"""The links of a claim, each of one kind: an equality, an order, a direction of a parameter, an update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..algebra.dims import Dim
from ..algebra.expressions import (
    ZERO,
    Add,
    Derivative,
    Elem,
    Expr,
    Num,
    Rank,
    Size,
    negate,
    replace_entries,
    size,
    tensors,
)
from ..algebra.index import Tensor
from ..declare.network import Network
from ..derive import resolve
from ..derive.abstract import is_stand_in
from ..errors import FormulaError
from ..formula import read
from ..formula.statement import Statement, Value
from ..printing import unicode as unicode_of
from .conditions import Saved, saving_conditions
from .kinds.descent import Descent, decide_descent, descent
from .kinds.multiples import decide_multiple, multiple
from .kinds.order import Order, decide_order, with_one_more_sign
from .kinds.rank import RankClaim, decide_rank, mentions_rank
from .kinds.widths import WidthClaim, decide_width
from .ladder import Outcome, decide
from .pose import aligned, assumed, free_indices
from .question import Assumption, Definition, Question, Relation, has_derivative

LONGEST = 60
"""A condition that is longer says nothing: it is the claim in other words."""
_RELATIONS: dict[str, Relation] = {">": ">", "<": ">", ">=": ">=", "<=": ">=", "!=": "!="}


@dataclass(frozen=True)
class Link:
    """One relation of a claim as a question, how to decide it, and its source text.

    axes: how many of the question's free indices are axes of whole arrays rather than letters of the claim.
    derives: whether its left side says something that the claim does not: a derivative was worked out in it.
    """

    question: Question
    kind: Literal["gradient", "identity", "order", "direction", "update", "rank"]
    claimed: str
    relation: Relation | None = None
    parameter: Elem | None = None
    axes: int = 0
    rank: RankClaim | None = None
    width: WidthClaim | None = None
    derives: bool = True

    def decide(self, seed: int) -> Outcome:
        """What the deciders of this kind of claim find."""
        if self.rank is not None:
            return decide_rank(self.rank, seed)
        if self.width is not None:
            return decide_width(self.width, seed)
        if self.parameter is not None:
            return decide_descent(self._descent(self.parameter), seed)
        if self.relation is not None:
            outcome = decide_order(Order(self.question, self.relation), seed)
            if self.relation == "!=" and outcome.status == "agrees":
                return decide_multiple(self.question, seed, outcome)
            return outcome
        return decide(self.question, seed)

    def _descent(self, parameter: Elem) -> Descent:
        return descent(self.question.network, parameter, self.question.right, self.question)

    def order(self) -> Order | None:
        """The claim of order that this link is, or that an update comes to."""
        if self.parameter is not None:
            return self._descent(self.parameter).order
        return Order(self.question, self.relation) if self.relation is not None else None

    def saved(self, seed: int) -> Saved:
        """Conditions that save the link after it has been refuted."""
        if self.parameter is not None or self.rank is not None or self.width is not None:
            return Saved()
        if self.relation is None:
            return saving_conditions(self.question, seed)
        if self.relation == "!=" and (found := multiple(self.question, seed)) is not None:
            return Saved(found.needs(self.question))
        for order, factor, sign in with_one_more_sign(Order(self.question, self.relation)):
            said = f"{unicode_of(factor, self.question.network.notation)} {sign}"
            if len(said) <= LONGEST and decide_order(order, seed).status == "proved":
                return Saved((said,))
        return Saved()


def source(statement: Statement, side: int) -> str:
    """A side of a statement as it was written."""
    value = statement.sides[side]
    return statement.text[value.start : value.end].strip()


def links(network: Network, statement: Statement, assume: Sequence[str]) -> tuple[Link, ...]:
    """One link for each relation: equalities against the first side of their run, others against their neighbour.

    Raises IllFormedError where axes do not match, FormulaError where a relation can't be judged.
    """
    given = [read(text, network.notation) for text in assume]
    if sized := _widths(network, statement, given):
        return sized
    letters = {i.name: i for i in statement.free}
    inequalities, settings = assumed(network, (*statement.where, *given), letters)
    told = tuple(replace(a, gap=resolve(network, a.gap)) for a in inequalities), settings
    out: list[Link] = []
    head = 0
    if is_stand_in(network):
        _refuse_value(network, statement, told)
    for n, sign in enumerate(statement.signs):
        if sign == "<-" and network.loss is None:
            sign = "="  # without a loss there is nothing to step down: an equation
        if sign in ("increases", "decreases"):
            out.append(_direction(network, statement.sides[n], sign == "increases", told, source(statement, n)))
            continue
        one, other = statement.sides[head if sign in ("=", ":=") else n], statement.sides[n + 1]
        claimed = source(statement, n + 1)
        if mentions_rank(one.expr) or mentions_rank(other.expr):
            out.append(_rank(network, one, other, sign, told, claimed))
        elif sign in ("=", ":="):
            question = _question(network, one, other, told)
            derives = question.left is not one.expr
            out.append(Link(question, _kind(one), claimed, axes=len(one.axes), derives=derives))
        elif sign in _RELATIONS:
            bigger, smaller = (other, one) if sign in ("<", "<=") else (one, other)
            out.append(Link(_question(network, bigger, smaller, told), "order", claimed, relation=_RELATIONS[sign]))
            head = n + 1
        elif sign == "<-":
            out.append(_update(network, one, other, told, claimed))
            head = n + 1
        else:
            raise FormulaError(f"there is no proof rule for a claim with {sign} yet", got=statement.text)
    return tuple(out)


Told = tuple[tuple[Assumption, ...], tuple[tuple[Tensor, Definition], ...]]


def _refuse_value(network: Network, statement: Statement, told: Told) -> None:
    """An abstract loss is known by its first derivatives alone: nothing can be said of its value."""
    spoken = [resolve(network, v.expr) for v in statement.sides] + [a.gap for a in told[0]]
    if any(network.loss in tensors(e) for e in spoken):
        raise FormulaError(
            f"{network.loss.name if network.loss else 'the loss'} has no equation, so nothing is known of its value",
            got=statement.text.strip(),
            hint="claim something of its derivatives, or declare it with: loss NAME = formula",
        )


def _kind(first: Value) -> Literal["gradient", "identity"]:
    return "gradient" if has_derivative(first.expr) else "identity"


def _question(network: Network, first: Value, side: Value, told: Told) -> Question:
    right = aligned(first, side)
    written = replace_entries(first.expr, {n.tensor: (n.indices, n.formula) for n in network.adjoints})
    return Question(
        network,
        resolve(network, first.expr),
        resolve(network, right),
        free_indices(first.expr, right, first.axes),
        derived=written if has_derivative(written) else None,
        assumptions=told[0],
        equalities=told[1],
    )


def _rank(network: Network, one: Value, other: Value, sign: str, told: Told, claimed: str) -> Link:
    """A claim about one rank, which may stand on either side."""
    if isinstance(other.expr, Rank):
        one, other, sign = other, one, _MIRRORED.get(sign, sign)
    bound = as_dim(other.expr)
    if sign == "<" and bound is not None:
        sign, bound = "<=", bound - 1
    elif sign == ">" and bound is not None:
        sign, bound = ">=", bound + 1
    if not isinstance(one.expr, Rank) or bound is None or sign not in ("=", "<=", ">="):
        raise FormulaError("a claim of rank compares one rank with a size", expected="rank(A) = n, or rank(A) ≤ 2")
    matrix = resolve(network, one.expr)
    assert isinstance(matrix, Rank)
    question = Question(network, matrix.body, other.expr, matrix.indices, assumptions=told[0], equalities=told[1])
    return Link(question, "rank", claimed, rank=RankClaim(question, matrix, sign, bound), derives=False)


def _widths(network: Network, statement: Statement, given: Sequence[Statement]) -> tuple[Link, ...]:
    """Relations of sizes under an assumption about one rank; none if this claim is of another kind."""
    sizes = [as_dim(side.expr) for side in statement.sides]
    ranks = [s for s in given if any(isinstance(side.expr, Rank) for side in s.sides)]
    if not ranks or None in sizes or any(sign not in ("=", "<=", ">=", ">", "<") for sign in statement.signs):
        return ()
    one, other = ranks[0].sides[0].expr, as_dim(ranks[0].sides[-1].expr)
    if len(given) != 1 or len(ranks[0].signs) != 1 or ranks[0].signs[0] not in ("=", ">=") or other is None:
        raise FormulaError("a claim of sizes assumes one rank", expected='assume="rank(A) = n"')
    matrix = resolve(network, one)
    if not isinstance(matrix, Rank):
        raise FormulaError("a claim of sizes assumes one rank", expected='assume="rank(A) = n"')
    question = Question(network, matrix.body, size(other), matrix.indices)
    out = []
    for n, sign in enumerate(statement.signs):
        left, right = sizes[n], sizes[n + 1]
        assert left is not None
        assert right is not None
        right = right + 1 if sign == ">" else right - 1 if sign == "<" else right
        claim = WidthClaim(question, matrix, other, ranks[0].signs[0] == ">=", left, sign.rstrip("=") + "=", right)
        out.append(Link(question, "rank", source(statement, n + 1), width=claim, derives=False))
    return tuple(out)


_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def as_dim(expr: Expr) -> Dim | None:
    """A sum of sizes and whole numbers as a dim."""
    if isinstance(expr, Size):
        return expr.dim
    if isinstance(expr, Num) and isinstance(expr.value, int):
        return Dim.of(expr.value)
    if isinstance(expr, Add):
        parts = [as_dim(t) for t in expr.terms]
        return sum((p for p in parts if p is not None), start=Dim()) if None not in parts else None
    return None


def _leaf(network: Network, value: Value) -> Elem:
    entry = value.expr
    if isinstance(entry, Elem) and entry.tensor in network.leaves:
        return entry
    raise FormulaError("only a declared parameter or input is updated", got=repr(entry))


def _direction(network: Network, value: Value, increases: bool, told: Told, claimed: str) -> Link:
    """A step against the gradient of the loss increases a parameter exactly where its gradient is negative."""
    entry = _leaf(network, value)
    if network.loss is None:
        raise FormulaError("a direction needs a loss", hint="declare one with: loss NAME = formula")
    slope = Derivative(Elem(network.loss), entry)
    derived = negate(slope) if increases else slope
    question = Question(
        network,
        resolve(network, derived),
        ZERO,
        free_indices(entry, ZERO, value.axes),
        derived=derived,
        assumptions=told[0],
        equalities=told[1],
    )
    return Link(question, "direction", claimed, relation=">")


def _update(network: Network, value: Value, updated: Value, told: Told, claimed: str) -> Link:
    entry = _leaf(network, value)
    right = resolve(network, aligned(value, updated))
    free = free_indices(entry, right, value.axes)
    question = Question(network, entry, right, free, assumptions=told[0], equalities=told[1])
    return Link(question, "update", claimed, parameter=entry)
