"""The two calls people use: check_layer returns a verdict, assert_layer raises."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import LayerError
from .adapt import with_parameters
from .budget import LARGE, WIDEST, Budget, entries_of
from .cases import Case, planned
from .causes import likely_cause
from .examine import Examined
from .inputs import Declaration
from .job import Job, examined_case, examined_values
from .layer import Layer
from .messages import failure_message
from .options import check_options
from .parameters import Said, with_kept_parameters
from .search import searched, usual_points
from .shrink import simplest_values, smallest_case
from .spread import Progress, in_order
from .verdict import LayerCheckError, LayerFailure, LayerVerdict

_EXCUSES = 0.3


def check_layer(
    layer: Any,
    shapes: Mapping[str, Any] | None = None,
    *,
    backward: Callable[..., Any] | None = None,
    vjp: Callable[..., Any] | None = None,
    gradient: Callable[..., Any] | bool | None = None,
    dtypes: Mapping[str, Any] | Any = None,
    ranges: Mapping[str, tuple[Any, Any]] | None = None,
    strategies: Mapping[str, Any] | None = None,
    nondifferentiable: Collection[str] = (),
    dims: Mapping[str, tuple[int, int | None]] | None = None,
    constants: Mapping[str, Any] | None = None,
    framework: str | None = None,
    network: Any = None,
    second_order: bool = False,
    seed: int = 0,
    points: int | None = None,
    executor: Executor | None = None,
    progress: bool | None = None,
    name: str | None = None,
) -> LayerVerdict:
    """Check a hand-written backward pass on generated shapes and values.

    layer is one of
      an object with `forward(**inputs) -> (y, cache)` and `backward(dy, cache) -> gradients`;
      an object that keeps its cache to itself: `forward(**inputs) -> y`, or a call of the object itself, and
      `backward(dy) -> gradients`;
      a pair of functions `(forward, backward)` of either kind, or a forward function with `backward=`;
      a function `f(**inputs) -> y` with `vjp=`, called as `vjp(dy, **inputs)` (as every function here: by name where
        its parameters are called like the inputs, else one by one in the order of the shapes);
      a function with a scalar value (a loss) with `gradient=`, called as `gradient(**inputs)`, or with
      `gradient=True` where the function itself returns (value, gradient);
      a `torch.autograd.Function`, an `nn.Module`, a `jax.custom_vjp` function (or any function of tensors,
      with `framework="torch"` or `framework="jax"`).

    y is an array, a number, or a tuple or dict of them (several outputs); dy has the same form. The gradients are
    a dict by input name (also "dx", "grad_x", "x_grad"), a tuple in the order of the differentiable inputs, arrays
    and then a dict of the others, or one array when there is one.
    Where forward returns (y1, y2, cache), backward may also be `backward(dy1, dy2, cache)`.

    The parameters of a torch module are inputs too, and so are those that a NumPy object keeps beside their gradients
    (self.W with self.dW, self.params with self.grads): they are found by running it once, on a copy of the object.

    shapes: input name -> shape; each size is a number, a dim such as "m", or a combination such as "n+1", "2*n".
    dtypes: one dtype for all inputs (default float64), or input name -> dtype; an integer dtype makes labels
        or indices, which are not differentiated.
    ranges: input name -> (low, high). Floats lie in [low, high]; integers in range(low, high), where high may be
        a dim: `ranges={"labels": (0, "c")}`.
    strategies: input name -> a Hypothesis strategy of arrays, or a function of the shape that returns one.
    nondifferentiable: float inputs whose gradient is not asked for (masks, targets).
    dims: dim -> (smallest, largest or None); the default is (1, None). (0, None) includes the empty array.
    constants: further keyword arguments of forward, handed over as they are.
    network: the same layer as declared mathematics; its derived gradient is then the oracle.
    second_order: also check the derivative of the gradient itself (torch and jax).
    points: how many random points to add; by default half as many as the Hypothesis profile has examples (50).
    executor: any `concurrent.futures.Executor`; the result does not depend on it.
    progress: show a progress bar on stderr; by default on a terminal, when it takes long.

    Returns a `LayerVerdict`; raises `LayerError` when the layer can't be checked as it is given.

    >>> square = lambda x: x * x
    >>> check_layer(square, {"x": ("n",)}, vjp=lambda dy, x: 2 * x * dy).status
    'pass'
    >>> check_layer(square, {"x": ("n",)}, vjp=lambda dy, x: x * dy).failure.ratio
    0.5
    """
    started = time.perf_counter()
    given = {"backward": backward, "vjp": vjp, "gradient": gradient or None}
    check_options(functions=given, constants=constants, seed=seed, points=points, executor=executor)
    seed = int(seed)
    if network is not None:
        from .mathematics import declared_shapes

        shapes = declared_shapes(network, shapes)
    extra = tuple((constants or {}).items())

    def job_of(layer: Any, declaration: Declaration) -> Job:
        return Job(layer, declaration, backward, vjp, gradient, extra, framework, name)

    said = Said(with_parameters(layer, shapes), dtypes, ranges, strategies, nondifferentiable, dims)
    job = with_kept_parameters(job_of, layer, said, seed)
    declaration = job.declaration
    if not declaration.differentiable:
        raise LayerError("no input is differentiable", hint="at least one float input must have a gradient")
    fresh = job.anew()
    adapter = job.adapter()
    title = adapter.name
    if network is not None:
        from .mathematics import compared, mathematics_of

        different = compared(mathematics_of(network, declaration), adapter, declaration, seed)
        if different is not None:
            message = failure_message(title, different, _again(title, seed))
            seconds = time.perf_counter() - started
            return LayerVerdict("fail", title, (different.headline,), different, 1.0, 1, seed, seconds, message)
    seen, failing = _visited(job, adapter, seed, points, executor, progress)
    if second_order and failing is None:
        job = replace(job, twice=True, name=f"second derivative of {title}")
        adapter = job.adapter()
        again, failing = _visited(job, adapter, seed, points, executor, progress)
        seen += again
    if failing is None:
        verdict = _without_failure(title, seen, declaration, seed)
    else:
        verdict = _with_failure(adapter, fresh, failing, seen, seed, progress)
    return replace(verdict, seconds=time.perf_counter() - started)


def assert_layer(layer: Any, shapes: Mapping[str, Any] | None = None, *, unsure: bool = False, **options: Any) -> None:
    """Check a layer as `check_layer` does, and raise `LayerCheckError` with the complete message if it fails.

    unsure: accept an unsure verdict in silence; by default it raises too.
    """
    __tracebackhide__ = True
    verdict = check_layer(layer, shapes, **options)
    if verdict.status == "fail" or (verdict.status == "unsure" and not unsure):
        raise LayerCheckError(verdict)


Failing = tuple[Case, Examined]


def _visited(
    job: Job, layer: Layer, seed: int, points: int | None, executor: Executor | None, progress: bool | None
) -> tuple[list[Examined], Failing | None]:
    """Visit the planned cases, then random ones; stop at the first failure."""
    drawn = any(i.strategy is not None for i in job.declaration.inputs)
    budget = Budget(job.anew().adapter(), job.declaration)
    cases = [] if drawn else budget.chosen(planned(job.declaration, seed))
    wanted = points if points is not None else usual_points() // layer.slow
    seen: list[Examined] = []
    bar = Progress(progress, len(cases) + wanted, layer.name)
    try:
        for case, examined in in_order(job, layer, cases, executor):
            seen.append(examined)
            bar.step()
            if examined.outcome == "fail":
                return seen, (case, examined)
        room, width = (wanted, WIDEST) if drawn else budget.left(cases, wanted)
        found = searched(job, layer, seed, room, width, seen, bar)[1] if room else None
        return seen, (found[0][0], found[1]) if found else _unexcused(seen)
    finally:
        bar.close()


def _unexcused(seen: list[Examined]) -> Failing | None:
    """A claim that is wrong at one very point, of a layer that has not shown any kink of its own."""
    if any(e.kinked for e in seen):
        return None
    return next(((e.case, e.strictly()) for e in seen if e.case is not None and e.convention is not None), None)


def _without_failure(title: str, seen: list[Examined], declaration: Declaration, seed: int) -> LayerVerdict:
    """Pass, or unsure with the reasons."""
    checked = [e for e in seen if e.outcome in ("pass", "unsure")]
    refusals = [e.note for e in seen if e.refused]
    if not checked:
        if refusals and len(refusals) == len(seen):
            raise LayerError(f"{title}: forward raises at every point", got=refusals[0], hint="do the shapes fit it?")
        reasons = tuple(dict.fromkeys(e.note for e in seen if e.note)) or ("no point could be checked",)
        return _verdict(title, "unsure", reasons[:3], 0.0, len(seen), seed)
    misses = {n: float(np.prod([e.misses.get(n, 1.0) for e in checked])) for n in declaration.differentiable}
    doubts = [f"no conclusive test of {n}: {_why(checked)}" for n, miss in misses.items() if miss > 0.5]
    doubts += _excused(checked, declaration)
    if refusals:
        share = f"{len(refusals)} of {len(seen)} points"
        doubts.append(f"forward raised at {share}: {refusals[0].removeprefix('forward raised ')}")
    confidence = 1.0 - max(misses.values(), default=1.0)
    return _verdict(title, "unsure" if doubts else "pass", tuple(doubts), confidence, len(seen), seed)


def _excused(checked: list[Examined], declaration: Declaration) -> list[str]:
    """The inputs whose claim and slope are apart, unproved, in too many of the directions tried at ordinary points."""
    found = []
    for name in declaration.differentiable:
        pairs = [e.trials[name] for e in checked if e.ordinary and name in e.trials]
        count, apart = (sum(p[k] for p in pairs) for k in (0, 1))
        if apart > _EXCUSES * count:
            found.append(f"claim and slope of {name} are apart, without proof, in {apart} of {count} directions")
    return found


def _why(checked: list[Examined]) -> str:
    notes = [e.note for e in checked if e.note]
    return notes[0] if notes else "its gradient is lost in the noise of forward"


def _verdict(
    title: str, status: Any, reasons: tuple[str, ...], confidence: float, points: int, seed: int
) -> LayerVerdict:
    message = f"{title}: {status}, {points} points" + "".join(f"\n  {r}" for r in reasons)
    return LayerVerdict(status, title, reasons, None, confidence, points, seed, 0.0, message)


def _with_failure(
    layer: Layer, fresh: Job, failing: Failing, seen: list[Examined], seed: int, progress: bool | None
) -> LayerVerdict:
    """Shrink the failure, find its likely cause, and say it all."""
    case, examined = failing
    failure = examined.failure
    assert failure is not None
    declaration, title = fresh.declaration, layer.name
    bar = Progress(progress, 0, f"{title} fails; looking for the simplest case, tried")

    def judged(found: Examined) -> Examined:
        bar.step()
        return found.strictly() if examined.convention is not None else found

    found_in, drawn = case, any(i.strategy is not None for i in declaration.inputs)
    try:
        if not drawn and entries_of(case, declaration) <= LARGE:
            case, failure = smallest_case(
                case, failure, declaration, lambda c: judged(examined_case(layer, declaration, c))
            )
            if failure.inputs:
                inputs = failure.inputs
                failure = simplest_values(
                    inputs, failure, declaration, lambda a: judged(examined_values(layer, declaration, a, case))
                )[1]
    finally:
        bar.close()
    if failure.kind == "gradient" and not examined.convention and _remembers(fresh, case, failure):
        headline = f"gradient of {failure.array} remembers an earlier call"
        failure = replace(failure, kind="purity", headline=headline, cause="stale cache: a fresh object is right")
    cause = failure.cause or likely_cause(layer, declaration, found_in, failure, drawn=drawn)
    failure = replace(failure, cause=cause)
    message = failure_message(title, failure, _again(title, seed))
    return LayerVerdict("fail", title, (failure.headline,), failure, 1.0, len(seen), seed, 0.0, message)


def _remembers(fresh: Job, case: Case, failure: LayerFailure) -> bool:
    """Whether a copy of the layer from before the first call is right where the layer, after many, is wrong."""
    again = fresh.anew()
    if again is fresh or not failure.inputs:
        return False
    return examined_values(again.adapter(), fresh.declaration, failure.inputs, case).failure is None


def _again(title: str, seed: int) -> str:
    return f"check_layer({title}, …, seed={seed})"


__all__ = ["LayerFailure", "assert_layer", "check_layer"]
