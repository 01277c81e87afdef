"""Positions, ranges, masks and extrema in emitted programs mean what they mean entry by entry."""

from __future__ import annotations

from typing import Any

import entrywise
import numpy as np
import pytest

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import (
    Apply,
    AtMost,
    Elem,
    Expr,
    Extremum,
    Num,
    Ordinal,
    Product,
    Size,
    Sum,
    at_most,
    delta,
    mul,
    power,
    total,
)  # fmt: skip
from gradcheck.algebra.functions import EXP, TANH
from gradcheck.algebra.index import Index, Tensor, position
from gradcheck.declare.network import Network, Node
from gradcheck.errors import GradcheckError
from gradcheck.evaluate import program

n, m, k = (Dim.symbol(s) for s in "nmk")
A, B, V, X = Tensor("A", (n, n)), Tensor("B", (n, m)), Tensor("v", (n + 1,)), Tensor("x", (n + k - 1,))
W, S = Tensor("w", (k,)), Tensor("s")
LEAVES = (A, B, V, X, W, S)
i, j, q, r = Index("i", n), Index("j", n), Index("q", m), Index("r", k)


def one_node(indices: tuple[Index, ...], formula: Expr) -> Network:
    """The node t[indices] = formula, its loss the sum of t squared."""
    t = Tensor("t", tuple(index.dim for index in indices))
    fresh = tuple(index.fresh() for index in indices)
    loss = total(fresh, Elem(t, fresh) ** 2)
    nodes = (Node(t, indices, formula), Node(Tensor("l"), (), loss))
    return Network("one", (("n", 1), ("m", 1), ("k", 1)), LEAVES, (), (), (), nodes, Tensor("l"))


def point(sizes: dict[str, int]) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    return {t.name: rng.uniform(-1, 1, [d.value(sizes) for d in t.dims]) for t in LEAVES}


CASES: dict[str, tuple[tuple[Index, ...], Expr]] = {
    "a diagonal": ((i,), Elem(A, (i, i))),
    "a diagonal in a sum": ((), total([i], Elem(A, (i, i)) * Elem(B, (i, position([], 1))))),
    "the transpose": ((i, j), Elem(A, (j, i))),
    "a matrix plus its transpose": ((i, j), Elem(A, (i, j)) + Elem(A, (j, i))),
    "an antisymmetric product": ((i, j), Elem(A, (i, j)) * Elem(A, (j, i)) - Elem(A, (i, j))),
    "the next entry": ((i,), Elem(V, (position([(i, 1)], 1),))),
    "the entry before, where there is one": (
        (i,),
        at_most(position([], 2), i) * Elem(B, (position([(i, 1)], -1), position([], 1))),
    ),
    "the first column": ((i,), Elem(B, (i, position([], 1)))),
    "the last entry": ((), Elem(V, (position([], n + 1),))),
    "a convolution": ((i,), total([r], Elem(X, (position([(i, 1), (r, 1)], -1),)) * Elem(W, (r,)))),
    "reversed": ((i,), Elem(V, (position([(i, -1)], n + 1),))),
    "a delta": ((i, j), delta(i, j) * Elem(V, (i,))),
    "a triangle": ((i, j), AtMost(i, j) * Elem(A, (i, j))),
    "a sum below a position": ((i,), Sum((j,), AtMost(j, i) * Elem(V, (j,)))),
    "positions as numbers": ((i,), Ordinal(i) * Elem(V, (i,))),
    "a column made of positions alone": ((i,), Ordinal(position([(i, 2)], -1))),
    "sizes as numbers": ((i,), Elem(V, (i,)) * Size(n + 1) * power(Size(m), Num(-1))),
    "a constant column": ((i,), Num(3)),
    "a repeated scalar": ((i, q), Elem(S) + Num(1)),
    "an outer sum": ((i, q), Elem(V, (i,)) + Elem(W, (position([], 1),)) * Elem(B, (i, q))),
    "the largest of a row": ((i,), Extremum("max", (q,), Elem(B, (i, q)))),
    "the smallest of all": ((), Extremum("min", (i, q), Elem(B, (i, q)))),
    "a product over an index": ((i,), Product((q,), Elem(B, (i, q)) + Num(2))),
    "a product over an index that does not occur": ((i,), Product((q,), Elem(V, (i,)))),
    "a sum over an index that does not occur": ((i,), Sum((q,), Elem(V, (i,)) + Num(1))),
    "a trace of a product": ((), total([i, j], Elem(A, (i, j)) * Elem(A, (j, i)))),
    "three factors on one index": ((q,), total([i], Elem(V, (i,)) * Elem(B, (i, q)) * Elem(B, (i, q)))),
    "a chain of matrices": ((i, q), total([j, r], Elem(A, (i, j)) * Elem(B, (j, q)) * Elem(W, (r,)))),
    "a batch of dot products": ((i,), total([q], Elem(B, (i, q)) * Apply(TANH, Elem(B, (i, q))))),
    "a softmax along rows": (
        (i, q),
        mul(Apply(EXP, Elem(B, (i, q))), power(total([x := Index("x", m)], Apply(EXP, Elem(B, (i, x)))), Num(-1))),
    ),
    "a sum of sums": ((), total([i], Elem(V, (i,)) + total([q], Elem(B, (i, q)) * Elem(B, (i, q))))),
    "a power with an index in its exponent": ((i, q), power(Num(2), Elem(B, (i, q)))),
}  # fmt: skip


@pytest.mark.parametrize(
    "sizes", [{"n": 3, "m": 2, "k": 4}, {"n": 1, "m": 1, "k": 1}, {"n": 4, "m": 3, "k": 2}], ids=str
)
@pytest.mark.parametrize("case", CASES)
def test_values_are_those_read_entry_by_entry(case: str, sizes: dict[str, int]) -> None:
    network = one_node(*CASES[case])
    given = point(sizes)
    expected = entrywise.forward(network, sizes, given)
    made = program(network, wrt=["A"])
    for found in (made.forward(given), {"l": np.asarray(made.loss_and_gradients(given)[0])}):
        for name, value in found.items():
            np.testing.assert_allclose(value, expected[name], rtol=1e-12, atol=1e-13)
            assert value.shape == expected[name].shape
            assert value.dtype == float


SMOOTH = [case for case in CASES if case not in {"the largest of a row", "the smallest of all"}]


@pytest.mark.parametrize("case", SMOOTH)
def test_gradients_are_those_of_the_complex_step(case: str) -> None:
    sizes = {"n": 3, "m": 2, "k": 4}
    network = one_node(*CASES[case])
    given = point(sizes)
    made = program(network)
    forward = program(network, dtype="complex128")
    fast, plain = made.gradients(given), made.plain_gradients(given)[1]
    for name, value in fast.items():
        np.testing.assert_allclose(value, plain[name], rtol=1e-12, atol=1e-14)
        for place in np.ndindex(value.shape):
            moved = {key: np.array(array, complex) for key, array in given.items()}
            moved[name][place] += 1e-30j
            assert value[place] == pytest.approx(forward.forward(moved)["l"].imag / 1e-30, rel=1e-10, abs=1e-12)


def test_the_gradient_of_a_maximum_is_where_it_is_taken() -> None:
    network = one_node(*CASES["the largest of a row"])
    given = point({"n": 3, "m": 2, "k": 4})
    found = program(network).gradients(given)["B"]
    largest = given["B"].max(axis=1, keepdims=True)
    np.testing.assert_allclose(found, 2 * largest * (given["B"] == largest), rtol=1e-12)


def test_a_fixed_position_beyond_the_end_is_an_error_of_words() -> None:
    network = one_node((), Elem(W, (position([], 3),)))
    with pytest.raises(GradcheckError, match="w has no entry 3"):
        program(network).forward(point({"n": 2, "m": 2, "k": 2}))


def test_a_division_by_a_vanishing_size_is_an_error_of_words() -> None:
    network = one_node((), power(Size(n - 1), Num(-1)) * Elem(S))
    for run in (program(network).forward, program(network).gradients):
        with pytest.raises(GradcheckError, match="divides by zero at n = 1"):
            run(point({"n": 1, "m": 2, "k": 2}))
