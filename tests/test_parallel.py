"""How many processes judge documents: as many as asked for, or as many as their length and the machine pay for."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from gradcheck.cli import parallel


@pytest.mark.parametrize(
    ("length", "claims", "wanted", "processors", "count"),
    [
        (20, 5, None, 4, 1),  # too short to pay
        (1_000_000, 9, None, 4, 4),
        (1_000_000, 1, None, 4, 1),  # one claim is one process
        (1_000_000, 0, None, 4, 1),
        (1_000_000, 9, None, 1, 1),
        (30, 3, 2, 1, 2),  # what is asked for is done
        (30, 2, 7, 1, 2),
    ],
)
def test_the_number_of_processes(
    monkeypatch: pytest.MonkeyPatch, length: int, claims: int, wanted: int | None, processors: int, count: int
) -> None:
    monkeypatch.setattr(parallel, "_processors", lambda: processors)
    monkeypatch.setattr(parallel, "forks", lambda: True)
    assert parallel.processes(length, claims, wanted) == count


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(parallel.in_processes(str.upper, ["a", "b", "c"], 2)) == ["A", "B", "C"]


def interrupted(item: str) -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return item


@pytest.mark.skipif(not parallel.forks(), reason="workers inherit what a signal does where they are forked")
def test_what_ignores_an_interrupt_has_workers_that_ignore_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert list(parallel.in_processes(interrupted, ["a", "b", "c"], 2)) == ["a", "b", "c"]
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("module", ["jax", "torch"])
def test_what_runs_threads_is_not_forked(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, sys)
    assert not parallel.forks()
    assert list(parallel.in_processes(str.upper, ["a", "b"], 2)) == ["A", "B"]
