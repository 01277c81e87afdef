r"""Sums over numbered names: \sum_{t=1}^{3} h_t where h_1, h_2 and h_3 are declared one by one."""

from __future__ import annotations

from collections.abc import Callable

from ..text.tokens import Token
from . import tree as s
from .cursor import Cursor

MOST_TERMS = 50
_OPENED, _CLOSED = ("{", "(", "["), ("}", ")", "]")


def unrolled(
    cursor: Cursor, begin: int, below: tuple[s.Syntax, ...], above: s.Syntax | None, body: s.Syntax,
    parse: Callable[[Cursor], s.Syntax],
) -> s.Syntax | None:  # fmt: skip
    """The terms of a sum from number to number whose body speaks of names that exist only with the numbers put in.

    begin: where the body's tokens begin; they end at the cursor.
    """
    letter, numbers = _range(below, above)
    if not letter or letter in cursor.notation.indices or letter in cursor.notation.kinds:
        return None
    unknown = _unknown(body)
    if not unknown:
        return None
    tokens = cursor.tokens[begin : cursor.position]
    terms = []
    for number in numbers:
        inner = Cursor(
            cursor.text, [*_put(tokens, letter, number), Token("end", "", body.end, body.end)],
            cursor.notation, cursor.grammar, cursor.reading,
        )  # fmt: skip
        inner.depth, inner.narrow, inner.bars = cursor.depth, cursor.narrow, cursor.bars
        term = parse(inner)
        if inner.peek().kind != "end" or _unknown(term) & unknown:
            return None
        terms.append(term)
    return s.Group(body.start, body.end, terms[0] if len(terms) == 1 else s.Add(body.start, body.end, tuple(terms)))


def _range(below: tuple[s.Syntax, ...], above: s.Syntax | None) -> tuple[str, range]:
    """The letter that is counted and its numbers; no letter where they are not written as numbers."""
    first = below[0] if len(below) == 1 else None
    if not isinstance(first, s.Relation) or first.signs != ("=",) or not isinstance(above, s.Number):
        return "", range(0)
    name, low = first.sides
    if not (isinstance(name, s.Symbol) and isinstance(low, s.Number)):
        return "", range(0)
    ends = low.value, above.value
    if not all(isinstance(end, int) for end in ends) or not 0 <= int(ends[1]) - int(ends[0]) < MOST_TERMS:
        return "", range(0)
    return name.name, range(int(ends[0]), int(ends[1]) + 1)


def _unknown(node: s.Syntax) -> frozenset[str]:
    """The bases of names with scripts that are not declared."""
    own = frozenset[str]()
    if isinstance(node, s.Symbol) and node.kind == "unknown" and (node.subscript is not None or node.parens):
        own = frozenset({node.base})
    return own.union(*map(_unknown, s.children(node)))


def _put(tokens: list[Token], letter: str, number: int) -> list[Token]:
    """The tokens with a number in place of the letter; t - 1 alone between brackets becomes one number."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind != "letter" or token.text != letter:
            out.append(token)
            at += 1
            continue
        value, length = number, 1
        if at and tokens[at - 1].text in _OPENED and at + 3 < len(tokens) and tokens[at + 3].text in _CLOSED:
            sign, step = tokens[at + 1], tokens[at + 2]
            if sign.text in ("+", "-") and step.kind == "number" and step.text.isdigit():
                value, length = number + int(sign.text + step.text), 3
        out.append(Token("number", str(value), token.start, tokens[at + length - 1].end))
        at += length
    return out
