"""Displayed LaTeX as MathML that browsers set right without any script.

latex2mathml does the reading; what MathML Core does differently from it is mended in the tree: letters of another
alphabet become characters of their own, words are names and not operators, and wrong parts carry a class.
"""

from __future__ import annotations

import functools
import unicodedata
from xml.etree import ElementTree as ET

from .display import MARK

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_ALPHABETS = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "double-struck": "DOUBLE-STRUCK",
    "script": "SCRIPT",
    "fraktur": "FRAKTUR",
    "sans-serif": "SANS-SERIF",
    "monospace": "MONOSPACE",
}
_LETTER_LIKE = {
    "ITALIC SMALL H": "ℎ", "SCRIPT CAPITAL B": "ℬ", "SCRIPT CAPITAL E": "ℰ", "SCRIPT CAPITAL F": "ℱ",
    "SCRIPT CAPITAL H": "ℋ", "SCRIPT CAPITAL I": "ℐ", "SCRIPT CAPITAL L": "ℒ", "SCRIPT CAPITAL M": "ℳ",
    "SCRIPT CAPITAL R": "ℛ", "SCRIPT SMALL E": "ℯ", "SCRIPT SMALL G": "ℊ", "SCRIPT SMALL O": "ℴ",
    "FRAKTUR CAPITAL C": "ℭ", "FRAKTUR CAPITAL H": "ℌ", "FRAKTUR CAPITAL I": "ℑ", "FRAKTUR CAPITAL R": "ℜ",
    "FRAKTUR CAPITAL Z": "ℨ", "DOUBLE-STRUCK CAPITAL C": "ℂ", "DOUBLE-STRUCK CAPITAL H": "ℍ",
    "DOUBLE-STRUCK CAPITAL N": "ℕ", "DOUBLE-STRUCK CAPITAL P": "ℙ", "DOUBLE-STRUCK CAPITAL Q": "ℚ",
    "DOUBLE-STRUCK CAPITAL R": "ℝ", "DOUBLE-STRUCK CAPITAL Z": "ℤ",
}  # fmt: skip
"""Letters that Unicode had before it got the alphabets."""

_FUNCTIONS = frozenset(
    {"log", "ln", "exp", "sin", "cos", "tan", "tanh", "sinh", "cosh", "det", "tr", "diag", "max", "min"}
)
_PRIMES = "′″‴⁗"


@functools.lru_cache(maxsize=4096)
def mathml(latex: str, *, block: bool = False) -> str:
    r"""The MathML of one row of displayed LaTeX (see `printing.display`), as text for a page.

    >>> mathml("x_1")
    '<math><msub><mi>x</mi><mn>1</mn></msub></math>'
    """
    root = tree(latex, block=block)
    return ET.tostring(root, encoding="unicode", short_empty_elements=False)


def tree(latex: str, *, block: bool = False) -> ET.Element:
    """The same as an element tree."""
    from latex2mathml.converter import convert

    # Parsed again from its text, because in the converter's own tree characters still stand as entities.
    made = ET.fromstring(convert(latex, display="block" if block else "inline").replace("&#x0026;", "&amp;"))
    root = ET.Element("math", {"display": "block"} if block else {})
    root.extend(_mended(child) for child in _unwrapped(made))
    return root


def _unwrapped(made: ET.Element) -> list[ET.Element]:
    """The children of <math>, without the one row that the converter puts around everything."""
    children = list(made)
    return list(children[0]) if len(children) == 1 and children[0].tag.endswith("}mrow") else children


def _mended(element: ET.Element) -> ET.Element:
    tag = element.tag.rpartition("}")[2]
    text = element.text or ""
    attributes = dict(element.attrib)
    if tag == "mstyle" and attributes.pop("mathcolor", "") == MARK:
        return _with_children("mrow", {"class": "wrong"}, element)
    variant = attributes.pop("mathvariant", "")
    if variant and text:
        text = "".join(lettered(char, variant) for char in text)
        if variant == "normal" and len(text) == 1:
            attributes["mathvariant"] = "normal"
    if tag == "mi" and text and text in _PRIMES:
        tag = "mo"
    if tag == "mo" and len(text) > 1 and text.isalpha():
        tag = "mi"
    if tag == "mtd":
        attributes.pop("columnalign", None)
    out = _with_children(tag, attributes, element)
    out.text = text or None
    return out


def _with_children(tag: str, attributes: dict[str, str], element: ET.Element) -> ET.Element:
    out = ET.Element(tag, attributes)
    children = _words([_mended(child) for child in element]) if tag == "mrow" else [_mended(c) for c in element]
    if tag == "mrow" and len(children) == 1 and not attributes:
        return children[0]
    out.extend(children)
    return out


def _words(children: list[ET.Element]) -> list[ET.Element]:
    """Upright letters side by side, as in a word, become one name."""
    out: list[ET.Element] = []
    for child in children:
        previous = out[-1] if out else None
        if previous is not None and _upright(previous) and _upright(child):
            previous.text = (previous.text or "") + (child.text or "")
        else:
            out.append(child)
    for child in out:
        if _upright(child) and len(child.text or "") > 1:
            child.attrib.pop("mathvariant")
    return out


def _upright(element: ET.Element) -> bool:
    return element.tag == "mi" and element.get("mathvariant") == "normal"


def lettered(char: str, variant: str) -> str:
    """The character of another alphabet, or the same one where there is none.

    >>> lettered("x", "bold"), lettered("1", "double-struck"), lettered("σ", "bold-italic"), lettered("h", "italic")
    ('𝐱', '𝟙', '𝝈', 'ℎ')
    """
    alphabet = _ALPHABETS.get(variant)
    if alphabet is None:
        return char
    words = unicodedata.name(char, "").split()
    kind = {"LATIN": "", "GREEK": "", "DIGIT": "DIGIT "}.get(words[0] if words else "")
    if kind is None:
        return char
    if kind:
        wanted = f"{alphabet} DIGIT {words[1]}"
    else:
        case, name = words[1], " ".join(w for w in words[2:] if w != "LETTER")
        wanted = f"{alphabet} {case} {name}"
    if wanted in _LETTER_LIKE:
        return _LETTER_LIKE[wanted]
    try:
        return unicodedata.lookup(f"MATHEMATICAL {wanted}")
    except KeyError:
        return char
