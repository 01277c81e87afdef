"""Elements of a page, as ElementTree nodes: text is escaped when the tree is written, never before."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

Child = ET.Element | str


def element(tag: str, *children: Child, **attributes: str) -> ET.Element:
    """An element with children and attributes; class_ and for_ stand for class and for, a_b for a-b.

    >>> ET.tostring(element("p", "a < b ", element("b", "c"), class_="x"), encoding="unicode")
    '<p class="x">a &lt; b <b>c</b></p>'
    """
    out = ET.Element(tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()})
    return extend(out, children)


def extend(out: ET.Element, children: Iterable[Child]) -> ET.Element:
    """Append children, of which strings become text."""
    for child in children:
        if isinstance(child, ET.Element):
            out.append(child)
        elif len(out):
            out[-1].tail = (out[-1].tail or "") + clean(child)
        else:
            out.text = (out.text or "") + clean(child)
    return out


def clean(text: str) -> str:
    """The text without characters that no page may contain; each becomes a replacement character."""
    return "".join(c if c in "\t\n" or (c >= " " and not "\x7f" <= c <= "\x9f" and not "\ud800" <= c <= "\udfff"
                                        and c not in "\ufffe\uffff") else "\ufffd" for c in text)  # fmt: skip
