"""A deadline for one claim, looked at where work is done, so that it holds on any thread.

Only a claim that would run for many seconds meets it; every other verdict is the same on every machine. What counts is
the time that the thread computes, so that a busy machine decides the same.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator
from contextvars import ContextVar

from .keys import TooLargeError

EVERY = 32
"""The clock is looked at once in so many calls: it takes longer to read than a call may take."""

_calls = itertools.count()
_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Run a block for at most so many seconds of computing; `spend` raises TooLargeError afterwards."""
    token = _deadline.set(min(_deadline.get(), time.thread_time() + seconds))
    try:
        yield
    finally:
        _deadline.reset(token)


def is_over() -> bool:
    """Whether the deadline has passed."""
    return time.thread_time() > _deadline.get()


def spend() -> None:
    """Go on only within the deadline."""
    if next(_calls) % EVERY == 0 and time.thread_time() > _deadline.get():
        raise TooLargeError("more seconds than one claim may take")
