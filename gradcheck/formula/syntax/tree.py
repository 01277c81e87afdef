"""The surface syntax of a formula: what was written, with source spans, before it means anything.

Every node spans text[start:end] of the formula. `children` and `walk` go through a tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ..statement import RelationSign

SymbolKind = Literal["tensor", "function", "dim", "definition", "operator", "unknown"]


@dataclass(frozen=True, slots=True)
class Syntax:
    """A piece of the formula, text[start:end]."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number(Syntax):
    """A numeral, kept exactly as written: 0.1 is one tenth."""

    value: int | Fraction


@dataclass(frozen=True, slots=True)
class Dots(Syntax):
    r"""Left-out items: \dots and its relatives."""


@dataclass(frozen=True, slots=True)
class Colon(Syntax):
    """The slice in W_{j,:}."""


@dataclass(frozen=True, slots=True)
class Prose(Syntax):
    """Words in a formula that name nothing."""

    words: str


@dataclass(frozen=True, slots=True)
class Symbol(Syntax):
    """A name with what stands on it.

    name: the canonical name, labels included ("W^{[3]}", "w_{hy}"). kind: what it is declared as.
    base: the letter or word without scripts. labels: the superscripts that belong to the name.
    subscript: the subscript's own text, also where it belongs to the name; None without one.
    indices: the positions in the subscript, unless it belongs to the name. samples: the positions
    in superscripts such as ^{(i)} that do not belong to the name; parens: their texts.
    """

    name: str
    kind: SymbolKind
    base: str
    labels: tuple[str, ...] = ()
    subscript: str | None = None
    indices: tuple[Syntax, ...] = ()
    samples: tuple[Syntax, ...] = ()
    parens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group(Syntax):
    """Something in parentheses, brackets or braces that were written for grouping."""

    body: Syntax


@dataclass(frozen=True, slots=True)
class Listing(Syntax):
    """Items in brackets, [a, b, …, c], a row; or in parentheses, (a, b)."""

    items: tuple[Syntax, ...]
    bracket: str


@dataclass(frozen=True, slots=True)
class Negate(Syntax):
    """-body."""

    body: Syntax


@dataclass(frozen=True, slots=True)
class Add(Syntax):
    """Terms, each with its sign inside (a `Negate`)."""

    terms: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Product(Syntax):
    """Factors and the signs between them: "" for none, "cdot", "times", "*", "/", "odot", "oslash", "otimes"."""

    factors: tuple[Syntax, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quotient(Syntax):
    r"""\frac{numerator}{denominator}."""

    numerator: Syntax
    denominator: Syntax


@dataclass(frozen=True, slots=True)
class Rounded(Syntax):
    r"""\lceil body \rceil, or with `up` false \lfloor body \rfloor."""

    body: Syntax
    up: bool


@dataclass(frozen=True, slots=True)
class Power(Syntax):
    r"""base^exponent; `elementwise` for ^{\odot 2}."""

    base: Syntax
    exponent: Syntax
    elementwise: bool = False


@dataclass(frozen=True, slots=True)
class Transpose(Syntax):
    """base^T."""

    base: Syntax


@dataclass(frozen=True, slots=True)
class Prime(Syntax):
    """(base)', the derivative of a bracket by its variable."""

    base: Syntax
    order: int


@dataclass(frozen=True, slots=True)
class Entry(Syntax):
    """Positions on something that is not a name: (W x)_i, softmax(z)_i."""

    base: Syntax
    indices: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Call(Syntax):
    r"""A function or an operation on arrays, applied: f''(z), \operatorname{tr}(AB).

    function: the name; order: the number of primes; arguments: what it is applied to. `declared`
    tells a declared function from a built-in one.
    """

    function: str
    order: int
    arguments: tuple[Syntax, ...]
    declared: bool


@dataclass(frozen=True, slots=True)
class Named(Syntax):
    """A node written with its arguments: l(y, x_3) means l."""

    symbol: Symbol
    arguments: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Relation(Syntax):
    """sides[0] signs[0] sides[1] …; a chain."""

    sides: tuple[Syntax, ...]
    signs: tuple[RelationSign, ...]


@dataclass(frozen=True, slots=True)
class Big(Syntax):
    """A sum, product, maximum or mean over indices: what stands below, above and behind it."""

    operation: Literal["sum", "prod", "max", "min", "argmax", "argmin", "mean"]
    below: tuple[Syntax, ...]
    above: Syntax | None
    body: Syntax


@dataclass(frozen=True, slots=True)
class Differential(Syntax):
    r"""A derivative as written.

    body: what is differentiated, None for a bare operator. variables: with respect to what, in the
    order written, repeated for ∂x². sign: the sign used. operator: \frac{d}{dx} before its operand.
    """

    body: Syntax | None
    variables: tuple[Syntax, ...]
    sign: Literal["partial", "d", "nabla"]
    operator: bool


@dataclass(frozen=True, slots=True)
class Indicator(Syntax):
    """1 where every condition holds, else 0: [u > 0], 1[i = j]."""

    conditions: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Bars(Syntax):
    """|body|."""

    body: Syntax


@dataclass(frozen=True, slots=True)
class Norm(Syntax):
    r"""A norm of body with its label: "", "1", "2", "F", "\infty"."""

    body: Syntax
    label: str


@dataclass(frozen=True, slots=True)
class Inner(Syntax):
    """⟨left, right⟩."""

    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class Matrix(Syntax):
    """Rows of cells; an empty cell is None."""

    rows: tuple[tuple[Syntax | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Cases(Syntax):
    """Branches: a value and its condition, None for "otherwise"."""

    branches: tuple[tuple[Syntax, Syntax | None], ...]


@dataclass(frozen=True, slots=True)
class At(Syntax):
    """An evaluation bar: body at the conditions."""

    body: Syntax
    conditions: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Clause(Syntax):
    """What stands behind a formula: a definition, a range, a condition. word: "where", "at", "if", "for", ","."""

    word: str
    body: Syntax


@dataclass(frozen=True, slots=True)
class Formula(Syntax):
    """A whole formula: a chain (one value is a chain without signs), what stands behind it, and how it was repaired.

    continues: it began with a relation sign. trailing: it ended with one.
    """

    chain: Relation
    clauses: tuple[Clause, ...] = ()
    continues: RelationSign | None = None
    trailing: RelationSign | None = None
    tag: str | None = None
    repairs: tuple[str, ...] = ()


def children(node: Syntax) -> Iterator[Syntax]:
    """The nodes directly below, in the order written."""
    for name in node.__dataclass_fields__:
        yield from _nodes(getattr(node, name))


def _nodes(value: object) -> Iterator[Syntax]:
    if isinstance(value, Syntax):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def walk(node: Syntax) -> Iterator[Syntax]:
    """Every node of the tree, parents before children."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(children(top))))
