"""What was declared about a layer's inputs: shapes, dtypes, ranges, strategies; checked before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from ..errors import LayerError
from .sizes import Size, shape, size

Bound = float | Size | None


@dataclass(frozen=True)
class Input:
    """One input of a layer. low, high: for floats a closed range or None; for integers as in range(low, high)."""

    name: str
    shape: tuple[Size, ...] | None
    dtype: np.dtype[Any]
    low: Bound = None
    high: Bound = None
    differentiable: bool = True
    strategy: Any = None

    @property
    def integral(self) -> bool:
        """Whether it holds integers or truth values, not floats."""
        return self.dtype.kind in "iub"


@dataclass(frozen=True)
class Declaration:
    """All inputs of a layer in order, and the range of every dim."""

    inputs: tuple[Input, ...]
    dims: tuple[tuple[str, int, int | None], ...]

    @property
    def differentiable(self) -> tuple[str, ...]:
        """The names of the inputs whose gradients are asked for."""
        return tuple(i.name for i in self.inputs if i.differentiable)

    def shapes(self, sizes: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
        """The shape of every input that has one, at these sizes."""
        return {i.name: tuple(s.value(sizes) for s in i.shape) for i in self.inputs if i.shape is not None}

    def allows(self, sizes: Mapping[str, int]) -> bool:
        """Whether no size is negative, and none is 0 but where a dim itself may be 0."""
        may_vanish = {name for name, low, _ in self.dims if low == 0}
        for given in self.inputs:
            for one in given.shape or ():
                least = 0 if not one.symbols() or one.symbols() & may_vanish else 1
                if one.value(sizes) < least:
                    return False
        return True


def declare(
    shapes: Mapping[str, Any] | None,
    dtypes: Any,
    ranges: Mapping[str, tuple[Any, Any]] | None,
    strategies: Mapping[str, Any] | None,
    nondifferentiable: Collection[str],
    dims: Mapping[str, tuple[int, int | None]] | None,
) -> Declaration:
    """Read and check everything a caller says about the inputs."""
    shapes, ranges, strategies = (
        _mapping("shapes", shapes),
        _mapping("ranges", ranges),
        _mapping("strategies", strategies),
    )
    names = list(dict.fromkeys([*shapes, *strategies]))
    if not names:
        raise LayerError("a layer needs inputs", hint='give their shapes, for example shapes={"x": ("m", "d")}')
    if isinstance(nondifferentiable, str):
        nondifferentiable = (nondifferentiable,)
    by_name = _dtypes(dtypes, names)
    for what, given in (("dtypes", by_name), ("ranges", ranges), ("nondifferentiable", nondifferentiable)):
        for name in given:
            _known(name, names, f"{what} names an input that has no shape")
    inputs = tuple(
        _input(name, shapes, by_name.get(name), ranges.get(name), strategies.get(name), name in nondifferentiable)
        for name in names
    )
    return Declaration(inputs, _dims(inputs, _mapping("dims", dims)))


def _input(name: str, shapes: Mapping[str, Any], dtype: Any, limits: Any, strategy: Any, fixed: bool) -> Input:
    written = shape(name, shapes[name]) if name in shapes else None
    kind = dtype if dtype is not None else np.dtype(np.float64)
    if kind.kind not in "fiub":
        raise LayerError(f"the dtype of {name} can't be checked", got=str(kind), expected="a float or integer dtype")
    integral = kind.kind in "iub"
    low, high = _limits(name, limits, integral)
    if integral and low is None and strategy is None:
        if kind.kind != "b":
            hint = f'give its range, for example ranges={{"{name}": (0, "c")}}'
            raise LayerError(f"the integer input {name} has no range", hint=hint)
        low, high = size(0), size(2)
    return Input(name, written, kind, low, high, not fixed and not integral, strategy)


def _limits(name: str, limits: Any, integral: bool) -> tuple[Bound, Bound]:
    if limits is None:
        return None, None
    try:
        low, high = limits
    except (TypeError, ValueError):
        raise LayerError(f"the range of {name} can't be read", got=repr(limits), expected="(low, high)") from None
    if integral:
        return (low if isinstance(low, int) else size(low)), size(high)
    try:
        low, high = (None if b is None else float(b) for b in (low, high))
    except (TypeError, ValueError):
        raise LayerError(f"the range of {name} can't be read", got=repr(limits), expected="two numbers") from None
    if low is not None and high is not None and not low < high:
        raise LayerError(f"the range of {name} is empty", got=f"({low:g}, {high:g})", expected="low < high")
    return low, high


def _dtypes(dtypes: Any, names: list[str]) -> dict[str, np.dtype[Any]]:
    if dtypes is None:
        return {}
    given = dtypes if isinstance(dtypes, Mapping) else dict.fromkeys(names, dtypes)
    read = {}
    for name, written in given.items():
        try:
            # torch and jax dtypes name themselves "torch.float32" and "<class 'jax.numpy.float32'>".
            plain = str(written).removeprefix("torch.") if type(written).__module__ == "torch" else written
            read[name] = np.dtype(plain)
        except TypeError:
            raise LayerError(f"the dtype of {name} can't be read", got=repr(written)) from None
    return read


def _dims(
    inputs: tuple[Input, ...], declared: Mapping[str, tuple[int, int | None]]
) -> tuple[tuple[str, int, int | None], ...]:
    symbols: dict[str, None] = {}
    for given in inputs:
        for one in given.shape or ():
            symbols.update(dict.fromkeys(sorted(one.symbols())))
    for given in inputs:
        for bound in (given.low, given.high):
            for name in bound.symbols() if isinstance(bound, Size) else ():
                _known(name, list(symbols), f"the range of {given.name} names a dim that no shape has")
    for name in declared:
        _known(name, list(symbols), "dims names a dim that no shape has")
    found = []
    for name in symbols:
        limits = declared.get(name, (1, None))
        low, high = (limits, limits) if isinstance(limits, int) else _pair(name, limits)
        if not isinstance(low, int) or low < 0 or not (high is None or (isinstance(high, int) and high >= low)):
            raise LayerError(f"the range of dim {name} is empty", got=f"({low}, {high})", expected="0 <= low <= high")
        found.append((name, low, high))
    return tuple(found)


def _pair(name: str, limits: Any) -> tuple[Any, Any]:
    try:
        low, high = limits
    except (TypeError, ValueError):
        expected = "(smallest, largest or None)"
        raise LayerError(f"the range of dim {name} can't be read", got=repr(limits), expected=expected) from None
    return low, high


def _mapping(what: str, given: Any) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise LayerError(f"{what} must be a dict by input name", got=type(given).__name__)
    return given


def _known(name: str, names: list[str], what: str) -> None:
    if name not in names:
        near = get_close_matches(str(name), names, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names) or 'none'}"
        raise LayerError(what, got=str(name), hint=hint)
