r"""Networks of any depth: the network of a window of layers, with everything above it as an abstract loss.

Why a window is enough: each equation uses its own layer and the one before it, each parameter stands in the
equations of one layer, nothing is shared, and the loss sees the last layer (and a sum of terms, one for each
layer). So the loss is a function of the highest nodes of the window, and of its terms there; of all other layers
nothing is used. A statement about first derivatives that holds for every such function and for every value that
enters below holds for every layer of every network that has the window's layers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..declare.blocks import network_of
from ..declare.family import Family, body_end, sums_over
from ..declare.labels import labels
from ..declare.lines import Line
from ..declare.network import Network, Node
from ..declare.structure import Structure, structure, summed_layer
from ..declare.window import Window
from .abstract import stand_in

_ARGUMENTS = re.compile(r"(?<![\^{])\([^()]*\)$")
_NAMES = ("R", r"\mathcal{R}", r"\Lambda", r"\Xi")
__all__ = ["at_depth", "structure", "terms", "windowed"]


def at_depth(family: Family, name: str, depth: int) -> Network:
    """The network whose last layer has this number."""
    return network_of(family.at_depth(depth), f"{name}, {family.last} = {depth}")


def windowed(window: Window, found: Structure, name: str) -> Network:
    """The network of a window. Raises DeclarationError where its lines can't be read."""
    family = window.family
    letters = frozenset((family.letter, family.last))
    loss = next((line for line in family.lines if isinstance(line, Line) and line.keyword == "loss"), None)
    if loss is None:
        return network_of(window.body(""), name, letters)
    label, _, formula = loss.rest.partition("=")
    summed = [term for term in terms(formula) if any(True for _ in sums_over(term, family))]
    if window.at_last:
        given = loss.rest
        for term in summed:
            given = given.replace(term, window.summed(term, summed_layer(found, family, term, loss)))
        return network_of(window.body("", given), name, letters)
    rest = _free_name(family) if summed else _ARGUMENTS.sub("", label.strip())
    whole = _whole(window, found, loss, rest, summed) if summed else ""
    network = network_of(window.body(rest, whole), name, letters)
    ends = [n.tensor for n in _highest(network, window, found)]
    if not whole:
        return stand_in(network, ends)
    *below, last = network.nodes
    network = stand_in(replace(network, nodes=tuple(below)), ends)
    return replace(network, nodes=(*network.nodes, last), loss=last.tensor)


def _whole(window: Window, found: Structure, loss: Line, rest: str, summed: list[str]) -> str:
    """The loss as the abstract rest and the terms of the window's layers."""
    parts = [window.summed(term, summed_layer(found, window.family, term, loss)) for term in summed]
    signed = (part if part.lstrip()[:1] in ("+", "-") else f" + {part}" for part in parts)
    return f"{loss.rest.partition('=')[0]} = {rest}{' '.join(signed)}"


def _highest(network: Network, window: Window, found: Structure) -> Iterator[Node]:
    """The nodes of the highest layer that what lies above depends on."""
    lines = {}
    for line in window.family.lines:
        if not isinstance(line, Line) and line.keyword == "" and window.reaches(line, window.high):
            label = next(found_label for found_label in _labels(line.line, window.family))
            if label in found.above(window.gap):
                lines[line.line.number] = label
    for number in lines:
        yield [node for node in network.nodes if node.line == number][-1]


def _labels(line: Line, family: Family) -> Iterator[str]:
    return (label.base for label in labels(line.rest.partition("=")[0]) if label.letter == family.letter)


def terms(formula: str) -> list[str]:
    """The terms of a formula with their signs."""
    out: list[str] = []
    at = 0
    while at < len(formula):
        stop = max(body_end(formula, at + 1), at + 1)
        out.append(formula[at:stop])
        at = stop
    return out


def _free_name(family: Family) -> str:
    text = " ".join(line.rest if isinstance(line, Line) else line.line.rest for line in family.lines)
    return next((name for name in _NAMES if name not in text), r"\Upsilon")
