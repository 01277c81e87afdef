"""PyTorch: a torch.autograd.Function, an nn.Module with its parameters as inputs, or any function of tensors."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from ..errors import LayerError
from .layer import Array, FaultError, Pass, misshapen
from .verdict import LayerFailure

_INVALID = re.compile(r"returned an invalid gradient at index (\d+) - (.*)", re.DOTALL)
_NUMBER = re.compile(r"incorrect number of gradients \(expected (\d+), got (\d+)\)")
_SHAPE = re.compile(r"\[([\d, ]*)\]")


@dataclass(frozen=True)
class TorchLayer:
    """A function of tensors, differentiated by autograd through whatever hand-written backward it contains.

    order: the inputs in the order of the call. twice: check the derivative of the gradient instead, for fixed dy.
    """

    name: str
    function: Callable[..., Any]
    order: tuple[str, ...]
    differentiable: tuple[str, ...]
    twice: bool = False
    keeps_its_cache: bool = False
    has_cotangent: bool = True
    slow: int = 3

    def evaluate(self, inputs: Mapping[str, Array]) -> tuple[Array, ...]:
        """The outputs alone."""
        if self.twice:
            return self.forward(inputs).outputs
        with torch.no_grad():
            found, _ = _several(self.function(**{n: _tensor(inputs[n]) for n in self.order}))
        return tuple(_array(y) for y in found)

    def forward(self, inputs: Mapping[str, Array]) -> Pass:
        tensors = {n: _tensor(inputs[n]) for n in self.order}
        for name in self.differentiable:
            tensors[name].requires_grad_()
        found, form = _several(self.function(**tensors))
        if self.twice:
            leaves = [tensors[n] for n in self.differentiable]
            live = [y for y in found if y.requires_grad]
            dys = [_fixed(y) for y in live]
            grads = torch.autograd.grad(live, leaves, dys, create_graph=True, allow_unused=True)
            found = tuple(torch.zeros_like(x) if g is None else g for g, x in zip(grads, leaves, strict=True))
            form = len(found)
        return Pass(tuple(_array(y) for y in found), form, (found, tensors))

    def backward(self, done: Pass, cotangents: tuple[Array, ...]) -> dict[str, Any]:
        found, tensors = done.memory
        live = [(y, _tensor(c).to(y.dtype)) for y, c in zip(found, cotangents, strict=True) if y.requires_grad]
        leaves = [tensors[n] for n in self.differentiable]
        if not live:
            return {n: np.zeros(x.shape, _array(x).dtype) for n, x in zip(self.differentiable, leaves, strict=True)}
        try:
            grads = torch.autograd.grad(
                [y for y, _ in live], leaves, [c for _, c in live], retain_graph=True, allow_unused=True
            )
        except RuntimeError as error:
            raise _explained(error, self.order) from error
        # Autograd says None for a gradient of zero; whether it is zero, the differences will tell.
        return {
            n: np.zeros(x.shape, _array(x).dtype) if g is None else _array(g)
            for n, g, x in zip(self.differentiable, grads, leaves, strict=True)
        }


@dataclass(frozen=True)
class _ModuleCall:
    """A module called with its parameters handed over, in the precision of the inputs."""

    module: Any
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    constants: tuple[tuple[str, Any], ...]
    copies: dict[Any, Any] = field(default_factory=dict, compare=False)

    def __call__(self, **tensors: Any) -> Any:
        dtype = next((t.dtype for t in tensors.values() if t.is_floating_point()), torch.float64)
        if dtype not in self.copies:
            self.copies[dtype] = copy.deepcopy(self.module).to(dtype)
        given = {n: tensors[n] for n in self.parameters}
        arguments = tuple(tensors[n] for n in self.inputs)
        return torch.func.functional_call(self.copies[dtype], given, arguments, dict(self.constants))


@dataclass(frozen=True)
class _Call:
    """A function called by position, as `Function.apply` must be."""

    function: Callable[..., Any]
    order: tuple[str, ...]
    constants: tuple[tuple[str, Any], ...]
    by_position: bool

    def __call__(self, **tensors: Any) -> Any:
        arguments = [tensors[n] for n in self.order]
        if self.by_position:
            return self.function(*arguments, *(value for _, value in self.constants))
        return self.function(*arguments, **dict(self.constants))


def torch_layer(
    layer: Any,
    name: str,
    order: tuple[str, ...],
    differentiable: tuple[str, ...],
    constants: tuple[tuple[str, Any], ...],
    *,
    twice: bool = False,
) -> TorchLayer:
    """The adapter of a Function (the class), a Module, or a function of tensors."""
    function: Callable[..., Any]
    if isinstance(layer, type) and issubclass(layer, torch.nn.Module):
        layer = layer()
    if isinstance(layer, torch.nn.Module):
        parameters = tuple(n for n in order if n in dict(layer.named_parameters()))
        function = _ModuleCall(layer, tuple(n for n in order if n not in parameters), parameters, constants)
    elif isinstance(layer, type) and issubclass(layer, torch.autograd.Function):
        apply: Callable[..., Any] = layer.apply  # type: ignore[attr-defined]
        function = _Call(apply, order, constants, True)
    elif callable(layer):
        function = _Call(layer, order, constants, False)
    else:
        raise LayerError(
            "this is no torch layer", got=type(layer).__name__, expected="a Function, a Module, a function"
        )
    return TorchLayer(name, function, order, differentiable, twice)


def module_parameters(module: Any) -> dict[str, tuple[int, ...]]:
    """The trainable parameters of a module with their shapes: they are inputs of the check."""
    return {n: tuple(p.shape) for n, p in module.named_parameters() if p.requires_grad}


def _tensor(array: Array) -> Any:
    """A tensor that shares the memory of the array, so that changes in place show; a copy where torch can't."""
    array = np.asarray(array)
    if array.dtype == np.longdouble and array.dtype.itemsize > 8:
        raise TypeError("torch has no long doubles")
    if not array.flags.writeable or any(s < 0 for s in array.strides):
        array = array.copy()
    return torch.from_numpy(array)


def _array(tensor: Any) -> Array:
    plain: Array = tensor.detach().resolve_conj().cpu().numpy()
    return plain


def _several(value: Any) -> tuple[tuple[Any, ...], Any]:
    if isinstance(value, Mapping):
        return tuple(value.values()), tuple(value)
    found = tuple(value) if isinstance(value, tuple | list) else (value,)
    for one in found:
        if not isinstance(one, torch.Tensor):
            raise LayerError("an output of the layer is no tensor", got=type(one).__name__)
    return found, None if not isinstance(value, tuple | list) else len(found)


def _fixed(y: Any) -> Any:
    """A cotangent that depends on the shape alone: 1.1, -0.9, 0.7 and so on."""
    count = torch.arange(y.numel(), dtype=y.dtype)
    return (torch.cos(2.0 * count) + 0.1).reshape(y.shape)


def _explained(error: RuntimeError, order: tuple[str, ...]) -> Exception:
    """Autograd's complaint about a wrong shape or number of gradients, in terms of the layer's inputs."""
    counted = _NUMBER.search(str(error))
    if counted:
        text = f"backward returned {counted.group(2)} gradients for {counted.group(1)} inputs"
        return FaultError(LayerFailure("values", text, detail=f"inputs: {', '.join(order)}"))
    found = _INVALID.search(str(error))
    if not found or int(found.group(1)) >= len(order):
        return error
    name, detail = order[int(found.group(1))], " ".join(found.group(2).split())
    shapes = [tuple(int(n) for n in s.split(",") if n.strip()) for s in _SHAPE.findall(detail)]
    if len(shapes) == 2:
        return FaultError(misshapen(name, shapes[0], shapes[1]))
    return FaultError(LayerFailure("shape", f"gradient of {name} has the wrong shape", name, detail=detail))
