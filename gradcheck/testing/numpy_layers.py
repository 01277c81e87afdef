"""NumPy layers: objects with forward and backward, pairs of functions, a function with its vjp or its gradient."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import LayerError
from .layer import Array, FaultError, Pass
from .verdict import LayerFailure

_CACHES = ("cache", "caches", "ctx", "context", "saved", "memory", "state", "residuals", "res")


@dataclass(frozen=True)
class Signature:
    """The positional parameters of a function: their names, how many are required, whether any number fits."""

    names: tuple[str, ...]
    required: int
    anything: bool


@dataclass(frozen=True)
class NumpyLayer:
    """forward(**inputs) with backward(dy, cache), or with backward(dy) where the object keeps its cache."""

    name: str
    forward_function: Callable[..., Any]
    backward_function: Callable[..., Any]
    order: tuple[str, ...]
    differentiable: tuple[str, ...]
    constants: tuple[tuple[str, Any], ...]
    signature: Signature
    slow: int = 1

    @property
    def takes_cache(self) -> bool:
        """Whether forward returns its cache and backward is handed it."""
        names = self.signature.names[: max(self.signature.required, 1)]
        return self.signature.required >= 2 or self.signature.anything or any(n in _CACHES for n in names)

    @property
    def has_cotangent(self) -> bool:
        """Whether backward needs dy: `backward()`, `backward(cache)` and `backward(dout=1)` are losses."""
        required = self.signature.names[: self.signature.required]
        return self.signature.anything or any(n not in _CACHES for n in required)

    @property
    def keeps_its_cache(self) -> bool:
        """Whether the cache lives in the object."""
        return not self.takes_cache

    def evaluate(self, inputs: Mapping[str, Array]) -> tuple[Array, ...]:
        """The outputs alone."""
        return self.forward(inputs).outputs

    def forward(self, inputs: Mapping[str, Array]) -> Pass:
        value = call(self.forward_function, inputs, self.order, dict(self.constants))
        if not self.takes_cache:
            return Pass(*outputs(value), None)
        if not isinstance(value, tuple) or len(value) < 2:
            raise LayerError(
                f"forward of {self.name} returns no cache, but its backward takes one",
                got=type(value).__name__,
                expected="forward(...) -> (y, cache) for backward(dy, cache)",
                hint="a layer that keeps its cache to itself has backward(dy)",
            )
        spread = value[:-1] if len(value) > 2 else value[0]
        arrays, form = outputs(spread)
        return Pass(arrays, form, value[-1])

    def backward(self, done: Pass, cotangents: tuple[Array, ...]) -> dict[str, Any]:
        dy = handed(cotangents, done.form)
        if not self.has_cotangent:
            got = self.backward_function(done.memory) if self.takes_cache else self.backward_function()
        elif not self.takes_cache:
            several = isinstance(dy, tuple) and self.signature.required == len(dy) > 1
            got = self.backward_function(*dy) if several else self.backward_function(dy)
        elif isinstance(dy, tuple) and self.signature.required == len(dy) + 1 > 2:
            got = self.backward_function(*dy, done.memory)
        elif self.signature.names and self.signature.names[0] in _CACHES:
            got = self.backward_function(done.memory, dy)
        else:
            got = self.backward_function(dy, done.memory)
        return named(got, self.order, self.differentiable)


@dataclass(frozen=True)
class VjpLayer:
    """f(**inputs) -> y with vjp(dy, **inputs), or a scalar f with gradient(**inputs)."""

    name: str
    function: Callable[..., Any]
    vjp: Callable[..., Any] | None
    claimed: Callable[..., Any] | None
    order: tuple[str, ...]
    differentiable: tuple[str, ...]
    constants: tuple[tuple[str, Any], ...]
    keeps_its_cache: bool = False
    slow: int = 1

    @property
    def has_cotangent(self) -> bool:
        """Only a vjp is handed dy."""
        return self.vjp is not None

    def evaluate(self, inputs: Mapping[str, Array]) -> tuple[Array, ...]:
        """The outputs alone."""
        return self.forward(inputs).outputs

    def forward(self, inputs: Mapping[str, Array]) -> Pass:
        arrays, form = outputs(call(self.function, inputs, self.order, dict(self.constants)))
        if self.vjp is None and (len(arrays) != 1 or arrays[0].size != 1):
            raise LayerError(
                f"{self.name} is checked against a gradient, but its value is not one number",
                got=f"shape {arrays[0].shape}" if arrays else "nothing",
                hint="give backward= or vjp= for a layer with an array as output",
            )
        return Pass(arrays, form, dict(inputs))

    def backward(self, done: Pass, cotangents: tuple[Array, ...]) -> dict[str, Any]:
        extra = dict(self.constants)
        if self.vjp is not None:
            got = call(self.vjp, done.memory, self.order, extra, handed(cotangents, done.form))
        else:
            assert self.claimed is not None
            got = call(self.claimed, done.memory, self.order, extra)
        return named(got, self.order, self.differentiable)


@dataclass(frozen=True)
class FirstOf:
    """A function that returns (value, gradient), reduced to one of the two."""

    function: Callable[..., Any]
    which: int

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function and keep one of its two results."""
        got = self.function(*args, **kwargs)
        if not isinstance(got, tuple) or len(got) < 2:
            raise TypeError("gradient=True needs a function that returns (value, gradient)")
        return got[0] if self.which == 0 else got[1] if len(got) == 2 else got[1:]


def signature_of(function: Callable[..., Any]) -> Signature:
    """The positional parameters of a function; a builtin that hides them takes anything."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return Signature((), 2, True)
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    positional = [p for p in parameters if p.kind in kinds]
    required = sum(p.default is inspect.Parameter.empty for p in positional)
    anything = any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters)
    return Signature(tuple(p.name for p in positional), required, anything)


@functools.lru_cache(maxsize=64)
def _by_name(function: Callable[..., Any], names: tuple[str, ...], ahead: int) -> bool:
    """Whether a function can be called with arguments of these names after `ahead` positional ones."""
    try:
        inspect.signature(function).bind(*range(ahead), **dict.fromkeys(names))
    except (TypeError, ValueError):
        return False
    return True


def call(
    function: Callable[..., Any],
    inputs: Mapping[str, Array],
    order: tuple[str, ...],
    constants: Mapping[str, Any],
    *first: Any,
) -> Any:
    """Call by name where the function has parameters of these names, else in the order of the shapes."""
    if _by_name(function, (*order, *constants), len(first)):
        return function(*first, **{name: inputs[name] for name in order}, **constants)
    try:
        return function(*first, *(inputs[name] for name in order), **constants)
    except Exception as error:  # told how it was called: with parameters of other names it may have meant another way
        handed_over = ", ".join((*("dy" for _ in first), *order, *constants))
        error.add_note(f"called as {getattr(function, '__name__', 'function')}({handed_over})")
        raise


def outputs(value: Any) -> tuple[tuple[Array, ...], Any]:
    """The outputs as arrays, and the form they came in: None for one, a tuple's length, or a dict's keys."""
    if isinstance(value, Mapping):
        return tuple(_array(v) for v in value.values()), tuple(value)
    if isinstance(value, tuple | list):
        return tuple(_array(v) for v in value), len(value)
    return (_array(value),), None


def handed(cotangents: tuple[Array, ...], form: Any) -> Any:
    """The cotangents in the form of the outputs; the cotangent of a number is a number."""
    plain = tuple(c[()] if c.ndim == 0 else c for c in cotangents)
    if form is None:
        return plain[0]
    return plain if isinstance(form, int) else dict(zip(form, plain, strict=True))


def named(got: Any, order: tuple[str, ...], differentiable: tuple[str, ...]) -> dict[str, Any]:
    """The gradients by name: from a dict, from a tuple in the order of the inputs, or from a single array."""
    if not differentiable:
        return {}
    if isinstance(got, Mapping):
        return _by_input(got, order, differentiable)
    if isinstance(got, tuple | list) and any(isinstance(part, Mapping) for part in got):
        return _with_dict(got, differentiable)
    alone = len(differentiable) == 1 and isinstance(got, list)  # a list of numbers is one gradient
    if isinstance(got, tuple | list) and not (alone and [type(part) for part in got] != [np.ndarray]):
        if len(got) == len(differentiable):
            return dict(zip(differentiable, got, strict=True))
        if len(got) == len(order):
            return {n: g for n, g in zip(order, got, strict=True) if n in differentiable}
        text = f"{len(got)} gradients for {len(differentiable)} differentiable inputs"
        detail = f"inputs: {', '.join(differentiable)}"
        raise FaultError(LayerFailure("values", f"backward returned {text}"[:60], detail=detail))
    if len(differentiable) == 1:
        return {differentiable[0]: got}
    if got is None:
        raise FaultError(LayerFailure("values", "backward returned None", cause="return statement forgotten"))
    detail = f"got {type(got).__name__}, expected a dict or a tuple for {', '.join(differentiable)}"
    raise FaultError(LayerFailure("values", "backward returned a single value", detail=detail))


def _with_dict(got: tuple[Any, ...] | list[Any], differentiable: tuple[str, ...]) -> dict[str, Any]:
    """The gradients from some arrays and a dict of the others by name: `return dx, {"W": dW, "b": db}`."""
    dicts = {k: g for part in got if isinstance(part, Mapping) for k, g in part.items()}
    keys = {n: key for n in differentiable for key in spellings(n) if key in dicts}
    arrays = [part for part in got if not isinstance(part, Mapping)]
    found = dict(zip((n for n in differentiable if n not in keys), arrays, strict=False))
    return found | {n: dicts[key] for n, key in keys.items()}


def _by_input(got: Mapping[Any, Any], order: tuple[str, ...], differentiable: tuple[str, ...]) -> dict[str, Any]:
    """The gradients by input name; `LayerError` where it is the names that do not fit."""
    keys = {n: key for n in order for key in reversed(spellings(n)) if key in got}
    missing = [n for n in differentiable if n not in keys]
    strange = [str(key) for key in got if key not in keys.values()]
    if missing and len(strange) == len(missing):
        raise LayerError(
            f"backward returns no gradient for {missing[0]}, but one for {strange[0]}",
            got=", ".join(map(str, got)),
            expected=", ".join(differentiable),
            hint="the names in shapes= are the names of the gradients",
        )
    return {n: got[keys[n]] for n in differentiable if n in keys}


def spellings(name: str) -> tuple[str, ...]:
    """The names that the gradient of an input goes by."""
    before = ("d", "d_", "grad_", "grad", "g", "gradient_", "delta_", "dL_d", "dLd", "dJ_d", "d_L_d_")
    after = ("_grad", "_gradient", "grad", "Grad", "_grads", "_gradients")
    return (name, *(word + name for word in before), *(name + word for word in after))


def _array(value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype.kind not in "fiubc":
        kind = type(value).__name__
        raise LayerError("an output of forward is not an array of numbers", got=kind)
    return array
