"""Names that a formula or the notation defines: p = softmax(z) behind a formula."""

from __future__ import annotations

from ..meaning.elaborate import read
from ..meaning.ranges import gather
from ..meaning.reader import Reader
from ..meaning.terms import Term
from ..syntax import tree as s
from ..syntax.parser import parse


def define(name: str, reader: Reader) -> Term:
    """The meaning of a name that the notation defines by a formula text."""
    text = reader.notation.definitions[name]
    inner = Reader(text, reader.notation, reader.reading)
    inner.depth = reader.depth + 1
    if inner.depth > 20:
        raise inner.unreadable(s.Syntax(0, len(text)), f"{name} is defined by itself")
    formula = parse(text, reader.notation)
    body = formula.chain.sides[-1]
    inner.root = formula
    gather(body, inner)
    term = read(body, inner)
    reader.notes.update(inner.notes)
    return term
