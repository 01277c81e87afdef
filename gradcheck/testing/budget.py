"""Which cases a layer is checked at: all that are planned where calls are cheap, fewer and smaller ones where not.

What a call costs is not measured in seconds, which differ from run to run, but in the entries of its inputs and in the
lines of Python that it runs: a convolution written as five loops costs a thousand times as much as one einsum.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any

import numpy as np

from .cases import Case, Sizes
from .inputs import Declaration
from .layer import FaultError, Layer, RefusalError, run_backward, run_forward, run_outputs
from .point import copied, draw_cotangents
from .values import realised

_ENTRIES = 3_000_000
"""How many input entries all points together may have: many points for small layers, a few for large ones."""
LARGE = 200_000
_LINES, _LINES_OF_RANDOM_POINTS = 100_000, 40_000
"""How many lines one forward and backward at every point may run together; each point takes some dozens of calls."""
_SHARE = 6
"""No case takes more than this part of the lines that are left; a larger one is made smaller."""
_KINKS = 6
"""How many times the calls of another case one takes that looks for kinks."""
_FEW_SHAPES = 5
WIDEST = 7
_WIDTHS, _FEWEST = (WIDEST, 3, 1), 5


@dataclass(frozen=True)
class Budget:
    """What the cases of a layer cost; lines: what is known already, by sizes."""

    layer: Layer
    declaration: Declaration
    lines: dict[Sizes, int] = field(default_factory=dict, compare=False)

    def chosen(self, cases: Sequence[Case]) -> list[Case]:
        """The cases that are worth their time; two at least, for large arrays plain ones, which are quickly settled."""
        if entries_of(cases[0], self.declaration) > LARGE:
            return [replace(cases[0], seed=cases[k].seed) for k in (0, 1)]
        if self.layer.slow >= 10:
            # Where every new shape is compiled anew, shapes cost more than points.
            shapes = list(dict.fromkeys(c.sizes for c in cases))[:_FEW_SHAPES]
            cases = [c for c in cases if c.sizes in shapes]
        kept: list[Case] = []
        entries, lines = 0, _LINES
        for case in cases:
            smaller = self._within(case, lines // _SHARE)
            entries += entries_of(smaller, self.declaration)
            if entries > _ENTRIES and len(kept) >= 2:
                break
            lines -= self._cost(smaller)
            kept.append(smaller)
        return kept

    def left(self, cases: Sequence[Case], wanted: int) -> tuple[int, int]:
        """How many of the random points wanted are affordable after these cases, and how wide their dims may be drawn.

        The width is how far above its smallest size a dim may be.
        """
        spent = sum(entries_of(c, self.declaration) for c in cases)
        points = min(wanted, max(0, _ENTRIES - spent) // max(1, entries_of(cases[0], self.declaration)))
        for width in _WIDTHS:
            lines = self._cost(self._above(width // 2))
            if lines * points <= _LINES_OF_RANDOM_POINTS:
                break
            points = min(points, max(_FEWEST, _LINES_OF_RANDOM_POINTS // lines)) if width == _WIDTHS[-1] else points
        return points, width

    def _above(self, step: int) -> Case:
        """A case with every dim this far above its smallest size, as far as its range allows."""
        sizes = ((n, low + step if high is None else min(low + step, high)) for n, low, high in self.declaration.dims)
        return Case(tuple(sizes))

    def _within(self, case: Case, lines: int) -> Case:
        """The case with its dims halved towards the smallest until it runs no more than these lines."""
        low = {name: least for name, least, _ in self.declaration.dims}
        while self._cost(case) > lines:
            halved = tuple((n, low[n] + (size - low[n]) // 2) for n, size in case.sizes)
            if halved == case.sizes or not self.declaration.allows(dict(halved)):
                break
            case = replace(case, sizes=halved)
        return case

    def _cost(self, case: Case) -> int:
        if self.layer.slow >= 10:
            return 0
        if case.sizes not in self.lines:
            self.lines[case.sizes] = lines_run(self.layer, self.declaration, case)
        return self.lines[case.sizes] * (_KINKS if case.kinks else 1)


def entries_of(case: Case, declaration: Declaration) -> int:
    """How many entries all inputs have together, at least 1."""
    return int(sum(np.prod(s, dtype=float) for s in declaration.shapes(dict(case.sizes)).values())) or 1


def lines_run(layer: Layer, declaration: Declaration, case: Case) -> int:
    """How many lines of Python one forward and one backward run at a case; what they raise is for others to say."""
    inputs = realised(replace(case, regime="normal", focus="", layout="plain"), declaration)
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG001 -- the form of a trace function
        nonlocal count
        count += event == "line"
        return counted

    before = sys.gettrace()
    try:
        cotangents = draw_cotangents(layer, run_outputs(layer, copied(inputs)), np.random.default_rng(0))
        sys.settrace(counted)
        run_backward(layer, run_forward(layer, inputs), cotangents)
    except (RefusalError, FaultError):
        pass
    finally:
        sys.settrace(before)
    return count
