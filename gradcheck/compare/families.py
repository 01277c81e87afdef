r"""Claims about a network of any depth: about a generic layer l, about the last layer L, or about layers with numbers.

Proof rule. Statement: the claim holds in every layer of every network of the family that has what it mentions.
Why it proves: it is proved in the window of layers that it needs, with what enters below as an arbitrary input
and the loss as an arbitrary function of the window's highest nodes (see `derive.windows`). What it needs: the
structure that `declare.structure` checks, and a proof of its own for each layer near an end where the window
would not fit. The claim is read once more with numbers for l and L in networks of several depths.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..declare.family import LEAVES, Family, Template
from ..declare.labels import label_text, labels
from ..declare.network import Network
from ..declare.structure import Structure, structure
from ..declare.window import Window
from ..derive.windows import at_depth, windowed
from ..errors import DeclarationError, FormulaError, GradcheckError, IllFormedError
from ..formula import Reading, read, read_all
from .depths import holds_numerically
from .ladder import DEFECT
from .verdict import Verdict

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
    verdict = check(_network(window, network.name), claim.latex, claim.assume)
    if verdict.verdict == "proved" and (why := _beyond_the_window(family)):
        return replace(verdict, verdict="undecided", evidence=(f"proved in one window of layers only: {why}",))
    if verdict.verdict == "proved":
        return _everywhere(verdict, network, claim, window, check, reading, seed)
    if verdict.verdict == "ill-formed" or _is_abstract(family):
        return verdict
    return _somewhere(verdict, _depths(family, network.name, claim, window), check)


def _beyond_the_window(family: Family) -> str:
    """Why a proof in one window may miss paths: arrays that layers share, a loss that speaks of every layer."""
    generic = [t.line.rest for t in family.lines if isinstance(t, Template) and t.keyword not in LEAVES]
    for line in family.lines:
        if isinstance(line, Template):
            continue
        if line.keyword in LEAVES:
            names = re.sub(r"\s\{[^}]*\}\s*$", "", line.rest.partition(":")[0]).split(",")
            for name in (n.strip() for n in names):
                plain = re.escape(name)  # a name with a label, such as a^{(0)}, belongs to one layer
                if (
                    name
                    and "^" not in name
                    and any(re.search(rf"(?<![A-Za-z\\]){plain}(?![A-Za-z^_])", t) for t in generic)
                ):
                    return f"{name} is shared by the layers"
        if line.keyword == "loss" and ("\\sum" in line.rest.partition("=")[2] and _speaks_of_layers(line.rest, family)):
            return "the loss speaks of every layer"
    return ""


def _speaks_of_layers(text: str, family: Family) -> bool:
    return any(label.letter == family.letter for label in labels(text))


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
    above = ", ".join(f"{name} of the layer {label_text(window.letter, window.high)}" for name in sorted(found.state))
    return f"the loss is taken as any function of {above}, and what enters below is arbitrary"


def _somewhere(verdict: Verdict, cases: Iterator[Case], check: Check) -> Verdict:
    """A claim that is not proved in its window: decided by a network with numbers, since the loss is given."""
    for where, network, claim in cases:
        other = check(network, claim.latex, claim.assume)
        if other.verdict != "proved":
            return replace(other, evidence=(f"where {where}", *other.evidence))
    said = ("proved in networks of several depths", "no proof for every number of layers")
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
    return _structure(family).gaps > 0


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
    """The layers so low that the window would begin before the first one."""
    for layer in range(family.first - window.low - 1, -WIDEST, -1):
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
