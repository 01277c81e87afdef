"""Claims that are wrong at a point: whether they are wrong beside it as well, or whether there is no slope at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.random import Generator

from ..differences import Line
from ..differences.ladder import line_noise
from ..differences.sides import Sides
from .layer import Array, FaultError, RefusalError
from .point import LONG, Point, at, with_cotangents

_JITTERS, _MORE_JITTERS = 24, 48
_MOST_OUTPUTS = 100
SPREAD = "not differentiable there"
ONLY_THERE = "only at ties or kinks"

Beside = tuple[Literal["kink", "nothing", "differs", "unsure", "convention"], str]


def seen_beside(
    point: Point, name: str, u: Array, line: Line, claimed: float, expected: float, found: Sides, rng: Generator
) -> Beside:
    """The outcome of a claim that is not the slope measured at the point, with a note, from points beside it.

    Where claim and slope agree beside the point, and the slopes there are spread, the function is not differentiable
    here and the claim is some convention (Burke, Lewis, Overton 2005; Bolte & Pauwels 2020). Where they are not spread,
    as along all ones at a tie of a maximum, the slope exists and the claim is wrong.
    """
    apart = abs(claimed - expected)
    slopes: list[Array] = []
    nearby: list[Point] = []
    agreeing = 0
    for k, (near, each) in enumerate(_neighbours(point, name, u, line, _step(line, apart), rng)):
        slopes.append(each)
        nearby.append(near)
        agreeing += abs(near.claim(name, u) - float(each @ point.weights)) < 0.25 * apart
        if k >= 5 and not agreeing:
            break
        if agreeing and _spread_out(slopes, found, point.weights, apart):
            return "kink" if agreeing == len(slopes) else "nothing", SPREAD
        if k == _JITTERS - 1 and _switched_off(point, name, u, np.mean(slopes, axis=0), nearby, 1e-3 * apart):
            return "convention", "at this very point only: beside it the claim is right"
    if not slopes:
        return "unsure", "forward is not finite beside the point"
    return "differs", ONLY_THERE if agreeing else ""


def _step(line: Line, apart: float) -> float:
    """A step at which slopes are good enough to tell claim and slope apart, and no larger."""
    finest = 1e-9 if line.x.dtype == LONG else 1e-7
    return min(max(1e3 * line_noise(line) / max(apart, 1e-300), finest * line.scale), 1e-3 * line.scale)


def _neighbours(
    point: Point, name: str, u: Array, line: Line, step: float, rng: Generator
) -> Iterator[tuple[Point, Array]]:
    """Points beside the point, with the slope of every output along u at each."""
    for k in range(_JITTERS + _MORE_JITTERS):
        near = _jittered(point, name, 100 * step / line.scale, k, rng)
        if near is None:
            continue
        samples = near.line(name, u, line.x.dtype).at([step, -step])
        each = (samples.values[0] - samples.values[1]) / (samples.steps[0] - samples.steps[1])
        if np.all(np.isfinite(each)):
            yield near, each


def _spread_out(slopes: list[Array], found: Sides, weights: Array, apart: float) -> bool:
    """Whether the slopes beside the point are spread, and not just over the slopes of the two sides."""
    stacked = np.stack(slopes)
    spread = np.ptp(stacked, axis=0)
    if float(np.abs(weights) @ spread) <= 0.01 * apart:
        return False
    slack = 0.05 * float(np.max(spread, initial=0.0))
    ends = np.minimum(np.abs(stacked - found.left), np.abs(stacked - found.right))
    return not bool(np.all(ends <= slack + 1e-6 * np.abs(stacked)))


def _spread(grads: list[Array]) -> bool:
    """Whether the claimed gradients beside the point differ by more than a little."""
    stacked = np.stack(grads)
    return bool(np.max(np.ptp(stacked, axis=0), initial=0.0) > 0.01 * np.max(np.abs(stacked), initial=0.0))


def _switched_off(point: Point, name: str, u: Array, slopes: Array, nearby: list[Point], slack: float) -> bool:
    """Whether the claim treats some outputs as switched off at this very point, where they are smooth all around.

    Output by output the claim is the slope or something between it and 0, and where it is not the slope, the gradient
    is the same at all points beside. At a tie of a maximum it is not: there nothing but a subgradient will do. So the
    claim of relu(x) - relu(-x) looks at 0, and also that of a mask which was guessed from the zeros of the output.
    """
    if len(slopes) > _MOST_OUTPUTS:
        return False
    at_output = 0
    for k, c in enumerate(point.cotangents):
        if point.done.outputs[k].dtype.kind != "f":
            continue
        for i in range(c.size):
            alone = tuple(np.zeros_like(other) for other in point.cotangents)
            alone[k].reshape(-1)[i] = c.reshape(-1)[i]
            slope = float(c.reshape(-1)[i] * slopes[at_output])
            at_output += 1
            claimed = with_cotangents(point, alone).claim(name, u)
            if abs(claimed - slope) <= slack:
                continue
            between = -slack <= claimed * np.sign(slope) <= abs(slope) + slack
            if not between or _spread([with_cotangents(p, alone).claimed[name] for p in nearby[:8]]):
                return False
    return True


def _jittered(point: Point, name: str, size: float, turn: int, rng: Generator) -> Point | None:
    """The point with every differentiable input moved a little.

    In turn at random, at random but where the claim is zero only, and along or against the claim: of many entries
    that tie, a random move alone would hardly ever let the one win that the claim has chosen. At last at random only:
    whoever says that slopes are not spread has to have looked everywhere.
    """
    moved = dict(point.inputs)
    for other in point.declaration.differentiable:
        x, g = point.inputs[other], point.claimed[other]
        scale = float(np.max(np.abs(x), initial=0.0)) or 1.0
        move = rng.standard_normal(x.shape)
        if other == name and turn < _JITTERS and turn % 4 and np.all(np.isfinite(g)):
            move = np.where(g == 0, move, 0.0) if turn % 4 == 1 else move + (4 if turn % 4 == 2 else -4) * np.sign(g)
        moved[other] = (x + size * scale * move).astype(x.dtype)
    try:
        return at(point.layer, point.declaration, moved, point.cotangents)
    except (RefusalError, FaultError):
        return None
