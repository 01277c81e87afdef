"""Derived gradients against SymPy's plain `diff` of the network written out entry by entry."""

import itertools

import pytest
import sympy
from derive_networks import ALL, SIGMA, SIZES

from gradcheck.algebra.expressions import Elem
from gradcheck.algebra.functions import TANH
from gradcheck.derive import adjoints, differentiate
from gradcheck.derive.expansion import Expansion, entry_symbol, expand


def written_out(network, sizes, hold=None):
    """The loss over the entries of leaves (and of the held tensor), and the expansion of every node."""
    known = {}

    def entry(tensor, place):
        if tensor == hold or (tensor, place) not in known:
            return entry_symbol(tensor, place)
        return known[tensor, place]

    expansion = Expansion(sizes, entry)
    for node in network.nodes:
        for inner in expansion.over(node.indices):
            place = tuple(inner.position(i) for i in node.indices)
            known[node.tensor, place] = expand(node.formula, inner)
    return known, expansion


def program_step(tensor, sizes):
    """Look at about three entries of a tensor: the first, the last and one between."""
    count = 1
    for dim in tensor.dims:
        count *= dim.value(sizes)
    return (count - 1) // 2


def numbers(symbols):
    """Distinct rational values in (0.1, 0.9), so that logarithms of probabilities exist."""
    return {s: sympy.Rational(7 * k + 11, 97 + 9 * k) for k, s in enumerate(sorted(symbols, key=str), start=1)}


def close(left, right):
    symbols = left.free_symbols | right.free_symbols
    values = numbers(symbols)
    a, b = (sympy.N(side.subs(values).doit(), 40) for side in (left, right))
    return abs(a - b) < sympy.Float("1e-30") * (1 + abs(a))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("declare", ALL, ids=lambda f: f.__name__)
def test_gradients_are_those_of_the_written_out_network(declare, sizes):
    network = declare()
    if SIGMA in {getattr(e, "function", None) for n in network.nodes for e in [n.formula]}:
        network = network.with_functions({SIGMA: TANH})
    program = adjoints(network)
    for tensor in network.parameters + network.inputs:
        known, expansion = written_out(network, sizes)
        loss = known[network.loss, ()]
        equation = program.of(tensor)
        closed = program.closed(tensor)
        for inner in expansion.over(equation.indices)[:: max(1, program_step(tensor, sizes))]:
            place = tuple(inner.position(i) for i in equation.indices)
            truth = sympy.diff(loss, entry_symbol(tensor, place))
            assert close(expand(closed, inner), truth), f"{tensor.name}{place}"


@pytest.mark.parametrize("declare", ALL, ids=lambda f: f.__name__)
def test_a_node_held_as_the_variable_has_its_adjoint_as_derivative(declare):
    network = declare()
    if SIGMA in {getattr(e, "function", None) for n in network.nodes for e in [n.formula]}:
        network = network.with_functions({SIGMA: TANH})
    for node in network.nodes[:-1]:
        sizes = SIZES[0]
        known, expansion = written_out(network, sizes, hold=node.tensor)
        for inner in itertools.islice(expansion.over(node.indices), 4):
            place = tuple(inner.position(i) for i in node.indices)
            truth = sympy.diff(known[network.loss, ()], entry_symbol(node.tensor, place))
            derived = differentiate(network, Elem(network.loss), Elem(node.tensor, node.indices))
            assert close(expand(derived, inner), truth), f"{node.tensor.name}{place}"
