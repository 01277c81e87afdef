"""What a caller asks for besides the inputs: checked before anything runs, so that no message is one from inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import LayerError


def check_options(*, functions: Mapping[str, Any], constants: Any, seed: Any, points: Any, executor: Any) -> None:
    """Raise `LayerError` for an option that can't be what it is meant to be.

    functions: what was given as backward, vjp and gradient, by keyword.
    """
    for keyword, given in functions.items():
        if given is not None and not callable(given) and not (keyword == "gradient" and given is True):
            raise LayerError(f"{keyword}= takes a function", got=type(given).__name__)
    if constants is not None and not isinstance(constants, Mapping):
        raise LayerError("constants= takes a dict of keyword arguments of forward", got=type(constants).__name__)
    if not _is_count(seed):
        raise LayerError("seed= takes a whole number from 0 on", got=repr(seed))
    if points is not None and not _is_count(points):
        raise LayerError("points= takes a whole number from 0 on", got=repr(points))
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise LayerError(
            "executor= takes a concurrent.futures.Executor",
            got=type(executor).__name__,
            hint="for Dask give client.get_executor()",
        )


def _is_count(given: Any) -> bool:
    return hasattr(given, "__index__") and not isinstance(given, bool) and given.__index__() >= 0
