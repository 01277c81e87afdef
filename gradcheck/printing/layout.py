"""How a formula is laid out: what the printers share before LaTeX and Unicode part.

A layout says what stands next to, above and below what; where parentheses go follows from the levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

TERMS, BIG, PRODUCT, RUN, POWER, ATOM = range(6)
"""Levels from loosest to tightest: a + b, sum over i, a with a sign b, a b, a^2, a."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A piece of a printed formula."""

    @property
    def level(self) -> int:
        """How tightly it holds together; parentheses go around what is looser than its place."""
        return ATOM


@dataclass(frozen=True, slots=True)
class Numeral(Layout):
    """A number that is not negative."""

    value: int | Fraction


@dataclass(frozen=True, slots=True)
class Word(Layout):
    """A short text printed as it is: an index, a size such as n+1, a constant."""

    text: str
    loose: bool = False

    @property
    def level(self) -> int:
        return TERMS if self.loose else ATOM


@dataclass(frozen=True, slots=True)
class Name(Layout):
    """A declared name with positions on it: W^{[3]}_{j,k}, x_j^{(i)}.

    labels: its own superscripts. samples: positions written as superscripts in parentheses.
    """

    base: str
    subscript: str | None = None
    labels: tuple[str, ...] = ()
    primes: int = 0
    positions: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()

    @property
    def raised(self) -> bool:
        """Whether something stands above it, so that an exponent needs parentheses."""
        return bool(self.labels or self.samples)


@dataclass(frozen=True, slots=True)
class Terms(Layout):
    """Terms with their signs, True for minus."""

    terms: tuple[tuple[bool, Layout], ...]

    @property
    def level(self) -> int:
        return TERMS


@dataclass(frozen=True, slots=True)
class Run(Layout):
    """Factors next to each other."""

    factors: tuple[Layout, ...]

    @property
    def level(self) -> int:
        return BIG if isinstance(self.factors[-1], Big) else RUN


@dataclass(frozen=True, slots=True)
class Elementwise(Layout):
    """Factors multiplied and divisors divided entry by entry, with signs between them."""

    factors: tuple[Layout, ...]
    divisors: tuple[Layout, ...] = ()

    @property
    def level(self) -> int:
        return PRODUCT


@dataclass(frozen=True, slots=True)
class Quotient(Layout):
    """numerator over denominator."""

    numerator: Layout
    denominator: Layout


@dataclass(frozen=True, slots=True)
class Raised(Layout):
    """base^exponent; `elementwise` where every entry is raised."""

    base: Layout
    exponent: Layout
    elementwise: bool = False

    @property
    def level(self) -> int:
        return POWER


@dataclass(frozen=True, slots=True)
class Root(Layout):
    """The square root of body."""

    body: Layout


@dataclass(frozen=True, slots=True)
class Transposed(Layout):
    """base^T."""

    base: Layout

    @property
    def level(self) -> int:
        return POWER


@dataclass(frozen=True, slots=True)
class Applied(Layout):
    """A function, primed `order` times, of its argument. `function` is LaTeX."""

    function: str
    order: int
    argument: Layout


@dataclass(frozen=True, slots=True)
class Absolute(Layout):
    """The absolute value of body."""

    body: Layout


@dataclass(frozen=True, slots=True)
class Diagonal(Layout):
    """The square matrix with a vector on its diagonal."""

    body: Layout


@dataclass(frozen=True, slots=True)
class Big(Layout):
    """A sum, product, maximum or minimum: its operator, what stands below and above, and its body."""

    operator: Literal["sum", "prod", "max", "min"]
    below: str
    above: str | None
    body: Layout

    @property
    def level(self) -> int:
        return BIG


@dataclass(frozen=True, slots=True)
class Bracket(Layout):
    """The indicator of a relation: [left > right]. `relation` is LaTeX."""

    left: Layout
    relation: str
    right: Layout


@dataclass(frozen=True, slots=True)
class Partial(Layout):
    """A derivative: the partial of `top` by `bottom`."""

    top: Layout
    bottom: Layout


Style = Literal["latex", "unicode"]


def transposed(layout: Layout) -> Layout:
    """The transpose of one factor, undoing one that is there.

    >>> transposed(transposed(Name("W")))
    Name(base='W', subscript=None, labels=(), primes=0, positions=(), samples=())
    """
    if isinstance(layout, Transposed):
        return layout.base
    if isinstance(layout, Diagonal) or layout == IDENTITY:
        return layout
    return Transposed(layout)


TRACE = r"\operatorname{tr}"
ONES = Word(r"\mathbf{1}")
IDENTITY = Word("I")


def run(*factors: Layout) -> Layout:
    """Factors next to each other, flattened; one factor stays as it is.

    A sum in a place other than the last would swallow what follows: there it is bracketed by its level.
    """
    flat: list[Layout] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Run) else (factor,))
    return flat[0] if len(flat) == 1 else Run(tuple(flat))


def elementwise(*factors: Layout) -> Layout:
    """Factors multiplied entry by entry, flattened; one factor stays as it is."""
    above: list[Layout] = []
    below: list[Layout] = []
    for factor in factors:
        above.extend(factor.factors if isinstance(factor, Elementwise) else (factor,))
        below.extend(factor.divisors if isinstance(factor, Elementwise) else ())
    if len(above) > 1:
        above = [f for f in above if f != ONES] or [ONES]
    return above[0] if len(above) == 1 and not below else Elementwise(tuple(above), tuple(below))


def transposes(layout: Layout) -> int:
    """How many transposes are written in it."""
    own = isinstance(layout, Transposed)
    return own + sum(map(transposes, _parts(layout)))


def _parts(layout: Layout) -> list[Layout]:
    found: list[Layout] = []
    for name in layout.__dataclass_fields__:
        value = getattr(layout, name)
        for item in value if isinstance(value, tuple) else (value,):
            piece = item[1] if isinstance(item, tuple) else item
            if isinstance(piece, Layout):
                found.append(piece)
    return found
