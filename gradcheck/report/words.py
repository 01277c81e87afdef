"""How verdicts look on a page: those of `compare`, and that of an equation that could not be read."""

from __future__ import annotations

from ..compare.looks import LOOKS as VERDICTS
from ..compare.looks import Look
from .page.tree import Word

LOOKS: dict[Word, Look] = {}
for word, look in VERDICTS.items():
    LOOKS[word] = look
LOOKS["unread"] = Look("∅", r"\varnothing", "#4a525a", "#b1bac4")
