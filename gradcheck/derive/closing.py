"""Gradients in textbook shape: adjoints put in as long as that stays short, else named layer by layer."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from ..algebra.expressions import Expr, replace_entries, tensors
from ..algebra.index import Tensor
from ..declare.network import Network
from ..formula.notation import Notation
from ..printing import latex
from .adjoints import Adjoint, Adjoints
from .given import is_given
from .shorten import shortened
from .steps import Rule, Step
from .tidy import tidy

TEXTBOOK_LENGTH = 120
"""As many characters of LaTeX a closed form may have before an adjoint keeps its name in it."""


@dataclass(frozen=True)
class Closing:
    """How an equation was put into textbook shape: the steps, and the adjoints that were substituted."""

    equation: Adjoint
    steps: tuple[Step, ...]
    substituted: tuple[Adjoint, ...]
    network: Network

    @property
    def closed(self) -> Expr:
        """The formula in textbook shape."""
        return self.steps[-1].after if self.steps else self.equation.formula

    @property
    def nested(self) -> Expr:
        """The same with its sums as the layers nest them, from which the matrix form is read off."""
        current = shortened(self.network, self.equation.formula, join=False)
        for adjoint in self.substituted:
            definition = {adjoint.tensor: (adjoint.indices, adjoint.formula)}
            current = shortened(self.network, replace_entries(current, definition), join=False)
        return current


def closings(program: Adjoints, equation: Adjoint, entry: Expr, notation: Notation) -> tuple[Closing, ...]:
    """The closing of the equation, and before it, in execution order, those of the adjoints that it names.

    Everything is put in where that stays short. Otherwise the adjoints that textbooks name keep their names,
    those that some parameter's gradient is made of.
    """
    kept = {e.tensor for e in program.equations if is_given(program, e)}
    closing = close(program, equation, entry, notation, kept)
    if _named(program, closing) - kept:
        kept |= {e.tensor for e in program.equations if _has_parameter(program, e.of)}
        closing = close(program, equation, entry, notation, kept)
    wanted, found = _named(program, closing), [closing]
    for adjoint in reversed(program.equations):
        if adjoint.tensor in wanted:
            found.append(close(program, adjoint, adjoint.entry, notation, kept))
            wanted |= _named(program, found[-1])
    return tuple(reversed(found))


def _named(program: Adjoints, closing: Closing) -> set[Tensor]:
    """The adjoints that stand in the closed form."""
    return set(tensors(closing.closed)) & {e.tensor for e in program.equations}


def _has_parameter(program: Adjoints, tensor: Tensor) -> bool:
    """Whether a parameter stands in the equation of this node."""
    node = program.network.node(tensor)
    return node is not None and not tensors(node.formula).isdisjoint(program.network.parameters)


def close(program: Adjoints, equation: Adjoint, entry: Expr, notation: Notation, kept: Set[Tensor]) -> Closing:
    """Adjoints substituted, latest first, except those `kept` and those that would make the formula too long."""
    steps: list[Step] = []
    substituted: list[Adjoint] = []
    refused: set[Tensor] = set(kept)
    current = equation.formula

    def take(rule: Rule, after: Expr, *about: Tensor) -> None:
        nonlocal current
        if rule == "shorten":
            about = tuple(n.tensor for n in program.network.nodes if n.tensor in tensors(after) - tensors(current))
        if after != current:
            steps.append(Step(rule, about, entry, current, after, equation.indices, notation))
            current = after

    take("tidy", tidy(current))
    take("shorten", shortened(program.network, current))
    while True:
        present = tensors(current) - refused
        adjoint = next((e for e in reversed(program.equations) if e.tensor in present), None)
        if adjoint is None:
            return Closing(equation, tuple(steps), tuple(substituted), program.network)
        put_in = tidy(replace_entries(current, {adjoint.tensor: (adjoint.indices, adjoint.formula)}))
        short = shortened(program.network, put_in)
        if len(latex(short, notation, equation.indices)) <= TEXTBOOK_LENGTH:
            take("substitute", put_in, adjoint.tensor)
            take("shorten", short)
            substituted.append(adjoint)
        else:
            refused.add(adjoint.tensor)
