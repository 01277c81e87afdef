"""How a gradient was derived, rewrite by rewrite: the steps are the computation's own values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..algebra.expressions import Derivative, Elem, Expr, Mul, Sum, add, tensors
from ..algebra.index import Index, Tensor
from ..declare.network import Node
from ..formula.notation import Notation
from ..printing import Style, show_chain, unicode_name
from .adjoints import Adjoint, Adjoints
from .given import is_given

Rule = Literal["given", "chain rule", "local derivatives", "substitute", "tidy", "shorten"]


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

    def equation(self, style: Style) -> str:
        """The step as an equation that begins with what is derived, for a page on which steps follow one another."""
        if self.rule in ("given", "chain rule"):
            return self.text(style)
        return show_chain((self.entry, self.after), self.indices, self.notation, style=style) or ""

    def text(self, style: Style = "unicode") -> str:
        """Before = after, entry by entry, as "unicode" or "latex"; an adjoint is introduced by its name."""
        introduced = (self.entry,) if self.rule in ("given", "chain rule") and isinstance(self.entry, Elem) else ()
        sides = (self.before, self.after) if self.after != self.before else (self.before,)
        return show_chain((*introduced, *sides), self.indices, self.notation, style=style) or ""


def equation_steps(program: Adjoints, equation: Adjoint, entry: Expr, notation: Notation) -> tuple[Step, ...]:
    """The chain rule through every consumer, and the local derivatives put in; one step where the loss gives it."""
    wrt = Elem(equation.of, equation.indices)
    start = Derivative(program.output, wrt)
    if is_given(program, equation):
        return (Step("given", (), entry, start, start, equation.indices, notation),)
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
    here = tuple([i.fresh() for i in node.indices])
    # An end of the network whose adjoint has no name is what the abstract loss gives.
    arriving = Elem(consumer.tensor, here) if consumer else Derivative(program.output, Elem(node.tensor, here))
    product = Mul((arriving, Derivative(Elem(node.tensor, here), wrt, "partial")))
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
