r"""A network of any depth around one layer: the lines of a few neighbouring layers, labelled (l-1), (l), (l+1).

What lies below the window enters it as an input, what lies above it as an abstract loss of the window's last
nodes. That this loses nothing is checked in `structure`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .family import LEAVES, Family, Template, left_of, unrolled, with_text
from .labels import Label, label_text, labels, relabelled
from .lines import Line, split_facts, split_outside


@dataclass(frozen=True)
class Window:
    """The layers letter+low to letter+high of a family; with letter "" the layers with these numbers.

    gap: how many layers are surely above the highest one, counted up to what matters (`structure.gaps`):
    a template of hidden layers only has no line in the last layer.
    """

    family: Family
    letter: str
    low: int
    high: int
    gap: int = 0

    @property
    def at_last(self) -> bool:
        """Whether the highest layer of the window is the last one of the network."""
        return self.letter == self.family.last

    def reaches(self, template: Template, shift: int) -> bool:
        """Whether a template has a line in this layer."""
        if not self.letter and shift < template.first:
            return False
        return self.low <= shift <= min(self.high, self.high + self.gap + template.step)

    def body(self, abstract_loss: str, whole: str = "") -> list[Line]:
        """The lines of the window; the loss is declared without an equation, under this name ("": as given).

        whole: an equation for what the abstract loss is a part of, or for the given loss in its place.
        """
        equations = list(self._equations(given=not abstract_loss))
        used = {(label.base, label.offset) for line in equations for label in self._own(line.rest)}
        leaves = list(self._leaves(used))
        known = {(label.base, label.offset) for line in (*equations, *leaves) for label in self._own(left_of(line))}
        named = list(self._named(known))
        losses = [line for line in self.family.lines if isinstance(line, Line) and line.keyword == "loss"]
        if abstract_loss:
            wholes = [Line(line.number, "", whole, line.column, line.text, line.file) for line in losses if whole]
            losses = [*(with_text(line, abstract_loss) for line in losses), *wholes]
        elif whole:
            losses = [with_text(line, whole) for line in losses]
        return [*self._plain(), *leaves, *equations, *losses, *named]

    def summed(self, text: str, away: int) -> str:
        """A text with its sums over layers written out for the layers of the window.

        away: how far the layer that the body speaks of is from the index of the sum.
        """

        def layers(first: int, step: int) -> list[str]:
            low, high = self.low - away, min(self.high - away, self.high + self.gap + step)
            return [label_text(self.letter, s) for s in range(low, high + 1) if self.letter or s >= first]

        return unrolled(self.family, text, layers)

    def _own(self, text: str) -> Iterator[Label]:
        """The labels that are counted from this window's layer."""
        return (label for label in labels(text) if label.letter == self.letter)

    def _plain(self) -> Iterator[Line]:
        """Declarations that do not depend on layers, in their order."""
        for line in self.family.lines:
            if isinstance(line, Line) and line.keyword not in ("", "loss", "adjoint", "alias", "input", "parameter"):
                yield line

    def _equations(self, given: bool) -> Iterator[Line]:
        """The window's nodes, layer by layer; `given`: and those that only the last layer leads to."""
        sections: list[Template] = [t for t in self.family.lines if isinstance(t, Template) and t.keyword == ""]
        for shift in range(self.low, self.high + 1):
            yield from (t.at(self.family, self.letter, shift) for t in sections if self.reaches(t, shift))
        if given:
            for line in self.family.lines:
                if isinstance(line, Line) and line.keyword == "" and self.family.mentions(line.rest, self.family.last):
                    yield line

    def _leaves(self, used: set[tuple[str, int]]) -> Iterator[Line]:
        """The leaves that the window's equations use, the ones below its lowest layer included."""
        for line in self.family.lines:
            if line.keyword not in LEAVES:
                continue
            if isinstance(line, Template):
                for shift in range(self.low - 3, self.high + 4):
                    instance = line.at(self.family, self.letter, shift)
                    if (self.letter or shift >= line.first) and self._is_used(instance, used):
                        yield instance
            elif line.keyword != "constant":
                yield from self._entering(line, used)

    def _is_used(self, line: Line, used: set[tuple[str, int]]) -> bool:
        return any((label.base, label.offset) in used for label in self._own(left_of(line)))

    def _entering(self, line: Line, used: set[tuple[str, int]]) -> Iterator[Line]:
        """What enters the first layer, x^{(0)}, enters the window's lowest layer under its label there."""
        if not any(not label.letter for label in labels(left_of(line))):
            yield line
            return
        if not self.letter and self.low == self.family.first:
            yield line
            return
        away = self.low - self.family.first
        moved = relabelled(
            without_facts(line),
            lambda label: None if label.letter else label_text(self.letter, label.offset + away),
            self.family.sizes,
        )
        if self._is_used(with_text(line, moved), used):
            yield with_text(line, moved)

    def _named(self, known: set[tuple[str, int]]) -> Iterator[Line]:
        """Adjoints and aliases of what the window knows."""
        for keyword in ("adjoint", "alias"):
            for line in self.family.lines:
                if line.keyword != keyword:
                    continue
                shifts = range(self.low - 3, self.high + 4) if isinstance(line, Template) else (0,)
                for shift in shifts:
                    instance = line.at(self.family, self.letter, shift) if isinstance(line, Template) else line
                    if isinstance(line, Template) and not self.letter and shift < line.first:
                        continue
                    right = list(labels(instance.rest.partition("=")[2]))
                    counted = [label for label in right if label.letter in (self.letter, self.family.last)]
                    if all((label.base, label.offset) in known for label in counted if label.letter == self.letter):
                        if any(label.letter != self.letter for label in counted):
                            continue
                        known |= {(label.base, label.offset) for label in self._own(left_of(instance))}
                        yield instance


def without_facts(line: Line) -> str:
    """A leaf's name and shape; what holds of the network's input need not hold of what enters a later layer."""
    return " : ".join(split_facts(line.part(text, start))[0].rest for text, start in split_outside(line.rest, ":"))
