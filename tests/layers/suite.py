"""What the suite is made of: settings, right layers, planted bugs and awkward cases, all plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]
Make = Callable[[], Any]  # makes a fresh layer: an object with forward(**inputs) and backward(dy, cache)
NONE: Mapping[str, Any] = MappingProxyType({})


class Family(Enum):
    """How a wrong backward hides."""

    FORMULA = "formula"  # wrong nearly everywhere
    ENTRY = "one entry"  # wrong in one entry, row or gate
    TINY = "tiny"  # wrong by about 1e-4
    SHAPE = "shape"  # wrong for some sizes only
    EDGE = "edge"  # wrong near kinks, ties or extremes only
    PURITY = "purity"  # changes its input, remembers or forgets too much
    PRECISION = "precision"  # computes in fewer digits than it was given


FORMULA, ENTRY, TINY, SHAPE, EDGE, PURITY, PRECISION = Family


@dataclass(frozen=True)
class Setting:
    """What a user would tell the checker about a layer's inputs.

    `shapes` may use symbolic dims; `ranges` bound an input (low, high); the names in `integers` are indices or
    labels from 0 to below the given dim or number; the names in `fixed` are inputs without a gradient;
    `dtype` is that of every real input; `dims` bounds sizes that are not 1 or more.
    """

    shapes: Mapping[str, tuple[int | str, ...]]
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=lambda: NONE)
    integers: Mapping[str, int | str] = field(default_factory=lambda: NONE)
    fixed: tuple[str, ...] = ()
    dtype: str = "float64"
    dims: Mapping[str, tuple[int, int | None]] = field(default_factory=lambda: NONE)  # smallest and largest size

    def but(self, **changes: Any) -> Setting:
        return replace(self, **changes)

    def scaled(self, scale: float) -> Setting:
        """The same with every real input that has no range between -scale and scale."""
        free = [name for name in self.shapes if name not in self.integers]
        return self.but(ranges=dict.fromkeys(free, (-scale, scale)) | dict(self.ranges))

    def differentiable(self) -> list[str]:
        return [name for name in self.shapes if name not in self.integers and name not in self.fixed]


@dataclass(frozen=True)
class Right:
    """A layer whose backward is right, with the same mathematics written in torch to verify it by."""

    name: str
    make: Make
    setting: Setting
    torch: Callable[..., Any]  # (torch, **tensors) -> tensor or tuple of tensors


@dataclass(frozen=True)
class Bug:
    """A planted bug: a small variation of a right layer. It shows at `witness`: sizes (dim to number) or inputs."""

    name: str
    family: Family
    make: Make
    right: Make
    setting: Setting
    witness: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.right().__class__.__name__}: {self.name}"


@dataclass(frozen=True)
class Awkward:
    """A layer that is right and awkward to check; with `at`, at exactly these inputs."""

    name: str
    make: Make
    setting: Setting
    at: Mapping[str, np.ndarray] | None = None


def wrong(
    base: type,
    setting: Setting,
    family: Family,
    name: str,
    /,
    *,
    witness: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] = NONE,
    forward: Callable[..., Any] | None = None,
    backward: Callable[..., Any] | None = None,
    **gradients: Callable[..., Any],
) -> Bug:
    """The layer `base` with a bug: another `forward` or `backward`, or some gradients replaced.

    Each of `gradients` is a function of (dy, *cache) that stands in for the right gradient of that name.
    """
    replaced: dict[str, Any] = {}
    if forward is not None:
        replaced["forward"] = forward
    if gradients:
        backward = _replacing(base, gradients)
    if backward is not None:
        replaced["backward"] = backward
    variant = type(base.__name__, (base,), replaced)
    return Bug(name, family, lambda: variant(**options), lambda: base(**options), setting, witness)


def _replacing(base: type, gradients: Mapping[str, Callable[..., Any]]) -> Callable[..., Any]:
    def backward(self: Any, dy: Any, cache: Any) -> Arrays:
        right = base.backward(self, dy, cache)  # type: ignore[attr-defined]
        return right | {name: gradient(dy, *cache) for name, gradient in gradients.items()}

    return backward


def single(a: np.ndarray) -> np.ndarray:
    """a in float32."""
    return a.astype(np.float32)


def rounded(a: np.ndarray) -> np.ndarray:
    """a rounded to the numbers of float32, in its own type."""
    return a.astype(np.float32).astype(a.dtype)
