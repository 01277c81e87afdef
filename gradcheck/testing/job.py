"""One layer with everything needed to check it at a case, so that it can be sent to another process."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .adapt import adapted
from .cases import Case
from .examine import Examined, examine
from .inputs import Declaration
from .kinks import beside_kinks
from .layer import Array, Layer
from .layouts import layout_failure
from .values import realised
from .verdict import LayerFailure

_THOROUGH = ("rounded", "zeros", "constant", "normal")


@dataclass(frozen=True)
class Job:
    """A layer as the caller gave it, and what was declared about it."""

    layer: Any
    declaration: Declaration
    backward: Any = None
    vjp: Any = None
    gradient: Any = None
    constants: tuple[tuple[str, Any], ...] = ()
    framework: str | None = None
    name: str | None = None
    twice: bool = False

    def anew(self) -> Job:
        """The same with a copy of the layer as it is now, so that what it remembers later can be told; or itself."""
        if callable(self.layer) or isinstance(self.layer, tuple | type):
            return self
        try:
            return replace(self, layer=copy.deepcopy(self.layer))
        except Exception:  # whatever can't be copied is checked without this
            return self

    def adapter(self) -> Layer:
        """The layer behind one way of calling it."""
        return adapted(
            self.layer,
            self.declaration,
            backward=self.backward,
            vjp=self.vjp,
            gradient=self.gradient,
            constants=dict(self.constants),
            framework=self.framework,
            name=self.name,
            twice=self.twice,
        )


def examined_case(layer: Layer, declaration: Declaration, case: Case) -> Examined:
    """Check a layer at one case: the point itself, its memory layout, and the points beside its kinks."""
    return examined_drawn(layer, declaration, case, {})


def examined_drawn(layer: Layer, declaration: Declaration, case: Case, drawn: Mapping[str, Array]) -> Examined:
    """The same with some inputs drawn by the caller's strategies."""
    inputs = realised(case, declaration, drawn)
    found = examined_values(layer, declaration, inputs, case)
    if found.outcome == "fail" or found.refused:
        return found
    found = replace(found, ordinary=case.regime == "normal" and not case.focus, case=case)
    if case.layout != "plain":
        failure = layout_failure(layer, declaration, inputs, case.seed)
        if failure is not None:
            return Examined("fail", _complete(failure, inputs, case))
    if case.kinks:
        wide = replace(case, seed=case.seed + 1, regime="normal" if case.seed % 2 else "large")
        rng = np.random.default_rng([case.seed, 96])
        for beside in beside_kinks(layer, declaration, inputs, realised(wide, declaration, drawn), rng):
            near = examine(layer, declaration, beside, case.seed, pure=False)
            if near.failure is not None:
                return replace(near, failure=_complete(near.failure, beside, case))
    return found


def examined_values(layer: Layer, declaration: Declaration, inputs: Mapping[str, Array], case: Case) -> Examined:
    """Check a layer at given inputs; the case says how thoroughly and with which seed."""
    thorough = case.regime in _THOROUGH and case.layout == "plain"
    found = examine(layer, declaration, inputs, case.seed, thorough=thorough, precise=case.regime == "normal")
    failure, convention = (f and _complete(f, inputs, case) for f in (found.failure, found.convention))
    return replace(found, failure=failure, convention=convention)


def _complete(failure: LayerFailure, inputs: Mapping[str, Array], case: Case) -> LayerFailure:
    """The failure with the sizes and, where it has none, the inputs of its case."""
    return replace(failure, sizes=dict(case.sizes), inputs=failure.inputs or dict(inputs))
