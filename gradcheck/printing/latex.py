"""Layouts as LaTeX."""

from __future__ import annotations

import re

from . import layout as lay
from .layout import ATOM, BIG, POWER, RUN, Layout


def to_latex(node: Layout) -> str:
    r"""The LaTeX of a layout.

    >>> to_latex(lay.Raised(lay.Terms(((False, lay.Name("y")), (True, lay.Name("x", "3")))), lay.Numeral(2)))
    '(y - x_3)^2'
    """
    if isinstance(node, lay.Name):
        return _name(node)
    if isinstance(node, lay.Word):
        return node.text
    if isinstance(node, lay.Numeral):
        return str(node.value)
    if isinstance(node, lay.Terms):
        return _terms(node)
    if isinstance(node, lay.Run):
        return _run(node)
    if isinstance(node, lay.Elementwise):
        product = r" \odot ".join(_within(f, POWER) for f in node.factors)
        return product + "".join(rf" \oslash {_within(f, POWER)}" for f in node.divisors)
    if isinstance(node, lay.Big):
        return _big(node)
    if isinstance(node, lay.Raised | lay.Transposed):
        return _raised(node)
    return _enclosed(node)


def _enclosed(node: Layout) -> str:
    """Layouts that bracket their parts by themselves."""
    if isinstance(node, lay.Quotient):
        return rf"\frac{{{to_latex(node.numerator)}}}{{{to_latex(node.denominator)}}}"
    if isinstance(node, lay.Root):
        return rf"\sqrt{{{to_latex(node.body)}}}"
    if isinstance(node, lay.Applied):
        return f"{node.function}{chr(39) * node.order}({to_latex(node.argument)})"
    if isinstance(node, lay.Absolute):
        return rf"\lvert {to_latex(node.body)} \rvert"
    if isinstance(node, lay.Diagonal):
        return rf"\operatorname{{diag}}({to_latex(node.body)})"
    if isinstance(node, lay.Bracket):
        return f"[{to_latex(node.left)} {node.relation} {to_latex(node.right)}]"
    assert isinstance(node, lay.Partial), f"no LaTeX for {type(node).__name__}"
    top, bottom = _within(node.top, POWER), _within(node.bottom, ATOM)
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"


def _within(node: Layout, level: int) -> str:
    """The LaTeX of a part, in parentheses if it is looser than its place allows."""
    text = to_latex(node)
    return text if node.level >= level else f"({text})"


def _name(node: lay.Name) -> str:
    base = node.base + "'" * node.primes
    if node.subscript is not None and node.positions:
        # (w_1)_j: the name's own subscript and a position do not share one place.
        named = _name(lay.Name(node.base, node.subscript, node.labels, node.primes, (), node.samples))
        return f"({named})_{_script(','.join(node.positions))}"
    below = ",".join(node.positions) if node.subscript is None else _GROUPED.sub(r"_{\1}", node.subscript)
    above = "".join([*node.labels, *(f"({s})" for s in node.samples)])
    return base + (f"_{_script(below)}" if below else "") + (f"^{{{above}}}" if above else "")


_GROUPED = re.compile(r"_(\w\w+)")


def _script(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _terms(node: lay.Terms) -> str:
    text = ""
    for negative, term in node.terms:
        sign = ("-" if negative else "") if not text else " - " if negative else " + "
        text += sign + _within(term, BIG)
    return text


def _run(node: lay.Run) -> str:
    text = ""
    for k, factor in enumerate(node.factors):
        last = k == len(node.factors) - 1
        piece = _within(factor, BIG if last and factor.level == BIG else RUN)
        if text.endswith(lay.ONES.text) and piece.startswith("["):
            # 1[u > 0] would be read as an indicator, {1}[u > 0] is a product.
            text = f"{text[: -len(lay.ONES.text)]}{{{lay.ONES.text}}}"
        between = ""
        if text:
            # Two numerals, or a numeral behind anything, would run together.
            between = r" \cdot " if piece[0].isdigit() else " "
        text += between + piece
    return text


def _big(node: lay.Big) -> str:
    above = f"^{_script(node.above)}" if node.above is not None else ""
    return rf"\{node.operator}_{{{node.below}}}{above} {_within(node.body, BIG)}"


def _raised(node: lay.Raised | lay.Transposed) -> str:
    if isinstance(node, lay.Transposed):
        if isinstance(node.base, lay.Name) and node.base.raised and not (node.base.subscript and node.base.positions):
            return _name(node.base)[:-1] + "T}"
        return f"{_base(node.base)}^T"
    exponent = to_latex(node.exponent)
    if node.elementwise:
        exponent = rf"\odot {exponent}"
    if exponent[0] in "([":  # a bracket that begins a superscript could be a label
        exponent = f"{{{exponent}}}"
    return f"{_base(node.base)}^{_script(exponent)}"


def _base(node: Layout) -> str:
    text = _within(node, ATOM)
    if isinstance(node, lay.Name) and (node.raised or node.primes):
        return f"({text})"
    return f"({text})" if isinstance(node, lay.Quotient | lay.Partial) else text
