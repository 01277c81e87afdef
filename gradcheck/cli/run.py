"""From arguments to an exit status: every way a command can end, and no traceback among them."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import typer

from ..errors import GradcheckError
from .app import app
from .streams import say, say_error

USAGE, DEFECT, INTERRUPTED, CLOSED = 2, 70, 130, 141
"""Exit statuses beside those of a finished check: bad usage or input, a defect of ours, Ctrl-C, a closed pipe."""

_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status."""
    try:
        # Not app(...): that swallows interrupts and closed pipes before they can be told apart.
        command = typer.main.get_command(app)
        with command.make_context("gradcheck", list(arguments)) as context:
            status = command.invoke(context)
        sys.stdout.flush()
        return int(status or 0)
    except typer.Exit as done:
        return done.exit_code
    except _UsageError as error:
        return _usage(error)
    except GradcheckError as error:
        say_error(error)
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (gradcheck ... | head): nothing is wrong, and nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return CLOSED
    except Exception as error:
        return _defect(error)


def _usage(error: Exception) -> int:
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if message.startswith("Usage:"):  # no command was given: what it says is the help
        say(message)
    else:
        say(f"gradcheck: {message}")
        say("   help: gradcheck --help")
    return USAGE


def _defect(error: Exception) -> int:
    if os.environ.get("GRADCHECK_TRACEBACK"):
        say("".join(traceback.format_exception(error)))
    say(f"gradcheck: this is a defect of gradcheck, not of your input: {type(error).__name__}: {error}")
    say("   help: please report it with the input; GRADCHECK_TRACEBACK=1 shows where it happened")
    return DEFECT
