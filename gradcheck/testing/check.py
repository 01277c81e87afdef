"""The two calls people use: check_layer returns a verdict, assert_layer raises."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from typing import Any

from .verdict import LayerCheckError, LayerVerdict


def check_layer(
    layer: Any,
    shapes: Mapping[str, Any] | None = None,
    *,
    backward: Callable[..., Any] | None = None,
    vjp: Callable[..., Any] | None = None,
    gradient: Callable[..., Any] | None = None,
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
      an object that keeps its cache to itself: `forward(**inputs) -> y` and `backward(dy) -> gradients`;
      a pair of functions `(forward, backward)` of either kind, or a forward function with `backward=`;
      a function `f(**inputs) -> y` with `vjp=`, called as `vjp(dy, **inputs)`;
      a function with a scalar value (a loss) with `gradient=`, called as `gradient(**inputs)`;
      a `torch.autograd.Function`, an `nn.Module`, a `jax.custom_vjp` function (or any function of tensors,
      with `framework="torch"` or `framework="jax"`).

    y is an array, a number, or a tuple or dict of them (several outputs); dy has the same form. The gradients are
    a dict by input name, a tuple in the order of the differentiable inputs, or one array when there is one.
    Where forward returns (y1, y2, cache), backward may also be `backward(dy1, dy2, cache)`.

    shapes: input name -> shape; each size is a number, a dim such as "m", or a combination such as "n+1", "2*n".
    dtypes: one dtype for all float inputs (default float64), or input name -> dtype; an integer dtype makes labels
        or indices, which are not differentiated.
    ranges: input name -> (low, high). Floats lie in [low, high]; integers in range(low, high), where high may be
        a dim: `ranges={"labels": (0, "c")}`.
    strategies: input name -> a Hypothesis strategy of arrays, or a function of the shape that returns one.
    nondifferentiable: float inputs whose gradient is not asked for (masks, targets).
    dims: dim -> (smallest, largest or None); the default is (1, None). (0, None) includes the empty array.
    constants: further keyword arguments of forward, handed over as they are.
    network: the same layer as declared mathematics; its derived gradient is then the oracle.
    second_order: also check the derivative of the gradient itself (torch and jax).
    points: how many points to generate (the default suits a small layer in well under a second).
    executor: any `concurrent.futures.Executor`; the result does not depend on it.

    Returns a `LayerVerdict`; raises `LayerError` when the layer can't be checked as it is given.
    """
    raise NotImplementedError


def assert_layer(layer: Any, shapes: Mapping[str, Any] | None = None, *, unsure: bool = False, **options: Any) -> None:
    """Check a layer as `check_layer` does, and raise `LayerCheckError` with the complete message if it fails.

    unsure: accept an unsure verdict in silence; by default it raises too.
    """
    verdict = check_layer(layer, shapes, **options)
    if verdict.status == "fail" or (verdict.status == "unsure" and not unsure):
        raise LayerCheckError(verdict)
