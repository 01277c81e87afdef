"""Where the boxes of a network diagram stand, and how its arrows go round them.

Lengths are columns and rows: a column is as wide as the distance between two ordinary boxes. Both printers draw from
these places, so that what does not overlap in one does not in the other.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .tree import Box, Diagram, Math, plain

Point = tuple[float, float]
Side = Literal["left", "right", "above", "below"]
"""The side of a box where an arrow leaves it or arrives."""

HALF = 0.32
"""Half the height of a box, in rows."""

_NARROWEST, _LETTER, _SMALL, _GAP = 0.22, 0.078, 0.048, 0.3
_SAMPLES = [k / 32 for k in range(1, 32)]


@dataclass(frozen=True)
class Route:
    """The curve of an arrow: its ends, and the two points between that it bends towards."""

    leaves: Side
    arrives: Side
    start: Point
    first: Point
    second: Point
    end: Point

    def at(self, t: float) -> Point:
        """The point a share `t` of the way along."""
        u = 1 - t
        a, b, c, d = u**3, 3 * u * u * t, 3 * u * t * t, t**3
        (x1, y1), (x2, y2), (x3, y3), (x4, y4) = self.start, self.first, self.second, self.end
        return a * x1 + b * x2 + c * x3 + d * x4, a * y1 + b * y2 + c * y3 + d * y4

    @functools.cached_property
    def passed(self) -> tuple[Point, ...]:
        """Points along the way, close to each other."""
        return tuple(map(self.at, _SAMPLES))


@dataclass(frozen=True)
class Placed:
    """The boxes with their centres and half widths, and the route of every arrow."""

    centres: dict[str, Point]
    halves: dict[str, float]
    routes: dict[tuple[str, str], Route]

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of everything drawn."""
        xs = [x + sign * self.halves[key] for key, (x, _) in self.centres.items() for sign in (-1, 1)]
        ys = [y + sign * HALF for _, y in self.centres.values() for sign in (-1, 1)]
        ys += [y for route in self.routes.values() for _, y in route.passed]
        return min(xs), min(ys), max(xs), max(ys)


def placed(diagram: Diagram) -> Placed:
    """Columns far enough apart for their boxes; each arrow on the simplest way that meets no box between."""
    halves = {box.key: _half(box) for box in diagram.boxes}
    columns = sorted({box.column for box in diagram.boxes})
    wide = {c: max(halves[b.key] for b in diagram.boxes if b.column == c) for c in columns}
    across = {columns[0]: wide[columns[0]]}
    for before, here in itertools.pairwise(columns):
        across[here] = across[before] + max(float(here - before), wide[before] + wide[here] + _GAP)
    centres = {box.key: (across[box.column], box.row) for box in diagram.boxes}
    routes = {}
    for start, end in diagram.arrows:
        ways = _ways(centres[start], centres[end], halves[start], halves[end], diagram)
        others = [(centres[key], halves[key]) for key in centres if key not in (start, end)]
        routes[start, end] = _clearest(ways, others)
    return Placed(centres, halves, routes)


def _clearest(ways: Iterator[Route], boxes: Sequence[tuple[Point, float]]) -> Route:
    """The first way that meets no box, else the first of those that meet fewest."""
    best, fewest = None, len(boxes) + 1
    for way in ways:
        met = sum(_meets(way, centre, half) for centre, half in boxes)
        if met < fewest:
            best, fewest = way, met
        if not met:
            break
    assert best is not None
    return best


def _half(box: Box) -> float:
    """About half the width of a box, from the letters in it."""
    named = _letters(box.label) if box.label else len(box.key)
    shape = sum(_letters(i.latex) if isinstance(i, Math) else len(plain(i)) for i in box.shape)
    return max(_NARROWEST, named * _LETTER / 2 + 0.06, shape * _SMALL / 2 + 0.06)


def _letters(latex: str) -> float:
    r"""About how many letters wide a formula is; a script counts less.

    >>> _letters("w_1"), _letters(r"\mathit{total}"), _letters(r"\hat{x}")
    (1.65, 5.0, 1.0)
    """
    scripts = re.findall(r"[_^](?:\{((?:[^{}]|\{[^{}]*\})*)\}|(.))", latex)
    return _signs(latex) - 0.35 * sum(_signs(a or b) for a, b in scripts)


def _signs(latex: str) -> int:
    return len(re.findall(r"\\[A-Za-z]+|[^\s{}_^\\]", _SETTING.sub("", latex)))


_SETTING = re.compile(
    r"\\(?:math[a-z]+|operatorname|text|boldsymbol|(?:wide)?hat|(?:wide)?tilde|bar|d?dot|vec)(?![A-Za-z])"
)


def _ways(start: Point, end: Point, half: float, other: float, diagram: Diagram) -> Iterator[Route]:
    """Ways for an arrow, the simplest first."""
    (x1, y1), (x2, y2) = start, end
    if x1 == x2:
        sign = 1 if y2 > y1 else -1
        a, b = (x1, y1 + sign * HALF), (x2, y2 - sign * HALF)
        yield Route("below", "above", a, b, a, b) if sign > 0 else Route("above", "below", a, b, a, b)
        return
    left, right = (x1 + half, y1), (x2 - other, y2)
    middle, late, early = (left[0] + right[0]) / 2, right[0] - 0.05, left[0] + 0.05
    for bend in (middle, late - _GAP / 2, early + _GAP / 2, late, early):
        yield Route("right", "left", left, (bend, y1), (bend, y2), right)
    tip = x2 - 0.1
    if abs(y1 - y2) > HALF + 0.1:  # along its own row as far as it can, then straight in
        sign = 1 if y1 > y2 else -1
        arrives: Side = "below" if sign > 0 else "above"
        yield Route("right", arrives, left, (tip - 0.2, y1), (tip, y1), (tip, y2 + sign * HALF))
    rows = [box.row for box in diagram.boxes]
    for k in range(2 * (1 + round(max(rows) - min(rows)))):
        for sign in (1, -1):
            peak = (max(y1, y2) if sign > 0 else min(y1, y2)) + sign * (0.95 + 0.5 * k)
            side: Side = "below" if sign > 0 else "above"
            yield Route(side, side, (x1, y1 + sign * HALF), (x1, peak), (tip, peak), (tip, y2 + sign * HALF))


def _meets(way: Route, centre: Point, half: float) -> bool:
    """Whether an arrow runs into a box."""
    (x, y), room = centre, 0.05
    return any(abs(px - x) < half + room and abs(py - y) < HALF + room for px, py in way.passed)
