"""A deadline for one claim, looked at where work is done, so that it holds on any thread.

Only a claim that would run for many seconds meets it; every other verdict is the same on every machine.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

from .keys import TooLargeError

_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Run a block for at most so many seconds; `spend` raises TooLargeError afterwards."""
    token = _deadline.set(min(_deadline.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _deadline.reset(token)


def is_over() -> bool:
    """Whether the deadline has passed."""
    return time.monotonic() > _deadline.get()


def spend() -> None:
    """Go on only within the deadline."""
    if time.monotonic() > _deadline.get():
        raise TooLargeError("more seconds than one claim may take")
