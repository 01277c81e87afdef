"""Cases one after the other, or over any executor, with the same result."""

from __future__ import annotations

import pickle
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from typing import Any

from ..errors import LayerError
from .cases import Case
from .examine import Examined
from .job import Job, examined_case
from .layer import Layer

_CHUNK = 8
_PATIENCE = 0.5
"""Seconds of work before a progress bar appears."""


def in_order(
    job: Job, layer: Layer, cases: Sequence[Case], executor: Executor | None
) -> Iterator[tuple[Case, Examined]]:
    """Every case with what it showed, in the order of the cases, up to and including the first failure."""
    found = _serially(job, layer, cases) if executor is None else _spread(job, layer.name, cases, executor)
    for case, examined in found:
        yield case, examined
        if examined.outcome == "fail":
            return


def _serially(job: Job, layer: Layer, cases: Sequence[Case]) -> Iterator[tuple[Case, Examined]]:
    for case in cases:
        yield case, examined_case(layer, job.declaration, case)


def _spread(job: Job, name: str, cases: Sequence[Case], executor: Executor) -> Iterator[tuple[Case, Examined]]:
    refuse_unsendable(executor, job, name)
    chunks = [cases[k : k + _CHUNK] for k in range(0, len(cases), _CHUNK)]
    try:
        futures = [executor.submit(examined_chunk, job, tuple(chunk)) for chunk in chunks]
        for chunk, future in zip(chunks, futures, strict=True):
            try:
                yield from zip(chunk, future.result(), strict=False)
            except GeneratorExit:
                for other in futures:
                    other.cancel()
                raise
    except BrokenExecutor as error:
        raise ended(name, error) from None
    except (pickle.PicklingError, TypeError, AttributeError, ImportError) as error:
        if "pickl" not in f"{type(error).__name__} {error}".lower():
            raise
        raise unsendable(name, error) from None


def refuse_unsendable(executor: Executor, sent: Any, name: str) -> None:
    """Raise LayerError for what doesn't survive the way to another process.

    A process pool finds that out in a worker, which then ends with a traceback and takes the pool along. Threads send
    nothing, and other executors may know better ways than pickle.
    """
    if isinstance(executor, ProcessPoolExecutor):
        try:
            pickle.loads(pickle.dumps(sent))
        except Exception as error:  # whatever an object's own way of being pickled raises
            raise unsendable(name, error) from None


def unsendable(name: str, error: Exception) -> LayerError:
    """The error for a layer that can't be pickled, or not be had back from that."""
    return LayerError(
        f"{name} can't be sent to another process",
        got=" ".join(str(error).split())[:120],
        hint="define it at the top level of a module, check it without executor=, or in threads; "
        "the command gradcheck layer MODULE:NAME -j 2 needs no pickle",
    )


def ended(name: str, error: Exception) -> LayerError:
    """The error for processes that ended before they had an answer."""
    return LayerError(
        f"a process that checked {name} ended before it had an answer",
        got=" ".join(str(error).split())[:120],
        hint="define the layer in a module that other processes can import, or check it in this one",
    )


def examined_chunk(job: Job, cases: tuple[Case, ...]) -> list[Examined]:
    """What some cases showed, up to and including the first failure; runs in another process."""
    layer, found = job.adapter(), []
    for case in cases:
        found.append(examined_case(layer, job.declaration, case))
        if found[-1].outcome == "fail":
            break
    return found


class Progress:
    """A line on stderr that counts, on a terminal only and only when the work takes long.

    total: how many steps there will be; 0 where nobody knows.
    """

    def __init__(self, wanted: bool | None, total: int, what: str) -> None:
        self._on = sys.stderr.isatty() if wanted is None else wanted
        self._total, self._what, self._done = total, what, 0
        self._started = time.monotonic()
        self._shown = False

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        if self._on and time.monotonic() - self._started > _PATIENCE:
            self._shown = True
            print(f"\r{self._what} {self._shape()}", end="", file=sys.stderr, flush=True)

    def _shape(self) -> str:
        if not self._total:
            return str(self._done)
        filled = 20 * self._done // max(self._total, self._done)
        return f"[{'#' * filled}{'.' * (20 - filled)}] {self._done}/{self._total}"

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            print("\r\033[K" if sys.stderr.isatty() else "", end="", file=sys.stderr, flush=True)
