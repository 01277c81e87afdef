r"""Labels that count layers: the (l-1) of a^{(l-1)}, the [2] of W^{[2]}, the l of W_l, in the text of a formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_BASE = re.compile(r"\\[A-Za-z]+(?:\s*\{\s*[A-Za-z]+\s*\})?|[A-Za-z]+")
_STYLE = re.compile(r"\\(?:mathbf|boldsymbol|mathrm|mathit|bm|vec|text|operatorname)\s*\{\s*(?P<inner>[A-Za-z]+)\s*\}")
_AFFINE = re.compile(
    r"\s*(?:(?P<letter>[A-Za-z])\s*(?:(?P<sign>[+-])\s*(?P<step>[0-9]{1,4}))?|(?P<number>[0-9]{1,4}))\s*"
)
_GROUP = re.compile(r"\s*(?P<open>[(\[])(?P<inside>[^()\[\]{}]*)(?P<close>[)\]])")
_CLOSES = {"(": ")", "[": "]"}


@dataclass(frozen=True)
class Label:
    """One label: `text[start:end]` is letter + offset, or a number where letter is "".

    base: the name that it stands on, without scripts and styles.
    """

    start: int
    end: int
    letter: str
    offset: int
    base: str


def labels(text: str, below: frozenset[str] = frozenset()) -> Iterator[Label]:
    r"""Every label in a formula, in order: one letter or number, or a letter and how many layers further.

    below: the names with layers below them, such as the S of a size S_1; below other names numbers are positions.

    >>> [(label.base, label.letter, label.offset) for label in labels(r"\delta^{(l+1)} \cdot W_{l} + x_2^{(0)}")]
    [('\\delta', 'l', 1), ('W', 'l', 0), ('x', '', 0)]
    """
    for found in _BASE.finditer(text):
        if _is_script(text, found.start()):
            continue  # such as the k of a_k
        base = _plain(found.group())
        yield from _on_name(text, found.end(), base, base in below)


def _is_script(text: str, at: int) -> bool:
    """Whether the name here is itself a script without braces."""
    while at and text[at - 1].isspace():
        at -= 1
    return text[at - 1 : at] in ("_", "^") if at else False


def _plain(base: str) -> str:
    style = _STYLE.fullmatch(base)
    return style["inner"] if style else base


def _on_name(text: str, at: int, base: str, numbers_below: bool) -> Iterator[Label]:
    while True:
        while at < len(text) and (text[at].isspace() or text[at] == "'"):
            at += 1
        if at >= len(text) or text[at] not in "^_":
            return
        above = text[at] == "^"
        start, end, after = _group(text, at + 1)
        if above:
            yield from _above(text, start, end, base)
        else:
            yield from _affine(text, start, end, base, numbers=numbers_below)
        at = after


def _group(text: str, at: int) -> tuple[int, int, int]:
    """Where the script that begins at `at` starts and ends inside its braces, and where the text goes on."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at < len(text) and text[at] == "{":
        depth = 0
        for k in range(at, len(text)):
            depth += {"{": 1, "}": -1}.get(text[k], 0)
            if not depth:
                return at + 1, k, k + 1
        return at + 1, len(text), len(text)
    if at < len(text) and text[at] in _CLOSES:
        close = text.find(_CLOSES[text[at]], at)
        if close > 0:
            return at, close + 1, close + 1
    return at, min(at + 1, len(text)), min(at + 1, len(text))


def _above(text: str, start: int, end: int, base: str) -> Iterator[Label]:
    """The labels in brackets with which a superscript begins."""
    while True:
        group = _GROUP.match(text, start, end)
        if group is None or _CLOSES[group["open"]] != group["close"]:
            return
        yield from _affine(text, group.start("inside"), group.end("inside"), base, numbers=True)
        start = group.end()


def _affine(text: str, start: int, end: int, base: str, *, numbers: bool) -> Iterator[Label]:
    found = _AFFINE.fullmatch(text, start, end)
    if found is None or (found["number"] and not numbers):
        return
    if found["number"]:
        yield Label(start, end, "", int(found["number"]), base)
    else:
        step = int(found["step"] or 0)
        yield Label(start, end, found["letter"], -step if found["sign"] == "-" else step, base)


def relabelled(text: str, change: Callable[[Label], str | None], below: frozenset[str] = frozenset()) -> str:
    r"""The formula with labels changed; None leaves one as it is.

    >>> relabelled(r"a^{(l-1)} W_{l}", lambda label: str(3 + label.offset) if label.letter == "l" else None)
    'a^{(2)} W_{3}'
    """
    out: list[str] = []
    done = 0
    for label in sorted(labels(text, below), key=lambda found: found.start):
        new = change(label)
        if new is not None and label.start >= done:
            # a script of one letter without braces needs them when it becomes longer
            bare = len(new) > 1 and label.end - label.start == 1 and text[label.start - 1] == "_"
            out += [text[done : label.start], f"{{{new}}}" if bare else new]
            done = label.end
    return "".join([*out, text[done:]])


def label_text(letter: str, offset: int) -> str:
    """How a label is written: l, l+1, 3."""
    if not letter:
        return str(offset)
    return letter if not offset else f"{letter}{offset:+d}"
