"""Sentences of verdicts as lines: declared names and powers of ten in them are set as formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...formula.notation import Notation
from ...printing.display import displayed
from .tree import Inline, Line, Math, Text, TextStyle

_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_SCRIPT = rf"[_^](?:{_GROUP}|\((?:[^()]|\([^()]*\))*\)|[A-Za-z0-9])"
_PIECE = re.compile(
    rf"""(?P<power>(?<![\w.])[-−]?\d+(?:\.\d+)?e[-+]?\d+)
      | (?P<name>\\[A-Za-z]+(?:{_GROUP})*(?:{_SCRIPT})* | (?<![A-Za-z\\])[A-Za-z]+(?:{_SCRIPT})+)
    """,
    re.X,
)

_JUDGED = re.compile(r"(?P<formula>.*[\\_^={].*)(?P<rest> is (?:proved|agrees|conditional|wrong|ill-formed|undecided))")


def sentence(words: str, notation: Notation, style: TextStyle = "plain") -> Line:
    r"""A sentence as a line.

    >>> sentence(r"assumes \sigma increasing", Notation())
    (Text(text='assumes ', style='plain'), Math(latex='\\sigma'), Text(text=' increasing', style='plain'))
    """
    return tuple(_pieces(words, notation, style))


def _pieces(words: str, notation: Notation, style: TextStyle) -> Iterator[Inline]:
    at = 0
    for found in _PIECE.finditer(words):
        rows = displayed(_latex(found), words=notation.long_words)
        if rows is None or len(rows) > 1:
            continue
        if found.start() > at:
            yield Text(words[at : found.start()], style)
        yield Math(rows[0])
        at = found.end()
    if at < len(words):
        yield Text(words[at:], style)


def _latex(found: re.Match[str]) -> str:
    if found["name"]:
        # Unicode text writes scripts that it has no characters for in parentheses.
        return re.sub(r"([_^])\(((?:[^()]|\([^()]*\))*)\)", r"\1{\2}", found["name"])
    return scientific(found["power"].replace("−", "-"))


def scientific(number: str) -> str:
    r"""A number such as 2e-11 as LaTeX.

    >>> scientific("2e-11"), scientific("1.5e+03"), scientific("12.5")
    ('2 \\cdot 10^{-11}', '1.5 \\cdot 10^{3}', '12.5')
    """
    mantissa, mark, exponent = number.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if mark else number


def number(value: float, digits: int = 10) -> Inline:
    """A number found at a point."""
    written = f"{value:.{digits}g}"
    return Math(scientific(written)) if "e" in written else Text(written.replace("-", "−"))


def sentences(said: Iterable[str], notation: Notation, style: TextStyle = "plain") -> Line:
    """Evidence as sentences: a capital in front, a full stop behind; a formula that leads one is set as a formula."""
    line: list[Inline] = []
    for words in said:
        line += [Text(" ", style)] if line else []
        line += _sentence(words, notation, style)
    return tuple(line)


def _sentence(words: str, notation: Notation, style: TextStyle) -> Line:
    found = _JUDGED.fullmatch(words)
    rows = displayed(found["formula"], words=notation.long_words) if found else None
    end = "" if words.endswith(".") else "."
    if found and rows and len(rows) == 1:
        return (Math(rows[0]), Text(found["rest"] + end, style))
    return sentence(capital(words) + end, notation, style)


def capital(words: str) -> str:
    """The sentence with a capital in front, unless it begins with a name that a capital would change.

    >>> capital("equal for all n"), capital("q is not declared"), capital("x_1 = 2")
    ('Equal for all n', 'q is not declared', 'x_1 = 2')
    """
    return words[0].upper() + words[1:] if re.match(r"[a-z]{2}[a-z]*[ ,.;:]|[a-z]+$", words) else words
