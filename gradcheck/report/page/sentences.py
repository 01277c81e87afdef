"""Sentences of verdicts as lines: declared names and powers of ten in them are set as formulas."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from ...formula.notation import Notation
from ...printing.display import displayed
from .tree import Inline, Line, Math, Text, TextStyle

_BELOW, _ABOVE = "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ₊₋₌₍₎", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ⁺⁻⁼⁽⁾"
_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_SCRIPT = rf"(?:[_^](?:{_GROUP}|\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\]|[A-Za-z0-9])|[{_BELOW}]+|[{_ABOVE}]+)"
_PIECE = re.compile(
    rf"""(?P<power>(?<![\w.])[-−]?\d+(?:\.\d+)?e[-+]?\d+)
      | (?P<name>(?:(?<![\w.)\]}}])-)?
          (?:\\[A-Za-z]+(?:{_GROUP})*(?:{_SCRIPT})* | (?<![^\W\d_])[A-Za-zΑ-Ωα-ω]+(?:{_SCRIPT})+))
      | (?<![\w\\'’.^])(?P<letter>[B-HJ-Zb-z]|[AaI](?=\ (?:[=≥≤<>≠∈]|in)\ ))(?P<more>[-+]\d+)?(?![\w'’(]|\.\w)
    """,
    re.X,
)

_SIGNS = re.compile(r"[ \[\]()=<>≥≤≠∈+\-−·*/\d']*")
_COMPARED = re.compile(r"(?:\)* [=<>≥≤≠]|(?<=\\[gln]eq)) [-−]?\d+(?:\.\d+)?(?![\w/^_]|\.\d)")
_TRANSPOSE = re.compile(r"\)\^(?:T(?![A-Za-z])|\{T\})")
_SMALL = re.compile(rf"[{_BELOW}]+|[{_ABOVE}]+")
_MINUS = re.compile(r"(?<![\w.)\]^_{}-])-(?=\d)(?![\d.]*e)")
_TRANSPOSED = re.compile(r"(?P<lead>it fits transposed: )(?P<formula>[^,;]*)(?P<rest>)")
_JUDGED = re.compile(r"(?P<formula>.*[\\_^={].*)(?P<rest> is (?:proved|agrees|conditional|wrong|ill-formed|undecided))")


def sentence(words: str, notation: Notation, style: TextStyle = "plain") -> Line:
    r"""A sentence as a line.

    >>> sentence(r"assumes \sigma increasing", Notation())
    (Text(text='assumes ', style='plain'), Math(latex='\\sigma'), Text(text=' increasing', style='plain'))
    """
    line: list[Inline] = []
    for at, part in enumerate(_TYPED.split(told(words))):
        line += [Text(part, "code")] if at % 2 else _pieces(part, notation, style)
    return tuple(line)


_TYPED = re.compile(r"`([^`]+)`")


def told(words: str) -> str:
    """Declared facts and repairs as they are said in a sentence."""
    return _REPAIRED.sub(r"\1 is repaired to \2", words.replace("in-(0,1)", "in (0, 1)"))


_REPAIRED = re.compile(r"repair: read (`[^`]+`) as (`[^`]+`)")


def _pieces(words: str, notation: Notation, style: TextStyle) -> Iterator[Inline]:
    at = 0
    words = _MINUS.sub("−", words)
    for start, end, latex in _formulas(words):
        rows = displayed(latex, words=notation.shown_words)
        if rows is None or len(rows) > 1:
            continue
        if start > at:
            yield Text(words[at:start], style)
        yield Math(rows[0])
        at = end
    if at < len(words):
        yield Text(words[at:], style)


def _formulas(words: str) -> Iterator[tuple[int, int, str]]:
    """The names and numbers in a sentence; those with nothing but signs between them are one formula."""
    run: list[re.Match[str]] = []
    for found in [*_PIECE.finditer(words), None]:
        if found and run and _SIGNS.fullmatch(words, run[-1].end(), found.start()):
            run.append(found)
            continue
        if run:
            yield from _joined(words, run)
        run = [found] if found else []


def _joined(words: str, run: list[re.Match[str]]) -> Iterator[tuple[int, int, str]]:
    """The run as one formula, with the number that it is compared with; piece by piece if brackets would be torn."""
    latex, at = "", run[0].start()
    for found in run:
        latex, at = latex + words[at : found.start()] + _latex(found), found.end()
    behind = _COMPARED.match(words, at)
    if behind and run[-1]["power"] is None:
        latex, at = latex + behind[0], behind.end()
    start, transposed = run[0].start(), _TRANSPOSE.match(words, at)
    if transposed and words[start - 1 : start] == "(":
        start, at, latex = start - 1, transposed.end(), f"({latex}{transposed[0]}"
    if all(latex.count(a) == latex.count(b) for a, b in ("()", "[]")):
        yield start, at, latex
    else:
        yield from ((found.start(), found.end(), _latex(found)) for found in run)


def _latex(found: re.Match[str]) -> str:
    if found["letter"]:
        return found["letter"] + (found["more"] or "")
    if found["name"]:
        # Unicode text writes scripts that it has no characters for in parentheses, or in their own brackets.
        text = re.sub(r"([_^])(?:\(((?:[^()]|\([^()]*\))*)\)|(\[[^\[\]]*\]))", r"\1{\2\3}", found["name"])
        return _SMALL.sub(lambda run: ("_" if run[0][0] in _BELOW else "^") + f"{{{_plain_script(run[0])}}}", text)
    return scientific(found["power"].replace("−", "-"))


def _plain_script(run: str) -> str:
    """Raised or lowered characters as those that they are made of."""
    return "".join(unicodedata.normalize("NFKD", char) for char in run).replace("−", "-")


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
    return tuple(_merged(line))


def readings(said: Iterable[str], notation: Notation) -> Line:
    """How a claim was read, in one quiet sentence; what was read is set as the formula that it is."""
    line: list[Inline] = [Text("Read as: ", "quiet")]
    for at, words in enumerate(said):
        line += [Text("; ", "quiet")] if at else []
        found = _READ.fullmatch(words)
        rows = displayed(found["formula"], words=notation.shown_words) if found else None
        if found and rows and len(rows) == 1 and not _ENGLISH.search(found["formula"]):
            line += [Math(rows[0]), *sentence(found["rest"], notation, "quiet")]
        else:
            line += sentence(words, notation, "quiet")
    return tuple(_merged([*line, Text(".", "quiet")]))


_READ = re.compile(r"(?P<formula>.*[\\_^].*?)(?P<rest> is read as .*)")
_ENGLISH = re.compile(r"(?<![\\A-Za-z])[A-Za-z]+ [A-Za-z]{2}|`")


def _merged(line: Iterable[Inline]) -> Iterator[Inline]:
    """Neighbouring texts of one style as one text."""
    waiting: Text | None = None
    for item in line:
        if isinstance(item, Text) and waiting is not None and item.style == waiting.style:
            waiting = Text(waiting.text + item.text, item.style)
            continue
        if waiting is not None:
            yield waiting
        waiting = item if isinstance(item, Text) else None
        if waiting is None:
            yield item
    if waiting is not None:
        yield waiting


def _sentence(words: str, notation: Notation, style: TextStyle) -> Line:
    found = _JUDGED.fullmatch(words) or _TRANSPOSED.fullmatch(words)
    rows = displayed(found["formula"], words=notation.shown_words) if found else None
    end = "" if words.endswith(".") else "."
    if found and rows and len(rows) == 1:
        lead = found.groupdict().get("lead", "")
        return (*([Text(capital(lead), style)] if lead else []), Math(rows[0]), Text(found["rest"] + end, style))
    return sentence(capital(words) + end, notation, style)


def capital(words: str) -> str:
    """The sentence with a capital in front, unless it begins with a name that a capital would change.

    >>> capital("equal for all n"), capital("q is not declared"), capital("x_1 = 2")
    ('Equal for all n', 'q is not declared', 'x_1 = 2')
    """
    return words[0].upper() + words[1:] if re.match(r"[a-z]{2}[a-z]*[ ,.;:]|[a-z]+$|a [a-z]{2}", words) else words
