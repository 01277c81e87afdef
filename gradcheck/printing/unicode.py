"""Layouts as Unicode text for a terminal: (x₃ − y)·w₂·σ′(w₁·x₁)."""

from __future__ import annotations

import re
import unicodedata

from . import layout as lay
from .layout import ATOM, BIG, POWER, RUN, Layout

_SYMBOLS = {
    r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\delta": "δ", r"\epsilon": "ε", r"\varepsilon": "ε", r"\zeta": "ζ",
    r"\eta": "η", r"\theta": "θ", r"\iota": "ι", r"\kappa": "κ", r"\lambda": "λ", r"\mu": "μ", r"\nu": "ν", r"\xi": "ξ",
    r"\pi": "π", r"\rho": "ρ", r"\sigma": "σ", r"\tau": "τ", r"\phi": "φ", r"\varphi": "φ", r"\chi": "χ", r"\psi": "ψ",
    r"\omega": "ω", r"\Gamma": "Γ", r"\Delta": "Δ", r"\Theta": "Θ", r"\Lambda": "Λ", r"\Phi": "Φ", r"\Psi": "Ψ",
    r"\Omega": "Ω", r"\Sigma": "Σ", r"\ell": "ℓ", r"\geq": "≥", r"\leq": "≤", r"\neq": "≠", r"\mathbf{1}": "𝟏",
    r"\star": "*", r"\dagger": "†", r"\infty": "∞", r"\partial": "∂", r"\mathcal{L}": "ℒ", r"\mathcal{J}": "𝒥",
    r"\lceil": "⌈", r"\rceil": "⌉", r"\lfloor": "⌊", r"\rfloor": "⌋",
}  # fmt: skip
_BELOW = dict(zip("0123456789aehijklmnoprstuvxβγρφχ+-=()", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ₊₋₌₍₎", strict=True))
_ABOVE = dict(
    zip("0123456789abcdefghijklmnoprstuvwxyzT+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ⁺⁻⁼⁽⁾", strict=True)
)
_ACCENTS = {
    r"\hat": "\u0302",
    r"\bar": "\u0304",
    r"\tilde": "\u0303",
    r"\dot": "\u0307",
    r"\ddot": "\u0308",
    r"\check": "\u030c",
}
_OPERATORS = {"sum": "Σ", "prod": "Π", "max": "max", "min": "min"}
_PRIMES = ("", "′", "″", "‴")


def to_unicode(node: Layout) -> str:
    """The Unicode text of a layout.

    >>> to_unicode(lay.Raised(lay.Terms(((False, lay.Name("y")), (True, lay.Name("x", "3")))), lay.Numeral(2)))
    '(y − x₃)²'
    """
    if isinstance(node, lay.Name):
        return _name(node)
    if isinstance(node, lay.Word):
        return plain(node.text)
    if isinstance(node, lay.Numeral):
        return str(node.value)
    if isinstance(node, lay.Terms):
        return _terms(node)
    if isinstance(node, lay.Run):
        *before, last = node.factors
        return "·".join([*(_within(f, RUN) for f in before), _within(last, BIG if last.level == BIG else RUN)])
    if isinstance(node, lay.Elementwise):
        return " ⊙ ".join(_within(f, POWER) for f in node.factors) + "".join(
            f" ⊘ {_within(f, POWER)}" for f in node.divisors
        )
    if isinstance(node, lay.Big):
        return f"{_OPERATORS[node.operator]}{_limits(node)} {_within(node.body, BIG)}"
    return _enclosed(node)


def _enclosed(node: Layout) -> str:
    if isinstance(node, lay.Raised):
        return _base(node.base) + above(("⊙" if node.elementwise else "") + to_unicode(node.exponent))
    if isinstance(node, lay.Transposed):
        return _base(node.base) + "ᵀ"
    if isinstance(node, lay.Quotient):
        return _quotient(node)
    if isinstance(node, lay.Root):
        return f"√({to_unicode(node.body)})"
    if isinstance(node, lay.Applied):
        return f"{plain(node.function)}{_primed(node.order)}({to_unicode(node.argument)})"
    if isinstance(node, lay.Absolute):
        return f"|{to_unicode(node.body)}|"
    if isinstance(node, lay.Diagonal):
        return f"diag({to_unicode(node.body)})"
    if isinstance(node, lay.Bracket):
        return f"[{to_unicode(node.left)} {plain(node.relation)} {to_unicode(node.right)}]"
    assert isinstance(node, lay.Partial), f"no text for {type(node).__name__}"
    return f"∂{_within(node.top, POWER)}/∂{_within(node.bottom, ATOM)}"


def _limits(node: lay.Big) -> str:
    """The index of a sum; its limits too where it does not end at a size that has a name: Σᵢ₌₁ᵐ⁻¹."""
    end = "" if node.above is None else plain(node.above).replace(" ", "")
    if not end or end.isalpha():
        return below(node.below.split("=")[0])
    return below(node.below) + above(end)


def _quotient(node: lay.Quotient) -> str:
    """A fraction on one line, with its own character where there is one."""
    top, bottom = to_unicode(node.numerator), to_unicode(node.denominator)
    if (top, bottom) == ("1", "2"):
        return "½"
    return f"{_within(node.numerator, RUN)}/{_within(node.denominator, POWER)}"


def _within(node: Layout, level: int) -> str:
    text = to_unicode(node)
    # A fraction has no bracket of its own on one line.
    tight = RUN if isinstance(node, lay.Quotient) and text != "½" else node.level
    return text if tight >= level else f"({text})"


def _base(node: Layout) -> str:
    text = _within(node, ATOM)
    return f"({text})" if isinstance(node, lay.Name) and (node.raised or node.primes) else text


def _terms(node: lay.Terms) -> str:
    text = ""
    for negative, term in node.terms:
        sign = ("−" if negative else "") if not text else " − " if negative else " + "
        text += sign + _within(term, BIG)
    return text


def _name(node: lay.Name) -> str:
    raised = "".join([*node.labels, *(f"({s})" for s in node.samples)])
    base = plain(node.base) + _primed(node.primes)
    if node.subscript is not None and node.positions:
        # (w₁)ⱼ: the name's own subscript and a position do not share one place.
        return f"({base}{below(node.subscript)}{above(raised) if raised else ''}){below(_positions(node.positions))}"
    if node.subscript is not None and _WORD.fullmatch(node.subscript):
        return f"{base}_{node.subscript}" + (above(raised) if raised else "")
    lowered = node.subscript if node.subscript is not None else _positions(node.positions)
    return base + (below(lowered) if lowered else "") + (above(raised) if raised else "")


_WORD = re.compile(r"[A-Za-z]{3,}")
"""A subscript that is read as a word and not sign by sign."""


def _positions(positions: tuple[str, ...]) -> str:
    """One letter each needs no commas."""
    return "".join(positions) if all(len(p) == 1 for p in positions) else ",".join(positions)


def _primed(order: int) -> str:
    return _PRIMES[order] if order < len(_PRIMES) else f"⁽{above(str(order))}⁾"


def below(text: str) -> str:
    """A subscript, in small characters where all of it has them.

    >>> below("3"), below("jk"), below("hy")
    ('₃', 'ⱼₖ', '_hy')
    """
    return _script(plain(text), _BELOW, "_")


def above(text: str) -> str:
    """A superscript, in small characters where all of it has them."""
    return _script(plain(text), _ABOVE, "^")


def _script(text: str, small: dict[str, str], mark: str) -> str:
    if all(c in small for c in text):
        return "".join(small[c] for c in text)
    nested = re.fullmatch(r"([^_^()]+)([_^])(.+)", text)
    if nested:
        return mark + nested[1] + (below if nested[2] == "_" else above)(nested[3])
    # [3] has no small brackets, but it delimits itself.
    alone = text.isalnum() or re.fullmatch(r"(\[[^\[\]]*\]|\([^()]*\))", text)
    return f"{mark}{text}" if alone else f"{mark}({text})"


def plain(text: str) -> str:
    r"""LaTeX of a name or number as plain text.

    >>> plain(r"\sigma"), plain(r"\operatorname{ReLU}"), plain(r"\hat{\rho}"), plain(r"\tanh")
    ('σ', 'ReLU', 'ρ̂', 'tanh')
    """
    if text in _SYMBOLS:
        return _SYMBOLS[text]
    for command, mark in _ACCENTS.items():
        if text.startswith(command):
            return unicodedata.normalize("NFC", plain(text[len(command) :].strip("{} ")) + mark)
    text = re.sub(r"\\(operatorname|text|mathrm|mathcal|mathbf)\{([^{}]*)\}", r"\2", text)
    text = re.sub(r"\\[A-Za-z]+", lambda found: _SYMBOLS.get(found.group(), found.group()[1:]), text)
    text = re.sub(r"(?<=[⌈⌊]) | (?=[⌉⌋])", "", text)
    return text.replace("{", "").replace("}", "").replace("\\", "")


_SAID = frozenset({"tanh", "exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "max", "min", "det"})
"""Commands that are read as their names."""

_TYPED = re.compile(r"(`[^`]*`)")
_SCRIPT = re.compile(r"(?<=[^\W_]|[)\]}])([_^])(?:\{((?:[^{}]|\{[^{}]*\})*)\}|([A-Za-z0-9])(?![A-Za-z0-9]))")
_COMMAND = re.compile(r"\\(?:operatorname|text|mathrm|mathcal|mathbf)\{[^{}]*\}|\\[A-Za-z]+(?![A-Za-z{])")


def readable(words: str) -> str:
    r"""A sentence with the LaTeX in it as plain text; what stands between backquotes stays as it was typed.

    >>> readable(r"assumes \sigma increasing, z_j > 0, \lceil k/2 \rceil \geq 1; `\frac` stays")
    'assumes σ increasing, zⱼ > 0, ⌈k/2⌉ ≥ 1; `\\frac` stays'
    """
    return "".join(part if at % 2 else _read(part) for at, part in enumerate(_TYPED.split(words)))


def _read(words: str) -> str:
    commands = _COMMAND.findall(words)
    if words.count("\\") > len(commands) or any(
        plain(found) == found[1:] for found in commands if found[1:] not in _SAID
    ):
        return words  # a whole formula: better as it was typed than half of it turned
    words = _COMMAND.sub(lambda found: plain(found[0]), words)
    words = re.sub(r"(?<=[⌈⌊]) | (?=[⌉⌋])", "", words)
    return _SCRIPT.sub(lambda found: (below if found[1] == "_" else above)(found[2] or found[3]), words)
