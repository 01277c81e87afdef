"""One directional test: the slope that the claimed gradient implies along u, against the slope that is measured.

First a quick look with a few steps; whatever does not agree at once is settled with the whole ladder, in long doubles
where forward keeps them, with one-sided slopes per output and with jittered points beside the point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.random import Generator

from ..differences import Line
from ..differences.ladder import Slope, central, glimpsed, quotient, rungs
from ..differences.sides import glimpsed_sides, sides
from .beside import SPREAD, seen_beside
from .layer import Array, FaultError, Layer, RefusalError, run_outputs
from .point import LONG, Point, at, flattened

Outcome = Literal["agrees", "kink", "differs", "unsure", "nothing", "convention"]
BARS = 5.0
"""How many error bars claim and slope may be apart."""
SURE = 20.0
"""How many error bars they are apart when the claim is called wrong; between the two nothing is said."""
FLOOR = 3e-8
"""What is never called an error, as a part of the norm of the terms."""
_FIRST_STEP = 4e-6
"""One step, relative to the scale, at which the slope of smooth code is good to far more digits than the floor."""
_QUICK_STEPS = ((2.4e-5, 3e-6), (3e-7, 4e-8))
"""Pairs of steps for the next look, relative to the scale: the second where kinks are dense or curves are narrow."""
_SHARP = 1e-5
_PLAIN = 1e-3
"""How far claim and slope must be apart, as a part of them, for a claim to be called wrong at a glance."""
_UNDERFLOW = 1e-40
"""Slopes below this are those of saturated code, in which other terms have long been lost."""
_NOTHING = 10 * _UNDERFLOW
"""A tolerance below this is exact: claim and slope are both 0."""
INFINITE = "infinite where the slope is finite"
JUMPS = "forward jumps, or its slope is infinite"


@dataclass(frozen=True)
class Trial:
    """claimed against expected ± error along u. tolerance: how far they may be apart; scale: how large a slope may be.

    outcome: "agrees"; "kink": between the slopes of the two sides; "differs"; "unsure": the error bar is too wide;
    "nothing": no slope exists there, so nothing can be learnt; "convention": the function is smooth there and around,
    and at this very point only the claim treats a part of it as switched off.
    """

    name: str
    outcome: Outcome
    claimed: float
    expected: float
    error: float
    tolerance: float
    scale: float
    note: str = ""

    @property
    def gap(self) -> float:
        """How far claim and slope are apart, beyond the tolerance."""
        apart = abs(self.claimed - self.expected)
        return float("inf") if np.isnan(apart) else apart - self.tolerance

    @property
    def disagrees(self) -> bool:
        """Whether claim and slope are apart, unproved: the error bar is too wide, or there is an excuse."""
        return self.outcome in ("unsure", "nothing", "convention") and self.gap > 0

    @property
    def shows_a_kink(self) -> bool:
        """Whether the function was seen not to be differentiable there."""
        return self.outcome == "kink" or self.note in (JUMPS, SPREAD)

    @property
    def miss(self) -> float:
        """How likely an error of one part in a thousand would have gone unseen along a random direction."""
        if self.outcome == "kink":
            return 0.5
        if self.outcome != "agrees":
            return 1.0
        seen = 1e-3 * self.scale
        return float(min(1.0, 0.8 * self.tolerance / seen)) if seen else float(self.tolerance > _NOTHING)


def tried(point: Point, name: str, u: Array, rng: Generator) -> Trial:
    """The test of one input along one direction."""
    with np.errstate(all="ignore"):
        if not np.all(np.isfinite(point.claimed[name][u != 0])):
            return _infinite(point, name, u)
        quick = _quick(point, name, u)
        return quick if quick is not None else settled(point, name, u, rng)


def plainly_differs(point: Point, name: str, u: Array, rng: Generator) -> bool:
    """Whether the test would say "differs": told at a glance where that is plain, settled where it is not."""
    with np.errstate(all="ignore"):
        if not np.all(np.isfinite(point.claimed[name][u != 0])):
            return _infinite(point, name, u).outcome == "differs"
        if _quick(point, name, u) is not None:
            return False
        line, claimed = point.line(name, u), point.claim(name, u)
        far, near = (h * line.scale for h in _QUICK_STEPS[0])
        slope, apart = glimpsed(line, [far, near]), 0.0
        if not glimpsed_sides(line, far, near).kinked(times=10.0):
            apart = abs(claimed - slope.value)
        if apart > 1e3 * slope.error and apart > _PLAIN * max(abs(claimed), abs(slope.value), point.scale(name, u)):
            return True
        return settled(point, name, u, rng).outcome == "differs"


def _quick(point: Point, name: str, u: Array) -> Trial | None:
    """A pass at the first look, or None: the slope at one step agrees with the claim, or at a few also with itself."""
    line = point.line(name, u)
    at_once = _met_at_once(point, name, u, line)
    if at_once is not None:
        return at_once
    for steps in _QUICK_STEPS:
        slope = glimpsed(line, [h * line.scale for h in steps])
        trial = _compared(point, name, u, line, slope, 0.0)
        sharp = trial.tolerance <= max(_SHARP * max(abs(trial.claimed), trial.scale), _NOTHING)
        if sharp and trial.outcome == "agrees":
            return trial
    return _quick_kink(point, name, u, line)


def _met_at_once(point: Point, name: str, u: Array, line: Line) -> Trial | None:
    """A pass if the slope at one step is the claim to within the floor: a wrong claim would meet it by chance only."""
    step = _FIRST_STEP * line.scale
    value, size = quotient(line, step)
    trial = _compared(point, name, u, line, Slope(value, 0.0, step, 0.0, size), 0.0)
    return trial if trial.outcome == "agrees" else None


def _quick_kink(point: Point, name: str, u: Array, line: Line) -> Trial | None:
    """A pass at the first look where the point is exactly at a kink, or None."""
    far, near = (h * line.scale for h in _QUICK_STEPS[0])
    found, weights = glimpsed_sides(line, far, near), point.weights
    if found.loose.any() or not found.kinked(times=10.0):
        return None
    low, high, error = found.bracket(weights)
    claimed, scale = point.claim(name, u), point.scale(name, u)
    slack = 2 * error + _floor(point, name, scale)
    if slack > 1e-3 * max(scale, abs(low), abs(high)) or not low - slack <= claimed <= high + slack:
        return None
    return Trial(name, "kink", claimed, (low + high) / 2, error, slack, scale)


def settled(point: Point, name: str, u: Array, rng: Generator) -> Trial:
    """The test with everything: for a claim that did not agree at the first look."""
    line = point.line(name, u, LONG if point.keeps_long() else None)
    slope = central(line, rungs(line.scale, _precision(line), 1), point.quantum(line))
    shake = _shake(point, name, u, rng)
    trial = _compared(point, name, u, line, slope, shake)
    if trial.outcome == "agrees":
        return trial
    size, rounding = max(abs(trial.claimed), abs(trial.expected)), _saturated(point, name, u)
    if size <= rounding:
        return _with(trial, "nothing", note="its gradient is nothing but rounding")
    if abs(trial.claimed - trial.expected) <= rounding <= 0.05 * size:
        # As of 1 + tanh(x) far below 0: the last digit of the 1 is all that is wrong.
        return replace(trial, outcome="agrees", tolerance=rounding)
    weights = point.weights
    matters = weights != 0
    found = sides(line, below=8.1 * slope.step if np.isfinite(slope.error) else None)
    if np.any(found.loose & matters):
        return _with(trial, "nothing", note=JUMPS)
    low, high, error = found.bracket(weights)
    if not np.isfinite(low + high + error):
        return _with(trial, "nothing", note="forward is not finite beside the point")
    slack = BARS * min(error, trial.tolerance if trial.outcome == "differs" else error) + _floor(
        point, name, trial.scale
    )
    if found.kinked() and low - slack <= trial.claimed <= high + slack:
        return _with(trial, "kink")
    if trial.outcome == "unsure":
        return trial
    return _with(trial, *seen_beside(point, name, u, line, trial.claimed, trial.expected, found, rng))


def _compared(point: Point, name: str, u: Array, line: Line, slope: Slope, shake: float) -> Trial:
    claimed, scale = point.claim(name, u), point.scale(name, u)
    tolerance = BARS * slope.error + 10 * shake + _floor(point, name, scale) + 1e-13 * _reach(point, line) + _UNDERFLOW
    # A gradient that is tiny beside the slopes that outputs of this size could have is measured by those.
    natural = 1e-2 * max(_reach(point, line), slope.size / line.scale)
    size = max(abs(claimed), abs(slope.value))
    outcome: Outcome
    if not np.isfinite(slope.error):
        outcome = "unsure"
    elif abs(claimed - slope.value) <= tolerance:
        outcome = "agrees" if tolerance <= max(0.05 * max(size, scale, natural), _NOTHING) else "unsure"
    else:
        apart = abs(claimed - slope.value)
        sharp = slope.error <= max(0.01 * abs(slope.value), 1e-6 * abs(claimed)) and apart > SURE * slope.error
        outcome = "differs" if sharp else "unsure"
    note = "the error bar is too wide" if outcome == "unsure" else ""
    return Trial(name, outcome, claimed, slope.value, slope.error, tolerance, max(scale, natural), note)


def _shake(point: Point, name: str, u: Array, rng: Generator) -> float:
    """How much the claim trembles when the inputs move by some ulps: the conditioning of backward itself.

    Taken between moved points, never against the point: at a tie any move changes the claim for good.
    """
    claims = []
    for _ in range(3):
        moved = dict(point.inputs)
        for other in point.declaration.differentiable:
            x = point.inputs[other]
            ulps = np.asarray(rng.integers(-3, 4, x.shape), x.dtype)
            moved[other] = x + ulps * np.finfo(x.dtype).eps * np.abs(x)
        try:
            claims.append(at(point.layer, point.declaration, moved, point.cotangents).claim(name, u))
        except (RefusalError, FaultError):
            return 0.0
    return float(np.nan_to_num(np.ptp(claims), nan=0.0, posinf=0.0))


def _infinite(point: Point, name: str, u: Array) -> Trial:
    """An infinite claim is right where the slope is infinite, wrong where differences settle on a number."""
    bad = ~np.isfinite(point.claimed[name]) & (u != 0)
    only = np.zeros_like(u)
    only[tuple(np.argwhere(bad)[0])] = 1.0
    line = Line(point.line(name, only).f, point.inputs[name].astype(np.float64), only.astype(np.float64), point.weights)
    slope = central(line, rungs(line.scale, _precision(line), 1))
    claimed = float(point.claimed[name][tuple(np.argwhere(bad)[0])])
    loose = sides(line).loose & (point.weights != 0)
    sharp = np.isfinite(slope.error) and slope.error <= 1e-3 * abs(slope.value) + 1e-9 and not loose.any()
    return Trial(name, "differs" if sharp else "nothing", claimed, slope.value, slope.error, 0.0, 1.0, INFINITE)


def jumps(layer: Layer, inputs: Mapping[str, Array], name: str, rng: Generator) -> bool:
    """Whether forward jumps at these inputs, as eigenvectors do where eigenvalues meet: no gradient is right there."""
    x = inputs[name].astype(np.float64)

    def f(moved: Array) -> Array:
        outputs = run_outputs(layer, {**inputs, name: moved.astype(inputs[name].dtype)})
        return flattened(outputs, outputs)

    with np.errstate(all="ignore"):
        try:
            return bool(sides(Line(f, x, np.asarray(rng.standard_normal(x.shape)))).loose.any())
        except RefusalError:
            return False


def _floor(point: Point, name: str, scale: float) -> float:
    """What rounding may do to the claim: the floor for 64 bits, more for a gradient in fewer."""
    return max(FLOOR, 30 * float(np.finfo(point.claimed[name].dtype).eps)) * scale


def _saturated(point: Point, name: str, u: Array) -> float:
    """What rounding leaves of terms as large as dy where all of them cancel, as in a loss that is as good as 0."""
    precision = float(np.finfo(point.claimed[name].dtype).eps)
    return 8 * precision * float(np.linalg.norm(point.weights.astype(np.float64)) * np.linalg.norm(u))


def _reach(point: Point, line: Line) -> float:
    """The slope that would move the outputs by their own size: what "small" is measured by."""
    y = flattened(point.done.outputs, point.done.outputs).astype(np.float64)
    return float(np.linalg.norm(point.weights * y)) / line.scale


def _precision(line: Line) -> float:
    return float(np.finfo(line.x.dtype).eps)


def _with(trial: Trial, outcome: Outcome, note: str = "") -> Trial:
    return replace(trial, outcome=outcome, note=note)
