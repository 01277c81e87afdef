"""Networks are equal when they declare the same, whatever their indices are called."""

from dataclasses import replace

import pytest

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import AtMost, Elem, Extremum, Ordinal, Product, total
from gradcheck.algebra.functions import RELU, TANH, unspecified
from gradcheck.algebra.index import Affine, Index, Tensor
from gradcheck.declare import Network, Node

n, m = Dim.symbol("n"), Dim.symbol("m")
x, W = Tensor("x", (m,)), Tensor("W", (n, m))


def dense(j="j", k="k", line=None):
    row, column = Index(j, n), Index(k, m)
    formula = total([column], Elem(W, (row, column)) * Elem(x, (column,)))
    return Node(Tensor("y", (n,)), (row,), formula, line=line)


def network(*nodes, **changes):
    return replace(Network("a", (("n", 1), ("m", 1)), (x,), (W,), nodes=nodes), **changes)


def test_names_and_identity_of_indices_make_no_difference():
    assert dense() == dense("u", "v", line=3)
    assert hash(dense()) == hash(dense("u", "v"))
    assert network(dense()) == network(dense("k", "j"))
    assert {network(dense()): 1}[network(dense("p"))] == 1


def test_the_order_in_which_a_sum_names_its_indices_makes_no_difference():
    j, k = Index("j", n), Index("k", m)
    body = Elem(W, (j, k)) * Elem(x, (k,))
    s = Tensor("s")
    assert Node(s, (), total([j, k], body)) == Node(s, (), total([k, j], body))


def test_one_index_object_may_be_bound_twice():
    k, other = Index("k", m), Index("k", m)
    s = Tensor("s")
    again = Node(s, (), total([k], Elem(x, (k,))) * total([k], Elem(x, (k,))))
    fresh = Node(s, (), total([k], Elem(x, (k,))) * total([other], Elem(x, (other,))))
    assert again == fresh


def test_terms_and_factors_may_stand_in_any_order():
    k, other, row = Index("k", m), Index("p", m), Index("j", n)
    s = Tensor("s", (n,))
    one = total([k], Elem(W, (row, k)) * Elem(x, (k,))) + total([k], Elem(x, (k,))) + 2
    two = 2 + total([other], Elem(x, (other,))) + total([k], Elem(x, (k,)) * Elem(W, (row, k)))
    assert Node(s, (row,), one) == Node(s, (row,), two)


def formulas():
    j, k, last = Index("j", n), Index("k", m), Affine((), m)
    return [
        Elem(W, (j, k)),
        Elem(W, (j, last)),
        Elem(Tensor("W", (n, n)), (j, j)),
        total([k], Elem(W, (j, k))),
        Product((k,), Elem(W, (j, k))),
        Extremum("max", (k,), Elem(W, (j, k))),
        Extremum("min", (k,), Elem(W, (j, k))),
        total([k], Elem(W, (j, k)) * AtMost(k, j)),
        total([k], Elem(W, (j, k)) * AtMost(j, k)),
        Ordinal(j) + Elem(x, (k,)),
        Ordinal(k) + Elem(x, (k,)),
    ]


def test_different_formulas_are_different():
    j, k = Index("j", n), Index("k", m)
    nodes = [Node(Tensor("y", (n, m)), tuple(sorted(f.free, key=lambda i: i.name)), f) for f in formulas()]
    assert len(set(nodes)) == len(nodes)
    y = Tensor("y", (n, m))
    assert Node(y, (j, k), Elem(W, (j, k))) != Node(y, (k, j), Elem(W, (j, k)))


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "b"},
        {"dims": (("n", 2), ("m", 1))},
        {"inputs": (Tensor("x", (m,), frozenset({"positive"})),)},
        {"parameters": (), "constants": (W,)},
        {"functions": (unspecified("f"),)},
        {"nodes": ()},
        {"loss": Tensor("l")},
        {"adjoints": (dense(),)},
    ],
)
def test_every_part_of_a_network_counts(changes):
    assert network(dense()) != network(dense(), **changes)


def test_functions_count_with_their_facts():
    increasing = unspecified("f", facts=frozenset({"increasing"}))
    assert network(functions=(unspecified("f"),)) != network(functions=(increasing,))
    assert network(functions=(RELU,)) != network(functions=(TANH,))


def test_the_notation_does_not_count():
    assert network(dense()) == network(dense(), notation=Network("b").notation)


def test_dims_may_be_declared_in_any_order():
    assert network() == network(dims=(("m", 1), ("n", 1)))
