"""Random cases through Hypothesis: its profile, its example database, and the caller's own strategies."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

from ..errors import LayerError
from .cases import FLOAT_REGIMES, Case
from .examine import Examined
from .inputs import Declaration, Input
from .job import Job, examined_drawn
from .layer import Array, Layer, briefly
from .spread import Progress

Drawn = tuple[Case, dict[str, Array]]
_REPEATS = 8


def usual_points() -> int:
    """How many random points to try: half as many as the loaded Hypothesis profile wants."""
    from hypothesis import settings

    return max(1, settings().max_examples // 2)


def searched(
    job: Job, layer: Layer, seed: int, points: int, width: int, seen: list[Examined], bar: Progress
) -> tuple[list[Examined], tuple[Drawn, Examined] | None]:
    """Check random cases until one fails; Hypothesis shrinks what the caller's strategies draw.

    width: how far above its smallest size a dim is drawn.
    """
    import hypothesis

    own = any(i.strategy is not None for i in job.declaration.inputs)
    failing: list[tuple[Drawn, Examined]] = []

    repeated: dict[int, int] = {}

    def fails(drawn: Drawn) -> bool:
        if own and _often(drawn, job.declaration, repeated):
            return False
        found = examined_drawn(layer, job.declaration, *drawn)
        if found.outcome == "fail":
            failing.append((drawn, found))
            return True
        seen.append(found)
        bar.step()
        return False

    phases = [hypothesis.Phase.explicit, hypothesis.Phase.reuse, hypothesis.Phase.generate]
    allowed = [p for p in hypothesis.settings().phases if p in phases or (own and p is hypothesis.Phase.shrink)]
    settings = hypothesis.settings(max_examples=int(points), deadline=None, phases=allowed)
    reached: set[str] = set()
    try:
        hypothesis.find(
            _cases(job.declaration, width, reached),
            fails,
            settings=settings,
            random=Random(seed),
            database_key=_key(job, layer.name),
        )
    except hypothesis.errors.Unsatisfiable:
        _explain_nothing(job.declaration, reached, seen)
    except hypothesis.errors.NoSuchExample:
        pass
    return seen, failing[-1] if failing else None


def _often(drawn: Drawn, declaration: Declaration, repeated: dict[int, int]) -> bool:
    """Whether strategies have drawn these very inputs many times already, so that only the cotangents are new."""
    if len(drawn[1]) < len(declaration.inputs):
        return False
    key = hash(tuple((n, a.shape, a.tobytes()) for n, a in drawn[1].items()))
    repeated[key] = repeated.get(key, 0) + 1
    return repeated[key] > _REPEATS


def _cases(declaration: Declaration, width: int, reached: set[str]) -> Any:
    from hypothesis import assume, strategies

    @strategies.composite
    def cases(draw: Callable[[Any], Any]) -> Drawn:
        sizes = {n: draw(strategies.integers(low, _cap(low, high, width))) for n, low, high in declaration.dims}
        assume(declaration.allows(sizes))
        shapes = declaration.shapes(sizes)
        drawn = {}
        for given in declaration.inputs:
            if given.strategy is not None:
                drawn[given.name] = _drawn(draw, given, shapes.get(given.name))
                reached.add(given.name)
        regime = draw(strategies.sampled_from(("normal", "normal", *FLOAT_REGIMES)))
        seed = draw(strategies.integers(0, 2**20))
        return Case(tuple(sizes.items()), regime, seed), drawn

    return cases()


def _drawn(draw: Callable[[Any], Any], given: Input, shape: tuple[int, ...] | None) -> Array:
    """One value of the caller's strategy, checked against the declared shape."""
    from hypothesis.errors import HypothesisException
    from hypothesis.strategies import SearchStrategy

    strategy = given.strategy
    try:
        if not isinstance(strategy, SearchStrategy) and callable(strategy):
            strategy = strategy(shape)
        if not isinstance(strategy, SearchStrategy):
            raise LayerError(f"the strategy of {given.name} is not one", got=type(strategy).__name__)
        value = np.asarray(draw(strategy))
    except (LayerError, HypothesisException):
        raise
    except Exception as error:
        raise LayerError(f"the strategy of {given.name} raises", got=briefly(error)) from error
    if value.dtype.kind not in "fiub":
        raise LayerError(f"the strategy of {given.name} yields no numbers", got=f"dtype {value.dtype}")
    if shape is not None and value.shape != shape:
        raise LayerError(
            f"the strategy of {given.name} yields another shape",
            got=str(value.shape),
            expected=str(shape),
            hint="a function of the shape fits it: strategies={...: lambda shape: arrays(float, shape)}",
        )
    return value.astype(given.dtype)


def _explain_nothing(declaration: Declaration, reached: set[str], seen: list[Examined]) -> None:
    if seen:
        return
    for given in declaration.inputs:
        if given.strategy is not None and given.name not in reached:
            raise LayerError(
                f"the strategy of {given.name} yields nothing",
                hint="its filter rejects nearly everything, or it is strategies.nothing()",
            ) from None


def _cap(low: int, high: int | None, width: int) -> int:
    return low + width if high is None else min(high, low + width)


def _key(job: Job, name: str) -> bytes:
    """One place in the example database per layer and declaration."""
    shapes = ";".join(f"{i.name}({','.join(map(str, i.shape or ()))}){i.dtype}" for i in job.declaration.inputs)
    owner = job.layer if hasattr(job.layer, "__qualname__") else type(job.layer)
    return f"gradcheck {getattr(owner, '__module__', '')}.{getattr(owner, '__qualname__', '')} {name} {shapes}".encode()
