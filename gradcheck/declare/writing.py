"""How names and places in a line of a block become names and places in a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..algebra.index import Index
from ..errors import DeclarationError, GradcheckError
from .lines import Line


@contextmanager
def placed(line: Line, about: str = "") -> Iterator[None]:
    """Give an error its place in the document, and say which equation it is about.

    An error without a place is about the whole line; one inside a formula is about that part of it.
    """
    try:
        yield
    except GradcheckError as error:
        inner = error.place
        if isinstance(error, DeclarationError) and inner is not None:
            raise
        place = line.place()
        if inner is not None and inner.column is not None:
            start = inner.column - 1
            place = line.place(start, (inner.end or inner.column + 1) - 1)
        what = f"{about}: {error.what}" if about and not error.what.startswith(about) else error.what
        raise DeclarationError(what, place=place, got=error.got, expected=error.expected, hint=error.hint) from None
