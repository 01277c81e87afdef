"""A backward program in the words of a page: what an abstract loss gives is a derivative of the loss.

The stand-in's slopes are there for evaluating. On paper they are what they stand for, dJ/dz for an end z.
"""

from __future__ import annotations

from dataclasses import replace

from ..algebra.expressions import Derivative, Elem, Expr, replace_entries, tensors
from ..algebra.index import Index, Tensor
from ..declare.network import Network
from .abstract import is_stand_in, slopes
from .adjoints import Adjoint, Adjoints


def on_paper(program: Adjoints, wanted: Tensor) -> Adjoints:
    """The program with derivatives of the loss for the stand-in's slopes.

    An end's adjoint has nothing to say beyond that, so its equation stays only if the author declared a name
    for it, or if it is the one `wanted`.
    """
    network = program.network
    if not is_stand_in(network) or network.loss is None:
        return program
    loss = Elem(network.loss)
    known: dict[Tensor, tuple[tuple[Index, ...], Expr]] = {
        slope: (end.indices, Derivative(loss, Elem(end.tensor, end.indices))) for slope, end in slopes(network).items()
    }
    declared = {adjoint.tensor.name for adjoint in network.adjoints}
    equations: list[Adjoint] = []
    for equation in program.equations:
        said = replace(equation, formula=replace_entries(equation.formula, known))
        if is_given(program, said) and equation.tensor.name not in declared and equation.of != wanted:
            known[equation.tensor] = (equation.indices, said.formula)
        else:
            equations.append(said)
    return replace(program, equations=tuple(equations))


def in_words(network: Network, expr: Expr) -> Expr:
    """The expression with derivatives of the loss for the slopes of an abstract loss, where they are just that."""
    said = {slope: (derivative.wrt.slots, derivative) for slope, derivative in slopes_in_words(network).items()}
    return replace_entries(expr, said) if said else expr  # type: ignore[arg-type]


def slopes_in_words(network: Network) -> dict[Tensor, Derivative]:
    """The derivative of the loss that each slope of an abstract loss is; not those to which other paths add."""
    said: dict[Tensor, Derivative] = {}
    for slope, end in slopes(network).items():
        users = [node for node in network.nodes if end.tensor in tensors(node.formula)]
        if len(users) == 1:
            said[slope] = Derivative(Elem(users[0].tensor), Elem(end.tensor, end.indices))
    return said


def is_given(program: Adjoints, equation: Adjoint) -> bool:
    """Whether the equation only says of which derivative of the loss the adjoint is the name."""
    return equation.formula == Derivative(program.output, Elem(equation.of, equation.indices))
