"""How a gradient was derived, rewrite by rewrite: the steps are the computation's own values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..algebra.expressions import Derivative, Elem, Expr, Mul, Sum, add, replace_entries, tensors
from ..algebra.index import Index, Tensor
from ..declare.network import Node
from ..formula.notation import Notation
from ..printing import Style, latex, show_chain, unicode_name
from .adjoints import Adjoint, Adjoints
from .tidy import tidy

TEXTBOOK_LENGTH = 120
"""As many characters of LaTeX a closed form may have before an adjoint keeps its name in it."""

Rule = Literal["chain rule", "local derivatives", "substitute", "tidy"]


@dataclass(frozen=True)
class Step:
    """One rewrite: `entry` is equal to `before`, which is equal to `after` by `rule`.

    about: the nodes or adjoints that the rule speaks of. indices: the free indices of all three.
    """

    rule: Rule
    about: tuple[Tensor, ...]
    entry: Expr
    before: Expr
    after: Expr
    indices: tuple[Index, ...]
    notation: Notation = field(repr=False, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """What the rule speaks of, as Unicode text."""
        return tuple([unicode_name(tensor.name) for tensor in self.about])

    def text(self, style: Style = "unicode") -> str:
        """Before = after, entry by entry, as "unicode" or "latex"; an adjoint is introduced by its name."""
        introduced = (self.entry,) if self.rule == "chain rule" and isinstance(self.entry, Elem) else ()
        return show_chain((*introduced, self.before, self.after), self.indices, self.notation, style=style) or ""


@dataclass(frozen=True)
class Closing:
    """How a formula was put into textbook shape: the steps, and the adjoints that were substituted."""

    steps: tuple[Step, ...]
    substituted: tuple[Adjoint, ...]


def equation_steps(program: Adjoints, equation: Adjoint, entry: Expr, notation: Notation) -> tuple[Step, Step]:
    """The chain rule through every consumer, and the local derivatives put in."""
    wrt = Elem(equation.of, equation.indices)
    start = Derivative(program.output, wrt)
    chain = add(*[_through(program, node, wrt) for node in equation.consumers])
    about = tuple([node.tensor for node in equation.consumers if node])
    return (
        Step("chain rule", about, entry, start, chain, equation.indices, notation),
        Step("local derivatives", about, entry, chain, equation.formula, equation.indices, notation),
    )


def program_steps(program: Adjoints, notation: Notation) -> tuple[Step, ...]:
    """The steps of a whole backward program, every adjoint and gradient once, in execution order."""
    return tuple([s for e in program.equations for s in equation_steps(program, e, e.entry, notation)])


def _through(program: Adjoints, node: Node | None, wrt: Elem) -> Expr:
    """What an entry contributes through one consumer: its adjoint times the partial derivative, summed."""
    if node is None:
        return Derivative(program.opened, wrt, "partial")
    consumer = program.of(node.tensor)
    assert consumer is not None
    here = tuple([i.fresh() for i in node.indices])
    product = Mul((Elem(consumer.tensor, here), Derivative(Elem(node.tensor, here), wrt, "partial")))
    return Sum(here, product) if here else product


def needed(program: Adjoints, formula: Expr) -> tuple[Adjoint, ...]:
    """The adjoints that occur in a formula and, through their equations, in those; in execution order."""
    wanted = tensors(formula)
    found: list[Adjoint] = []
    for equation in reversed(program.equations):
        if equation.tensor in wanted:
            found.append(equation)
            wanted |= tensors(equation.formula)
    return tuple(reversed(found))


def close(program: Adjoints, equation: Adjoint, entry: Expr, notation: Notation) -> Closing:
    """Adjoints substituted, latest first, each kept where the formula would grow beyond textbook length."""
    steps: list[Step] = []
    substituted: list[Adjoint] = []
    refused: set[Tensor] = set()
    current = equation.formula

    def take(rule: Rule, after: Expr, *about: Tensor) -> None:
        nonlocal current
        if after != current:
            steps.append(Step(rule, about, entry, current, after, equation.indices, notation))
            current = after

    take("tidy", tidy(current))
    while True:
        present = tensors(current) - refused
        adjoint = next((e for e in reversed(program.equations) if e.tensor in present), None)
        if adjoint is None:
            return Closing(tuple(steps), tuple(substituted))
        put_in = tidy(replace_entries(current, {adjoint.tensor: (adjoint.indices, adjoint.formula)}))
        if len(latex(put_in, notation, equation.indices)) <= TEXTBOOK_LENGTH:
            take("substitute", put_in, adjoint.tensor)
            substituted.append(adjoint)
        else:
            refused.add(adjoint.tensor)
