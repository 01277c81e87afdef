"""Cases one after the other, or over any executor, with the same result."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from pickle import PicklingError

from ..errors import LayerError
from .cases import Case
from .examine import Examined
from .job import Job, examined_case
from .layer import Layer, briefly

_CHUNK = 8
_PATIENCE = 0.5
"""Seconds of work before a progress bar appears."""


def in_order(
    job: Job, layer: Layer, cases: Sequence[Case], executor: Executor | None
) -> Iterator[tuple[Case, Examined]]:
    """Every case with what it showed, in the order of the cases, up to and including the first failure."""
    found = _serially(job, layer, cases) if executor is None else _spread(job, cases, executor)
    for case, examined in found:
        yield case, examined
        if examined.outcome == "fail":
            return


def _serially(job: Job, layer: Layer, cases: Sequence[Case]) -> Iterator[tuple[Case, Examined]]:
    for case in cases:
        yield case, examined_case(layer, job.declaration, case)


def _spread(job: Job, cases: Sequence[Case], executor: Executor) -> Iterator[tuple[Case, Examined]]:
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
        hint = "the layer ends its process, or its module can't be imported there; check it without executor="
        raise LayerError("a process that checked the layer died", got=briefly(error), hint=hint) from None
    except (PicklingError, TypeError, AttributeError, ImportError) as error:
        if "pickle" not in str(error).lower():
            raise
        raise LayerError(
            "the layer can't be sent to another process",
            got=str(error)[:120],
            hint="define it at the top level of a module, or check it without executor=",
        ) from None


def examined_chunk(job: Job, cases: tuple[Case, ...]) -> list[Examined]:
    """What some cases showed, up to and including the first failure; runs in another process."""
    layer, found = job.adapter(), []
    for case in cases:
        found.append(examined_case(layer, job.declaration, case))
        if found[-1].outcome == "fail":
            break
    return found


class Progress:
    """A line on stderr that counts, on a terminal only and only when the work takes long."""

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
            filled = 20 * self._done // max(self._total, self._done)
            bar = "#" * filled + "." * (20 - filled)
            print(f"\r{self._what} [{bar}] {self._done}/{self._total}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            print("\r\033[K" if sys.stderr.isatty() else "", end="", file=sys.stderr, flush=True)
