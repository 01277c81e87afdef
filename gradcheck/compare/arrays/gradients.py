"""Gradients computed by somebody's own NumPy code, against the derived ones at one point, parameter by parameter.

Every entry is compared by itself. What may differ is measured: the derived gradient is evaluated again at
inputs moved by a rounding error of the claimed precision, and the change it makes is what rounding can do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ...declare.network import Network
from ...differences import Estimate, derivative
from ...errors import GradcheckError, demand
from ...evaluate import Functions, Program, batch, program
from ..arguments import demand_network
from .hints import hint_for

Array = np.ndarray[Any, np.dtype[Any]]
Status = Literal["agrees", "wrong", "at a kink", "undecided", "contradiction"]
_TRIALS = 3
_SURE = 20.0
"""Error bars of the finite difference beyond which it contradicts the derived gradient."""
_EXAMINED = 100
"""Entries beyond their tolerance that are asked for a kink."""
_TOGETHER = 1 << 20
"""Entries of the copies of a parameter that are evaluated together."""
_SLACK = 32.0
"""Roundings of the size of one moved input that a gradient's own evaluation may add up to."""


@dataclass(frozen=True)
class ArrayRow:
    """One parameter. `worst` is the entry (counted from 0) furthest beyond its tolerance, or with the largest error.

    claimed and derived: the values there; finite_difference and error: the independent witness there.
    status: "agrees"; "wrong"; "at a kink": the two differ only where the loss has two slopes, the claim between them;
    "undecided": the loss jumps there, or too many entries lie at kinks; "contradiction": finite differences
    contradict the derived gradient, which is a defect of gradcheck.
    """

    name: str
    shape: tuple[int, ...]
    status: Status
    max_absolute: float
    max_relative: float
    worst: tuple[int, ...]
    claimed: float
    derived: float
    finite_difference: float
    error: float
    hint: str | None = None


@dataclass(frozen=True)
class ArrayTable:
    """The comparison of every parameter's gradient at one point; `str` gives it as a table.

    Truth-testing it is refused, so that it cannot be mistaken for a bare bool: ask `.ok`.
    """

    rows: tuple[ArrayRow, ...]
    sizes: dict[str, int]
    loss: float

    @property
    def ok(self) -> bool:
        """Whether every gradient agrees, kinks aside."""
        return all(row.status in ("agrees", "at a kink") for row in self.rows)

    def __bool__(self) -> bool:
        raise TypeError("a table is not a bool: ask .ok")

    def __str__(self) -> str:
        from .table import table_text

        return table_text(self)


def check_arrays(
    network: Network,
    point: Mapping[str, Any],
    gradients: Mapping[str, Any],
    *,
    functions: Functions | None = None,
    names: Iterable[str] | None = None,
) -> ArrayTable:
    r"""Compare gradients that somebody's NumPy code computed with the derived ones, at one point.

    point: canonical name -> array for every input, parameter and constant. gradients: name -> array of the shape
    of the parameter, for every parameter (or for `names`), and for inputs if you like.
    functions: callables for unspecified functions and their derivatives, as for `program`.
    Raises GradcheckError for a missing or unknown name, a wrong shape, or entries that are not finite numbers.

    >>> import gradcheck, numpy as np
    >>> net = gradcheck.network(r'''
    ... input x : n
    ... parameter w : n
    ... loss l = \frac{1}{2} \sum_{i} (w_i x_i)^2
    ... ''')
    >>> x, w = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    >>> gradcheck.check_arrays(net, {"x": x, "w": w}, {"w": w * x**2}).ok
    True
    >>> print(gradcheck.check_arrays(net, {"x": x, "w": w}, {"w": 2 * w * x**2}).rows[0].hint)
    2 times the derived gradient
    """
    demand_network(network)
    for what, given in (("the point", point), ("the gradients", gradients)):
        demand(given, Mapping, what, GradcheckError, expected="a dict: name -> array")
    demand(functions or {}, Mapping, "functions=", GradcheckError, expected="a dict: name -> callables")
    demand(names or (), Iterable, "names=", GradcheckError, expected="names of parameters")
    wanted = _wanted(network, gradients, names)
    made = program(network, wrt=wanted, functions=functions)
    with np.errstate(all="ignore"):
        loss, derived = made.loss_and_gradients(point)
    for tensor in network.leaves:
        _finite(tensor.name, np.asarray(point[tensor.name], np.float64))
    claimed = {name: _claimed(name, gradients[name], derived[name]) for name in wanted}
    precision = max(float(np.finfo(float).eps), *[float(np.finfo(c.dtype).eps) for c in claimed.values()])
    bars = _rounding(made, network, point, derived, precision)
    sizes = _sizes(network, point)
    witness = _Witness(network, point, functions)
    rows = [_row(name, claimed[name], derived[name], bars[name], witness, sizes) for name in wanted]
    return ArrayTable(tuple(rows), sizes, loss)


def _wanted(network: Network, gradients: Mapping[str, Any], names: Iterable[str] | None) -> list[str]:
    parameters = [t.name for t in network.parameters]
    allowed = [*parameters, *[t.name for t in network.inputs]]
    for name in gradients:
        if name not in allowed:
            raise GradcheckError(f"unknown name {name!r} in the gradients", hint=f"the network's: {', '.join(allowed)}")
    wanted = list(names) if names is not None else [n for n in allowed if n in gradients or n in parameters]
    for name in wanted:
        if name not in gradients:
            raise GradcheckError(f"there is no gradient for {name}", hint="give it, or give names= without it")
    if not wanted:
        raise GradcheckError("there is no gradient to check", expected=f"one for each of {', '.join(parameters)}")
    return wanted


def _claimed(name: str, value: Any, derived: Array) -> Array:
    """A claimed gradient as an array of its own precision."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise GradcheckError(f"the gradient for {name} is not an array of numbers", got=str(error)) from None
    if array.dtype.kind not in "iuf":
        what = f"the gradient for {name} is not an array of real numbers"
        raise GradcheckError(what, got=f"dtype {array.dtype}", expected="float64 or float32")
    if array.shape != derived.shape:
        what = f"the gradient for {name} has the wrong shape"
        raise GradcheckError(what, got=str(array.shape), expected=str(derived.shape))
    array = array if array.dtype.kind == "f" else array.astype(np.float64)
    _finite(f"the gradient given for {name}", array)
    _finite(f"the derived gradient for {name}", derived)
    return array


def _finite(what: str, array: Array) -> None:
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = tuple(map(int, bad[0]))
        raise GradcheckError(f"{what} is not finite", got=f"{array[place]} at {entry_text(place)}")


def _rounding(
    made: Program, network: Network, point: Mapping[str, Any], derived: Mapping[str, Array], precision: float
) -> dict[str, Array]:
    """How far rounding at this precision can move every entry of the gradients."""
    rng = np.random.default_rng(0)
    largest = {name: np.zeros_like(value) for name, value in derived.items()}
    for _ in range(_TRIALS):
        moved = {}
        for tensor in network.leaves:
            array = np.asarray(point[tensor.name], np.float64)
            moved[tensor.name] = array * (1 + precision * rng.choice([-1.0, 1.0], array.shape))
        with np.errstate(all="ignore"):
            again = made.gradients(moved)
        for name, value in again.items():
            change = np.abs(value - derived[name])
            np.maximum(largest[name], np.where(np.isfinite(change), change, 0.0), out=largest[name])
    scale = {name: float(np.abs(value).max(initial=0.0)) for name, value in derived.items()}
    return {name: _SLACK * (bar + precision * scale[name]) for name, bar in largest.items()}


def _sizes(network: Network, point: Mapping[str, Any]) -> dict[str, int]:
    from ...evaluate import infer_sizes

    return infer_sizes(network.leaves, [np.shape(point[t.name]) for t in network.leaves])


class _Witness:
    """Finite differences of the declared loss at single entries."""

    def __init__(self, network: Network, point: Mapping[str, Any], functions: Functions | None) -> None:
        self._batch = batch(network, functions=functions)
        self._point = point

    def at(self, name: str, place: tuple[int, ...]) -> Estimate:
        """The slope by one entry, with its error bar."""
        array = np.asarray(self._point[name], np.float64)
        together = max(1, _TOGETHER // array.size)

        def losses(values: Any) -> Any:
            out = np.empty(len(values))
            for start in range(0, len(values), together):
                part = values[start : start + together, 0]
                stack = np.repeat(array[None], len(part), axis=0)
                everywhere: tuple[Any, ...] = (slice(None), *place)
                stack[everywhere] = part
                with np.errstate(all="ignore"):
                    out[start : start + together] = self._batch.losses(self._point, name, stack)
            return out

        return derivative(losses, array[place].reshape(1), 0, batched=True)


def _row(
    name: str, claimed: Array, derived: Array, bar: Array, witness: _Witness, sizes: Mapping[str, int]
) -> ArrayRow:
    if not derived.size:
        return ArrayRow(name, claimed.shape, "agrees", 0.0, 0.0, (), 0.0, 0.0, 0.0, 0.0)
    difference = np.abs(claimed.astype(np.float64) - derived)
    with np.errstate(all="ignore"):
        relative = np.where(difference > 0, difference / np.abs(derived), 0.0)
        beyond = np.where(bar > 0, difference / bar, np.where(difference > 0, np.inf, 0.0))
    status, place, slope = _worst(name, claimed, derived, bar, beyond, witness)
    hint = hint_for(claimed, derived, bar, sizes) if status == "wrong" else None
    largest = float(difference.max()), float(relative.max())
    values = float(claimed[place]), float(derived[place]), slope.value, slope.error
    return ArrayRow(name, claimed.shape, status, *largest, place, *values, hint)


def _worst(
    name: str, claimed: Array, derived: Array, bar: Array, beyond: Array, witness: _Witness
) -> tuple[Status, tuple[int, ...], Estimate]:
    """The worst entry that is not excused by a kink, and what the finite difference says there."""
    order = np.argsort(-beyond, axis=None, kind="stable")
    candidates = order[: max(1, int((beyond > 1).sum()))]
    found: tuple[Status, tuple[int, ...], Estimate] | None = None
    for k in candidates[:_EXAMINED]:
        place = tuple(map(int, np.unravel_index(int(k), beyond.shape)))
        slope = witness.at(name, place)
        status = _status(float(claimed[place]), float(derived[place]), float(bar[place]), slope)
        if status != "at a kink":
            return status, place, slope
        found = found or (status, place, slope)
    assert found is not None
    return found if len(candidates) <= _EXAMINED else ("undecided", *found[1:])


def _status(claimed: float, derived: float, bar: float, slope: Estimate) -> Status:
    if slope.kind == "smooth" and not slope.agrees(derived, times=_SURE, floor=bar):
        return "contradiction"
    if abs(claimed - derived) <= bar:
        return "agrees"
    if slope.kind == "kink" and slope.agrees(claimed, floor=bar):
        return "at a kink"
    return "undecided" if slope.kind in ("jump", "unknown") else "wrong"


def entry_text(place: tuple[int, ...]) -> str:
    """An entry as NumPy writes it: [0, 3]."""
    return f"[{', '.join(map(str, place))}]"
