"""Finite differences of the declared forward pass, as an independent witness of a derived gradient.

Central differences in balls at high precision: the step is 2^-40, so truncation is far below anything a
counterexample shows, and the change from one step to the next measures what is left of it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np

from ...algebra.dims import Dim
from ...algebra.expressions import Derivative, Elem, Expr, replace_entries, substitute, walk
from ...algebra.index import Affine, Index, Slot, slot_offset, slot_terms
from ...algebra.values.balls import precision
from ...algebra.values.located import Array, Located
from ...algebra.values.point import NoValueError, Point
from ...algebra.values.pointwise import evaluate
from ..points.forward import Place, Shift, forward

BITS = 320
KINK = 1e-5
MOST_NESTED = 4
LEAST = 1e-15
"""An error bar below that part of the value says nothing that its last digits could show."""


@dataclass(frozen=True)
class Witness:
    """A finite difference and its error bar."""

    value: float
    error: float

    def agrees(self, ball: Any) -> bool:
        """Whether a value found otherwise lies within the error bar."""
        return bool(abs(float(ball.mid()) - self.value) <= self.error + float(ball.rad()) + 1e-12 * abs(self.value))


@dataclass
class DifferencePoint(Point):
    """A point at which derivatives are finite differences of the forward pass.

    shifts: what outer derivatives have already moved, when this one stands inside another.
    """

    source: Place | None = None
    step: Any = None
    widest: float = 0.0
    shifts: tuple[Shift, ...] = ()

    def special(self, expr: Expr) -> Located | None:
        """A derivative as a finite difference, over the free indices of its body and its variable."""
        if not isinstance(expr, Derivative):
            return None
        if len(self.shifts) >= MOST_NESTED:
            raise NoValueError("a derivative of an order too high for finite differences")
        axes = tuple(sorted(expr.free, key=lambda i: i.serial))
        out = np.empty(self.shape(axes), dtype=object)
        for at in itertools.product(*(range(n) for n in out.shape)):
            out[at] = self._one(expr, {i: p + 1 for i, p in zip(axes, at, strict=True)})
        return out, axes

    def _one(self, expr: Derivative, at: dict[Index, int]) -> Any:
        fixed: dict[Index, Slot] = {i: Affine((), Dim.of(p)) for i, p in at.items()}
        body = substitute(expr.body, fixed)
        wrt = substitute(expr.wrt, fixed)
        assert isinstance(wrt, Elem)
        place = tuple(slot_offset(s).value(self.sizes) - 1 for s in wrt.slots if not slot_terms(s))
        shape = tuple(d.value(self.sizes) for d in wrt.tensor.dims)
        if len(place) != len(shape) or any(not 0 <= p < n for p, n in zip(place, shape, strict=True)):
            raise NoValueError("a derivative at a position outside its variable")
        h = self.step
        values = {m: self._shifted(expr, body, wrt, place, m * h) for m in (-2, -1, 0, 1, 2)}
        central = (values[1] - values[-1]) / (2 * h)
        wide = (values[2] - values[-2]) / (4 * h)
        sides = (values[1] - values[0]) / h - (values[0] - values[-1]) / h
        scale = 1 + abs(float(central.mid()))
        if abs(float(sides.mid())) > KINK * scale:
            raise NoValueError("a kink at this point")
        self.widest = max(self.widest, abs(float((central - wide).mid())) + float(central.rad()))
        return central

    def _shifted(self, expr: Derivative, body: Expr, wrt: Elem, place: tuple[int, ...], amount: Any) -> Any:
        source = self.source
        assert source is not None
        question = source.question
        if expr.reading == "partial":
            return self._partially(body, wrt, place, amount)
        shifts = (*self.shifts, Shift(wrt.tensor, place, amount))
        point = forward(question, source.sizes, source.exact, shifts)
        inner = DifferencePoint(
            point.arithmetic, point.sizes, point.values, source=source, step=self.step, shifts=shifts
        )
        return evaluate(body, (), inner)[()]

    def _partially(self, body: Expr, wrt: Elem, place: tuple[int, ...], amount: Any) -> Any:
        source = self.source
        assert source is not None
        point = forward(source.question, source.sizes, source.exact, self.shifts)
        if isinstance(body, Elem) and body.tensor != wrt.tensor:
            node = source.question.network.node(body.tensor)
            if node is not None:
                body = replace_entries(body, {node.tensor: (node.indices, node.formula)})
        moved: Array = np.array(point.values[wrt.tensor], dtype=object)
        moved[place] = moved[place] + amount
        point.values[wrt.tensor] = moved
        point.cache.clear()
        return evaluate(body, (), point)[()]


def witness(place: Place, entry: tuple[int, ...]) -> Witness | None:
    """The finite difference of the question's derived side at one entry; None on a kink or out of domain."""
    question = place.question
    if question.derived is None:
        return None
    fixed: dict[Index, Slot] = {i: Affine((), Dim.of(p)) for i, p in zip(question.free, entry, strict=True)}
    with precision(BITS):
        step = flint.arb(2) ** -40
        try:
            point = forward(question, place.sizes, place.exact)
            at = DifferencePoint(point.arithmetic, point.sizes, point.values, source=place, step=step)
            found: Any = evaluate(substitute(question.derived, fixed), (), at)[()]
        except NoValueError:
            return None
        size = abs(float(found.mid()))
        # The step of an inner difference is not seen in how much the outer one changes.
        least = LEAST * (max(1.0, size) if _is_nested(question.derived) else size)
        return Witness(float(found.mid()), max(at.widest * max(1.0, size), float(found.rad()), least))


def _is_nested(expr: Expr) -> bool:
    """Whether a derivative stands inside another one."""
    outer = [node for node in walk(expr) if isinstance(node, Derivative)]
    return any(isinstance(node, Derivative) for one in outer for node in walk(one.body))
