"""Whole processes: seconds from start to end, and the most memory they held."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from .timing import table

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "gradcheck --help": [sys.executable, "-m", "gradcheck", "--help"],
    "gradcheck check derivations": [sys.executable, "-m", "gradcheck", "check", "derivations"],
    "import numpy (for scale)": [sys.executable, "-c", "import numpy"],
    "import sympy (for scale)": [sys.executable, "-c", "import sympy"],
}


def run(*, quick: bool) -> None:
    """Print a row for each command."""
    rows = []
    for name, command in COMMANDS.items():
        measured = [measure(command) for _ in range(2 if quick else 5)]
        took = statistics.median(t for t, *_ in measured)
        rows.append([name, f"{took:.2f} s", f"{max(m for _, m, _ in measured):.0f} MiB", f"{measured[0][2]}"])
    table(["command", "time", "peak memory", "exit status"], rows)


def measure(command: list[str]) -> tuple[float, float, int]:
    """Seconds, MiB and exit status of one run of a command."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    assert isinstance(usage, resource.struct_rusage)
    return took, usage.ru_maxrss * unit / 2**20, child.returncode
