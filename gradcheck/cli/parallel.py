"""Several documents at a time: in how many processes, and how they are started.

Where a process can be forked, a worker costs a few milliseconds, because all that is imported comes along; elsewhere
it imports everything anew, which takes as long as some dozens of claims.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

FORKS = sys.platform == "linux"
WORTH = 3_000 if FORKS else 40_000
"""Bytes of documents that pay for one more process: about as many claims as are judged while it starts."""


def processes(names: Sequence[str], wanted: int | None) -> int:
    """How many processes judge these documents: as many as asked for, or as many as pay on this machine."""
    if wanted is not None:
        return min(wanted, len(names))
    most = min(_processors(), len(names))
    if most < 2:
        return 1
    return max(1, min(most, sum(_size(name) for name in names) // WORTH))


def in_processes(work: Callable[[str], Result], names: Sequence[str], count: int) -> Iterator[Result]:
    """The result for each document, in order, worked out in `count` processes."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("fork" if FORKS else None)
    pool = ProcessPoolExecutor(count, context, initializer=_leave_on_interrupt)
    try:
        with _interrupts_waiting():
            results = pool.map(work, names)  # starts the processes
        yield from results
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_waiting() -> Iterator[None]:
    """Hold Ctrl-C back, here and in the processes started meanwhile, which could not deal with it yet."""
    if not FORKS:
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _leave_on_interrupt() -> None:
    """Ctrl-C reaches every process of a terminal: a worker ends without a word, the main one says so."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if FORKS:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _size(name: str) -> int:
    try:
        return Path(name).stat().st_size
    except OSError:
        return 0
