"""Trying the readings of an ambiguous formula until its shapes fit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from ...errors import IllFormedError
from ..meaning.reader import Reader
from ..notation import Notation
from ..readings import PLAIN, Reading, describe
from ..statement import Statement
from ..syntax import tree as s
from ..syntax.parser import parse, parse_lines
from .statements import statement_once

_CHOICES = {
    "slices": ("row", "column"),
    "vectors": ("column", "row", "adjoints"),
    "product": ("dot", "elementwise"),
    "square": ("elementwise", "sum"),
    "tensor": ("outer", "stacked"),
}


def read_statement(
    text: str, notation: Notation, reading: Reading = PLAIN, follows: Statement | None = None
) -> Statement:
    """What one formula says. See `gradcheck.formula.read`."""
    formula = parse(text, notation, reading)
    return first_fit(text, formula, notation, reading, follows)


def read_statements(text: str, notation: Notation, reading: Reading = PLAIN) -> tuple[Statement, ...]:
    """What each equation of a text says; an aligned block may hold several."""
    formulas = parse_lines(text, notation, reading)
    return tuple(first_fit(text, formula, notation, reading) for formula in formulas)


def first_fit(
    text: str, formula: s.Formula, notation: Notation, reading: Reading, follows: Statement | None = None
) -> Statement:
    """The statement under the first reading in which the shapes fit.

    Raises the error of the plain reading if none fits.
    """
    reader = Reader(text, notation, reading)
    try:
        return statement_once(formula, reader, follows)
    except IllFormedError as plain:
        for other in alternatives(reader.met, reading):
            attempt = Reader(text, notation, other)
            try:
                found = statement_once(formula, attempt, follows)
            except IllFormedError:
                continue
            return replace(found, readings=(*found.readings, *describe(other)))
        raise plain


def alternatives(met: set[str], reading: Reading) -> Iterator[Reading]:
    """The other readings of what was met and not decided, the likelier ones first."""
    open_names = [
        name
        for name in ("product", "square", "tensor", "slices", "vectors")
        if name in met and getattr(reading, name) is None
    ]
    choices = [[c for c in _CHOICES[name] if c != "adjoints" or c in met] for name in open_names]
    ordered = sorted(itertools.product(*(range(len(c)) for c in choices)), key=sum)
    for picks in ordered[1:]:
        changes = {name: choice[pick] for name, choice, pick in zip(open_names, choices, picks, strict=True)}
        yield replace(reading, **changes)  # type: ignore[arg-type]
