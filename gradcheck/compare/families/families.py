r"""Claims about a network of any depth: about a generic layer l, about the last layer L, or about layers with numbers.

Proof rule. Statement: the claim holds in every layer of every network of the family that has what it mentions.
Why it proves: it is proved in the window of layers that it needs, with what enters below as an arbitrary input
and the loss as an arbitrary function of the window's highest nodes (see `derive.windows`). What it needs: the
structure that `declare.structure` checks, and a proof of its own for each layer near an end where the window
would not fit. The claim is read once more with numbers for l and L in networks of several depths.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...declare.family import Family
from ...declare.labels import label_text, labels
from ...declare.network import Network
from ...declare.structure import Structure, structure
from ...declare.window import Window
from ...derive.windows import at_depth, windowed
from ...errors import DeclarationError, FormulaError, GradcheckError, IllFormedError
from ...formula import Reading, read, read_all
from ..ladder import DEFECT
from ..verdict import Verdict
from .beyond import beyond_the_window
from .depths import holds_numerically

Check = Callable[[Network, str, Sequence[str]], Verdict]
"""Judges a claim under assumptions against a network without a family."""
Case = tuple[str, Network, "Claim"]
"""How a case is described, its network, and the claim as it reads there."""
WIDEST = 5
DEPTHS = 3


@dataclass(frozen=True)
class Claim:
    """A claim as written, with its assumptions."""

    latex: str
    assume: tuple[str, ...]

    def at(self, family: Family, layer: int | None, depth: int | None) -> Claim:
        """The claim with numbers for the generic layer and the last one."""

        def number(text: str) -> str:
            text = text if layer is None else family.moved(text, "", layer)
            return text if depth is None else family.with_last(text, depth)

        return Claim(number(self.latex), tuple(map(number, self.assume)))

    def offsets(self, letter: str) -> list[int]:
        """How far the labels with this letter reach from it."""
        return [label.offset for text in (self.latex, *self.assume) for label in labels(text) if label.letter == letter]


def check_layers(
    network: Network, latex: str, assume: Sequence[str], check: Check, reading: Reading, seed: int
) -> Verdict:
    """The verdict on a claim about a network of any depth. Raises FormulaError where it can't be read."""
    family = network.family
    assert family is not None
    claim = Claim(latex, tuple(assume))
    window = _fitting(family, network.name, claim)
    around = _network(window, network.name)
    verdict = check(around, claim.latex, claim.assume)
    if verdict.verdict == "ill-formed":
        return verdict
    depths = _depths(family, network.name, claim, window)
    if why := beyond_the_window(window, _structure(family), around, claim.latex, claim.assume, reading):
        return _somewhere(verdict, depths, check, why)
    if verdict.verdict == "proved":
        return _everywhere(verdict, network, claim, window, check, reading, seed)
    return verdict if _is_abstract(family) else _somewhere(verdict, depths, check)


def _everywhere(
    verdict: Verdict, network: Network, claim: Claim, window: Window, check: Check, reading: Reading, seed: int
) -> Verdict:
    """A claim proved in its window: proved near the ends too, and tried in networks of several depths."""
    family, name = window.family, network.name
    for where, other, said in _near_ends(family, name, claim, window):
        there = check(other, said.latex, said.assume)
        if there.verdict != "proved":
            return replace(there, evidence=(f"where {where}", *there.evidence))
    tried = []
    for where, other, said in _depths(family, name, claim, window):
        held = holds_numerically(other, said.latex, said.assume, reading, seed)
        if held is False:
            return replace(verdict, verdict="undecided", evidence=(f"{DEFECT}proved, but separated where {where}",))
        if held:
            tried.append(where)
    reason = _reason(window, _structure(family))
    shown = (
        f"checked at a point where {'; '.join(tried)}" if tried else "no network of a given depth could be evaluated"
    )
    return replace(
        verdict, evidence=(f"proved for every layer and every {family.last}: {reason}", *verdict.evidence, shown)
    )


def _reason(window: Window, found: Structure) -> str:
    if window.at_last:
        return "what enters the last layers is arbitrary"
    above, layer = " and ".join(sorted(found.state)), label_text(window.letter, window.high)
    return f"the loss is taken as any function of {above} in layer {layer}, and what enters below is arbitrary"


def _somewhere(verdict: Verdict, cases: Iterator[Case], check: Check, why: str = "") -> Verdict:
    """A claim that no window can prove: decided by networks with numbers. why: what a window would miss."""
    for where, network, claim in cases:
        other = check(network, claim.latex, claim.assume)
        if other.verdict != "proved":
            return replace(other, evidence=(f"where {where}", *other.evidence))
    said = ("proved in networks of several depths", "no proof for every number of layers" + (f": {why}" if why else ""))
    return replace(verdict, verdict="agrees", evidence=said, conditions=(), counterexample=None)


# Windows -----------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _structure(family: Family) -> Structure:
    return structure(family)


@functools.lru_cache(maxsize=256)
def _network(window: Window, name: str) -> Network:
    return windowed(window, _structure(window.family), name)


@functools.lru_cache(maxsize=64)
def _at_depth(family: Family, name: str, depth: int) -> Network:
    return at_depth(family, name, depth)


def _is_abstract(family: Family) -> bool:
    return not any(line.keyword == "loss" and "=" in _text(line) for line in family.lines)


def _text(line: object) -> str:
    return str(getattr(line, "rest", "") or getattr(getattr(line, "line", None), "rest", ""))


def _sums(family: Family) -> bool:
    found = _structure(family)
    return found.summed or found.gaps > 0


def _fitting(family: Family, name: str, claim: Claim) -> Window:
    """The smallest window in which the claim can be read."""
    problem: GradcheckError | None = None
    for window in _windows(family, claim):
        try:
            network = _network(window, name)
        except DeclarationError as error:
            what = f"the layers that this claim speaks of can't be written out: {error.what}"
            problem = problem or FormulaError(what, got=error.got, expected=error.expected, hint=error.hint)
            continue
        unread = _unread(network, claim)
        if unread is None:
            return _with_layer_below(window, name) if window.letter == family.letter and _sums(family) else window
        problem = unread
    assert problem is not None
    if claim.offsets(family.letter) and claim.offsets(family.last):
        raise FormulaError(
            f"a claim about the layer {family.letter} and the last layer {family.last} at once is not supported yet",
            got=claim.latex,
            hint=f"say it of the layers around {family.letter}, or of those before {family.last}",
        )
    raise problem


def _windows(family: Family, claim: Claim) -> Iterator[Window]:
    """Windows around the layers that the claim mentions, small ones first."""
    gaps = _structure(family).gaps
    if reach := claim.offsets(family.letter):
        for size in range(1, WIDEST + 1):
            for low in range(max(reach) + 2 - size, min(reach) - 3, -1):
                if low + size - 1 >= min(reach) - 1:
                    yield Window(family, family.letter, low, low + size - 1, gaps)
    elif claim.offsets(family.last):
        for low in range(0, -WIDEST, -1):
            yield Window(family, family.last, low, 0)
    else:
        for high in range(family.first, family.first + WIDEST):
            yield Window(family, "", family.first, high, gaps)


def _with_layer_below(window: Window, name: str) -> Window:
    """One more layer, so that terms of the loss that see what enters the window are seen too."""
    lower = replace(window, low=window.low - 1)
    try:
        _network(lower, name)
    except DeclarationError:
        return window
    return lower


def _unread(network: Network, claim: Claim) -> GradcheckError | None:
    """Why the claim can't be read against a network; shapes that clash count as read."""
    for text in claim.assume:
        try:
            read(text, network.notation)
        except GradcheckError as error:
            return error
    try:
        read_all(claim.latex, network.notation)
    except IllFormedError:
        return None
    except FormulaError as error:
        return error
    return None


# Other cases -------------------------------------------------------------------------------------------


def _near_ends(family: Family, name: str, claim: Claim, window: Window) -> Iterator[Case]:
    """The ends of a network, where the window does not fit or less lies above it."""
    gaps = _structure(family).gaps
    if window.letter != family.last:
        for gap in range(gaps):
            network = _network(replace(window, gap=gap), name)
            if _unread(network, claim) is None:
                yield _above(family, window, gap), network, claim
    if window.letter == family.letter:
        yield from _low_layers(family, name, claim, window, gaps)


def _above(family: Family, window: Window, gap: int) -> str:
    top = label_text(window.letter, window.high)
    return f"{top} = {label_text(family.last, -gap)}"


def _low_layers(family: Family, name: str, claim: Claim, window: Window, gaps: int) -> Iterator[Case]:
    """The layers so low that the window would begin before every equation and every sum over layers is there."""
    for layer in range(_structure(family).latest - window.low - 1, -WIDEST, -1):
        if layer + window.high < family.first:
            return
        numbered = claim.at(family, layer, None)
        for gap in range(gaps + 1):
            low = Window(family, "", family.first, layer + window.high, gap)
            network = _network(low, name)
            if _unread(network, numbered) is None:
                yield f"{family.letter} = {layer}", network, numbered
            elif gap == gaps:
                return


def _depths(family: Family, name: str, claim: Claim, window: Window) -> Iterator[Case]:
    """The claim with numbers, in a low, a middle and a high layer of networks of several depths."""
    start = max(3, family.first + 1)
    for n, depth in enumerate(range(start, start + DEPTHS)):
        network = _at_depth(family, name, depth)
        if window.letter != family.letter:
            numbered = claim.at(family, None, depth)
            if _unread(network, numbered) is None:
                yield f"{family.last} = {depth}", network, numbered
            continue
        readable = [
            (layer, numbered)
            for layer in range(family.first - 2, depth + 3)
            if _unread(network, numbered := claim.at(family, layer, depth)) is None
        ]
        if readable:
            layer, numbered = readable[(0, len(readable) // 2, -1)[n % 3]]
            yield f"{family.last} = {depth}, {family.letter} = {layer}", network, numbered
