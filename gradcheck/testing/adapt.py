"""Which adapter a layer needs: told by what it is, without importing a framework that is not there already."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import LayerError
from .inputs import Declaration
from .kept import Keeping, places
from .layer import Layer
from .numpy_layers import FirstOf, NumpyLayer, VjpLayer, signature_of


def adapted(
    layer: Any,
    declaration: Declaration,
    *,
    backward: Callable[..., Any] | None,
    vjp: Callable[..., Any] | None,
    gradient: Callable[..., Any] | bool | None,
    constants: Mapping[str, Any],
    framework: str | None,
    name: str | None,
    twice: bool = False,
) -> Layer:
    """The layer behind one way of calling it."""
    title = name or name_of(layer)
    order = tuple(i.name for i in declaration.inputs)
    fixed = tuple(constants.items())
    kind = framework or framework_of(layer)
    if kind == "torch":
        from .torch_layers import torch_layer

        return torch_layer(layer, title, order, declaration.differentiable, fixed, twice=twice)
    if kind == "jax":
        from .jax_layers import jax_layer

        return jax_layer(layer, title, order, declaration.differentiable, fixed, twice=twice)
    if twice:
        raise LayerError("second_order= needs torch or jax", hint="a NumPy backward has no derivative of its own")
    if kind not in (None, "numpy"):
        raise LayerError("an unknown framework", got=str(kind), expected='"numpy", "torch" or "jax"')
    if sum(given is not None for given in (backward, vjp, gradient)) > 1:
        raise LayerError("more than one backward", got="several of backward=, vjp=, gradient=", expected="one")
    if vjp is not None or gradient is not None:
        if not callable(layer):
            raise LayerError("vjp= and gradient= go with a function", got=type(layer).__name__)
        if not callable(vjp or gradient) and gradient is not True:
            raise LayerError("vjp= and gradient= take a function", got=repr(vjp if gradient is None else gradient)[:60])
        if gradient is True:
            return VjpLayer(title, FirstOf(layer, 0), None, FirstOf(layer, 1), order, declaration.differentiable, fixed)
        return VjpLayer(title, layer, vjp, gradient or None, order, declaration.differentiable, fixed)
    forward, back = _pair(layer, backward)
    owner = getattr(back, "__self__", None)
    kept = _kept(owner, forward, order) if backward is None else ()
    rest = tuple(n for n in order if n not in kept)
    handed = tuple(n for n in declaration.differentiable if n not in kept)
    plain = NumpyLayer(title, forward, back, rest, handed, fixed, signature_of(back))
    return Keeping(plain, owner, kept, tuple(n for n in declaration.differentiable if n in kept)) if kept else plain


def _kept(owner: Any, forward: Callable[..., Any], order: tuple[str, ...]) -> tuple[str, ...]:
    """The declared inputs that are no parameters of forward, but arrays that the object keeps."""
    taken = signature_of(forward)
    if owner is None or isinstance(owner, type) or not hasattr(owner, "__dict__") or taken.anything:
        return ()
    held = places(owner)
    return tuple(n for n in order if n in held and n not in taken.names)


def _pair(layer: Any, backward: Callable[..., Any] | None) -> tuple[Callable[..., Any], Callable[..., Any]]:
    if backward is not None:
        forward = getattr(layer, "forward", layer)
        if not callable(forward) or not callable(backward):
            raise LayerError("a layer needs two functions", got=f"{type(layer).__name__}, {type(backward).__name__}")
        return forward, backward
    if isinstance(layer, tuple) and len(layer) == 2 and all(callable(f) for f in layer):
        return layer
    if isinstance(layer, type) and hasattr(layer, "backward"):
        static = all(isinstance(vars(layer).get(f), staticmethod | classmethod) for f in ("forward", "backward"))
        layer = layer if static else _instance(layer)
    forward = getattr(layer, "forward", layer)
    if callable(forward) and callable(getattr(layer, "backward", None)):
        return forward, layer.backward
    raise LayerError(
        "this is not a layer that can be checked",
        got=type(layer).__name__,
        expected="an object with forward and backward, a pair of functions, or a function with vjp= or gradient=",
        hint='for a function of torch or jax tensors give framework="torch" or framework="jax"',
    )


def _instance(layer: type) -> Any:
    try:
        return layer()
    except Exception as error:
        raise LayerError(
            f"{layer.__name__} is a class that can't be made without arguments",
            got=f"{type(error).__name__}: {error}",
            hint="hand over an instance",
        ) from None


def framework_of(layer: Any) -> str | None:
    """The framework of a torch Function or Module or a jax custom_vjp function, None for everything else."""
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    if torch is not None and (
        isinstance(layer, torch.nn.Module)
        or (isinstance(layer, type) and issubclass(layer, torch.autograd.Function | torch.nn.Module))
    ):
        return "torch"
    if jax is not None and isinstance(layer, jax.custom_vjp):
        return "jax"
    return None


def with_parameters(layer: Any, shapes: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The shapes with those of a torch module's parameters added: they are inputs of the check as well."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(layer, torch.nn.Module) or not isinstance(shapes, Mapping):
        return shapes
    from .torch_layers import module_parameters

    return {**shapes, **{n: s for n, s in module_parameters(layer).items() if n not in shapes}}


def name_of(layer: Any) -> str:
    """What to call a layer in a message."""
    if isinstance(layer, tuple) and layer:
        layer = layer[0]
    found = getattr(layer, "__name__", None) or type(layer).__name__
    return "layer" if found == "<lambda>" else str(found)
