"""What a proof in one window of layers would miss: paths through layers that the window doesn't show.

Such a path leads from an array that several layers share, or that the loss sees by itself, or through a sum over
layers that is no term of the loss: a square of it has cross terms between a layer and all others.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from ...algebra.expressions import Derivative, Expr, walk
from ...algebra.index import Tensor
from ...declare.family import LEAVES, Family, Template, body_end, left_of, sums_over
from ...declare.labels import labels
from ...declare.lines import Line, split_facts, split_outside
from ...declare.network import Network
from ...declare.structure import Structure
from ...declare.window import Window
from ...derive.windows import terms
from ...errors import GradcheckError
from ...formula import Reading, read, read_all
from ...formula.statement import Statement

_FACTOR = re.compile(
    r"\s+|[0-9./+*-]|\\[,;:! ]|\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|\\[dt]?frac(?![A-Za-z])|[{}]"
    r"|\\sum(?:\s*_\s*(?:[A-Za-z]|\{[^{}]*\})(?:\s*\^\s*(?:[A-Za-z0-9]|\{[^{}]*\}))?)"
)


def beyond_the_window(
    window: Window, structure: Structure, network: Network, latex: str, assume: Sequence[str], reading: Reading
) -> str:
    """Why a proof in the network of a window would not hold in every network of its family; "" if it would."""
    family = window.family
    if not all(_is_separate(family, structure, term) for term in _layer_sums(family)):
        return "the loss holds a sum over layers that is not a term of its own"
    common: set[str] | frozenset[str] = _common(family)
    if window.at_last:  # the last layer and the loss are there to see
        common = {name for name in common if any(name in text for text in _generic(family))}
    for tensor in _variables(network, latex, assume, reading):
        if tensor.name in common:
            return f"{tensor.name} is shared by the layers"
    return ""


def _layer_sums(family: Family) -> Iterator[str]:
    """The terms of the loss in which a sum over layers stands."""
    for line in family.lines:
        if isinstance(line, Line) and line.keyword == "loss":
            found = terms(line.rest.partition("=")[2])
            yield from (term for term in found if any(True for _ in sums_over(term, family)))


def _is_separate(family: Family, structure: Structure, term: str) -> bool:
    """Whether a term is a constant factor times one sum over layers, whose body speaks of the summed layer alone."""
    sums = list(sums_over(term, family))
    if len(sums) != 1 or body_end(term, sums[0].end()) < len(term.rstrip()):
        return False
    before, body = term[: sums[0].start()], term[sums[0].end() :]
    others = (label for label in labels(body) if label.letter in ("", family.last))
    alone = all(structure.layer_of(label) is None for label in others)
    if before.rstrip().endswith("/"):
        return False
    return alone and before.count("{") == before.count("}") and _is_constant(family, before)


def _is_constant(family: Family, text: str) -> bool:
    """Whether a text is made of numbers, sizes, leaves of no layer, and sums over samples or entries."""
    names = set(_common(family))
    for line in family.lines:
        if line.keyword in ("dims", "index"):
            names.update(re.findall(r"[A-Za-z]+", _plain(line).rest))
    known = sorted(names, key=len, reverse=True)
    at = 0
    while at < len(text):
        found = _FACTOR.match(text, at)
        name = next((n for n in known if text.startswith(n, at)), None)
        if found is None and name is None:
            return False
        at = found.end() if found is not None else at + len(name or " ")
    return True


def _plain(line: Template | Line) -> Line:
    return line.line if isinstance(line, Template) else line


def _names(line: Line) -> list[str]:
    """The names that a line of leaves declares."""
    return [text.strip() for text, _ in split_outside(left_of(split_facts(line)[0]), ",") if text.strip()]


@functools.lru_cache(maxsize=64)
def _common(family: Family) -> frozenset[str]:
    """The leaves that belong to no layer: any of them may be used in every one, and by the loss itself."""
    plain = [line for line in family.lines if isinstance(line, Line) and line.keyword in LEAVES]
    names = [name for line in plain for name in _names(line)]
    return frozenset(n for n in names if not any(label.letter in ("", family.last) for label in labels(n)))


def _generic(family: Family) -> Iterator[str]:
    """What is said of every layer: the equations of the layers and the sums over layers."""
    yield from (line.line.rest for line in family.lines if isinstance(line, Template) and line.keyword not in LEAVES)
    yield from _layer_sums(family)


def _variables(network: Network, latex: str, assume: Sequence[str], reading: Reading) -> Iterator[Tensor]:
    """What a claim takes derivatives by, its adjoints' included, and what it steps along."""
    for node in network.adjoints:
        yield from _derived_by(node.formula)
    statements = list(read_all(latex, network.notation, reading=reading))
    for text in assume:
        try:
            statements.append(read(text, network.notation))
        except GradcheckError:
            continue
    for statement in statements:
        yield from _of(statement)


def _of(statement: Statement) -> Iterator[Tensor]:
    for side in statement.sides:
        yield from _derived_by(side.expr)
    for other in statement.where:
        yield from _of(other)
    if any(sign in ("<-", "+=", "increases", "decreases") for sign in statement.signs):
        yield from (e.tensor for side in statement.sides[:1] for e in walk(side.expr) if hasattr(e, "tensor"))


def _derived_by(expr: Expr) -> Iterator[Tensor]:
    return (e.wrt.tensor for e in walk(expr) if isinstance(e, Derivative))
