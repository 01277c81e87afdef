"""How names and places in a line of a block become names and places in a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ..algebra.index import Index
from ..errors import DeclarationError, GradcheckError
from ..formula import split_name
from .builder import Builder
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


def sampled_name(builder: Builder, name: Line) -> tuple[str, tuple[Index, ...]]:
    """A declared name without the sample indices on it, and these indices: x^{(i)} is x for each i."""
    indices = builder.notation.indices
    with placed(name):
        split = split_name(name.rest, indices)
        if split.subscripts:
            raise DeclarationError(
                f"{name.rest} is one entry",
                got=f"an index {', '.join(split.subscripts)}",
                expected=f"the whole array, as in {name.keyword} {split.name} : n",
            )
        unknown = re.search(r"\(([A-Za-z])\)", split.name)
        if unknown and unknown[1] not in builder.layers:
            raise DeclarationError(
                f"{unknown[1]} is no declared index",
                got=name.rest,
                hint=f"declare it with its range: index {unknown[1]} = 1..n",
            )
    return split.name, tuple(indices[i] for i in split.samples)
