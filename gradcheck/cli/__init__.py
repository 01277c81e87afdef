"""The command line. Heavy rooms are imported inside the commands, so that `--help` answers at once."""

import sys


def main() -> None:
    """Run the command `gradcheck` and leave with its exit status."""
    try:
        from .run import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the imports above were still running
        status = 130
    sys.exit(status)
