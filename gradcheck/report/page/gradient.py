"""The sections on gradients: every step with its rule, and the result in a box, by entries and as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...algebra.expressions import Elem
from ...declare.network import Network
from ...derive import Derivation, Step, gradients
from ...errors import GradcheckError
from ...printing import show_equation
from .formulas import equation, formula, math, name
from .tree import Block, Inline, Line, Paragraph, Section, Text, text


@dataclass
class Numbering:
    """Numbers for the formulas of a page, and the numbers that adjoint equations have got."""

    last: int = 0
    adjoints: dict[str, str] = field(default_factory=dict)

    def next(self) -> str:
        """The next number."""
        self.last += 1
        return str(self.last)


def gradient_sections(network: Network, anchor: str, numbering: Numbering) -> Iterator[Section]:
    """One section for each parameter that the loss depends on."""
    numbering.adjoints.clear()
    try:
        derivations = gradients(network)
    except GradcheckError:
        return
    for count, tensor in enumerate(reversed(network.parameters), 1):
        derivation = derivations.get(tensor.name)
        title: Line = (Text("Gradient by "), math(tensor.name, network.notation))
        if derivation is None:
            blocks: tuple[Block, ...] = (Paragraph(text("The loss does not depend on it: the gradient is 0.")),)
        else:
            blocks = tuple(gradient_blocks(derivation, numbering))
        yield Section(f"{anchor}-gradient-{count}", title, blocks)


def gradient_blocks(derivation: Derivation, numbering: Numbering) -> Iterator[Block]:
    """The steps that lead to one gradient, and the result."""
    notation, indices = derivation.notation, derivation.indices
    steps = [step for step in derivation.steps if _adjoint(step) not in numbering.adjoints]
    known = list(
        dict.fromkeys(numbering.adjoints[a] for s in derivation.steps if (a := _adjoint(s)) in numbering.adjoints)
    )
    if known:
        yield Paragraph(text(f"Uses step{'s' if len(known) > 1 else ''} {_listed(known)} from above."))
    for step in steps:
        number = numbering.next()
        yield formula(_step_latex(step), notation, number=number, rule=_rule(step))
        if step.rule == "local derivatives" and isinstance(step.entry, Elem):
            numbering.adjoints[step.entry.tensor.name] = number
    result = equation(derivation.left, derivation.closed, indices, notation)
    yield formula(result, notation, boxed=True, lead=text("Result, entry by entry:" if indices else "Result:"))
    whole = show_equation(derivation.left, derivation.nested, indices, notation, form="matrix")
    if indices and whole is not None:
        yield formula(whole, notation, boxed=True, lead=text("and as whole arrays:"))
    for named in derivation.where:
        said = equation(named.entry, named.formula, named.indices, notation)
        yield formula(said, notation, lead=text("with"))


def _adjoint(step: Step) -> str:
    """The name of the adjoint whose equation the step derives; "" for the gradient itself."""
    return step.entry.tensor.name if isinstance(step.entry, Elem) else ""


def _step_latex(step: Step) -> str:
    """The step as an equation: the chain rule introduces what is derived, the other rules go on from it."""
    if step.rule == "chain rule":
        return step.text("latex")
    return equation(step.entry, step.after, step.indices, step.notation)


def _rule(step: Step) -> Line:
    """The name of the rule, and what it was applied to."""
    names: list[Inline] = []
    for tensor in step.about:
        names += [*([Text(", ")] if names else []), name(tensor, step.notation)]
    match step.rule:
        case "chain rule":
            return (Text("chain rule through "), *names) if names else text("definition of the loss")
        case "local derivatives":
            return (Text("derivative of "), *names) if names else text("derivative of the loss")
        case "substitute":
            return (Text("put in "), *names)
        case "tidy":
            return text("tidied")


def _listed(numbers: list[str]) -> str:
    shown = [f"({n})" for n in numbers]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
