r"""Families of layers: `family l = 2..L` makes the lines below it, where they mention l, hold for every layer.

A family is kept as text. Written out for a given number of layers it is a network like any other; written out
around one layer l, or around the last one, with labels such as (l-1), it is a window of a network of any depth.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import DeclarationError
from .labels import Label, label_text, labels, relabelled
from .lines import Line, split_outside

_RANGE = re.compile(
    r"(?P<letter>[A-Za-z])\s*=\s*(?P<first>[0-9]{1,3})\s*(?:,?\s*(?:\.\.\.?|\\[lc]?dots|…)\s*,?)\s*"
    r"(?P<last>[A-Za-z])\s*(?P<step>[+-]\s*[0-9]{1,3})?"
)
_SUM = re.compile(
    r"\\sum(?:\\limits|\s)*_\s*\{\s*(?P<letter>[A-Za-z])\s*=\s*(?P<first>[0-9]{1,3})\s*\}\s*"
    r"\^\s*(?:\{\s*(?P<last>[A-Za-z])\s*(?P<step>[+-]\s*[0-9]{1,3})?\s*\}|(?P<bare>[A-Za-z]))"
)
LEAVES = ("input", "parameter", "constant")
NAMING = ("adjoint", "alias")


@dataclass(frozen=True)
class Template:
    """A line that stands for one line in each layer from `first` to the last one plus `step`."""

    line: Line
    first: int
    step: int = 0

    def at(self, family: Family, letter: str, shift: int) -> Line:
        """The line for the layer letter + shift; for the layer number `shift` where letter is ""."""
        return with_text(self.line, family.moved(self.line.rest, letter, shift))

    @property
    def keyword(self) -> str:
        """What the line declares."""
        return self.line.keyword


@dataclass(frozen=True)
class Family:
    """The lines of a block with a family. letter: of a layer. last: of the last one. first: the first layer."""

    letter: str
    last: str
    first: int
    lines: tuple[Template | Line, ...]

    def moved(self, text: str, letter: str, shift: int) -> str:
        """A text about the layer l, said of the layer letter + shift."""
        return relabelled(
            text, lambda label: label_text(letter, label.offset + shift) if label.letter == self.letter else None
        )

    def with_last(self, text: str, depth: int) -> str:
        """A text about the last layer, said of the layer number `depth`."""
        return relabelled(text, lambda label: str(label.offset + depth) if label.letter == self.last else None)

    def of_any_layer(self, text: str) -> str:
        """A text about the last layer, said of the layer l."""
        return relabelled(
            text, lambda label: label_text(self.letter, label.offset) if label.letter == self.last else None
        )

    @functools.cached_property
    def sizes(self) -> frozenset[str]:
        """The sizes with a layer below them, such as the S of S_{l-1}."""
        shapes = (t.line.rest.partition(":")[2] for t in self.lines if isinstance(t, Template) and t.keyword in LEAVES)
        return frozenset(label.base for shape in shapes for label in labels(shape) if label.letter == self.letter)

    def mentions(self, text: str, letter: str) -> bool:
        """Whether a label of this letter stands in the text."""
        return any(label.letter == letter for label in labels(text))

    def at_depth(self, depth: int) -> list[Line]:
        """The block of the network whose last layer has this number."""

        def layers(first: int, step: int) -> list[str]:
            return [str(n) for n in range(first, depth + step + 1)]

        out: list[Line] = []
        for section in _sections(self.lines):
            if isinstance(section, Line):
                text = self.with_last(unrolled(self, section.rest, layers), depth)
                out.append(with_text(section, text))
            elif section[0].keyword not in NAMING:
                lowest = min(t.first for t in section)
                for n in range(lowest, depth + max(t.step for t in section) + 1):
                    out += [t.at(self, "", n) for t in section if t.first <= n <= depth + t.step]
        return [*out, *self._named(depth, out)]

    def _named(self, depth: int, lines: Sequence[Line]) -> Iterator[Line]:
        """Adjoints and aliases in every layer that has what they name."""
        known = {(label.base, label.offset) for line in lines for label in labels(left_of(line))}
        for template in self.lines:
            if isinstance(template, Template) and template.keyword in NAMING:
                for n in range(template.first, depth + template.step + 4):
                    line = template.at(self, "", n)
                    meant = [(label.base, label.offset) for label in labels(line.rest.partition("=")[2])]
                    if all(name in known for name in meant):
                        known |= {(label.base, label.offset) for label in labels(left_of(line))}
                        yield line


def with_text(line: Line, text: str) -> Line:
    """The line with another text behind its keyword."""
    return Line(line.number, line.keyword, text, line.column, line.text, line.file)


def left_of(line: Line) -> str:
    """The names that a line declares: what stands before its shape or its equation."""
    return split_outside(line.rest, ":")[0][0] if line.keyword in LEAVES else line.rest.partition("=")[0]


def _sections(lines: Iterable[Template | Line]) -> list[list[Template] | Line]:
    """Templates of equations that stand together are written out layer by layer, everything else line by line."""
    out: list[list[Template] | Line] = []
    for line in lines:
        if isinstance(line, Line):
            out.append(line)
        elif out and isinstance(out[-1], list) and out[-1][0].keyword == line.keyword == "":
            out[-1].append(line)
        else:
            out.append([line])
    return out


def family_of(lines: Sequence[Line]) -> Family | None:
    """The family that the lines of a block declare, if there is one. Raises DeclarationError."""
    if not any(line.keyword == "family" for line in lines):
        return None
    out: list[Template | Line] = []
    found: re.Match[str] | None = None
    letter = last = ""
    for line in lines:
        if line.keyword == "family":
            found = _read_range(line)
            if letter and (found["letter"], found["last"]) != (letter, last):
                raise DeclarationError(
                    "a block has one family of layers",
                    place=line.place(),
                    got=f"{found['letter']} to {found['last']}",
                    expected=f"family {letter} = …..{last}, perhaps {last}-1",
                )
            letter, last = found["letter"], found["last"]
        elif found is not None and any(label.letter == letter for label in labels(without_sums(line.rest, letter))):
            out.append(Template(line, int(found["first"]), _step(found)))
        else:
            out.append(line)
    templates = [t for t in out if isinstance(t, Template) and t.keyword == ""]
    if not templates:
        line = next(line for line in lines if line.keyword == "family")
        raise DeclarationError(
            f"no equation mentions the layer {letter}",
            place=line.place(),
            expected=f"equations below this line with labels such as ({letter}) and ({letter}-1)",
        )
    _refuse_early(out, letter)
    return Family(letter, last, min(t.first for t in templates), tuple(out))


def _read_range(line: Line) -> re.Match[str]:
    found = _RANGE.fullmatch(line.rest)
    if found is None or found["letter"] == found["last"]:
        raise DeclarationError(
            "the range of a family can't be read", place=line.place(), got=line.rest, expected="family l = 2..L"
        )
    return found


def _step(found: re.Match[str]) -> int:
    return int(re.sub(r"\s", "", found["step"] or "0"))


def _refuse_early(lines: Iterable[Template | Line], letter: str) -> None:
    for line in lines:
        if isinstance(line, Line) and any(label.letter == letter for label in labels(without_sums(line.rest, letter))):
            raise DeclarationError(
                f"({letter}) stands above the line that declares the family",
                place=line.place(),
                hint="move the family line to the top of the block",
            )


# Sums over layers ---------------------------------------------------------------------------------------


def without_sums(text: str, letter: str) -> str:
    """The text without its sums over layers, which say something of all layers and not of one."""
    while (found := _sum_over(text, letter)) is not None:
        stop = body_end(text, found.end())
        text = text[: found.start()] + " " * (stop - found.start()) + text[stop:]
    return text


def _sum_over(text: str, letter: str) -> re.Match[str] | None:
    return next((m for m in _SUM.finditer(text) if m["letter"] == letter), None)


def sums_over(text: str, family: Family) -> Iterator[re.Match[str]]:
    """The sums over layers in a text, as matches with the groups letter, first and step."""
    return (m for m in _SUM.finditer(text) if m["letter"] == family.letter)


def unrolled(family: Family, text: str, layers: Callable[[int, int], list[str]]) -> str:
    """The text with every sum over layers written out; layers(first, step): the labels that it runs over."""
    while (found := _sum_over(text, family.letter)) is not None:
        if (found["last"] or found["bare"]) != family.last:
            raise DeclarationError(
                "a sum over layers runs to the last one", got=found.group(), expected=f"up to {family.last}"
            )
        stop = body_end(text, found.end())
        body = text[found.end() : stop]
        terms = [_summand(body, family.letter, to) for to in layers(int(found["first"]), _step(found))]
        whole = " + ".join(rf"\left({term.strip()}\right)" for term in terms) or "0"
        text = rf"{text[: found.start()]}\left({whole}\right) {text[stop:]}"
    return text


def _summand(body: str, letter: str, to: str) -> str:
    return relabelled(body, lambda label: _at(label, letter, to))


def _at(label: Label, letter: str, to: str) -> str | None:
    """A label of the summed layer, moved to the layer `to` (a number, or a letter and how many further)."""
    if label.letter != letter:
        return None
    if to.isdigit():
        return str(int(to) + label.offset)
    return label_text(to[0], int(to[1:] or 0) + label.offset)


def body_end(text: str, start: int) -> int:
    """Where the body of a sum ends: at the next + or - outside brackets, or the bracket that closes around it."""
    depth = 0
    at = start
    while at < len(text):
        char = text[at]
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth < 0:
                return _before_right(text, at)
        elif char in "+-" and not depth and text[start:at].strip():
            return at
        at += 1
    return len(text)


def _before_right(text: str, at: int) -> int:
    r"""The offset before a closing bracket and its \right."""
    before = re.search(r"\\(?:right|big|Big|bigg|Bigg)\s*\\?$", text[:at])
    return before.start() if before else at
