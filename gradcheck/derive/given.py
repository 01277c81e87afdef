"""A backward program in the words of a page: what an abstract loss gives is a derivative of the loss.

The stand-in's slopes are there for evaluating. On paper they are what they stand for, dJ/dz for an end z.
"""

from __future__ import annotations

from dataclasses import replace

from ..algebra.expressions import Derivative, Elem, Expr, replace_entries
from ..algebra.index import Index, Tensor
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


def is_given(program: Adjoints, equation: Adjoint) -> bool:
    """Whether the equation only says of which derivative of the loss the adjoint is the name."""
    return equation.formula == Derivative(program.output, Elem(equation.of, equation.indices))
