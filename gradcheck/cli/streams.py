"""Writing: results on stdout, notes on stderr, colour and Unicode only where they arrive as meant."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from .ascii import to_ascii

if TYPE_CHECKING:
    from ..errors import GradcheckError
    from ..report.lines import Line

STYLES: dict[str, str] = {
    "strong": "bold",
    "error": "bold red",
    "known": "yellow",
    "good": "green",
    "open": "bold magenta",
    "quiet": "dim",
    "mark": "bold red",
}


def emit(lines: Iterable[Line], stream: TextIO | None = None) -> None:
    """Write styled lines, to stdout unless told otherwise; plain ones where the stream is not a terminal."""
    stream = stream or sys.stdout
    if not _styled(stream):
        for spans in lines:
            stream.write(arriving("".join(span.text for span in spans), stream) + "\n")
        return
    from rich.console import Console
    from rich.text import Text

    # Formulas are full of [brackets]: every span is a Text, never a string that rich would read as markup.
    console = Console(file=stream, markup=False, highlight=False, emoji=False)
    for spans in lines:
        parts = [(arriving(span.text, stream), STYLES.get(span.style, "")) for span in spans]
        console.print(Text.assemble(*parts), soft_wrap=True)


def _styled(stream: TextIO) -> bool:
    """Whether styles arrive: NO_COLOR wins, FORCE_COLOR comes next, then whether it is a terminal that knows them."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def write(text: str) -> None:
    """Write plain text, such as JSON or code, to stdout."""
    sys.stdout.write(arriving(text, sys.stdout) + ("" if text.endswith("\n") else "\n"))


def say(text: str) -> None:
    """Write a note or an error to stderr."""
    sys.stdout.flush()
    sys.stderr.write(arriving(text, sys.stderr) + "\n")


def say_error(error: GradcheckError) -> None:
    """Write an error to stderr, with what it is about and the way out."""
    from ..report import error_block

    sys.stdout.flush()
    emit(error_block(error, width()), sys.stderr)


def width() -> int | None:
    """The columns of the terminal, None where stdout is not one."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def arriving(text: str, stream: TextIO) -> str:
    """The text itself if the stream's encoding has every character of it, else in ASCII."""
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return to_ascii(text)
    return text
