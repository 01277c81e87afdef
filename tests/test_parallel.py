"""How many processes judge documents: as many as asked for, or as many as their length and the machine pay for."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcheck.cli import parallel


def documents(folder: Path, *sizes: int) -> list[str]:
    names = []
    for n, size in enumerate(sizes):
        path = folder / f"{n}.md"
        path.write_text("x" * size, encoding="utf-8")
        names.append(str(path))
    return names


@pytest.mark.parametrize(
    ("sizes", "wanted", "processors", "count"),
    [
        ((10, 10), None, 4, 1),  # too short to pay
        ((10, 1_000_000), None, 4, 2),
        ((1_000_000,), None, 4, 1),  # one document is one process
        ((1_000_000,) * 5, None, 4, 4),
        ((1_000_000,) * 5, None, 1, 1),
        ((10, 10, 10), 2, 1, 2),  # what is asked for is done
        ((10, 10), 7, 1, 2),
    ],
)
def test_the_number_of_processes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sizes: tuple[int, ...],
    wanted: int | None,
    processors: int,
    count: int,
) -> None:
    monkeypatch.setattr(parallel, "_processors", lambda: processors)
    assert parallel.processes(documents(tmp_path, *sizes), wanted) == count


def test_a_document_that_is_not_there_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_processors", lambda: 4)
    assert parallel.processes(["no.md", "such.md"], None) == 1


def test_results_come_in_the_order_of_the_names() -> None:
    assert list(parallel.in_processes(str.upper, ["a", "b", "c"], 2)) == ["A", "B", "C"]
