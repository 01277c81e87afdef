"""Derived gradients of random networks against SymPy's plain `diff` of the network written out."""

import numpy as np
import pytest
import sympy
from random_networks import random_network

from gradcheck.algebra.expressions import Elem
from gradcheck.derive import adjoints, differentiate
from gradcheck.derive.expansion import Expansion, entry_symbol, expand

SIZES = ({"n": 2, "m": 1, "k": 3}, {"n": 1, "m": 3, "k": 2})


def loss_written_out(network, sizes, hold=None):
    """The loss as a scalar of leaf entries (and of the held tensor's), and an expansion that knows every node."""
    known = {}

    def entry(tensor, place):
        return (
            entry_symbol(tensor, place) if tensor == hold else known.get((tensor, place), entry_symbol(tensor, place))
        )

    expansion = Expansion(sizes, entry)
    for node in network.nodes:
        for inner in expansion.over(node.indices):
            known[node.tensor, tuple(inner.position(i) for i in node.indices)] = expand(node.formula, inner)
    return known[network.loss, ()], expansion


def agrees(derived, truth, rng):
    values = {s: sympy.Rational(int(rng.integers(-9, 10)), 16) for s in derived.free_symbols | truth.free_symbols}
    a, b = (complex(sympy.N(side.subs(values), 20)) for side in (derived, truth))
    return abs(a - b) <= 1e-9 * (1 + abs(b)) or not np.isfinite(abs(b))


@pytest.mark.parametrize("seed", range(12))
def test_gradients_of_random_networks_are_those_of_the_written_out_loss(seed):
    rng = np.random.default_rng(seed)
    network = random_network(rng, nodes=3)
    program = adjoints(network)
    sizes = SIZES[seed % 2]
    loss, expansion = loss_written_out(network, sizes)
    for leaf in network.parameters + network.inputs:
        equation = program.of(leaf)
        if equation is None:
            assert not any(s.name.startswith(f"{leaf.name}_") or s.name == leaf.name for s in loss.free_symbols)
            continue
        inner = expansion.over(equation.indices)[-1]
        place = tuple(inner.position(i) for i in equation.indices)
        truth = sympy.diff(loss, entry_symbol(leaf, place))
        assert agrees(expand(program.closed(leaf), inner), truth, rng), f"{leaf.name}{place} of seed {seed}"


@pytest.mark.parametrize("seed", range(12, 20))
def test_nodes_of_random_networks_can_be_held_as_the_variable(seed):
    rng = np.random.default_rng(seed)
    network = random_network(rng, nodes=3)
    sizes = SIZES[seed % 2]
    for node in network.nodes[:-1]:
        loss, expansion = loss_written_out(network, sizes, hold=node.tensor)
        if adjoints(network, hold=node.tensor).of(node.tensor) is None:
            continue
        derived = differentiate(network, Elem(network.loss), Elem(node.tensor, node.indices))
        inner = expansion.over(node.indices)[0]
        place = tuple(inner.position(i) for i in node.indices)
        truth = sympy.diff(loss, entry_symbol(node.tensor, place))
        assert agrees(expand(derived, inner), truth, rng), f"{node.tensor.name}{place} of seed {seed}"
