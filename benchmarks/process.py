"""Whole processes: seconds from start to end, and the most memory that one of them held."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from .timing import table

ROOT = Path(__file__).parents[1]
CHECK = [sys.executable, "-m", "gradcheck", "check"]
COMMANDS = {
    "gradcheck --help": [sys.executable, "-m", "gradcheck", "--help"],
    "gradcheck check, two documents": [*CHECK, "derivations/three-neuron.md", "derivations/step-autoencoder.md"],
    "two documents, --jobs 1": [
        *CHECK,
        "--jobs",
        "1",
        "derivations/three-neuron.md",
        "derivations/step-autoencoder.md",
    ],
    "gradcheck check derivations": [*CHECK, "derivations"],
    "derivations, --jobs 1": [*CHECK, "--jobs", "1", "derivations"],
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


LAUNCHER = """
import os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


def measure(command: list[str]) -> tuple[float, float, int]:
    """Seconds, MiB and exit status of one run of a command.

    A small process of its own starts it: a child counts the memory of the process that forked it.
    """
    result = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, *command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    took, peak, status = result.stdout.split()
    unit = 1 if sys.platform == "darwin" else 1024
    return float(took), int(peak) * unit / 2**20, int(status)
