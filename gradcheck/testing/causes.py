"""The likely cause of a wrong gradient: what turns the claimed gradient into the right one, and where it fails.

Every guess is tested on numbers before it is made: the claimed and the measured gradient of the whole array, at a point
whose sizes are all different, so that a factor of m is not taken for a factor of n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle

import numpy as np

from .budget import lines_run
from .cases import Case
from .habits import size_habit
from .inputs import Declaration
from .layer import Array, FaultError, Layer
from .precision import check_precision
from .study import MOST_ENTRIES, Study, study_of
from .terms import confused_input, factor_along, missing_along, missing_path, nearly_right, wrong_mask
from .verdict import LayerFailure

_TELLING = (
    ((3, 5, 6, 7, 10), (5, 4, 7, 6, 9)),
    ((2, 3, 4, 5, 6), (3, 4, 2, 6, 5)),
    ((2, 3, 2, 3, 4), (3, 2, 2, 3, 2)),
    ((2, 2, 1, 1, 2), (1, 2, 2, 1, 3)),
)
"""Sizes of the dims at two points, the most telling first."""
_MOST_LINES = 500_000
"""How many lines of Python the differences at one point may run."""


def likely_cause(
    layer: Layer, declaration: Declaration, case: Case, failure: LayerFailure, *, drawn: bool = False
) -> str:
    """The likely cause of a wrong gradient in a few words, or "" where nothing fits.

    case: the case that failed, before it was shrunk. drawn: the values come from strategies of the caller.
    """
    if failure.kind != "gradient" or not failure.array:
        return ""
    if drawn:
        return _at_values(failure)
    study = study_of(layer, declaration, failure)
    ordinary = [s for s in map(study, _ordinary(layer, declaration, case, failure.array)) if s]
    showing = [s for s in ordinary if s.shows]
    if showing and len(showing) < len(ordinary):
        return _digits(ordinary) or _at_values(failure) or _of_values(case) or _masked(showing[0])
    habit = "" if layer.slow >= 10 else size_habit(layer, declaration, case, failure)
    if not showing:
        if not habit:
            return _digits(ordinary) or _at_values(failure) or _of_values(case) or _masked(study(case))
        there = study(replace(case, regime="normal", focus="", layout="plain", kinks=False, seed=case.seed + 12))
        showing = [there] if there and there.shows else []
    guess = _common_guess(showing, failure.array) or _digits(ordinary) or _repeats(study, declaration, case)
    return "; ".join(part for part in (guess, habit) if part)


def _common_guess(studies: list[Study], name: str) -> str:
    """The simplest guess that fits at every point: what holds at one by chance does not hold at two."""
    if not studies:
        return ""
    others = [set(_guesses(s, name)) for s in studies[1:]]
    return next((g for g in _guesses(studies[0], name) if all(g in o for o in others)), "")


def _digits(studies: list[Study]) -> str:
    """Whether the layer computes in fewer digits than it is given: then nothing else has to be wrong."""
    for study in studies[:1]:
        try:
            check_precision(study.point, np.random.default_rng(0))
        except FaultError as fault:
            return fault.failure.cause
    return ""


def _ordinary(layer: Layer, declaration: Declaration, case: Case, name: str) -> list[Case]:
    """Two ordinary points, of sizes by which a dim can be told from another: the largest that can be studied in time.

    Small sizes are not all different, but no two dims have the same sizes at both points.
    """
    for sizes in _TELLING:
        cases = []
        for k, row in enumerate(sizes):
            chosen = {}
            for (dim, low, high), wanted in zip(declaration.dims, cycle(row), strict=False):
                chosen[dim] = max(wanted, low) if high is None else min(max(wanted, low), high)
            if declaration.allows(chosen):
                cases.append(Case(tuple(chosen.items()), seed=case.seed + 11 + 2 * k))
        if cases and all(_affordable(layer, declaration, c, name) for c in cases):
            return cases
    return []


def _affordable(layer: Layer, declaration: Declaration, case: Case, name: str) -> bool:
    entries = int(np.prod(declaration.shapes(dict(case.sizes))[name]))
    if not 0 < entries <= MOST_ENTRIES:
        return False
    return layer.slow >= 10 or 4 * entries * lines_run(layer, declaration, case) <= _MOST_LINES


def _guesses(study: Study, name: str) -> Iterator[str]:
    """The guesses that fit, the simplest first."""
    yield from _constant_factor(study)
    yield from _moved_entries(study)
    yield from _few_entries(study, name)
    yield from _entry_factor(study)
    yield from missing_path(study, name)
    yield from confused_input(study, name)
    yield from factor_along(study)
    yield from missing_along(study)
    yield from wrong_mask(study)
    yield from nearly_right(study)


def _constant_factor(study: Study) -> Iterator[str]:
    claimed, measured = study.claimed, study.measured
    if not np.any(claimed):
        yield "missing path: the claimed gradient is zero"
        return
    live = np.abs(measured) > 1e-3 * study.scale
    if not live.any():
        yield "forward is flat: its gradient is zero (a straight-through estimate, if meant, is no gradient)"
        return
    ratios = claimed[live] / measured[live]
    factor = float(np.median(ratios))
    if not study.alike(claimed, factor * measured):
        return
    count = float(max(y.size for y in study.point.done.outputs))
    # Sizes can be equal, and equal to 2: each that fits is a guess, and that of a second point decides.
    names = [(1 / count, "1/(size of y) too much"), (count, "1/(size of y) missing")] if count > 1 else []
    for name, size in study.sizes.items():
        if size > 1:
            names += [(size, f"1/{name} missing"), (1 / size, f"1/{name} too much, a sum taken for a mean")]
            names += [(size / (size - 1), f"1/({name}-1) for 1/{name}"), (1 - 1 / size, f"1/{name} for 1/({name}-1)")]
            names += [(size**0.5, f"1/sqrt({name}) missing"), (size**-0.5, f"1/sqrt({name}) too much")]
    names += [(-1.0, "sign"), (2.0, "factor 2 too much"), (0.5, "factor 2 missing"), (-2.0, "sign and factor 2")]
    yield from (text for value, text in names if abs(factor / value - 1) < 1e-4)
    if abs(factor - 1) > 30 * study.precision:
        yield f"a constant factor {factor:.{5 if abs(factor - 1) > 1e-4 else 9}g}"


def _moved_entries(study: Study) -> Iterator[str]:
    """The right entries in the wrong places."""
    claimed, measured = study.claimed, study.measured
    if claimed.ndim > 1:
        swapped = np.swapaxes(measured, -1, -2)
        if study.alike(claimed, swapped) or study.alike(claimed, swapped.reshape(claimed.shape)):
            yield "transpose"
        if study.alike(claimed, measured.reshape(claimed.shape, order="F")) or study.alike(
            claimed, measured.T.reshape(claimed.shape)
        ):
            yield "axes in the wrong order (a reshape for a transpose)"
    for axis in range(claimed.ndim):
        if claimed.shape[axis] < 2:
            continue
        if study.alike(claimed, np.flip(measured, axis)):
            yield f"reversed along axis {axis}"
        for by in (1, -1):
            if study.alike(claimed, np.roll(measured, by, axis)):
                yield f"shifted by one along axis {axis}"
        mean = measured.mean(axis, keepdims=True)
        for part, text in ((mean, "averaged"), (mean * claimed.shape[axis], "summed")):
            if study.alike(claimed, np.broadcast_to(part, claimed.shape)):
                yield f"reduction over the wrong axis: {text} over axis {axis}"


def _few_entries(study: Study, name: str) -> Iterator[str]:
    """Wrong in one entry, or in one row or column only."""
    wrong, shape = study.wrong, study.claimed.shape
    if wrong.sum() == 1 and wrong.size > 2:
        index = ",".join(str(int(i)) for i in np.argwhere(wrong)[0])
        yield f"wrong for one entry only, {name}[{index}]"
        return
    for axis in range(len(shape)):
        places = np.flatnonzero(wrong.any(axis=tuple(k for k in range(len(shape)) if k != axis)))
        if len(places) == 1 and shape[axis] > 2:
            where = {0: "first", shape[axis] - 1: "last"}.get(int(places[0]), f"index {int(places[0])}")
            yield f"wrong only at the {where} of axis {axis}"
            return


def _entry_factor(study: Study) -> Iterator[str]:
    """A factor that differs from entry to entry and is one of the arrays at hand."""
    claimed, measured = study.claimed, study.measured
    for text, factor in _factors(study):
        try:
            factor = np.broadcast_to(factor, claimed.shape)
        except ValueError:
            continue
        if np.ptp(factor) < 1e-6:
            continue
        if study.alike(claimed * factor, measured) and np.any(claimed):
            yield f"factor {text} missing"
        if study.alike(claimed, measured * factor):
            yield f"factor {text} too much"


def _factors(study: Study) -> Iterator[tuple[str, Array]]:
    for name, x in study.point.inputs.items():
        yield name, x.astype(np.float64)
    for y in study.point.done.outputs[:2]:
        yield "y", y.astype(np.float64)
        yield "(1 - y)", 1.0 - y
        yield "y'", y * (1.0 - y)
        yield "(1 - y²)", 1.0 - y * y
    for dy in study.point.cotangents[:2]:
        yield "dy", dy.astype(np.float64)


def _repeats(study: Callable[[Case], Study | None], declaration: Declaration, case: Case) -> str:
    """Whether it is repeated indices that are wrong: all are right where each occurs once, not where one is all."""
    threes = {n: max(low, 3) if high is None else min(max(low, 3), high) for n, low, high in declaration.dims}
    for given in declaration.inputs:
        if given.dtype.kind not in "iu" or not declaration.allows(threes):
            continue
        once, same = (
            study(Case(tuple(threes.items()), regime, case.seed, focus=given.name)) for regime in ("sorted", "constant")
        )
        if once is None or same is None or once.shows or not same.shows:
            continue
        indices = once.point.inputs[given.name]
        if indices.size > 1 and len(np.unique(indices)) == indices.size:
            return f"wrong where entries of {given.name} are repeated: their shares must be added up"
    return ""


def _masked(study: Study | None) -> str:
    """Whether a mask is wrong at one point: what shows at some values only is most often that."""
    return next(wrong_mask(study), "") if study is not None and study.shows else ""


def _at_values(failure: LayerFailure) -> str:
    if "ties or kinks" in failure.detail:
        return "wrong at ties or kinks only: no subgradient has this value"
    return ""


def _of_values(case: Case) -> str:
    """What is special about the values, where ordinary ones show nothing."""
    if case.kinks:
        return "wrong near a kink or threshold only: a mask or condition differs from forward's"
    where = f"of {case.focus} " if case.focus else ""
    special = {
        "zeros": f"wrong where entries {where}are zero only",
        "constant": "wrong for equal entries only (ties)",
        "rounded": "wrong for repeated or zero entries only (ties, kinks)",
        "large": f"wrong for large entries {where}only",
        "huge": f"wrong for very large entries {where}only",
        "small": f"wrong for small entries {where}only",
        "ends": "wrong for extreme entries only",
        "sorted": "wrong for sorted entries only",
    }
    return special.get(case.regime, "")
