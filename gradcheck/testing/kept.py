"""A NumPy object whose parameters are attributes: put in before each forward pass, their gradients read after backward.

Where gradients are looked for: dW, grad_W, W_grad and their like beside W; under W or dW in another dict than the one
that holds W, as in self.params and self.grads; at the same place of a list called grads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .layer import Array, Layer, Pass
from .numpy_layers import spellings

Place = tuple[Any, Any]
"""A container, and the key in it."""


def places(owner: Any) -> dict[str, Place]:
    """The float arrays that an object holds, by name: attributes, entries of its dicts and lists, no gradients."""
    attributes, found = vars(owner), dict[str, Place]()
    for name, value in attributes.items():
        if _is_float(value):
            found[name] = (attributes, name)
        elif isinstance(value, dict) and not _for_gradients(name):
            found |= {str(key): (value, key) for key, entry in value.items() if _is_float(entry)}
        elif isinstance(value, list) and not _for_gradients(name):
            found |= {f"{name}[{k}]": (value, k) for k, entry in enumerate(value) if _is_float(entry)}
    return found


def _for_gradients(name: str) -> bool:
    return "grad" in name.lower()


def gradient_place(owner: Any, name: str, place: Place) -> Place | None:
    """Where the gradient of the array at a place stands, if it is anywhere."""
    container, key = place
    attributes = vars(owner)
    if isinstance(key, int):
        lists = [v for n, v in attributes.items() if _for_gradients(n) and isinstance(v, list)]
        return next(((v, key) for v in lists if len(v) == len(container) and _is_float(v[key])), None)
    others = [d for d in (attributes, *attributes.values()) if isinstance(d, dict)]
    for spelt in spellings(name)[1:]:
        found = next((d for d in others if _is_float(d.get(spelt))), None)
        if found is not None:
            return found, spelt
    twin = next((d for d in others if d is not container and d is not attributes and _is_float(d.get(key))), None)
    return None if twin is None else (twin, key)


@dataclass(frozen=True)
class Keeping:
    """A layer together with the parameters that its object keeps."""

    layer: Layer
    owner: Any
    kept: tuple[str, ...]
    differentiable: tuple[str, ...]

    @property
    def name(self) -> str:
        """That of the layer."""
        return self.layer.name

    @property
    def keeps_its_cache(self) -> bool:
        """Backward belongs to the latest forward: it reads the parameters that stand in the object then."""
        return True

    @property
    def has_cotangent(self) -> bool:
        """That of the layer."""
        return self.layer.has_cotangent

    @property
    def slow(self) -> int:
        """That of the layer."""
        return self.layer.slow

    def evaluate(self, inputs: Mapping[str, Array]) -> tuple[Array, ...]:
        """The outputs alone."""
        return self.forward(inputs).outputs

    def forward(self, inputs: Mapping[str, Array]) -> Pass:
        """Put the parameters in and run forward on the rest."""
        held = places(self.owner)
        for name in self.kept:
            _put(held[name], inputs[name])
        return self.layer.forward({n: a for n, a in inputs.items() if n not in self.kept})

    def backward(self, done: Pass, cotangents: tuple[Array, ...]) -> dict[str, Any]:
        """Run backward; what it adds its gradients to begins at 0."""
        held = places(self.owner)
        for name in self.kept:
            stands = gradient_place(self.owner, name, held[name])
            if stands is not None:
                _put(stands, np.zeros_like(stands[0][stands[1]]))
        found = self.layer.backward(done, cotangents)
        for name in self.differentiable:
            stands = gradient_place(self.owner, name, held[name])
            if stands is not None:
                found[name] = np.array(stands[0][stands[1]])
        return found


def _put(place: Place, array: Array) -> None:
    """Set an array where it stands, so that other names of it see it too; another one where it does not fit."""
    container, key = place
    there = container[key]
    if there.shape == array.shape and there.dtype == array.dtype and there.flags.writeable:
        there[...] = array
    else:
        container[key] = array.copy()


def _is_float(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"
