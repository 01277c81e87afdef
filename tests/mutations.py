"""Small changes to a formula as people make them: another symbol, a sign, a lost factor, a transpose, an index."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SYMBOL = re.compile(r"(?:\\mathbf\{[A-Za-z]\}|\\[a-z]+|[A-Za-z])(?:[_^](?:\{[^{}]*\}|[A-Za-z0-9]))*")
_PRIME = re.compile(r"(?<=[A-Za-z])'")
_LIMIT = re.compile(r"\\sum_\{[a-z]=1\}\^\{?[^{}\s]+\}?")
_RELATION = re.compile(r"=|<|>|\\(?:leq|geq|neq)(?![A-Za-z])")
_KEPT = {r"\frac", r"\partial", r"\sum", r"\times", r"\cdot", r"\left", r"\right", r"\max", r"\mathbf", r"\therefore"}


def mutants(latex: str, symbols: tuple[str, ...]) -> Iterator[str]:
    """Every formula that one small change of what stands behind the first relation sign makes."""
    first = _RELATION.search(latex)
    if first is None:
        return
    left, sign, right = latex[: first.start()], first.group(), latex[first.end() :]
    for changed in dict.fromkeys(_changes(right, symbols)):
        if changed != right:
            yield left + sign + changed


def _changes(right: str, symbols: tuple[str, ...]) -> Iterator[str]:
    for found in _SYMBOL.finditer(right):
        here = found.group()
        if here.split("_")[0].split("^")[0] in _KEPT or here in _KEPT:
            continue
        for other in symbols:
            yield right[: found.start()] + other + right[found.end() :]
        yield right[: found.start()] + right[found.end() :]
        yield right[: found.start()] + "2 " + right[found.start() :]
        for one, two in (("u", "v"), ("i", "j"), ("j", "k")):
            swapped = here.translate(str.maketrans({one: two, two: one}))
            yield right[: found.start()] + swapped + right[found.end() :]
    for n, char in enumerate(right):
        if char in "+-":
            yield right[:n] + ("-" if char == "+" else "+") + right[n + 1 :]
    yield "-(" + right + ")"
    yield right.replace("^T", "", 1)
    for found in _PRIME.finditer(right):
        yield right[: found.start()] + right[found.end() :]
    for found in _LIMIT.finditer(right):
        yield right[: found.start()] + right[found.end() :]
