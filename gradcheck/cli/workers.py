"""Processes that import the layer themselves, by its name: not every layer that can be imported can be pickled."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

from ..testing.job import Job

Load = Callable[[str], Any]
"""Finds what MODULE:NAME or FILE.py:NAME names."""


@contextmanager
def workers(count: int, load: Load, names: Mapping[str, str]) -> Iterator[Executor | None]:
    """An executor of so many processes for the checks of one layer; None for one process.

    names: which fields of the layer's job are functions to be loaded there, and what they are called.
    """
    if count == 1:
        yield None
        return
    # Not forked: JAX and torch have threads by now, and a lock that one of them holds would stay closed for ever.
    with ProcessPoolExecutor(count, get_context("spawn")) as pool:
        yield _Importing(pool, load, dict(names))


class _Importing(Executor):
    """An executor that sends a job without its functions, and their names instead."""

    def __init__(self, pool: Executor, load: Load, names: dict[str, str]) -> None:
        self._pool, self._load, self._names = pool, load, names

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run `work(job, …)` in another process."""
        job, *rest = args
        bare = replace(job, **dict.fromkeys(self._names))
        return self._pool.submit(_done_there, work, bare, self._load, tuple(self._names.items()), *rest, **kwargs)


def _done_there(
    work: Callable[..., Any], bare: Job, load: Load, names: tuple[tuple[str, str], ...], *rest: Any, **kwargs: Any
) -> Any:
    # What a layer remembers from its last job must not reach the next one: each starts with a fresh copy.
    job = replace(bare, **_loaded(load, names)).anew()
    return work(job, *rest, **kwargs)


@functools.cache
def _loaded(load: Load, names: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {field: load(name) for field, name in names}
