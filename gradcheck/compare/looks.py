"""Verdicts for the eye: a sign and a colour each, the same wherever they are shown; the word stands beside them."""

from __future__ import annotations

from dataclasses import dataclass

from .verdict import VerdictName


@dataclass(frozen=True)
class Look:
    """How a verdict looks: its sign as a character and as LaTeX, its colour on light and on dark paper."""

    sign: str
    latex: str
    light: str
    dark: str


LOOKS: dict[VerdictName, Look] = {
    "proved": Look("✓", r"\checkmark", "#116329", "#57d364"),
    "agrees": Look("≈", r"\approx", "#0550ae", "#79b8ff"),
    "conditional": Look("⇐", r"\Leftarrow", "#7d4e00", "#e3b341"),
    "wrong": Look("×", r"\times", "#b3131d", "#ff938a"),
    "ill-formed": Look("⊥", r"\bot", "#6639ba", "#d2a8ff"),
    "undecided": Look("?", "?", "#4a525a", "#b1bac4"),
}
