"""What is handed in, arrays and callables, and the sizes read off them; what does not fit is named."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..algebra.index import Tensor
from ..errors import GradcheckError
from .numbers import Numbers
from .plan import Plan
from .positions import fixed_positions

Array = np.ndarray[Any, np.dtype[Any]]
Functions = Mapping[str, Sequence[Callable[[Any], Any]]]


def arrays_of(leaves: Sequence[Tensor], point: Mapping[str, Any], dtype: str) -> list[Array]:
    """The arrays of a point, in the order of the leaves, as `dtype`.

    Raises GradcheckError for a missing or unknown name, or values that are not numbers.
    """
    known = {t.name for t in leaves}
    for name in point:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            hint = f"did you mean {near[0]}?" if near else f"the network's names: {', '.join(sorted(known))}"
            raise GradcheckError(f"unknown name {name!r} in the point", hint=hint)
    out = []
    for tensor in leaves:
        if tensor.name not in point:
            raise GradcheckError(f"the point has no value for {tensor.name}", expected=_expected(tensor))
        out.append(as_array(tensor.name, point[tensor.name], dtype))
    return out


def as_array(name: str, value: Any, dtype: str) -> Array:
    """A value as an array of real (or, for complex programs, complex) numbers of this dtype."""
    if type(value) is np.ndarray and value.dtype == dtype:
        return value
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise GradcheckError(f"{name} is not an array of numbers", got=str(error)) from None
    allowed = "biufc" if dtype.startswith("complex") else "biuf"
    if array.dtype.kind not in allowed:
        raise GradcheckError(
            f"{name} is not an array of real numbers", got=f"dtype {array.dtype}", expected=f"dtype {dtype}"
        )
    return array.astype(dtype, copy=False)


def _expected(tensor: Tensor) -> str:
    if not tensor.dims:
        return "a scalar"
    return f"an array of shape ({', '.join(map(str, tensor.dims))}{',' if len(tensor.dims) == 1 else ''})"


def infer_sizes(
    leaves: Sequence[Tensor],
    shapes: Sequence[tuple[int, ...]],
    minimum: Mapping[str, int] | None = None,
    given: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """The size symbols that make the leaves' dims equal these shapes.

    minimum: the smallest admitted size of a symbol (1 where none is given). given: sizes known beforehand.
    Raises GradcheckError that names the array, its shape and the expected one.
    """
    sizes: dict[str, int] = dict(given or {})
    source: dict[str, str] = dict.fromkeys(sizes, "the sizes given")
    for tensor, shape in zip(leaves, shapes, strict=True):
        if len(shape) != len(tensor.dims):
            raise GradcheckError(
                f"{tensor.name} has the wrong number of axes", got=f"shape {shape}", expected=_expected(tensor)
            )
    waiting = [(t, k, shape) for t, shape in zip(leaves, shapes, strict=True) for k in range(len(shape))]
    while waiting:
        left = [case for case in waiting if not _solve(*case, sizes, source)]
        if len(left) == len(waiting):
            break
        waiting = left
    for symbol, low in (minimum or {}).items():
        if symbol in sizes and sizes[symbol] < low:
            raise GradcheckError(f"size {symbol} is too small", got=str(sizes[symbol]), expected=f"{symbol} >= {low}")
    return sizes


def _solve(tensor: Tensor, axis: int, shape: tuple[int, ...], sizes: dict[str, int], source: dict[str, str]) -> bool:
    """Use or check one axis; False if more than one of its symbols is still unknown."""
    dim, length = tensor.dims[axis], shape[axis]
    unknown = [(name, c) for name, c in dim.terms if name not in sizes]
    if len(unknown) > 1:
        return False
    if unknown:
        name, c = unknown[0]
        rest = length - dim.constant - sum(k * sizes[s] for s, k in dim.terms if s != name)
        value, over = divmod(rest, c)
        if over or value < 0:
            raise _mismatch(tensor, axis, shape, f"a length of the form {dim}", "")
        sizes[name] = value
        source[name] = f"{tensor.name} of shape {shape}"
        return True
    expected = dim.value(sizes)
    if expected != length:
        seen = dict.fromkeys(source[name] for name in dim.symbols())
        raise _mismatch(tensor, axis, shape, str(expected), f" ({dim}, from {', '.join(seen)})" if seen else "")
    return True


def _mismatch(tensor: Tensor, axis: int, shape: tuple[int, ...], expected: str, why: str) -> GradcheckError:
    where = f" along axis {axis}" if len(shape) > 1 else ""
    return GradcheckError(
        f"{tensor.name} has the wrong shape", got=f"shape {shape}", expected=f"{expected}{where}{why}"
    )


def checked_sizes(plan: Plan, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes, if they are all there and every fixed position exists."""
    missing = [s for s in plan.signature.sizes if s not in sizes]
    if missing:
        raise GradcheckError(f"no array shows the size {missing[0]}", hint=f"give sizes={{{missing[0]!r}: ...}}")
    for value, position, dim in fixed_positions(plan.graph.values):
        at, length = position.value(sizes), dim.value(sizes)
        if not 0 <= at < length:
            what = value.args[0].data.name if value.args[0].op == "leaf" else "an array"
            raise GradcheckError(f"{what} has no entry {at + 1}", got=f"length {length}", expected=f"at least {at + 1}")
    if Numbers(sizes).divides_by_zero(plan.graph.values):
        where = ", ".join(f"{name} = {value}" for name, value in sizes.items())
        raise GradcheckError(f"the network divides by zero at {where}")
    return dict(sizes)


def callables(plan: Plan, functions: Functions, dtype: str) -> list[Callable[[Any], Any]]:
    """The callables for the unspecified functions of a plan, in the order of its arguments."""
    return [_callable(functions, function.name, order, dtype) for function, order in plan.signature.calls]


def _callable(functions: Functions, name: str, order: int, dtype: str) -> Callable[[Any], Any]:
    given = functions.get(name, ())
    if order >= len(given):
        what = name if order == 0 else f"derivative {order} of {name}"
        raise GradcheckError(
            f"no callable for {what}",
            hint=f"functions={{{name!r}: (f, derivative, ...)}}, or put a concrete function in its place",
        )

    def checked(array: Any) -> Any:
        out = np.array(given[order](array), dtype)
        if out.shape != np.shape(array):
            got, expected = str(out.shape), str(np.shape(array))
            raise GradcheckError(f"the callable for {name} changed the shape", got=got, expected=expected)
        return out

    return checked
