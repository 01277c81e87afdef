r"""What only decorates a formula, taken off its tokens: boxes, colours, marks above =, numbers, signs of the end.

Wide spaces between two equations become commas.
"""

from __future__ import annotations

from .commands import ALIGNED
from .scanning import Token

_LEVELS = {"{": 1, "begin": 1, "open": 1, "}": -1, "finish": -1, "close": -1}
_JOINTS = frozenset({"relation", "sign", "times", "symbol", "text"})
_BOXES = (r"\boxed", r"\fbox", r"\bbox")
_COLOURS = (r"\textcolor", r"\color", r"\colorbox")
_STACKED = (r"\stackrel", r"\overset", r"\underset")
_LEADING = frozenset({"thus", "so", "hence", "then", "therefore", "and", "also", "finally", "now", "where", "with"})
_ENDS = (r"\blacksquare", r"\square", r"\Box", r"\qed", r"\qedhere", r"\qedsymbol")


def plain(tokens: list[Token]) -> list[Token]:
    """The tokens that say something."""
    if any(t.kind == "command" for t in tokens):
        tokens = _unboxed(_stacked(_uncoloured([t for t in tokens if t.text not in _ENDS])))
    while len(tokens) > 1 and tokens[0].kind == "text" and _leads(tokens[0].text):
        tokens = tokens[1:]
    return _parted(_unnumbered(tokens))


def _leads(words: str) -> bool:
    """Whether this is prose in front of a formula rather than a name in it."""
    return " " in words or words.lower().strip(",:. ") in _LEADING


def _group(tokens: list[Token], at: int) -> int:
    """Behind the group in braces that begins at `at`; `at` itself where none does."""
    if at >= len(tokens) or tokens[at].kind != "{":
        return at
    level = 0
    for place in range(at, len(tokens)):
        level += {"{": 1, "}": -1}.get(tokens[place].kind, 0)
        if not level:
            return place + 1
    return at


def _uncoloured(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        if tokens[at].text in _COLOURS:
            at = _group(tokens, at + 1)
            continue
        out.append(tokens[at])
        at += 1
    return out


def _stacked(tokens: list[Token]) -> list[Token]:
    r"""A relation with something above or below it, \stackrel{(a)}{=}, is that relation."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text in _STACKED:
            middle = _group(tokens, at + 1)
            stop = _group(tokens, middle)
            meant = any(t.text == "!" for t in tokens[at:stop])  # what shall be so, and not what is
            if stop == middle + 3 and tokens[middle + 1].kind == "relation" and not meant:
                out.append(tokens[middle + 1]._replace(start=token.start, end=tokens[stop - 1].end))
                at = stop
                continue
        out.append(token)
        at += 1
    return out


def _unnumbered(tokens: list[Token]) -> list[Token]:
    r"""The tokens without an equation's number, (3) behind or before a wide space at an end of the formula."""
    if not any(t.kind == "gap" for t in tokens):
        return tokens
    if len(tokens) > 4 and tokens[3].kind == "gap" and _is_number(tokens[:3]):
        tokens = tokens[4:]
    behind = len(tokens)
    while behind and tokens[behind - 1].text in (",", ".", ";"):
        behind -= 1
    if behind > 4 and tokens[behind - 4].kind == "gap" and _is_number(tokens[behind - 3 : behind]):
        tokens = tokens[: behind - 4]
    return tokens


def _is_number(three: list[Token]) -> bool:
    return (three[0].text, three[2].text) == ("(", ")") and three[1].kind == "number"


def _unboxed(tokens: list[Token]) -> list[Token]:
    """The tokens without boxes around whole equations; a box around one side is a decoration of that side."""
    out = list(tokens)
    for at in [n for n, t in enumerate(tokens) if t.kind == "command" and t.text in _BOXES]:
        level, equation = 0, False
        for end in range(at + 1, len(tokens)):
            level += {"{": 1, "}": -1}.get(tokens[end].kind, 0)
            equation |= level == 1 and tokens[end].kind == "relation"
            if level <= 0:
                break
        else:
            continue
        if equation:
            for n in (at, at + 1, end):
                out[n] = out[n]._replace(kind="gone")
    return [t for t in out if t.kind != "gone"]


def _parted(tokens: list[Token]) -> list[Token]:
    r"""The tokens without wide spaces; one between two relations is a comma, as in a = b \quad c = d."""
    if not any(t.kind == "gap" for t in tokens):
        return tokens
    outside, level = [], 0
    for token in tokens:
        if token.text not in ALIGNED:
            level += _LEVELS.get(token.kind, 0)
        outside.append(level == 0)
    out: list[Token] = []
    for at, token in enumerate(tokens):
        if token.kind != "gap":
            out.append(token)
        elif outside[at] and out and out[-1].kind not in _JOINTS and _is_relation(tokens, outside, at):
            out.append(Token("symbol", ",", token.start, token.end))
    return out


def _is_relation(tokens: list[Token], outside: list[bool], gap: int) -> bool:
    """Whether a relation stands on this line before a wide space, and one behind it with something between them."""
    line = next((n + 1 for n in range(gap, -1, -1) if outside[n] and tokens[n].text == "\\\\"), 0)
    before = any(outside[n] and tokens[n].kind == "relation" for n in range(line, gap))
    for n in range(gap + 1, len(tokens)):
        token = tokens[n]
        if token.kind == "gap" or not outside[n]:
            continue
        if token.kind == "relation":
            return before and n > gap + 1
        if token.kind == "text" or token.text in (",", ";", "\\\\"):
            return False
    return False
