"""Aligned blocks: which of their lines are equations of their own and which go on from the line before."""

from __future__ import annotations

from ..text.commands import ALIGNED
from ..text.places import unreadable
from ..text.tokens import Token

_JOINTS = frozenset({"relation", "sign", "times", "symbol"})


def split_lines(text: str, tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each equation, an "end" token behind each.

    A line that begins with & or a relation, or that holds no relation, goes on from the line before.
    """
    inner = _unwrapped(text, tokens)
    if not any(t.kind == "symbol" and t.text in ("&", "\\\\") for t in inner):
        return [_ended(inner, tokens[-1])]
    lines: list[list[Token]] = [[]]
    level = 0
    for token in inner:
        level += {"{": 1, "begin": 1, "}": -1, "finish": -1}.get(token.kind, 0)
        if not level and token.kind == "symbol" and token.text == "\\\\":
            lines.append([])
        else:
            lines[-1].append(token)
    merged: list[list[Token]] = []
    for line in lines:
        if not line:
            continue
        if merged and _goes_on(line):
            merged[-1].extend(line)
        else:
            merged.append(line)
    return [_ended(_without_marks(line), tokens[-1]) for line in merged] or [[tokens[-1]]]


def _unwrapped(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens inside the aligned environment, if the whole formula stands in one."""
    inner = tokens[:-1]
    while inner and inner[0].kind == "begin" and inner[0].text in ALIGNED:
        last = next((k for k in range(len(inner) - 1, 0, -1) if inner[k].kind == "finish"), None)
        if last is None or inner[last].text != inner[0].text:
            raise unreadable(text, inner[0].start, inner[0].end, f"\\begin{{{inner[0].text}}} is never closed")
        inner = inner[1:last] + inner[last + 1 :]
    return inner


def _goes_on(line: list[Token]) -> bool:
    first = line[0]
    if first.kind in ("relation", "times") or (first.kind == "symbol" and first.text == "&"):
        return True
    level = 0
    for token in line:
        level += {"{": 1, "begin": 1, "open": 1, "}": -1, "finish": -1, "close": -1}.get(token.kind, 0)
        if not level and token.kind == "relation":
            return False
    return True


def _without_marks(line: list[Token]) -> list[Token]:
    """The line without its alignment marks, which stand at its ends or next to a relation or sign."""
    out: list[Token] = []
    level = 0
    for place, token in enumerate(line):
        level += {"{": 1, "begin": 1, "}": -1, "finish": -1}.get(token.kind, 0)
        marks = not level and token.kind == "symbol" and token.text == "&"
        ends = place in (0, len(line) - 1)
        if not (marks and (ends or line[place - 1].kind in _JOINTS or line[place + 1].kind in _JOINTS)):
            out.append(token)
    return out


def _ended(line: list[Token], end: Token) -> list[Token]:
    return [*line, end]
