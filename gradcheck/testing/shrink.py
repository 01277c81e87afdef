"""From a failing case to the smallest shapes and the simplest values that still fail in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from .cases import Case
from .examine import Examined
from .inputs import Declaration, Input
from .layer import Array
from .verdict import LayerFailure

_MOST_SIZES = 60
_MOST_VALUES = 60
_MOST_ENTRIES = 60_000

_AS_PLAIN = 0.1
"""Which part of the gap between claimed and expected must be left: 1, 2, 3 may put a unit where its slope is lost."""

Judge = Callable[[Case], Examined]


def smallest_case(
    case: Case, failure: LayerFailure, declaration: Declaration, judge: Judge
) -> tuple[Case, LayerFailure]:
    """Shrink the dims one by one, then the kind of values; keep what fails in the same way."""
    budget = _MOST_SIZES if case.sizes else 0
    progress = True
    while progress and budget > 0:
        progress = False
        for smaller in _smaller(case, declaration):
            budget -= 1
            found = _first_alike(_reseeded(smaller), failure, judge)
            if found is not None:
                (case, failure), progress = found, True
                break
            if budget <= 0:
                break
    for plainer in _plainer(case):
        found = _first_alike([plainer], failure, judge)
        if found is not None:
            return found
    return case, failure


def simplest_values(
    inputs: Mapping[str, Array],
    failure: LayerFailure,
    declaration: Declaration,
    judge: Callable[[Mapping[str, Array]], Examined],
) -> tuple[dict[str, Array], LayerFailure]:
    """Round the values of one input after the other as far as the failure stays."""
    inputs = dict(inputs)
    budget = max(2, min(_MOST_VALUES, _MOST_ENTRIES // max(1, sum(a.size for a in inputs.values()))))
    for given in declaration.inputs:
        for simpler in _simpler(given, inputs[given.name]):
            if budget <= 0:
                return inputs, failure
            budget -= 1
            changed = {**inputs, given.name: simpler}
            found = judge(changed).failure
            if found is not None and alike(found, failure):
                inputs, failure = changed, found
                break
    return inputs, failure


def alike(found: LayerFailure, failure: LayerFailure) -> bool:
    """Whether two failures are the same kind of failure of the same input, and the first is no harder to see."""
    if (found.kind, found.array) != (failure.kind, failure.array):
        return False
    return found.gap >= _AS_PLAIN * failure.gap if found.kind == "gradient" else found.headline == failure.headline


def _first_alike(cases: list[Case], failure: LayerFailure, judge: Judge) -> tuple[Case, LayerFailure] | None:
    for case in cases:
        found = judge(case).failure
        if found is not None and alike(found, failure):
            return case, found
    return None


def _smaller(case: Case, declaration: Declaration) -> Iterator[Case]:
    """Every dim at its smallest, then each in turn, then each halved and one less."""
    sizes, low = dict(case.sizes), {name: least for name, least, _ in declaration.dims}
    tries = [{n: low[n] for n in sizes}]
    tries += [{**sizes, n: low[n]} for n in sizes]
    tries += [{**sizes, n: (sizes[n] + low[n]) // 2} for n in sizes]
    tries += [{**sizes, n: max(low[n], sizes[n] - 1)} for n in sizes]
    seen = [sizes]
    for smaller in tries:
        if smaller not in seen and declaration.allows(smaller):
            seen.append(smaller)
            yield replace(case, sizes=tuple(smaller.items()))


def _reseeded(case: Case) -> list[Case]:
    """The case and two more draws of the same kind: in small arrays one draw may miss a rare failure."""
    return [case, *(replace(case, seed=case.seed + k) for k in (1, 2))]


def _plainer(case: Case) -> Iterator[Case]:
    if case.layout != "plain":
        yield replace(case, layout="plain", regime="normal", focus="")
    if case.regime != "rounded" or case.focus:
        yield replace(case, regime="rounded", focus="")
    if case.regime not in ("normal", "rounded"):
        yield replace(case, regime="normal", focus="")


def _simpler(given: Input, values: Array) -> Iterator[Array]:
    """Candidates from the simplest on: 1, 2, 3 …, ones, rounded to integers, to one and two digits."""
    if given.integral or not values.size or given.strategy is not None:
        return
    counting = np.arange(1.0, values.size + 1).reshape(values.shape)
    for simpler in (
        counting,
        np.ones(values.shape),
        np.round(values) + 0.0,
        np.round(values, 1) + 0.0,
        np.round(values, 2) + 0.0,
    ):
        candidate = simpler.astype(values.dtype)
        if given.low is not None and float(np.min(candidate)) < given.low:  # type: ignore[operator]
            continue
        if given.high is not None and float(np.max(candidate)) > given.high:  # type: ignore[operator]
            continue
        if not np.array_equal(candidate, values):
            yield candidate
