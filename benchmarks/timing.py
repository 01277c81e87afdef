"""Times measured side by side: contenders take turns, and every figure is a median."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Work = Callable[[], object]


def seconds(work: Work, repeats: int = 5) -> float:
    """The median time of one call, each measured by itself."""
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def side_by_side(contenders: Mapping[str, Work], rounds: int = 31, slot: float = 0.0015) -> dict[str, list[float]]:
    """The time of one call of each, round by round; in a round each runs for about `slot` seconds in turn."""
    counts = {}
    for name, work in contenders.items():
        work()
        start = time.perf_counter()
        work()
        counts[name] = max(1, int(slot / max(time.perf_counter() - start, 1e-7)))
    found: dict[str, list[float]] = {name: [] for name in contenders}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, work in contenders.items():
                start = time.perf_counter()
                for _ in range(counts[name]):
                    work()
                found[name].append((time.perf_counter() - start) / counts[name])
    finally:
        gc.enable()
    return found


def ratio(found: Mapping[str, Sequence[float]], name: str, to: str) -> float:
    """The median over the rounds of one contender's time divided by another's in the same round."""
    return statistics.median(a / b for a, b in zip(found[name], found[to], strict=True))


def text(duration: float) -> str:
    """A duration with its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if duration >= size:
            return f"{duration / size:.3g} {unit}"
    return f"{duration / 1e-6:.3g} µs"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    widths = [max(len(line[k]) for line in [head, *rows]) for k in range(len(head))]
    for line in [head, *rows]:
        cells = [c.rjust(w) if k else c.ljust(w) for k, (c, w) in enumerate(zip(line, widths, strict=True))]
        print("  ".join(cells))
