"""Many layers at once, over any executor, with the same verdicts as one after the other."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from concurrent.futures import BrokenExecutor, Executor
from typing import Any

from .adapt import name_of
from .check import check_layer
from .spread import Progress, ended, refuse_unsendable, unsendable
from .verdict import LayerVerdict


def check_layers(
    checks: Iterable[Mapping[str, Any]], *, executor: Executor | None = None, progress: bool | None = None
) -> list[LayerVerdict]:
    """Check many layers; the verdicts come back in the order of `checks`.

    checks: keyword arguments of `check_layer`, one mapping per layer, with the layer itself under "layer".
    executor: any `concurrent.futures.Executor`: a process pool, or the executor of a Dask client for more than one
    machine. The verdicts do not depend on it. progress: show a progress bar; by default on a terminal.
    Raises `LayerError`, as `check_layer` does, for the first check that can't be made as it is given.

    >>> square = lambda x: x * x
    >>> twice = [{"layer": square, "shapes": {"x": ("n",)}, "vjp": lambda dy, x, c=c: c * x * dy} for c in (2, 3)]
    >>> [verdict.status for verdict in check_layers(twice)]
    ['pass', 'fail']
    """
    wanted = [dict(check) for check in checks]
    bar = Progress(progress, len(wanted), "layers")
    found = []
    try:
        if executor is not None:
            for check in wanted:
                refuse_unsendable(executor, check, _name(check))
        futures = None if executor is None else [executor.submit(_checked, check) for check in wanted]
        for k, check in enumerate(wanted):
            try:
                found.append(_checked(check) if futures is None else futures[k].result())
            except BrokenExecutor as error:
                raise ended(_name(check), error) from None
            except (pickle.PicklingError, TypeError, AttributeError) as error:
                if "pickl" not in f"{type(error).__name__} {error}".lower():
                    raise
                raise unsendable(_name(check), error) from None
            bar.step()
    finally:
        bar.close()
    return found


def _checked(check: dict[str, Any]) -> LayerVerdict:
    options = {"progress": False, **check}
    return check_layer(options.pop("layer", None), options.pop("shapes", None), **options)


def _name(check: Mapping[str, Any]) -> str:
    return check.get("name") or name_of(check.get("layer"))
