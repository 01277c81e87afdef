"""A progress bar on stderr: only on a terminal, and only for work that takes longer than half a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE = 0.5
"""Seconds before the bar appears."""

Report = Callable[[str, float, float], None]
"""Called with what is being worked on, how much of everything is done, and how much there is."""


@contextmanager
def progress() -> Iterator[Report]:
    """Hand out a function that shows how far the work is; the bar is gone when the block is left.

    >>> with progress() as report:
    ...     report("three-neuron.md", 1, 5)
    """
    begun = time.monotonic()
    bar: Any = None
    task: Any = None

    def report(what: str, done: float, total: float) -> None:
        nonlocal bar, task
        if bar is None:
            if time.monotonic() - begun < PATIENCE:
                return
            from rich.console import Console
            from rich.progress import Progress

            bar = Progress(console=Console(stderr=True, markup=False, highlight=False), transient=True)
            task = bar.add_task("", total=total)
            bar.start()
        bar.update(task, description=what, completed=done, total=total)

    try:
        yield report if sys.stderr.isatty() else _silent
    finally:
        if bar is not None:
            bar.stop()


def _silent(what: str, done: float, total: float) -> None:
    del what, done, total
