"""Guesses about a term, a factor or an input that is wrong in a gradient, each tested on the numbers of one point."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .layer import Array, FaultError, RefusalError
from .point import at
from .study import Study, measured_study

_FITTED = 1e-3
"""How much of what is missing a term that explains it may leave over."""
_NEARLY = 0.02
"""How far a gradient is from right, as a part of its largest entry, that must be meant to be right."""


def missing_path(study: Study, name: str) -> Iterator[str]:
    """A term that is there too often or not at all."""
    missing = study.measured - study.claimed
    if missing.size > 1 and study.wrong.all() and study.alike(missing, np.full_like(missing, missing.flat[0])):
        yield "the same number is added to every entry"
    for dy in study.point.cotangents:
        if dy.shape == missing.shape:
            if study.alike(missing, dy):
                yield "missing path: dy itself (a skip connection) is not added"
            if study.alike(missing, -dy):
                yield "dy itself is added once too often"
    if len(study.point.cotangents) > 1:
        for k, dy in enumerate(study.point.cotangents):
            silent = tuple(c if j == k else np.zeros_like(c) for j, c in enumerate(study.point.cotangents))
            try:
                alone = at(study.point.layer, study.point.declaration, study.point.inputs, silent)
            except (RefusalError, FaultError):
                continue
            part = measured_study(alone, study.sizes, name, study.precision)
            if part is not None and dy.size and not np.any(part.claimed) and np.any(part.wrong):
                yield f"missing path: through output {k + 1}"
    for other, x in study.point.inputs.items():
        if x.shape == missing.shape and x.dtype.kind == "f":
            live = np.abs(x) > 1e-6
            ratio = float(np.median(missing[live] / x[live])) if live.any() else 0.0
            if abs(ratio) > 1e-6 and study.alike(missing, ratio * x):
                yield f"a term {abs(ratio):.4g}·{other} is {'missing' if ratio > 0 else 'too much'}"


def wrong_mask(study: Study) -> Iterator[str]:
    """Entries that are zero where they should not be, or the other way round, all others being right."""
    wrong = study.wrong
    if not wrong.all() and np.all(
        (study.claimed[wrong] == 0) | (np.abs(study.measured[wrong]) < study.precision * study.scale)
    ):
        yield "mask from the wrong variable: some entries should, or should not, be zero"


def confused_input(study: Study, name: str) -> Iterator[str]:
    """The derivative of an entrywise function taken at its value, or a formula in the value fed with the input."""
    outputs, x = study.point.done.outputs, study.point.inputs[name]
    if len(outputs) != 1 or outputs[0].shape != x.shape or outputs[0].dtype != x.dtype:
        return
    try:
        there = study.point.moved(name, outputs[0])
    except (RefusalError, FaultError):
        return
    at_y = measured_study(there, study.sizes, name, study.precision)
    if at_y is None or at_y.alike(at_y.measured, study.measured):
        return
    if study.alike(study.claimed, at_y.measured):
        yield f"the derivative is taken at y, not at {name}"
    if study.alike(at_y.claimed, study.measured):
        yield f"a formula in y is given {name}"


def missing_along(study: Study) -> Iterator[str]:
    """A term that along one axis is a number, or in proportion to an input or output: a mean, or a projection."""
    missing = study.measured - study.claimed
    if not study.wrong.mean() > 0.5:
        return
    arrays = [(n, x.astype(np.float64)) for n, x in study.point.inputs.items() if x.dtype.kind == "f"]
    arrays += [("y", y.astype(np.float64)) for y in study.point.done.outputs[:1]]
    like = [(n, a) for n, a in arrays if a.shape == missing.shape]
    for axis in range(missing.ndim):
        lines = np.moveaxis(missing, axis, 0).reshape(missing.shape[axis], -1)
        if lines.shape[1] < 2:
            continue
        ones = np.ones_like(lines)
        if _fits(study, lines, [ones]):
            yield f"a mean or sum over axis {axis} is missing or wrong"
        for text, a in like:
            along = np.moveaxis(a, axis, 0).reshape(lines.shape)
            if _fits(study, lines, [along]):
                yield f"a term in proportion to {text} along axis {axis} (a projection) is missing or wrong"
            if _fits(study, lines, [along - along.mean(axis=0)]):
                yield f"a term in proportion to {text} less its mean over axis {axis} is missing or wrong"
            if _fits(study, lines, [ones, along]):
                yield f"a mean over axis {axis} and a term in proportion to {text} are missing or wrong"


def _fits(study: Study, lines: Array, basis: list[Array]) -> bool:
    """Whether every column of `lines` is a sum of the same columns of the basis, with coefficients of its own."""
    if len(lines) <= len(basis):
        return False
    slack = min(10 * study.precision * study.scale, _FITTED * float(np.max(np.abs(lines))))
    for k in range(lines.shape[1]):
        columns = np.stack([b[:, k] for b in basis], axis=1)
        found = columns @ np.linalg.lstsq(columns, lines[:, k], rcond=None)[0]
        if np.any(np.abs(found - lines[:, k]) > slack):
            return False
    return True


def factor_along(study: Study) -> Iterator[str]:
    """A factor that differs from line to line along one axis, and not within them: a norm, a count, a row's scale."""
    claimed, measured = study.claimed, study.measured
    for axis in range(claimed.ndim):
        if claimed.shape[axis] < 2 or claimed.shape[axis] == claimed.size:
            continue
        top = np.sum(claimed * measured, axis=axis, keepdims=True)
        square = np.sum(measured * measured, axis=axis, keepdims=True)
        factor = np.divide(top, square, out=np.zeros_like(top), where=square > 0)
        if np.any(claimed) and study.alike(claimed, factor * measured):
            yield f"a factor is wrong that is one number along axis {axis} (a norm or a count)"


def nearly_right(study: Study) -> Iterator[str]:
    """Close to right everywhere: the same formula with other numbers in it."""
    if np.max(np.abs(study.claimed - study.measured)) < _NEARLY * study.scale:
        yield "nearly right: an ε, a rounded constant or another approximation than forward's"
