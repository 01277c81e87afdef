"""Which equations without an anchor are claims: those whose left side is a derivative.

Decided from the text, so that an equation that can't be parsed is still counted as the claim it is.
"""

from __future__ import annotations

import re

from ..declare.network import Network
from ..errors import FormulaError
from ..formula.names import join, name_parts

_LEAD = re.compile(
    r"""\s+ | & | \\(?:therefore|because|implies|Rightarrow|Longrightarrow|iff|quad|qquad|displaystyle)(?![A-Za-z])
      | \\[,;:!\ ] | \\(?:text|mbox)\{[^{}]*\} | \\(?:tag|label)\{[^}]*\}
      | \\begin\{(?:aligned|align\*?|split|gathered|equation\*?|array)\}(?:\{[^}]*\})?""",
    re.X,
)
_BRACKET_OR_SIGN = re.compile(r"\\boxed(?=\s*\{)|\\left\s*\.|(?:\\(?:left|big|Big|bigg|Bigg))?\s*\\?[\[({]|[-+]")
_D = re.compile(r"\\partial(?![A-Za-z])|\\(?:mathrm|text|operatorname)\s*\{\s*d\s*\}|d(?=\s*(?:$|[A-Za-z\\{(^]))")
_FRACTION = re.compile(r"\\[dt]?frac(?![A-Za-z])\s*")
_OPERATOR = re.compile(r"(?:\\nabla|\\partial)(?![A-Za-z])")
_PRIMED_CALL = re.compile(
    r"(?:\\[A-Za-z]+|[A-Za-z])(?:_\w|_\{[^}]*\})?\s*(?:'+|\^\{?\s*(?:\\prime\s*)+\}?)\s*(?:\\left\s*)?\("
)
_RELATION = re.compile(
    r":?=|[<>]|\\(?:leq?|geq?|neq?|not\s*=|leqslant|geqslant|leftarrow|gets|coloneqq|equiv|in|approx|propto|to)(?![A-Za-z])"
)
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def undecorated(latex: str) -> str:
    r"""The formula without what may stand before its first symbol: \therefore, signs, brackets, alignment."""
    at = 0
    while found := _LEAD.match(latex, at) or _BRACKET_OR_SIGN.match(latex, at):
        at = found.end()
    return latex[at:]


def begins_with_relation(latex: str) -> bool:
    """Whether the formula continues another one: = ... or < ... ."""
    at = 0
    while found := _LEAD.match(latex, at):
        at = found.end()
    return _RELATION.match(latex, at) is not None


def left_side(latex: str) -> str:
    """What stands before the first relation sign outside brackets, on one line; all of it if there is none.

    >>> left_side(r"f(x=1) = 3")
    'f(x=1)'
    """
    depth = 0
    for at, char in enumerate(latex):
        depth += _BRACKETS.get(char, 0)
        if depth <= 0 and at and _RELATION.match(latex, at):
            return _on_one_line(latex[:at])
    return _on_one_line(latex)


def _on_one_line(latex: str) -> str:
    plain = re.sub(r"\\begin\{(?:aligned|align\*?|split|gathered)\}|&|\\therefore(?![A-Za-z])", " ", latex)
    return " ".join(plain.split())


def is_derivative(latex: str, network: Network | None) -> bool:
    r"""Whether the left side is a derivative: written as one, or a declared adjoint.

    >>> is_derivative(r"\therefore \frac{dl}{dx_3} = x_3 - y", None)
    True
    >>> is_derivative(r"\frac{d}{2} = 1", None)
    False
    """
    start = undecorated(left_side(latex))
    written = _is_fraction_of_differentials(start) or _OPERATOR.match(start) or _PRIMED_CALL.match(start)
    return bool(written) or _is_adjoint(start, network)


def _is_adjoint(latex: str, network: Network | None) -> bool:
    """Whether this is the name of a declared adjoint, whatever indices stand on it."""
    if network is None or not network.adjoints:
        return False
    try:
        parts = name_parts(latex)
    except FormulaError:
        return False
    labels = tuple(s for s in parts.superscripts if s[1:-1] not in network.notation.indices)
    names = {join(parts.base, subscript, labels) for subscript in (parts.subscript, None)}
    adjoints = {node.tensor.name for node in network.adjoints}
    if network.family is not None and network.generic is not None:
        adjoints |= {node.tensor.name for node in network.generic.adjoints}
        names |= {network.family.of_any_layer(name) for name in names}
    return bool(adjoints & names)


def _is_fraction_of_differentials(latex: str) -> bool:
    fraction = _FRACTION.match(latex)
    if fraction is None:
        above, _, below = latex.partition("/")
        return bool(below and _D.match(above) and _D.match(below.lstrip(" {(")))
    above, behind = _argument(latex, fraction.end())
    below, _ = _argument(latex, behind)
    return bool(_D.match(above) and _D.match(below) and below.strip() != "d")


def _argument(latex: str, at: int) -> tuple[str, int]:
    """The argument of a command that starts at `at`: a group in braces, or one token."""
    while latex[at : at + 1].isspace():
        at += 1
    if not latex.startswith("{", at):
        token = re.compile(r"\\[A-Za-z]+|.|$", re.S).match(latex, at)
        assert token is not None
        return token.group(), token.end()
    depth = 0
    for end in range(at, len(latex)):
        depth += {"{": 1, "}": -1}.get(latex[end], 0)
        if not depth:
            return latex[at + 1 : end].strip(), end + 1
    return latex[at + 1 :].strip(), len(latex)
