"""The options of a check that say how to run it, looked at before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from numbers import Integral
from types import NoneType

from ..errors import LayerError, demand


def demand_options(seed: object, points: object, constants: object, executor: object) -> None:
    """Raise LayerError for an option of another type."""
    demand(seed, Integral, "the seed", LayerError, expected="a whole number")
    demand(points, (Integral, NoneType), "points=", LayerError, expected="a whole number")
    demand(constants, (Mapping, NoneType), "constants=", LayerError, expected="a dict: name -> value")
    demand(executor, (Executor, NoneType), "executor=", LayerError, expected="a concurrent.futures.Executor")
