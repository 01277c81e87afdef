"""What a formula says once it has been read: values with axes, and relations between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..algebra.expressions import Expr
from ..algebra.index import Index

RelationSign = Literal["=", "!=", "<", "<=", ">", ">=", "<-", "+=", ":=", "in", "increases", "decreases"]


@dataclass(frozen=True)
class Value:
    """A read expression: `expr` is its entry at the positions `axes` (free in it, in axis order).

    No axes: a scalar. One: a vector, `row` tells a row from a column where the formula says so.
    `start` and `end` are offsets into the formula text.
    """

    expr: Expr
    axes: tuple[Index, ...] = ()
    row: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Statement:
    r"""A read formula: one value, or a chain of values with relations between them.

    sides: the values from left to right; one more than `signs`.
    continues: the formula began with a relation sign, so its left side is the previous formula's first side.
    free: the indices that are free in entry forms (u, v of W_{u,v}), each with the dim found for it.
    readings: sentences on how something ambiguous or damaged was read; repairs begin with "repair:".
    tag: the \tag, if any. where: side conditions as written. also: what is said of declared nodes and adjoints behind
    the formula, where \delta = W^T e, as statements of their own.
    syntax: the parsed tree with source spans (`formula.syntax`), kept for diagnosis.
    """

    text: str
    sides: tuple[Value, ...]
    signs: tuple[RelationSign, ...] = ()
    continues: bool = False
    free: tuple[Index, ...] = ()
    readings: tuple[str, ...] = ()
    tag: str | None = None
    where: tuple[Statement, ...] = ()
    also: tuple[Statement, ...] = ()
    syntax: Any = None
