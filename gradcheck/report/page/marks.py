"""Where a wrong formula is wrong: the parts of it that its correction does not contain.

Formulas are compared token by token; what differs is marked, and where too little is alike the whole right side is.
"""

from __future__ import annotations

import difflib
import re

from ...printing.display import Span

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+|[^\s]", re.S)
_RELATION = re.compile(r"(?<![<>!:+])=|\\(?:neq|leq|geq|leftarrow|gets|coloneqq|equiv)(?![A-Za-z])")
_SPACING = frozenset({r"\,", r"\;", r"\:", r"\!", r"\ ", "&", r"\quad", r"\left", r"\right", r"\cdot", r"\times"})
_MEANINGLESS = frozenset({*_SPACING, "{", "}"})
ALIKE = 0.35
"""With less than this in common, the whole right side is marked."""


def wrong_parts(written: str, fix: str = "", derived: str = "") -> tuple[Span, ...]:
    r"""The offsets of what is wrong in a formula of one equation; none where the formula has several relations.

    fix: the correction, made from the formula as written, or only its right side. derived: the right formula in
    our own words, which says where the mistake is only if it is the written one with something left out.

    >>> wrong_parts(r"\frac{dl}{dw} = (x - y) w x", fix=r"\frac{dl}{dw} = (x - y) x")
    ((24, 25),)
    """
    relations = [r for r in _RELATION.finditer(written) if _depth(written[: r.start()]) == 0]
    if len(relations) != 1:
        return ()
    right = _trimmed(written, relations[0].end())
    source = written[right[0] : right[1]]
    spans = _differing(source, _right_side(fix)) if fix else _superfluous(source, derived)
    return tuple((right[0] + a, right[0] + b) for a, b in spans) or (right,)


def _depth(text: str) -> int:
    return text.count("{") - text.count("}")


def _right_side(latex: str) -> str:
    """What stands behind the last relation outside braces; all of it where there is none."""
    ends = [r.end() for r in _RELATION.finditer(latex) if _depth(latex[: r.start()]) == 0]
    return latex[ends[-1] :] if ends else latex


def _trimmed(text: str, start: int) -> Span:
    stop = len(text.rstrip().rstrip(".,;"))
    while start < stop and text[start].isspace():
        start += 1
    return start, stop


def _compared(written: str, other: str) -> tuple[list[re.Match[str]], difflib.SequenceMatcher[str]]:
    """The tokens of `written` that mean something, and how they compare with those of `other`."""
    ours = [found for found in _TOKEN.finditer(written) if found.group() not in _MEANINGLESS]
    theirs = [found for found in _TOKEN.findall(other) if found not in _MEANINGLESS]
    return ours, difflib.SequenceMatcher(None, [o.group() for o in ours], theirs, autojunk=False)


def _differing(written: str, fix: str) -> list[Span]:
    """The parts of `written` that are missing or other in `fix`; none where they have too little in common."""
    ours, matcher = _compared(written, fix)
    if matcher.ratio() < ALIKE:
        return []
    spans: list[Span] = []
    for kind, a, b, _, _ in matcher.get_opcodes():
        if kind == "insert" and ours:
            # Something is missing here: mark what stands beside the gap.
            a, b = (a - 1, a) if a else (0, 1)
        if kind != "equal" and a < b:
            spans.append((ours[a].start(), ours[b - 1].end()))
    return spans


def _superfluous(written: str, derived: str) -> list[Span]:
    """The parts of `written` that have to go to leave `derived`; none where more than that has to change."""
    ours, matcher = _compared(written, derived)
    codes = matcher.get_opcodes() if derived else []
    if any(kind not in ("equal", "delete") for kind, *_ in codes):
        return []
    return [(ours[a].start(), ours[b - 1].end()) for kind, a, b, _, _ in codes if kind == "delete"]
