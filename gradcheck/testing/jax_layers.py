"""JAX: a jax.custom_vjp function, or any function of JAX arrays."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..errors import LayerError
from .layer import Array, FaultError, Pass, misshapen

_INVALID = re.compile(r"at output\[(\d+)\] .*?type \w+\[([\d,]*)\] .*?type \w+\[([\d,]*)\].*shapes do not match")


@dataclass(frozen=True)
class JaxLayer:
    """A function of arrays, pulled back by jax.vjp through whatever hand-written rule it contains.

    The value is computed by the function itself, the gradient by its rule: if the rule's forward computes another
    value, that shows as well. twice: check the derivative of the gradient instead, for fixed dy.
    """

    name: str
    function: Callable[..., Any]
    order: tuple[str, ...]
    differentiable: tuple[str, ...]
    constants: tuple[tuple[str, Any], ...]
    twice: bool = False
    keeps_its_cache: bool = False
    has_cotangent: bool = True
    slow: int = 12

    def evaluate(self, inputs: Mapping[str, Array]) -> tuple[Array, ...]:
        """The outputs alone: compiled, since differences need them hundreds of times for every shape."""
        with _wide(inputs):
            found, _ = _several(self._compiled({n: jnp.asarray(_checked(inputs[n])) for n in self.order}))
            return tuple(np.asarray(y) for y in found)

    @functools.cached_property
    def _compiled(self) -> Callable[[dict[str, Any]], Any]:
        def value(given: dict[str, Any]) -> Any:
            return self._called(*(given[n] for n in self.differentiable), rest=given)

        compiled: Callable[[dict[str, Any]], Any] = jax.jit(value)
        return compiled

    def forward(self, inputs: Mapping[str, Array]) -> Pass:
        with _wide(inputs):
            arguments = [jnp.asarray(_checked(inputs[n])) for n in self.differentiable]
            value, pull = jax.vjp(lambda *xs: self._called(*xs, rest=inputs), *arguments)
            found, form = _several(value)
            return Pass(tuple(np.asarray(y) for y in found), form, (pull, value, inputs))

    def backward(self, done: Pass, cotangents: tuple[Array, ...]) -> dict[str, Any]:
        pull, value, inputs = done.memory
        with _wide(inputs):
            leaves, tree = jax.tree_util.tree_flatten(value)
            dys = [_cotangent(c, y) for c, y in zip(cotangents, leaves, strict=True)]
            try:
                grads = pull(jax.tree_util.tree_unflatten(tree, dys))
            except (TypeError, ValueError) as error:
                raise self._explained(error) from error
            return {n: np.asarray(g) for n, g in zip(self.differentiable, grads, strict=True)}

    def _explained(self, error: Exception) -> Exception:
        """A complaint about a wrong shape, with the input's name in place of its number."""
        found = _INVALID.search(str(error))
        if not found or not isinstance(self.function, jax.custom_vjp) or int(found.group(1)) >= len(self.order):
            return error
        got, expected = (tuple(int(n) for n in found.group(k).split(",") if n) for k in (2, 3))
        return FaultError(misshapen(self.order[int(found.group(1))], got, expected))

    def _called(self, *moving: Any, rest: Mapping[str, Array]) -> Any:
        given = dict(zip(self.differentiable, moving, strict=True))
        arguments = [given[n] if n in given else jnp.asarray(rest[n]) for n in self.order]
        if not self.twice:
            return self.function(*arguments, **dict(self.constants))

        def inner(*xs: Any) -> Any:
            full = dict(zip(self.differentiable, xs, strict=True))
            return self.function(*(full.get(n, a) for n, a in zip(self.order, arguments, strict=True)))

        value, pull = jax.vjp(inner, *moving)
        return pull(jax.tree_util.tree_map(_fixed, value))


def jax_layer(
    layer: Any,
    name: str,
    order: tuple[str, ...],
    differentiable: tuple[str, ...],
    constants: tuple[tuple[str, Any], ...],
    *,
    twice: bool = False,
) -> JaxLayer:
    """The adapter of a custom_vjp function or any function of JAX arrays."""
    if not callable(layer):
        raise LayerError("this is no JAX function", got=type(layer).__name__, expected="a function of arrays")
    return JaxLayer(name, layer, order, differentiable, constants, twice)


def _wide(inputs: Mapping[str, Array]) -> contextlib.AbstractContextManager[Any]:
    """64 bits switched on for as long as a call with 64-bit inputs lasts."""
    if not any(a.dtype.itemsize == 8 and a.dtype.kind == "f" for a in inputs.values()):
        return contextlib.nullcontext()
    if hasattr(jax, "enable_x64"):
        context: contextlib.AbstractContextManager[Any] = jax.enable_x64(True)
        return context
    from jax.experimental import enable_x64

    older: contextlib.AbstractContextManager[Any] = enable_x64()
    return older


def _checked(array: Array) -> Array:
    if array.dtype.itemsize > 8:
        raise TypeError("JAX has no long doubles")
    return array


def _several(value: Any) -> tuple[tuple[Any, ...], Any]:
    leaves = jax.tree_util.tree_leaves(value)
    return tuple(leaves), None if not isinstance(value, tuple | list | dict) else len(leaves)


def _cotangent(cotangent: Array, y: Any) -> Any:
    if not jnp.issubdtype(y.dtype, jnp.floating):
        return np.zeros(y.shape, dtype=jax.dtypes.float0)
    return jnp.asarray(cotangent, dtype=y.dtype)


def _fixed(y: Any) -> Any:
    """A cotangent that depends on the shape alone."""
    if not jnp.issubdtype(y.dtype, jnp.floating):
        return np.zeros(y.shape, dtype=jax.dtypes.float0)
    return (jnp.cos(2.0 * jnp.arange(y.size, dtype=y.dtype)) + 0.1).reshape(y.shape)
