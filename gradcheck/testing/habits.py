"""For which sizes a layer fails: for odd ones, for 1, from 2 on, for different or for equal ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from .cases import Case
from .inputs import Declaration
from .layer import Array, FaultError, Layer, RefusalError, run_forward
from .point import Point, at, copied, draw_cotangents, finite
from .trial import plainly_differs
from .values import realised
from .verdict import LayerFailure

_UP_TO = 6
_DRAWS = 3
_SHARE = 0.7
"""How many of the draws fail at least, at sizes that are to blame."""


def size_habit(layer: Layer, declaration: Declaration, case: Case, failure: LayerFailure) -> str:
    """What the failing sizes have in common, where some sizes do not fail; "" where it fails at all of them."""
    case = _smaller(layer, declaration, case, failure)
    sizes = dict(case.sizes)
    habits = []
    for name, low, high in declaration.dims:
        top = low + _UP_TO - 1 if high is None else min(high, low + _UP_TO - 1)
        tried = [n for n in range(low, top + 1) if declaration.allows({**sizes, name: n})]
        put = {n: replace(case, sizes=_put(sizes, name, n)) for n in tried}
        if all(_fails(layer, declaration, put[n], failure, draws=1) for n in tried):
            continue
        draws = {n: _fails(layer, declaration, put[n], failure) for n in tried}
        failing = {n for n in tried if draws[n]}
        if sum(draws.values()) < _SHARE * _DRAWS * len(failing):
            return ""  # it is some values that fail, not some sizes
        found = _in_words(name, tried, failing)
        if not failing and failure.sizes.get(name, 0) > top:
            found = f"only for large {name}, {failure.sizes[name]} and more"
        if found:
            habits.append(found)
    if len(habits) > 2:
        return ""  # the failure is rare, not bound to sizes
    if not habits or any(h.startswith("but not") for h in habits):
        return _pairs(layer, declaration, case, failure) or " and ".join(habits)
    return " and ".join(habits)


def _smaller(layer: Layer, declaration: Declaration, case: Case, failure: LayerFailure) -> Case:
    """The case with every dim just above its smallest, where it fails there too: many sizes will be tried from it."""
    low = {name: least for name, least, _ in declaration.dims}
    sizes = {n: min(size, max(low[n] + 1, failure.sizes.get(n, 0))) for n, size in case.sizes}
    smaller = replace(case, sizes=tuple(sizes.items()))
    return smaller if _fails(layer, declaration, smaller, failure, draws=1) else case


def _in_words(name: str, tried: list[int], failing: set[int]) -> str:
    passing = [n for n in tried if n not in failing]
    if not failing or not passing:
        return ""
    if failing == {n for n in tried if n % 2}:
        return f"only for odd {name}"
    if failing == {n for n in tried if n % 2 == 0}:
        return f"only for even {name}"
    if len(failing) == 1:
        return f"only for {name}={min(failing)}"
    if min(failing) > max(passing):
        return f"only for {name} ≥ {min(failing)}"
    if max(failing) < min(passing):
        return f"only for {name} ≤ {max(failing)}"
    if len(passing) == 1:
        return f"but not for {name}={passing[0]}"
    return f"only for {name} in {_listed(failing)}"


def _pairs(layer: Layer, declaration: Declaration, case: Case, failure: LayerFailure) -> str:
    """Whether two dims must differ, or be equal, for the failure to show."""
    names = [name for name, _, high in declaration.dims if high is None or high >= 3]
    sizes = dict(case.sizes)
    for k, first in enumerate(names):
        for second in names[k + 1 :]:
            equal = [{**sizes, first: n, second: n} for n in (2, 3)]
            apart = [{**sizes, first: 2, second: 3}, {**sizes, first: 3, second: 2}]
            same, different = (
                [_fails(layer, declaration, replace(case, sizes=tuple(s.items())), failure) for s in some]
                for some in (equal, apart)
            )
            if all(different) and not any(same):
                return f"only for {first} ≠ {second}"
            if all(same) and not any(different):
                return f"only for {first} = {second}"
    return ""


def _fails(layer: Layer, declaration: Declaration, case: Case, failure: LayerFailure, draws: int = _DRAWS) -> int:
    """In how many draws of a case the gradient of the same input is wrong."""
    if not declaration.allows(dict(case.sizes)):
        return 0
    found = 0
    for k in range(draws):
        rng = np.random.default_rng([case.seed, k])
        inputs = realised(replace(case, seed=case.seed + k), declaration)
        try:
            outputs = run_forward(layer, copied(inputs)).outputs
            point = at(layer, declaration, inputs, draw_cotangents(layer, outputs, rng))
            u = _direction(point, failure, rng)
            found += finite(outputs) and plainly_differs(point, failure.array, u, rng)
        except RefusalError:
            return 0
        except FaultError:
            return draws
    return found


def _direction(point: Point, failure: LayerFailure, rng: np.random.Generator) -> Array:
    x = point.inputs[failure.array]
    return rng.standard_normal(x.shape).astype(x.dtype)


def _put(sizes: dict[str, int], name: str, value: int) -> tuple[tuple[str, int], ...]:
    return tuple({**sizes, name: value}.items())


def _listed(numbers: Iterable[int]) -> str:
    return "{" + ", ".join(map(str, sorted(numbers))) + "}"
