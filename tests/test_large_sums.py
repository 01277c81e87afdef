"""Sums over many indices are worked out one index after the other, and nothing is built that is too large."""

from __future__ import annotations

import numpy as np
import pytest

import gradcheck
from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import Elem, Expr, mul, total
from gradcheck.algebra.index import Index, Tensor
from gradcheck.algebra.values.balls import Balls
from gradcheck.algebra.values.point import NoValueError, Point
from gradcheck.algebra.values.pointwise import evaluate
from gradcheck.derive.tidy import alike
from gradcheck.formula import read_expression

N = Dim.symbol("n")
A, U = Tensor("A", (N, N)), Tensor("u", (N,))


def chain(length: int) -> tuple[Expr, Index]:
    """A ... A u with so many matrices, as one sum over all inner indices; and its free index."""
    indices = [Index("i", N) for _ in range(length + 1)]
    matrices = [Elem(A, (indices[k], indices[k + 1])) for k in range(length)]
    return total(indices[1:], mul(*matrices, Elem(U, (indices[-1],)))), indices[0]


def point(size: int) -> Point:
    balls, whole = Balls(), np.random.default_rng(0)
    values = {t: whole.integers(-3, 4, size=(size,) * len(t.dims)) for t in (A, U)}
    made = {t: np.empty(v.shape, dtype=object) for t, v in values.items()}
    for t, v in values.items():
        made[t].reshape(-1)[:] = [balls.number(int(x)) for x in v.flat]
    return Point(balls, {"n": size}, made)


def as_floats(array: np.ndarray) -> np.ndarray:
    return np.array([float(v.mid()) for v in array.flat]).reshape(array.shape)


@pytest.mark.parametrize(("length", "size"), [(2, 3), (4, 5), (6, 20)])
def test_a_long_chain_has_the_value_of_its_matrix_products(length: int, size: int) -> None:
    at = point(size)
    expr, free = chain(length)
    a, u = as_floats(at.values[A]), as_floats(at.values[U])
    expected = np.linalg.matrix_power(a, length) @ u
    np.testing.assert_allclose(as_floats(evaluate(expr, (free,), at)), expected, rtol=1e-12)


def test_a_product_with_too_many_entries_has_no_value_and_takes_no_memory() -> None:
    indices = [Index("i", N) for _ in range(8)]
    product = mul(*[Elem(U, (i,)) for i in indices])
    with pytest.raises(NoValueError, match="entries"):
        evaluate(product, indices, point(50))


@pytest.mark.parametrize(("right", "verdict"), [("A (A A) (A A) u", "proved"), ("A A A A A u + u", "wrong")])
def test_chains_of_large_matrices_are_decided(right: str, verdict: str) -> None:
    assert gradcheck.equal("A A A A A u", right, "input A : 40, 40\ninput u : 40").verdict == verdict


def nested(innermost: str) -> Expr:
    network = gradcheck.network("input x\ninput y\ninput z")
    text = r"\max(0, x - \max(0, y - " * 12 + innermost + "))" * 12
    return read_expression(text, network.notation).expr


def test_the_key_of_a_deeply_nested_formula_is_short() -> None:
    assert alike(nested("(z + x)")) == alike(nested("(x + z)"))
    assert alike(nested("(z + x)")) != alike(nested("(z + y)"))
