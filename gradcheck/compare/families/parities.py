r"""Claims about networks in which a half of a size is rounded: judged for an even size and for an odd one.

Proof rule. Statement: the claim holds for every size. Why it proves: every size is 2p or 2p - 1 for one p = \lceil k/2
\rceil, and the claim is proved for both, for every p. What it needs: both proofs. If one of them is refuted, "the
size is even" or "the size is odd" is a condition under which the claim holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ...declare.blocks import by_parity
from ...declare.network import Network
from ...declare.parity import halved_sizes
from ..verdict import Counterexample, Verdict, VerdictName

Check = Callable[[Network, str, Sequence[str]], Verdict]
Case = tuple[str, Network, Verdict]
_WORST: tuple[VerdictName, ...] = ("ill-formed", "wrong", "undecided", "conditional", "agrees", "proved")
_REFUTED = ("wrong", "conditional")


def halved(network: Network, texts: Sequence[str]) -> tuple[str, ...]:
    """The sizes that matter as even or odd ones, in a network that was read from a block or in what is said of it."""
    if not network.lines:
        return ()
    return tuple(sorted({*network.notation.sizes, *halved_sizes(texts, dict(network.dims))}))


def check_parities(
    network: Network, sizes: tuple[str, ...], latex: str, assume: Sequence[str], check: Check
) -> Verdict:
    """The verdict on a claim for even and for odd sizes. Raises FormulaError where it can't be read."""
    cases: list[Case] = [(said, case, check(case, latex, assume)) for said, case in by_parity(network, sizes)]
    said, case, worst = min(cases, key=lambda found: _WORST.index(found[2].verdict))
    verdict = replace(worst, counterexample=_whole(worst.counterexample, case))
    if len({v.verdict for _, _, v in cases}) == 1 and worst.verdict not in _REFUTED:
        return replace(verdict, evidence=_told(cases))
    proved = [other for other, _, v in cases if v.verdict == "proved"]
    if worst.verdict in _REFUTED and proved:
        open_cases = [v for _, _, v in cases if v.verdict not in ("proved", *_REFUTED)]
        evidence = (f"where {said}", *worst.evidence, *(f"or {c}" for c in worst.conditions))
        if not open_cases:
            conditions = (" or ".join(proved),)
            return replace(verdict, verdict="conditional", conditions=conditions, evidence=evidence)
    if worst.verdict == "conditional" and any(v.conditions != worst.conditions for _, _, v in cases):
        kept = tuple(f"{c} (where {other})" for other, _, v in cases for c in v.conditions)
        return replace(verdict, conditions=kept, evidence=_told(cases))
    return replace(verdict, evidence=(f"where {said}", *worst.evidence))


def _told(cases: Sequence[Case]) -> tuple[str, ...]:
    """The evidence case by case; once, where it is the same for all of them."""
    if len({v.evidence for _, _, v in cases}) == 1:
        return (" and ".join(f"where {said}" for said, _, _ in cases), *cases[0][2].evidence)
    return tuple(sentence for said, _, v in cases for sentence in (f"where {said}", *v.evidence))


def _whole(found: Counterexample | None, case: Network) -> Counterexample | None:
    """The counterexample with the sizes themselves in the place of their halves."""
    if found is None:
        return None
    whole = {
        name: dim.value(found.sizes) for name, dim in case.notation.sizes.items() if dim.symbols() <= set(found.sizes)
    }
    halves = {name for dim in case.notation.sizes.values() for name in dim.symbols()}
    return replace(found, sizes={**{n: v for n, v in found.sizes.items() if n not in halves}, **whole})
