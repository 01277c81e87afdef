"""The sections on gradients: every step with its rule, and the result in a box, by entries and as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ...declare.network import Network
from ...derive import Derivation, Step, gradients
from ...derive.telling import Telling, rule_remark, rule_words
from ...errors import GradcheckError
from ...printing import show_equation
from .formulas import equation, formula, math, name
from .tree import Block, Formula, Inline, Line, Link, Paragraph, Section, Text, text


@dataclass
class Gradients:
    """The gradients of a page: how its steps are numbered, and where each derivation stands that it has shown."""

    telling: Telling = field(default_factory=Telling)
    shown: dict[tuple[Block, ...], Line] = field(default_factory=dict)

    def sections(self, network: Network, anchor: str) -> Iterator[Section]:
        """One section for each parameter."""
        self.telling.adjoints.clear()
        try:
            derivations = gradients(network)
        except GradcheckError:
            return
        # Where nothing is trained, what is derived by is the data.
        for count, tensor in enumerate(reversed(network.parameters or network.inputs), 1):
            derivation = derivations.get(tensor.name)
            here = f"{anchor}-gradient-{count}"
            blocks: tuple[Block, ...] = (Paragraph(text("The loss does not depend on it: the gradient is 0.")),)
            if derivation is not None:
                blocks = self.told(derivation, (Link(f"network “{network.name}”", f"#{here}"),))
            yield Section(here, (Text("Gradient by "), math(tensor.name, network.notation)), blocks)

    def told(self, derivation: Derivation, here: Line) -> tuple[Block, ...]:
        """The whole derivation; where the same one stands already, a reference to it and its results."""
        alone = tuple(gradient_blocks(derivation, Telling()))
        place = self.shown.setdefault(alone, here)
        if place is here:
            return tuple(gradient_blocks(derivation, self.telling))
        results = [replace(b, number="", rule=()) for b in alone if isinstance(b, Formula) and b.boxed]
        return (Paragraph((Text("Step by step as for "), *place, Text("."))), *results)


def gradient_blocks(derivation: Derivation, telling: Telling) -> Iterator[Block]:
    """The steps that lead to one gradient, and the result."""
    notation, indices = derivation.notation, derivation.indices
    known = telling.known(derivation)
    if known:
        yield Paragraph(text(f"Uses step{'s' if len(known) > 1 else ''} {_listed(known)} from above."))
    *before, (last, ending) = telling.steps(derivation)
    for number, step in before:
        yield formula(step.equation("latex"), notation, number=str(number), rule=_rule(step, derivation))
    # The last step is the result: derivation.closed is what it ends in.
    result = equation(derivation.left, derivation.closed, indices, notation)
    lead = text("Result, entry by entry:" if indices else "Result:")
    yield formula(result, notation, number=str(last), rule=_rule(ending, derivation), boxed=True, lead=lead)
    whole = show_equation(derivation.left, derivation.nested, indices, notation, form="matrix")
    if indices and whole is not None:
        yield formula(whole, notation, boxed=True, lead=text("and as whole arrays:"))
    if derivation.where:
        yield Paragraph(_where(derivation, telling))


def _where(derivation: Derivation, telling: Telling) -> Line:
    """Which step gives each adjoint that the result still names."""
    line: list[Inline] = [Text("Here ")]
    for k, named in enumerate(derivation.where):
        between = ", " if k < len(derivation.where) - 1 else " and "
        line += [*([Text(between)] if k else []), name(named.tensor, derivation.notation)]
        line.append(Text(f" is that of ({telling.adjoints[named.tensor]})"))
    return (*line, Text("."))


def _rule(step: Step, derivation: Derivation) -> Line:
    """The name of the rule, and what it was applied to."""
    names: list[Inline] = []
    for tensor in step.about:
        names += [Text(", " if names else " "), name(tensor, step.notation)]
    remark = rule_remark(step, derivation.program.network)
    return (Text(rule_words(step)), *names, *([Text(remark)] if remark else []))


def _listed(numbers: Sequence[int]) -> str:
    shown = [f"({n})" for n in numbers]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
