"""One way to call every kind of layer: what an adapter offers, and what may go wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import GradcheckError
from .verdict import LayerFailure

Array = NDArray[Any]


@dataclass(frozen=True)
class Pass:
    """One forward pass: its outputs as arrays, the form they came in, and whatever backward needs."""

    outputs: tuple[Array, ...]
    form: Any
    memory: Any


class Layer(Protocol):
    """A layer as the checks see it: NumPy arrays in, NumPy arrays out, whatever the framework."""

    @property
    def name(self) -> str:
        """What to call it in a message."""

    @property
    def keeps_its_cache(self) -> bool:
        """Whether the cache lives in the layer, so that backward belongs to the latest forward."""

    @property
    def has_cotangent(self) -> bool:
        """Whether backward takes dy; otherwise the layer is a loss and dy is 1."""

    @property
    def slow(self) -> int:
        """How many times the cost of a NumPy layer a call has; from 10 on, every new shape costs a compilation."""

    def evaluate(self, inputs: Mapping[str, Array]) -> tuple[Array, ...]: ...

    def forward(self, inputs: Mapping[str, Array]) -> Pass: ...

    def backward(self, done: Pass, cotangents: tuple[Array, ...]) -> dict[str, Any]: ...


BY_VALUE = (np.linalg.LinAlgError, FloatingPointError, ZeroDivisionError, OverflowError)
"""What NumPy and Python raise where the mathematics has no answer at these values."""


class FaultError(Exception):
    """Raised inside the checks when a layer is wrong; never leaves this package."""

    def __init__(self, failure: LayerFailure) -> None:
        super().__init__(failure.headline)
        self.failure = failure


class RefusalError(Exception):
    """Raised inside the checks when forward raises: the point can't be checked.

    by_value: the values are to blame (a singular matrix), not the shapes.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(briefly(error))
        self.by_value = isinstance(error, BY_VALUE)


def briefly(error: BaseException) -> str:
    """An exception in one short line.

    >>> briefly(ValueError("shapes (2,3) and (2,3) not aligned"))
    'ValueError: shapes (2,3) and (2,3) not aligned'
    """
    text = " ".join(str(error).split())
    text = text if len(text) <= 120 else text[:117] + "..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def run_forward(layer: Layer, inputs: Mapping[str, Array]) -> Pass:
    """The forward pass; floating-point warnings are silent, whatever forward raises becomes `RefusalError`."""
    try:
        with np.errstate(all="ignore"):
            return layer.forward(inputs)
    except (FaultError, GradcheckError):
        raise
    except Exception as error:
        raise RefusalError(error) from error


def run_outputs(layer: Layer, inputs: Mapping[str, Array]) -> tuple[Array, ...]:
    """The outputs alone, as `run_forward`."""
    try:
        with np.errstate(all="ignore"):
            return layer.evaluate(inputs)
    except (FaultError, GradcheckError):
        raise
    except Exception as error:
        raise RefusalError(error) from error


def run_backward(layer: Layer, done: Pass, cotangents: tuple[Array, ...]) -> dict[str, Any]:
    """The gradients as the layer returns them; whatever backward raises is a failure of the layer."""
    try:
        with np.errstate(all="ignore"):
            return layer.backward(done, cotangents)
    except (FaultError, GradcheckError):
        raise
    except BY_VALUE as error:
        raise RefusalError(error) from error
    except Exception as error:
        cause = "" if "read-only" not in str(error) else "input changed in place"
        said = (*getattr(error, "__notes__", ()), briefly(error))
        raise FaultError(
            LayerFailure("values", f"backward raised {briefly(error)}"[:60], detail=": ".join(said), cause=cause)
        ) from error


def gradients(raw: Mapping[str, Any], inputs: Mapping[str, Array], names: tuple[str, ...]) -> dict[str, Array]:
    """The gradients as arrays of the right shape, or `FaultError` for None, an object, a wrong shape."""
    found = {}
    for name in names:
        value, expected = raw.get(name), inputs[name]
        if value is None:
            missing = "returned None" if name in raw else "returned no gradient"
            raise FaultError(LayerFailure("values", f"backward {missing} for {name}", name, cause="missing path"))
        try:
            array = np.asarray(value)
        except Exception:
            array = np.asarray(None)
        if array.dtype.kind not in "fiub":
            kind = type(value).__name__ if array.dtype == object else str(array.dtype)
            raise FaultError(
                LayerFailure("values", f"gradient of {name} is not an array of numbers", name, detail=f"got {kind}")
            )
        if array.shape != expected.shape:
            raise FaultError(misshapen(name, array.shape, expected.shape))
        found[name] = array
    return found


def misshapen(name: str, got: tuple[int, ...], expected: tuple[int, ...]) -> LayerFailure:
    """The failure of a gradient that has not the shape of its input, with what it looks like."""
    cause = ""
    if got == expected[::-1]:
        cause = "transpose"
    elif len(got) > len(expected) and got[-len(expected) :] == expected:
        cause = "sum over the batch forgotten"
    elif int(np.prod(got)) == int(np.prod(expected)):
        cause = "reshape to the shape of the input forgotten"
    elif len(got) < len(expected):
        cause = "summed over an axis that the input has"
    detail = f"got {got}, expected {expected}"
    return LayerFailure("shape", f"gradient of {name} has the wrong shape", name, cause=cause, detail=detail)
