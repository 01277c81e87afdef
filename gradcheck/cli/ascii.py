"""The same text for a terminal that has only ASCII."""

from __future__ import annotations

import unicodedata

_SPELLED = {
    "−": "-", "·": "*", "×": "x", "…": "...", "±": "+-", "′": "'", "″": "''", "‴": "'''", "∂": "d", "∇": "grad ",
    "∑": "sum ", "Σ": "sum ", "∏": "prod ", "Π": "prod ", "√": "sqrt", "∞": "inf", "≠": "!=", "≤": "<=", "≥": ">=",
    "≈": "~", "∈": " in ", "∉": " not in ", "∋": " contains ", "∌": " excludes ", "→": "->", "←": "<-", "↦": "|->",
    "⇒": "=>", "⊙": ".*", "∘": " o ", "⊗": " (x) ", "⟨": "<", "⟩": ">", "⌈": "ceil(", "⌉": ")", "⌊": "floor(",
    "⌋": ")", "‖": "||", "ᵀ": "^T", "⊤": "^T", "½": "1/2", "∀": "for all ", "ℝ": "R", "ℓ": "l",
    "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"',
}  # fmt: skip


def to_ascii(text: str) -> str:
    """Spell out what ASCII lacks: Greek letters by name, subscripts and superscripts with _ and ^.

    >>> to_ascii("(x₃ − y)·w₂·σ′(w₁x₁)")
    "(x_3 - y)*w_2*sigma'(w_1x_1)"
    """
    if text.isascii():
        return text
    out: list[str] = []
    script = ""
    for char in text:
        kind = unicodedata.decomposition(char).partition(">")[0]
        if kind in ("<sub", "<super"):
            sign = "_" if kind == "<sub" else "^"
            out.append(("" if script == sign else sign) + unicodedata.normalize("NFKC", char).replace("−", "-"))
            script = sign
            continue
        script = ""
        out.append(char if char.isascii() else _spelled(char))
    return "".join(out)


def _spelled(char: str) -> str:
    if char in _SPELLED:
        return _SPELLED[char]
    words = unicodedata.name(char, "").split()
    if words[:2] == ["GREEK", "SMALL"] and words[2:3] == ["LETTER"]:
        return words[-1].lower()
    if words[:3] == ["GREEK", "CAPITAL", "LETTER"]:
        return words[-1].capitalize()
    base = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode("ascii")
    return base or char.encode("unicode_escape").decode("ascii")
