"""Derivations told one after the other: each step with its number, and no adjoint derived twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..algebra.expressions import Add, Derivative, Elem
from ..algebra.index import Tensor
from ..declare.network import Network
from .adjoints import dependents
from .derivation import Derivation
from .steps import Step

WORDS = {
    "given": "given by the loss, which may be any",
    "chain rule": "chain rule through",
    "local derivatives": "derivative of",
    "substitute": "put in",
    "tidy": "tidied",
    "shorten": "written with",
}
_ALONE = {
    "chain rule": "definition of the loss",
    "local derivatives": "derivative of the loss",
    "shorten": "simplified",
}


@dataclass
class Telling:
    """Which number came last, and the number of the step that each adjoint's derivation ends in."""

    last: int = 0
    adjoints: dict[Tensor, int] = field(default_factory=dict)

    def known(self, derivation: Derivation) -> list[int]:
        """The numbers of the steps told before that this derivation uses."""
        used = dict.fromkeys(t for s in derivation.steps if (t := adjoint_of(s)) in self.adjoints)
        return [self.adjoints[tensor] for tensor in used if tensor is not None]

    def steps(self, derivation: Derivation) -> Iterator[tuple[int, Step]]:
        """The steps that are not told yet, numbered."""
        for step in [s for s in derivation.steps if adjoint_of(s) not in self.adjoints]:
            self.last += 1
            tensor = adjoint_of(step)
            if tensor is not None:
                self.adjoints[tensor] = self.last
            yield self.last, step


def adjoint_of(step: Step) -> Tensor | None:
    """The adjoint whose equation the step derives; None for the gradient itself."""
    return step.entry.tensor if isinstance(step.entry, Elem) else None


def rule_words(step: Step) -> str:
    """The name of the rule; what it was applied to, if anything, stands behind it."""
    return WORDS[step.rule] if step.about else _ALONE.get(step.rule, WORDS[step.rule])


HELD = "other nodes held fixed"


def rule_remark(step: Step, network: Network) -> str:
    """What has to be said of a chain rule that leads through nodes that depend on each other, or past all nodes too."""
    if step.rule != "chain rule" or not step.about:
        return ""
    directly = isinstance(step.after, Add) and any(isinstance(term, Derivative) for term in step.after.terms)
    entangled = any(other in dependents(network, node) for node in step.about for other in step.about if other != node)
    return (" and directly" if directly else "") + (f", {HELD}" if directly or entangled else "")
