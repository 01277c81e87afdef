"""Damage that can be mended without guessing: commands that lost their backslash.

A run of letters such as `frac`, `cdotfrac` or `rho` is read as commands when it is not a declared name
and would make no sense as a product. Every repair is reported.
"""

from __future__ import annotations

import re

from ..notation import Notation
from .commands import FUNCTION_WORDS, LOST_COMMANDS, OPERATOR_WORDS, STRUCTURE
from .tokens import Token, tokenize

_PARTS = re.compile("|".join([*sorted(LOST_COMMANDS, key=len, reverse=True), "[A-Za-z]"]))
_ANY_LOST = re.compile(r"(?<!\\)(?:" + "|".join(LOST_COMMANDS) + "|not)")


def repaired(text: str, tokens: list[Token], notation: Notation) -> tuple[list[Token], tuple[str, ...]]:
    r"""The tokens with lost commands put back, and a sentence for each kind of repair.

    >>> repaired("frac{1}{2}", tokenize("frac{1}{2}"), Notation())[1]
    ('repair: read `frac` as `\\frac`',)
    """
    notes: dict[str, None] = {}
    if "’" in text or "‘" in text:
        notes["repair: read `’` as `'`"] = None
    if _ANY_LOST.search(text) is None:
        return tokens, tuple(notes)
    out: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind != "letter" or len(token.text) > 1:
            out.append(token)
            place += 1
            continue
        stop = place + 1
        if not (out and out[-1].kind == "script"):
            while (
                tokens[stop].kind == "letter"
                and len(tokens[stop].text) == 1
                and tokens[stop].start == tokens[stop - 1].end
            ):
                stop += 1
        run = tokens[place:stop]
        word = "".join(t.text for t in run)
        mended = _mend(word, run, tokens[stop], notation, notes)
        if word == "not" and tokens[stop].text == "=":
            notes[r"repair: read `not=` as `\neq`"] = None
            out.append(Token("relation", "!=", run[0].start, tokens[stop].end))
            stop += 1
        else:
            out.extend(run if mended is None else mended)
        place = stop
    return out, tuple(notes)


def _mend(
    word: str, run: list[Token], following: Token, notation: Notation, notes: dict[str, None]
) -> list[Token] | None:
    """The tokens of a run whose commands were found again, or None if it is to be left alone."""
    if len(word) < 3 or word in notation.long_words or word in FUNCTION_WORDS or word in OPERATOR_WORDS:
        return None
    parts = _PARTS.findall(word)
    lost = [p for p in parts if len(p) > 1]
    if not lost or not _sensible(word, parts, lost, following, notation):
        return None
    out: list[Token] = []
    start = run[0].start
    for part in parts:
        end = start + len(part)
        if len(part) == 1:
            out.append(Token("letter", part, start, end))
        else:
            out += [t._replace(start=start, end=end) for t in tokenize("\\" + part)[:-1]]
            notes[f"repair: read `{part}` as `\\{part}`"] = None
        start = end
    return out


def _sensible(word: str, parts: list[str], lost: list[str], following: Token, notation: Notation) -> bool:
    """Whether the run is more likely damaged than a product of letters."""
    if any(
        len(word) - len(name) < len(word) and word.startswith(name) and len(name) > len(parts[0])
        for name in notation.long_words
    ):
        return False
    if all(letter in notation.bases for letter in word):
        return following.kind in ("{", "script") and lost[-1] == parts[-1]
    if STRUCTURE.intersection(lost) or f"\\{lost[-1]}" in notation.bases:
        return True
    return (
        all(f"\\{name}" in notation.bases or name in FUNCTION_WORDS for name in lost)
        or not notation.bases
        or following.kind in ("{", "script")
    )
