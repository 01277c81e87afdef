"""The suite's settings in the words of `gradcheck.check_layer`."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies

from gradcheck.testing import LayerVerdict, check_layer

from .suite import Awkward, Bug, Right, Setting


def options(setting: Setting) -> dict[str, Any]:
    """Keyword arguments of check_layer for a setting."""
    return {
        "shapes": dict(setting.shapes),
        "dtypes": {name: "int64" if name in setting.integers else setting.dtype for name in setting.shapes},
        "ranges": dict(setting.ranges) | {name: (0, below) for name, below in setting.integers.items()},
        "nondifferentiable": setting.fixed,
        "dims": dict(setting.dims),
    }


def exactly(array: np.ndarray) -> Any:
    """A strategy that gives this array, a fresh copy each time."""
    return strategies.builds(array.copy)


def judge(case: Right | Bug | Awkward, seed: int = 0) -> LayerVerdict:
    """The verdict on a case with the default settings."""
    known = options(case.setting)
    if isinstance(case, Awkward) and case.at is not None:
        known["shapes"] = {name: array.shape for name, array in case.at.items()}
        known["strategies"] = {name: exactly(array) for name, array in case.at.items()}
        known["ranges"] = {}
    return check_layer(case.make(), seed=seed, name=case.name, **known)
