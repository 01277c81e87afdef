"""Text in LaTeX: every character as itself, whatever it means to TeX."""

from __future__ import annotations

import unicodedata

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}", "-": "{-}",
    "[": "{[}", "]": "{]}", "*": "{*}", ",": ",", "\u00a0": "~", "…": r"\ldots{}", "–": r"\textendash{}",
    "—": r"\textemdash{}", "’": r"\textquoteright{}", "‘": r"\textquoteleft{}", "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}", "°": r"\textdegree{}", "€": r"\texteuro{}",
}  # fmt: skip
"""Hyphens, brackets and quotes among them: no ligature forms, and no bracket is taken for an option."""

_MATH = {
    "−": "-", "·": r"\cdot", "×": r"\times", "÷": r"\div", "±": r"\pm", "∓": r"\mp", "′": "'", "″": "''", "‴": "'''",
    "∂": r"\partial", "∇": r"\nabla", "∑": r"\Sigma", "∏": r"\Pi", "√": r"\surd", "∞": r"\infty", "≠": r"\neq",
    "≤": r"\leq", "≥": r"\geq", "≈": r"\approx", "≡": r"\equiv", "∈": r"\in", "∉": r"\notin", "∋": r"\ni",
    "∌": r"\not\ni", "→": r"\to", "←": r"\leftarrow", "↦": r"\mapsto", "⇒": r"\Rightarrow", "⇐": r"\Leftarrow",
    "⊙": r"\odot", "∘": r"\circ", "⊗": r"\otimes", "⊘": r"\oslash", "⟨": r"\langle", "⟩": r"\rangle", "⌈": r"\lceil",
    "⌉": r"\rceil", "⌊": r"\lfloor", "⌋": r"\rfloor", "‖": r"\|", "⊤": r"\top", "⊥": r"\bot", "∅": r"\varnothing",
    "∀": r"\forall", "∃": r"\exists", "∴": r"\therefore", "ℝ": r"\mathbb{R}", "ℕ": r"\mathbb{N}", "ℒ": r"\mathcal{L}",
    "ℓ": r"\ell", "✓": r"\checkmark", "⋅": r"\cdot", "∗": r"\ast", "ϵ": r"\epsilon", "ϕ": r"\phi", "ϑ": r"\vartheta",
}  # fmt: skip
_GREEK = {
    "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P",
    "Τ": "T", "Χ": "X", "ο": "o", "ε": r"\varepsilon", "φ": r"\varphi", "ς": r"\varsigma",
}  # fmt: skip
_BREAKABLE = frozenset("/_-.=")


def escape(text: str, *, breakable: bool = False) -> str:
    r"""The text as LaTeX; characters that no font has are written as U+1F600.

    breakable: let lines break behind / _ - . and =, for file names and formulas as typed.

    >>> escape("50 % of x_1 & σ")
    '50 \\% of x\\_1 \\& $\\sigma$'
    """
    out = []
    for char in text:
        out.append(_escaped(char))
        if breakable and char in _BREAKABLE:
            out.append(r"\allowbreak{}")
    return "".join(out)


def _escaped(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    if char in "\n\t" or " " <= char <= "~":
        return char
    if char in _MATH:
        return f"${_MATH[char]}$"
    if "Α" <= char <= "ω":
        return _greek(char)
    if script := _script(char):
        return script
    if _accented(char):
        return char
    return rf"\texttt{{U+{ord(char):04X}}}"


def _script(char: str) -> str:
    """A raised or lowered character; "" where it is none."""
    kind, _, codes = unicodedata.decomposition(char).partition("> ")
    if kind not in ("<sub", "<super"):
        return ""
    inner = "".join(chr(int(code, 16)) for code in codes.split()).replace("−", "-")
    if len(inner) == 1 and "Α" <= inner <= "ω":
        inner = _greek(inner).strip("$")
    elif not inner.isascii() or set(inner) & set("\\{}$&#_%~^"):
        return ""
    return f"${{}}{'_' if kind == '<sub' else '^'}{{{inner}}}$"


def _greek(char: str) -> str:
    if char in _GREEK:
        return f"${_GREEK[char]}$"
    words = unicodedata.name(char, "").split()
    if words[:1] == ["GREEK"] and len(words) == 4 and words[2] == "LETTER":
        name = "lambda" if words[3] in ("LAMDA", "LAMBDA") else words[3].lower()
        return f"$\\{name.capitalize() if words[1] == 'CAPITAL' else name}$"
    return rf"\texttt{{U+{ord(char):04X}}}"


_T1 = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŐőŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž§£"
)


def _accented(char: str) -> bool:
    """Whether LaTeX knows the letter in its T1 encoding."""
    return char in _T1
