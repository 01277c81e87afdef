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

_SUMS = frozenset({"∑", "∏", "⋃"})
_LIMITED = frozenset({"max", "min"})
_FUNCTIONS = frozenset({"log", "ln", "exp", "sin", "cos", "tan", "arctan", "tanh", "sinh", "cosh", "det", *_LIMITED})
_PRIMES = "′″‴⁗"
_AS_THEY_ARE = frozenset("∂…⋯")


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
    root.extend(_row([_mended(child) for child in _unwrapped(made)]))
    return root


def _unwrapped(made: ET.Element) -> list[ET.Element]:
    """The children of <math>, without the one row that the converter puts around everything."""
    children = list(made)
    return list(children[0]) if len(children) == 1 and children[0].tag.endswith("}mrow") else children


def _mended(element: ET.Element) -> ET.Element:
    """The element as MathML Core understands it, what it contains mended first."""
    tag = element.tag.rpartition("}")[2]
    children = [_mended(child) for child in element]
    if tag == "mstyle" and element.get("mathcolor") == MARK:
        return _element("mrow", {"class": "wrong"}, children)
    if tag == "mrow":
        children = _row(children)
        return children[0] if len(children) == 1 else _element("mrow", {}, children)
    if tag in ("msub", "msup", "msubsup"):
        return _scripted(tag, [children[0], *map(_one_word, children[1:])])
    if tag in ("munder", "mover", "munderover"):
        return _element(tag, {}, [children[0], *map(_one_word, children[1:])])
    if tag == "mo" and children:  # several signs that are one, such as := and .*
        return _leaf("mo", "".join(text for child in children for text in child.itertext()), {})
    if children:
        children = _row(children) if tag == "mtd" else children
        kept = {name: value for name, value in element.attrib.items() if name not in ("columnalign", "fence", "form")}
        return _element(tag, kept, children)
    return _leaf(tag, element.text or "", dict(element.attrib))


def _scripted(tag: str, children: list[ET.Element]) -> ET.Element:
    """Scripts: limits below and above (beside, in a line of text), primes not raised twice, room beside capitals."""
    base, last = children[0], children[-1]
    if base.text in _LIMITED or base.text in _SUMS:
        return _element({"msub": "munder", "msup": "mover", "msubsup": "munderover"}[tag], {}, children)
    if tag != "msub" and last.tag == "mo" and (last.text or " ") in _PRIMES:
        # The sign is raised as it is; as a superscript it would be raised twice and become too small to see.
        last.attrib.update({"lspace": "0", "rspace": "0"})
        primed = _element("mrow", {}, [base, last])
        return primed if tag == "msup" else _element("msub", {}, [primed, children[1]])
    capital = base.tag == "mi" and len(base.text or "") == 1 and (base.text or "").isupper()
    if tag != "msub" and capital and not (last.text or "").startswith(("(", "[")):
        children[-1] = _element("mrow", {}, [ET.Element("mspace", {"width": "0.1em"}), last])
    return _element(tag, {}, children)


def _one_word(script: ET.Element) -> ET.Element:
    """A script of single letters, digits and signs as one word: scripts are set tight, which operators are not."""
    tokens = list(script)
    if script.tag != "mrow" or script.attrib or not tokens:
        return script
    if any(len(t) or t.attrib.keys() - {"form"} or (len(t.text or "") != 1 and t.tag != "mn") for t in tokens):
        return script
    if any((t.tag == "mo" and t.text not in _TIGHT) or t.tag not in ("mi", "mn", "mo") for t in tokens):
        return script
    out = ET.Element("mi")
    out.text = "".join(lettered(t.text or "", "italic") if t.tag == "mi" else t.text or "" for t in tokens)
    return out


_TIGHT = frozenset("()[],+−=<>≤≥")


def _element(tag: str, attributes: dict[str, str], children: list[ET.Element]) -> ET.Element:
    out = ET.Element(tag, attributes)
    out.extend(children)
    return out


def _leaf(tag: str, text: str, attributes: dict[str, str]) -> ET.Element:
    """A number, a name, an operator or a word."""
    variant = attributes.pop("mathvariant", "")
    for unused in ("columnalign", "fence", "form"):
        attributes.pop(unused, None)
    text = "".join(lettered(char, variant) for char in text)
    if variant == "normal" and len(text) == 1:
        attributes["mathvariant"] = "normal"
    if tag == "mi" and text and text in _PRIMES:
        tag = "mo"
    elif text == "∴":
        attributes = {"lspace": "0", "rspace": "0.278em"}
    elif text == "/":
        attributes = {"lspace": "0", "rspace": "0"}
    elif tag == "mo" and (
        text in _AS_THEY_ARE or (len(text) > 1 and text.isalpha()) or attributes == {"stretchy": "false"}
    ):
        tag, attributes = "mi", {}  # a sign that is no operator to a browser: set as it is, with no space around it
    elif attributes.get("stretchy") == "true" and text in "()[]":
        attributes = {}  # they do anyway
    out = ET.Element(tag, attributes)
    out.text = text or None
    return out


def _row(children: list[ET.Element]) -> list[ET.Element]:
    """Letters of a word become one name, a function keeps its distance, and a sign in front of a term sits close."""
    out: list[ET.Element] = []
    for child in children:
        previous = out[-1] if out else None
        if previous is not None and _same_word(previous, child):
            previous.text = (previous.text or "") + (child.text or "")
            continue
        operand = previous is not None and _is_operand(previous)
        after = previous is not None and previous.text in _FUNCTIONS and child.text not in _OPENING
        if after or (operand and _is_function(child)):
            out.append(ET.Element("mspace", {"width": "0.167em"}))
        if child.tag == "mo" and child.text in _SIGNS and not operand:
            child.set("form", "prefix")
        out.append(child)
    for child in out:
        if _upright(child) and len(child.text or "") > 1:
            child.attrib.pop("mathvariant")
    return out


_SIGNS, _OPENING, _CLOSING = frozenset("−+±∓"), frozenset("([{⌈⌊⟨"), frozenset(")]}⌉⌋⟩|‖") | frozenset(_PRIMES)


def _is_operand(element: ET.Element) -> bool:
    """Whether a term may end here: what follows is then no sign of its own but stands between two terms."""
    if element.tag == "mspace" or element.text in _OPENING:
        return False
    while len(element) and element.tag in ("munder", "mover", "munderover"):
        element = element[0]
    return element.tag != "mo" or element.text in _CLOSING


def _is_function(element: ET.Element) -> bool:
    """A name in upright letters, with its primes and scripts."""
    while len(element) and element.tag in ("mrow", "msub", "msup", "msubsup", "munder"):
        element = element[0]
    name = element.text or ""
    return element.tag == "mi" and len(name) > 1 and name.isascii() and name.isalpha()


def _same_word(left: ET.Element, right: ET.Element) -> bool:
    if _upright(left) and _upright(right):
        return True
    return all(e.tag == "mi" and "\U0001d434" <= (e.text or " ")[0] <= "\U0001d467" for e in (left, right))


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
