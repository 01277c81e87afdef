"""Several claims at a time: in how many processes, and how they are started.

Where a process can be forked, a worker costs a few milliseconds, because all that is imported comes along; elsewhere
it imports everything anew, which takes as long as some dozens of claims.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH, WORTH_AFRESH = 3_000, 40_000
"""Characters of documents that pay for one more process, forked or started afresh: about as many claims as are judged
while it starts."""
_WITH_THREADS = frozenset({"jax", "torch"})


def forks() -> bool:
    """Whether processes are forked: where that is safe, and nothing is loaded that runs threads of its own."""
    return sys.platform == "linux" and not _WITH_THREADS & sys.modules.keys()


def processes(length: int, claims: int, wanted: int | None) -> int:
    """How many processes judge documents of this length: as many as asked for, or as many as pay on this machine."""
    if wanted is not None:
        return min(wanted, claims)
    return max(1, min(_processors(), claims, length // (WORTH if forks() else WORTH_AFRESH)))


def in_processes(work: Callable[[Item], Result], items: Sequence[Item], count: int) -> Iterator[Result]:
    """The result for each item, in order, worked out in `count` processes, each taking the next item when it is free.

    The items are handed to a process when it starts; where it is forked it has them without a copy.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("fork" if forks() else "spawn")
    pool = ProcessPoolExecutor(count, context, initializer=_begin, initargs=(work, items))
    try:
        with _interrupts_waiting():
            results = pool.map(_worked_out, range(len(items)))  # starts the processes
        yield from results
    finally:
        pool.shutdown(cancel_futures=True)


_given: list[tuple[Callable[[Any], Any], Sequence[Any]]] = []
"""In a worker: what it is to do, and with which items."""


def _begin(work: Callable[[Any], Any], items: Sequence[Any]) -> None:
    _given[:] = [(work, items)]
    _leave_on_interrupt()


def _worked_out(number: int) -> Any:
    work, items = _given[0]
    return work(items[number])


@contextmanager
def _interrupts_waiting() -> Iterator[None]:
    """Hold Ctrl-C back, here and in the processes started meanwhile, which could not deal with it yet."""
    if not forks():
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _leave_on_interrupt() -> None:
    """Ctrl-C reaches every process of a terminal: a worker ends without a word, the main one says so.

    Where it is ignored, as in what a script runs in the background, workers ignore it too.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if forks():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
