"""Everything that is checked at one point, and the first thing found wrong there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.random import Generator

from ..differences import worst_entry
from .beside import ONLY_THERE
from .cases import Case
from .inputs import Declaration
from .joined import tie_failure
from .layer import Array, FaultError, Layer, RefusalError, run_forward
from .narrow import check_narrow
from .point import Point, at, draw_cotangents, finite, widened
from .precision import check_precision
from .purity import check_numbers, check_purity
from .trial import INFINITE, JUMPS, Trial, jumps, settled, tried
from .verdict import LayerFailure

Outcome = Literal["pass", "fail", "nothing", "unsure"]
_EVERY_ENTRY = 64
"""Up to this size a wrong array is searched entry by entry for its worst one."""
_FEW_ENTRIES = 12
"""Up to this size every entry is tried at special points."""


@dataclass(frozen=True)
class Examined:
    """What one point showed: "pass", "fail", "nothing" (nothing could be checked there) or "unsure".

    misses: input -> how likely an error of one part in a thousand would have been missed there.
    trials: input -> how many directions were tried there, and in how many claim and slope are apart without proof.
    ordinary: the values were plain normal ones, at which nothing should need an excuse.
    kinked: the layer was seen not to be differentiable at this point.
    convention: a claim that is wrong at this very point only, as that of relu(x) - relu(-x) at 0 or that of a mask
    guessed from zeros. A layer that has kinks of its own is excused; one that is smooth wherever one looks is not.
    """

    outcome: Outcome
    failure: LayerFailure | None = None
    misses: Mapping[str, float] = field(default_factory=dict)
    trials: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    note: str = ""
    refused: bool = False
    ordinary: bool = False
    kinked: bool = False
    convention: LayerFailure | None = None
    case: Case | None = None

    def strictly(self) -> Examined:
        """The same with the convention taken for the failure that it is in a smooth layer."""
        if self.failure is not None or self.convention is None or self.kinked:
            return self
        return replace(self, outcome="fail", failure=self.convention)


def examine(
    layer: Layer,
    declaration: Declaration,
    inputs: Mapping[str, Array],
    seed: int,
    *,
    thorough: bool = False,
    precise: bool = False,
    pure: bool = True,
) -> Examined:
    """Check a layer at the inputs given; the seed draws cotangents and directions.

    thorough: try every entry of small arrays; precise: look for hidden float32, which needs generic values; pure: run
    forward and backward in every order first.
    """
    rng = np.random.default_rng([seed, 99])
    try:
        # Forward gets inputs of its own: what it does to them is found out in check_purity.
        done = run_forward(layer, {n: a.copy(order="K") for n, a in inputs.items()})
        cotangents = draw_cotangents(layer, done.outputs, rng)
        if pure:
            kept, claimed = check_purity(layer, declaration, inputs, cotangents)
            point = Point(layer, declaration, inputs, kept, cotangents, claimed)
        else:
            point = at(layer, declaration, inputs, cotangents)
            check_numbers(point.claimed, inputs, point.done.outputs)
        if not finite(point.done.outputs):
            return Examined("nothing", note="forward is not finite")
        return _examined(widened(point), point, rng, thorough, precise)
    except RefusalError as refusal:
        return Examined("nothing", note=f"forward raised {refusal}", refused=not refusal.by_value)
    except FaultError as fault:
        number = fault.failure.claimed
        if number is not None and np.isnan(number) and jumps(layer, inputs, fault.failure.array, rng):
            return Examined("nothing", note=JUMPS, kinked=True)
        return Examined("fail", fault.failure)


def _examined(point: Point, narrow: Point, rng: Generator, thorough: bool, precise: bool) -> Examined:
    misses: dict[str, float] = {}
    trials: dict[str, tuple[int, int]] = {}
    doubts: list[str] = []
    kinked, convention = False, None
    for name in point.declaration.differentiable:
        misses[name] = 1.0 if point.inputs[name].size else 0.0
        for u, every in directions(point, name, rng, thorough):
            trial = tried(point, name, u, rng)
            count, apart = trials.get(name, (0, 0))
            trials[name] = (count + 1, apart + trial.disagrees)
            kinked |= trial.shows_a_kink
            if trial.outcome == "convention":
                convention = convention or located(point, trial, u, rng)
                break  # the other directions would only say so again
            if trial.outcome == "differs":
                failure = located(point, trial, u, rng)
                if failure is not None:
                    return Examined("fail", failure)
                trials[name] = (count + 1, apart + 1)
                doubts.append(f"{name}: a direction disagrees, but no entry does")
            if trial.outcome == "unsure":
                doubts.append(f"{name}: {trial.note}")
            # Only random directions bound how likely an error is missed.
            misses[name] *= 1.0 if every else trial.miss
    failure = tie_failure(point, rng) if thorough and not precise else None
    if failure is not None:
        return Examined("fail", failure)
    if precise:
        check_precision(point, rng)
    if narrow is not point:
        check_narrow(point, narrow, rng)
    outcome: Outcome = "unsure" if doubts else "pass"
    note = "; ".join(doubts[:2])
    return Examined(outcome, None, misses, trials, note, kinked=kinked, convention=convention)


def directions(point: Point, name: str, rng: Generator, thorough: bool) -> Iterator[tuple[Array, bool]]:
    """A Gaussian direction, one scaled like x, all ones (smooth at ties of a maximum), and few entries each."""
    x = point.inputs[name]
    if not x.size:
        return
    size = np.abs(x)
    usual = float(np.median(size))
    if x.size > 1 and float(size.max()) > 100 * usual > 0:
        # Entries of very different size have no step in common: each moves by its own size.
        yield (rng.standard_normal(x.shape) * (size + 1e-3 * usual)).astype(x.dtype), False
    else:
        yield rng.standard_normal(x.shape).astype(x.dtype), False
        if x.size > 1:
            yield np.ones_like(x), True
    if thorough and 1 < x.size <= _FEW_ENTRIES:
        for i in range(x.size):
            yield _entry(x, i), True


def located(point: Point, trial: Trial, u: Array, rng: Generator) -> LayerFailure | None:
    """The failure at the worst entry of the input that a trial found wrong; None where no entry confirms it."""
    x = point.inputs[trial.name]
    if trial.note == INFINITE:
        return _failure(point, trial, x, int(np.flatnonzero(~np.isfinite(point.claimed[trial.name]) & (u != 0))[0]))
    if x.size <= _EVERY_ENTRY:
        apart = [_apart(point, trial.name, _entry(x, i)) for i in range(x.size)]
        for index in _falling(apart):
            single = settled(point, trial.name, _entry(x, index), rng)
            if single.outcome == trial.outcome:
                return _failure(point, single, x, index)
    else:
        index = worst_entry(lambda part: _apart(point, trial.name, part.reshape(x.shape)), x.size, u.reshape(-1))
        single = settled(point, trial.name, _entry(x, index), rng)
        if single.outcome == trial.outcome:
            return _failure(point, single, x, index)
        # Many errors, each too small to be seen alone: seen together in a second direction, they are still errors.
        again = settled(point, trial.name, rng.standard_normal(x.shape).astype(x.dtype), rng)
        if again.outcome == "differs" == trial.outcome:
            return _along(point, again, "along a random direction")
    if trial.outcome == "differs" and trial.note == ONLY_THERE and bool(np.all(u == 1)):
        return _along(point, trial, "summed over all entries")
    return None


def _falling(values: list[float]) -> list[int]:
    """The places of the values from the largest on, NaN first; of those equal to four digits, the first comes first."""
    plain = [float("inf") if np.isnan(v) else float(f"{v:.3e}") for v in values]
    return sorted(range(len(values)), key=lambda i: (-plain[i], i))


def _apart(point: Point, name: str, u: Array) -> float:
    if not u.any():
        return 0.0
    line = point.line(name, u)
    step = 2.0**-12 * line.scale
    samples = line.at([step, -step])
    slope = float((samples.total[0] - samples.total[1]) / (samples.steps[0] - samples.steps[1]))
    return abs(slope - point.claim(name, u))


def _failure(point: Point, trial: Trial, x: Array, flat: int) -> LayerFailure:
    index = tuple(int(i) for i in np.unravel_index(flat, x.shape))
    return _filled(point, trial, index, f"gradient of {trial.name} is wrong", trial.note)


def _along(point: Point, trial: Trial, where: str) -> LayerFailure:
    return _filled(point, trial, (), f"gradient of {trial.name} is wrong {where}"[:60], trial.note)


def _filled(point: Point, trial: Trial, index: tuple[int, ...], headline: str, note: str) -> LayerFailure:
    claimed, expected = trial.claimed, trial.expected
    cause = "a mask or guard switches off what is smooth there" if trial.outcome == "convention" else ""
    return LayerFailure(
        "gradient", headline, trial.name, index, claimed, expected, trial.error,
        inputs=dict(point.inputs), cotangent=point.cotangents, detail=note, cause=cause,
    )  # fmt: skip


def _entry(x: Array, i: int) -> Array:
    u: Array = np.zeros(x.size, x.dtype)
    u[i] = 1.0
    return u.reshape(x.shape)
