"""What a derivation document says: its networks and its display equations, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ..declare.network import Network
from ..errors import GradcheckError, Place

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Equation:
    """One display equation.

    latex: as written between the dollar signs, without the blanks at its ends; may have several lines.
    line, column: of its first character in the document, from 1.
    anchor: the name behind #, or None. attributes: assume, known, layout, reading, as written.
    network: the network or symbols block that holds here; None before the first one.
    is_claim: whether it is to be judged; the others are context.
    left: the left side that it continues, when it begins with a relation sign; else "".
    """

    latex: str
    line: int
    column: int
    anchor: str | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: NO_ATTRIBUTES)
    network: Network | None = field(default=None, repr=False)
    is_claim: bool = False
    left: str = ""

    @property
    def name(self) -> str:
        """The anchor, or L and the line where there is none: the second half of the claim's id."""
        return self.anchor or f"L{self.line}"

    @property
    def statement(self) -> str:
        """The formula to be read: the left side that it continues, if any, and the equation."""
        return f"{self.left} {self.latex}" if self.left else self.latex

    @property
    def assume(self) -> tuple[str, ...]:
        """The assumptions, one formula each."""
        return split_list(self.attributes.get("assume", ""))

    @property
    def known(self) -> str | None:
        """The verdict that the document says this claim is known to have."""
        return self.attributes.get("known")

    def place_of(self, inner: Place) -> Place:
        """A place inside `statement`, moved to where it stands in the document."""
        line, column, end = inner.line or 1, inner.column, inner.end
        if line == 1:
            shift = self.column - 1 - (len(self.left) + 1 if self.left else 0)
            column = None if column is None else max(self.column, column + shift)
            end = None if end is None or column is None else max(column + 1, end + shift)
        return replace(inner, line=self.line + line - 1, column=column, end=end)


@dataclass(frozen=True)
class Unseen:
    """An equation that is not read, because it does not stand between dollar signs: how it begins, and where."""

    begin: str
    line: int


@dataclass(frozen=True)
class Document:
    """A derivation document.

    path: as it was given. stem: the file name without its ending, the first half of every claim's id.
    networks: its network and symbols blocks in order. equations: its display equations in order.
    unseen: math in other notations, which is not read.
    """

    path: str
    stem: str
    networks: tuple[Network, ...] = ()
    equations: tuple[Equation, ...] = ()
    title: str = ""
    text: str = field(default="", repr=False)
    unseen: tuple[Unseen, ...] = ()

    @property
    def claims(self) -> tuple[Equation, ...]:
        """The equations that are to be judged."""
        return tuple(e for e in self.equations if e.is_claim)

    def located(self, equation: Equation, error: GradcheckError) -> GradcheckError:
        """The error found in an equation, with its place in this document and the line it stands in."""
        place = equation.place_of(error.place or Place())
        lines = self.text.split("\n")
        text = lines[place.line - 1] if place.line and place.line <= len(lines) else None
        placed = replace(place, file=self.path, text=text)
        return type(error)(error.what, place=placed, got=error.got, expected=error.expected, hint=error.hint)


def split_list(text: str) -> tuple[str, ...]:
    """Split at the commas that stand outside every bracket.

    >>> split_list("x_1 > 0, W_{1,2} < f(a, b)")
    ('x_1 > 0', 'W_{1,2} < f(a, b)')
    """
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth <= 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return tuple(part.strip() for part in parts if part.strip())
