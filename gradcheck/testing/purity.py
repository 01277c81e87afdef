"""What must hold before any difference is taken: nothing changed in place, nothing remembered, backward linear.

Changes in place are compared bit by bit; results that are computed twice may differ by some rounding errors, since a
threaded sum may come out in another order.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import numpy as np

from .inputs import Declaration
from .layer import Array, FaultError, Layer, Pass, RefusalError, gradients, run_backward, run_forward, run_outputs
from .linearity import check_linear
from .point import copied, finite
from .results import close, gradients_again, worst
from .verdict import LayerFailure


def check_purity(
    layer: Layer, declaration: Declaration, inputs: Mapping[str, Array], cotangents: tuple[Array, ...]
) -> tuple[Pass, dict[str, Array]]:
    """Run forward and backward in every order that must not matter; return the pass and its gradients."""
    given, names = copied(inputs), declaration.differentiable
    done = run_forward(layer, given)
    _unchanged("forward changes its input {}", given, inputs)
    outputs = tuple(y.copy() for y in done.outputs)

    handed = tuple(c.copy() for c in cotangents)
    raw = run_backward(layer, done, handed)
    claimed = gradients(raw, inputs, names)
    first = {n: np.array(g) for n, g in claimed.items()}
    if not all(_identical(h, c) for h, c in zip(handed, cotangents, strict=True)):
        raise _impure("backward changes dy in place", "dy changed in place")
    _unchanged("backward changes the input {}", given, inputs)
    check_numbers(first, inputs, outputs)
    if outputs and finite(outputs):
        latest = _check_memory(layer, inputs, cotangents, done, outputs, first)
        check_linear(layer, latest, inputs, cotangents, first)
    if any(not _identical(np.asarray(claimed[n]), first[n]) for n in names):
        raise _impure("a later call overwrites a returned gradient", "gradients share a buffer between calls")
    return Pass(outputs, done.form, None), first


def _check_memory(
    layer: Layer,
    inputs: Mapping[str, Array],
    cotangents: tuple[Array, ...],
    done: Pass,
    outputs: tuple[Array, ...],
    first: Mapping[str, Array],
) -> Pass:
    """Backward twice, forward twice, and another forward in between, all without effect; returns the latest pass."""
    second = gradients_again(layer, done, cotangents, inputs, first)
    _same(second, first, "backward called twice gives two answers", "backward changes its cache, or adds up gradients")
    alone = run_outputs(layer, copied(inputs))
    # A compiler may reorder what the value alone needs: only a gross difference is one of substance.
    if not _close_all(alone, outputs) and not (layer.slow >= 10 and _close_all(alone, outputs, 1e-4)):
        again = run_forward(layer, copied(inputs))
        if _close_all(again.outputs, outputs):
            raise _impure("the value changes when it is differentiated", "the rule's forward is another function")
        raise _impure("forward called twice gives two answers", "nondeterminism, or a state that forward changes")
    again = run_forward(layer, copied(inputs))
    third = gradients_again(layer, again, cotangents, inputs, first)
    _same(third, first, "the same call again gives another gradient", "nondeterminism, or a stale cache")
    with suppress(RefusalError):
        run_forward(layer, {n: _other(a) for n, a in inputs.items()})
    if layer.keeps_its_cache:
        again = run_forward(layer, copied(inputs))
        if not _close_all(again.outputs, outputs):
            raise _impure("forward remembers an earlier call", "stale cache")
    late = gradients_again(layer, again, cotangents, inputs, first)
    _same(late, first, "another forward in between changes backward", "stale cache")
    if not all(_identical(a, b) for a, b in zip(done.outputs, outputs, strict=True)) and not layer.keeps_its_cache:
        raise _impure("a later call overwrites an earlier output", "outputs share a buffer between calls")
    return again


def check_numbers(first: Mapping[str, Array], inputs: Mapping[str, Array], outputs: tuple[Array, ...]) -> None:
    """Gradients finite where the outputs are, and in as many digits as the inputs and outputs."""
    if not finite(outputs):
        return
    for name, g in first.items():
        bad = ~np.isfinite(g) if g.dtype.kind == "f" else np.zeros(g.shape, bool)
        if bad.any():
            index = tuple(int(i) for i in np.argwhere(bad)[0])
            value = float(g[index])
            if np.isnan(value):
                text = f"gradient of {name} is NaN where y is finite"
                raise FaultError(LayerFailure("values", text, name, index, value, cause="0/0 or ∞ − ∞ in backward"))
        kinds = [y.dtype for y in outputs if y.dtype.kind == "f"]
        digits = min([inputs[name].dtype.itemsize, *(k.itemsize for k in kinds)])
        if g.dtype.kind != "f":
            text = f"gradient of {name} is in integers"
            raise FaultError(LayerFailure("precision", text, name, detail=f"dtype {g.dtype}", cause="integer dtype"))
        if g.dtype.itemsize < digits:
            detail = f"dtype {g.dtype}, the input is {inputs[name].dtype}"
            text = f"gradient of {name} is in {g.dtype}"
            raise FaultError(LayerFailure("precision", text, name, detail=detail, cause=f"hidden {g.dtype}"))


def _same(got: Mapping[str, Array], first: Mapping[str, Array], headline: str, cause: str) -> None:
    for name, g in first.items():
        if not close(got[name], g, float(np.max(np.abs(g), initial=0.0))):
            index, now, before = worst(got[name], g)
            detail = f"{before:.6g} the first time, then {now:.6g}"
            raise FaultError(LayerFailure("purity", headline, name, index, now, before, cause=cause, detail=detail))


def _unchanged(headline: str, given: Mapping[str, Array], inputs: Mapping[str, Array]) -> None:
    for name, before in inputs.items():
        if not _identical(given[name], before):
            raise FaultError(
                LayerFailure("purity", headline.format(name) + " in place", name, cause="input changed in place")
            )


def _impure(headline: str, cause: str) -> FaultError:
    return FaultError(LayerFailure("purity", headline, cause=cause))


def _close_all(a: tuple[Array, ...], b: tuple[Array, ...], part: float = 0.0) -> bool:
    return len(a) == len(b) and all(
        x.shape == y.shape and close(x, y, float(np.max(np.abs(y), initial=0.0)), part)
        for x, y in zip(a, b, strict=True)
    )


def _identical(a: Array, b: Array) -> bool:
    return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))


def _other(array: Array) -> Array:
    """Other values that are allowed wherever these are: the same ones in another order, or nearer to each other."""
    turned = np.array(array.reshape(-1)[::-1].reshape(array.shape))
    return turned if array.dtype.kind != "f" or not _identical(turned, array) else 0.5 * array + array.dtype.type(0.01)
