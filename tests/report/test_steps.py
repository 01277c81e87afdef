"""Every step on a report page holds as numbers: what stands for a derivative is a finite difference here."""

from __future__ import annotations

import random

import flint
import numpy as np
import pytest

from gradcheck.algebra.expressions import Expr, replace_entries
from gradcheck.algebra.values.balls import precision
from gradcheck.algebra.values.pointwise import evaluate
from gradcheck.compare.points.draws import concrete_functions, distinct_sizes
from gradcheck.compare.points.forward import find_place, forward
from gradcheck.compare.question import Question
from gradcheck.compare.refutation.witness import BITS, DifferencePoint
from gradcheck.declare.network import Network, with_functions
from gradcheck.derive import Derivation, gradients

from .pages import NAMES, read

NETWORKS = [(name, network) for name in NAMES for network in read(name).networks if network.loss is not None]


def without_adjoints(derivation: Derivation, expr: Expr) -> Expr:
    """The expression with every adjoint replaced by its formula in nodes and leaves."""
    program = derivation.program
    definitions = {e.tensor: (e.indices, program.closed(e.of)) for e in program.equations}
    return replace_entries(expr, definitions)


def values(expr: Expr, derivation: Derivation, indices: tuple, chosen: dict) -> np.ndarray:
    network = derivation.program.network  # with a stand-in for an abstract loss
    concrete = network.with_functions(chosen)
    said = with_functions(without_adjoints(derivation, expr), chosen)
    whole = with_functions(derivation.program.output, chosen)
    question = Question(concrete, said, whole, indices, derived=said)
    sizes = distinct_sizes(sorted(dict(network.dims)), dict(network.dims), 2)
    place = find_place(question, sizes, random.Random(1), 3, {})
    assert place is not None
    with precision(BITS):
        point = forward(question, place.sizes, place.exact)
        at = DifferencePoint(point.arithmetic, point.sizes, point.values, source=place, step=flint.arb(2) ** -40)
        found = np.asarray(evaluate(said, indices, at))
        return np.vectorize(lambda ball: float(ball.mid()), otypes=[float])(found)


@pytest.mark.parametrize("network", [n for _, n in NETWORKS], ids=[f"{name}: {n.name}" for name, n in NETWORKS])
def test_both_sides_of_every_step_have_the_same_value(network: Network) -> None:
    derivations = gradients(network)
    program = next(iter(derivations.values())).program
    chosen = next(concrete_functions(Question(program.network, program.output, program.output, ())))
    for derivation in derivations.values():
        for step in derivation.steps:
            before = values(step.before, derivation, step.indices, chosen)
            after = values(step.after, derivation, step.indices, chosen)
            scale = max(1.0, float(np.max(np.abs(after), initial=0.0)))
            assert np.max(np.abs(before - after), initial=0.0) < 1e-9 * scale, step.text()
