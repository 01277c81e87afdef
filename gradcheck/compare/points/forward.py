"""The network evaluated at an exact point: nodes in order, then any expression over them."""

from __future__ import annotations

import functools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...algebra.expressions import Elem, Mul, Num
from ...algebra.index import Tensor
from ...algebra.values.balls import Balls, precision
from ...algebra.values.located import Array
from ...algebra.values.point import NoValueError, Point
from ...algebra.values.pointwise import evaluate
from ..question import Assumption, Question, Relation
from .bounds import between, bounds
from .draws import Numbers, draw, obeys
from .feasible import Exact, mended, satisfied

MAX_DRAWS = 24
MENDED_DRAWS = 4
CLOSE = 0.3
BITS = 512


def balls(values: Array) -> Array:
    """Exact values as balls."""
    number = Balls().number
    out = np.empty(values.size, dtype=object)
    out[:] = [number(v) for v in values.flat]
    return out.reshape(values.shape)


@dataclass(frozen=True)
class Shift:
    """One entry of one tensor moved by a small amount, everything downstream computed anew."""

    tensor: Tensor
    place: tuple[int, ...]
    amount: Any


def forward(
    question: Question,
    sizes: Mapping[str, int],
    exact: Exact,
    shifts: Sequence[Shift] = (),
    arithmetic: Balls | None = None,
) -> Point:
    """A ball point with every leaf and every node that the question mentions.

    Equality assumptions set their leaves first; then entries may be shifted, of leaves or of nodes that
    are held as variables. Raises NoValueError where a node has no value here.
    """
    point = _leaves(question, sizes, exact, shifts, arithmetic)
    _nodes(point, question, question.mentioned, shifts)
    return point


def _leaves(
    question: Question, sizes: Mapping[str, int], exact: Exact, shifts: Sequence[Shift], arithmetic: Balls | None
) -> Point:
    """A ball point with every leaf that the question mentions."""
    point = Point(arithmetic or Balls(), sizes, {t: balls(v) for t, v in exact.items()})
    for tensor, (indices, formula) in question.equalities:
        if tensor not in question.mentioned:
            continue
        point.values[tensor] = np.array(evaluate(formula, indices, point), dtype=object)
        if not shifts and not obeys(tensor, point.values[tensor]):
            raise NoValueError(f"an assumption sets {tensor.name} against its declared facts")
    point.cache.clear()
    for tensor in list(point.values):
        _moved(point, tensor, shifts)
    return point


def _nodes(point: Point, question: Question, wanted: frozenset[Tensor], shifts: Sequence[Shift] = ()) -> None:
    """Add those of the wanted nodes that the point does not have yet, in order."""
    for node in question.network.nodes:
        if node.tensor in wanted and node.tensor not in point.values:
            point.values[node.tensor] = np.array(evaluate(node.formula, node.indices, point), dtype=object)
            _moved(point, node.tensor, shifts)


def _moved(point: Point, tensor: Tensor, shifts: Sequence[Shift]) -> None:
    for shift in shifts:
        if shift.tensor == tensor:
            values = np.array(point.values[tensor], dtype=object)
            values[shift.place] = values[shift.place] + shift.amount
            point.values[tensor] = values


@dataclass(frozen=True)
class Place:
    """An exact point of a concrete question, and its ball evaluation at BITS or more.

    assumed: at which positions of the claim's free indices the assumptions hold (all, if they name none).
    """

    question: Question
    sizes: dict[str, int]
    exact: Exact
    point: Point
    chosen: dict[str, str]
    assumed: Array

    def at_precision(self, arithmetic: Balls | None = None) -> Point:
        """The same point evaluated anew at the working precision."""
        return forward(self.question, self.sizes, self.exact, arithmetic=arithmetic)

    @property
    def kinks(self) -> int:
        """How often a value was taken exactly on a kink so far."""
        return self.point.arithmetic.kinks

    @functools.cached_property
    def is_exact(self) -> bool:
        """Whether every value of the point is known exactly, so that no precision makes it better."""
        return all(v.is_exact() for values in self.point.values.values() for v in values.flat)


def find_place(
    question: Question, sizes: dict[str, int], rng: random.Random, level: int, chosen: dict[str, str]
) -> Place | None:
    """A point that satisfies every declared fact and every assumption; None if none was found.

    `level` says how simple its numbers are. A draw that an assumption rejects is drawn anew, with signs of
    single leaves set as assumed; if all of them are rejected, the first ones are moved to where it holds.
    """
    here = tuple(sorted(sizes.items()))
    if here in question.hopeless:
        return None
    open_to_draws = True
    rejected: list[Exact] = []
    limits = bounds(question, sizes)
    for attempt in range(MAX_DRAWS):
        numbers = Numbers(level if attempt == 0 else max(2 + attempt % 2, level), rng)
        exact = {t: draw(t, sizes, numbers) for t in question.leaves()}
        if not open_to_draws:
            continue  # drawn all the same, so that the points after it are the same
        _set_signs(question, exact)
        for t, (low, high) in limits.items():
            close = level > 0 and rng.random() < CLOSE
            if low < high and (close or not low < exact[t][()] < high):
                exact[t] = np.array(between(low, high, exact[t][()], close, rng), dtype=object)
        try:
            with precision(BITS):
                found = place_at(question, sizes, exact, chosen)
        except NoValueError:
            continue
        if found is not None:
            return found
        open_to_draws = bool(question.assumed)
        rejected.append(exact)
    for exact in rejected[:MENDED_DRAWS] if open_to_draws else ():
        with precision(BITS):
            found = _mended(question, sizes, exact, chosen)
        if found is not None:
            return found
    question.hopeless.add(here)
    return None


def _mended(question: Question, sizes: dict[str, int], exact: Exact, chosen: dict[str, str]) -> Place | None:
    """The place near these values at which the assumptions hold, at some position of the claim's free indices."""
    rng = random.Random(f"mended/{sorted(sizes.items())}")
    position = tuple(rng.randrange(i.dim.value(sizes)) for i in question.free)

    def gaps(leaves: Exact) -> list[tuple[Relation, Any]]:
        point = _leaves(question, sizes, leaves, (), None)
        _nodes(point, question, question.assumed)
        return [
            (a.relation, gap)
            for a in question.assumptions
            for gap in np.atleast_1d(_gap(a, question, point)[position]).flat
        ]

    set_anyway = {t for t, _ in question.equalities}
    movable = [t for t in question.leaves() if t in question.assumed and t not in set_anyway]
    moved = mended(exact, movable, gaps, rng)
    return None if moved is None else place_at(question, sizes, moved, chosen)


def place_at(question: Question, sizes: dict[str, int], exact: Exact, chosen: dict[str, str]) -> Place | None:
    """The place with these values, if the assumptions hold there at some position; they are looked at first."""
    point = _leaves(question, sizes, exact, (), None)
    _nodes(point, question, question.assumed)
    holds = where_assumed(point, question)
    if not holds.any():
        return None
    _nodes(point, question, question.mentioned)
    return Place(question, sizes, exact, point, chosen, holds)


def _set_signs(question: Question, exact: Exact) -> None:
    """Give single leaves the sign that an assumption such as w_1 < 0 asks for."""
    for a in question.assumptions:
        entry, sign = _signed_leaf(a.gap)
        if entry is not None and entry.tensor in exact and not entry.tensor.facts:
            values = exact[entry.tensor]
            fixed = np.empty(values.shape, dtype=object)
            fixed.reshape(-1)[:] = [sign * abs(v) for v in values.flat]
            exact[entry.tensor] = fixed


def _signed_leaf(gap: Any) -> tuple[Elem | None, int]:
    if isinstance(gap, Elem):
        return gap, 1
    if isinstance(gap, Mul) and len(gap.factors) == 2:
        number, entry = gap.factors
        if isinstance(number, Num) and isinstance(entry, Elem):
            return entry, 1 if number.value > 0 else -1
    return None, 1


def where_assumed(point: Point, question: Question) -> Array:
    """The positions of the free indices at which every assumption holds; indices of its own hold throughout."""
    holds: Array = np.ones(point.shape(question.free), dtype=bool)
    for a in question.assumptions:
        values = _gap(a, question, point)
        own = values.ndim > len(question.free)
        fine = np.array([satisfied(v, a.relation) for v in values.flat], dtype=bool).reshape(values.shape)
        holds &= fine.all(axis=tuple(range(len(question.free), fine.ndim))) if own else fine
        if not holds.any():
            break
    return holds


def _gap(assumption: Assumption, question: Question, point: Point) -> Array:
    """The gap of an assumption at every position of the claim's free indices, and of its own behind them."""
    own = tuple(i for i in assumption.gap.free if i not in question.free)
    return np.asarray(evaluate(assumption.gap, (*question.free, *own), point), dtype=object)


def as_text(values: Array) -> Any:
    """Exact values as nested lists of strings."""
    if values.ndim == 0:
        return str(values[()])
    return [as_text(np.asarray(v, dtype=object)) for v in values]


def residues(exact: Exact) -> dict[Tensor, Array] | None:
    """The values as integers, if they all are."""
    if any(Fraction(v).denominator != 1 for a in exact.values() for v in a.flat):
        return None
    out: dict[Tensor, Array] = {}
    for t, a in exact.items():
        whole = np.empty(a.shape, dtype=object)
        whole.reshape(-1)[:] = [int(v) for v in a.flat]
        out[t] = whole
    return out
