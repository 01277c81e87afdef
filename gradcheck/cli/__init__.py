"""The command line. Heavy rooms are imported inside the commands, so that `--help` answers at once."""

import sys


def main() -> None:
    """Run the command `gradcheck` and leave with its exit status."""
    from .run import run

    sys.exit(run(sys.argv[1:]))
