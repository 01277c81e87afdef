"""Print the tables: `python -m benchmarks [--quick] [TABLE...]`.

BLAS runs on one thread. Where OPENBLAS_CORETYPE or OPENBLAS_L2_SIZE is preset, it is unset for this process alone.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy is imported
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

TABLES = {
    "process": "cold start and memory of the commands",
    "deciding": "deciding claims",
    "deriving": "deriving and emitting",
    "differences": "finite differences",
    "gradients": "gradients of an MLP",
}


def main() -> None:
    """Run the tables asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--quick", action="store_true", help="fewer sizes and repeats")
    options = parser.parse_args()
    unknown = [name for name in options.tables if name not in TABLES]
    if unknown:
        parser.error(f"no table {unknown[0]}; there are {', '.join(TABLES)}")
    import numpy as np

    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, BLAS on one thread, {os.cpu_count()} processors"
    )
    for name in options.tables or TABLES:
        print(f"\n{TABLES[name]}\n", flush=True)
        importlib.import_module(f"benchmarks.{name}").run(quick=options.quick)


if __name__ == "__main__":
    main()
