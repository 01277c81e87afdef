"""The sections on gradients: every step with its rule, and the result in a box, by entries and as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ...algebra.expressions import Derivative, Elem, Expr, replace_entries
from ...algebra.index import Index, Tensor
from ...declare.network import Network
from ...derive import Derivation, Step, gradients
from ...derive.abstract import is_stand_in
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
    speak = spoken(derivation)
    steps = [step for step in derivation.steps if _adjoint(step) not in numbering.adjoints]
    known = list(
        dict.fromkeys(numbering.adjoints[a] for s in derivation.steps if (a := _adjoint(s)) in numbering.adjoints)
    )
    if known:
        yield Paragraph(text(f"Uses step{'s' if len(known) > 1 else ''} {_listed(known)} from above."))
    for step in steps:
        if speak is not plainly and not step.about and step.rule == "local derivatives":
            numbering.adjoints[_adjoint(step)] = str(numbering.last)
            continue  # the loss has no equation: what was introduced is all that there is to say
        number = numbering.next()
        yield formula(_step_latex(step, speak), notation, number=number, rule=_rule(step, speak))
        if step.rule == "local derivatives" and isinstance(step.entry, Elem):
            numbering.adjoints[step.entry.tensor.name] = number
    result = equation(derivation.left, speak(derivation.closed), indices, notation)
    yield formula(result, notation, boxed=True, lead=text("Result, entry by entry:" if indices else "Result:"))
    whole = show_equation(derivation.left, speak(derivation.nested), indices, notation, form="matrix")
    if indices and whole is not None:
        yield formula(whole, notation, boxed=True, lead=text("and as whole arrays:"))
    if derivation.where:
        yield Paragraph(_where(derivation, numbering))


def _where(derivation: Derivation, numbering: Numbering) -> Line:
    """Which step gives each adjoint that the result still names."""
    line: list[Inline] = [Text("Here ")]
    for k, named in enumerate(derivation.where):
        between = ", " if k < len(derivation.where) - 1 else " and "
        line += [*([Text(between)] if k else []), name(named.tensor, derivation.notation)]
        line.append(Text(f" is that of ({numbering.adjoints[named.tensor.name]})"))
    return (*line, Text("."))


def _adjoint(step: Step) -> str:
    """The name of the adjoint whose equation the step derives; "" for the gradient itself."""
    return step.entry.tensor.name if isinstance(step.entry, Elem) else ""


Speak = Callable[[Expr], Expr]
"""How an expression is said on the page."""


def plainly(expr: Expr) -> Expr:
    """As it is."""
    return expr


def spoken(derivation: Derivation) -> Speak:
    """Expressions as they are; where the loss has no equation, with its slopes as derivatives of the loss."""
    network = derivation.program.network
    if not is_stand_in(network) or network.loss is None:
        return plainly
    loss = Elem(network.loss)
    slopes: dict[Tensor, tuple[tuple[Index, ...], Expr]] = {}
    for slope in network.constants:
        end = next(
            (n for n in network.nodes if n.tensor != network.loss and slope.name.endswith(f"_{{{n.tensor.name}}}")),
            None,
        )
        if end is not None and slope.dims == end.tensor.dims:
            slopes[slope] = (end.indices, Derivative(loss, Elem(end.tensor, end.indices)))
    return lambda expr: replace_entries(expr, slopes)


def _step_latex(step: Step, speak: Speak) -> str:
    """The step as an equation: the chain rule introduces what is derived, the other rules go on from it."""
    if step.rule != "chain rule":
        return equation(step.entry, speak(step.after), step.indices, step.notation)
    if speak is not plainly and not step.about:
        return equation(step.entry, step.before, step.indices, step.notation)
    return step.text("latex")


def _rule(step: Step, speak: Speak) -> Line:
    """The name of the rule, and what it was applied to."""
    names: list[Inline] = []
    for tensor in step.about:
        names += [*([Text(", ")] if names else []), name(tensor, step.notation)]
    match step.rule:
        case "chain rule" if not names:
            return text("definition of the loss" if speak is plainly else "given by the loss, which may be any")
        case "chain rule":
            return (Text("chain rule through "), *names)
        case "local derivatives":
            return (Text("derivative of "), *names) if names else text("derivative of the loss")
        case "substitute":
            return (Text("put in "), *names)
        case "tidy":
            return text("tidied")


def _listed(numbers: list[str]) -> str:
    shown = [f"({n})" for n in numbers]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
