"""Matrices with left-out entries say something about the entries that are written out, and only about those."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.errors import FormulaError, IllFormedError
from gradcheck.formula import read

from .names import notation
from .numbers import array_of

NAMES = notation("A: n+1, n; B: n, n; m: n+1, n", dims={"n": 4})
N = 6
PRINTED = r"""A_{(n+1)\times n} = \begin{bmatrix} 1 & 0 & 0 & \dots & 0 \\ 2 & 1 & 0 & \dots & 0 \\
\vdots & \vdots & \vdots & \vdots & \vdots \\ n & n-1 & n-2 & \dots & 1 \\ n+1 & n & n-2 & \dots & 2 \end{bmatrix}"""


def _ramp() -> np.ndarray:
    """max(0, i - j + 1) for i = 1..n+1 and j = 1..n."""
    i, j = np.indices((N + 1, N))
    return np.maximum(0, i - j + 1).astype(float)


def test_the_written_entries_are_compared_where_they_stand():
    statement = read(PRINTED, NAMES)
    draw = np.random.default_rng(1).normal(size=(N + 1, N))
    left = array_of(statement.sides[0], {"A": draw}, {"n": N})
    right = array_of(statement.sides[1], {}, {"n": N})
    rows, columns = [0, 1, N - 1, N], [0, 1, 2, N - 1]
    written = np.zeros((N + 1, N), dtype=bool)
    written[np.ix_(rows, columns)] = True
    np.testing.assert_array_equal(left, np.where(written, draw, 0))
    assert not right[~written].any()
    assert any("written out" in note for note in statement.readings)


def test_a_wrong_written_entry_shows():
    statement = read(PRINTED, NAMES)
    gap = array_of(statement.sides[0], {"A": _ramp()}, {"n": N}) - array_of(statement.sides[1], {}, {"n": N})
    assert [tuple(at) for at in np.argwhere(gap)] == [(N, 2)]
    assert gap[N, 2] == 1


def test_entries_of_a_declared_matrix_may_stand_inside():
    text = r"""m = \begin{bmatrix} 1 & 1 & \dots & 1 & 1 \\
    m_{2,1} & 1 & \dots & 1 & 1 \\
    m_{3,1} & m_{3,2} & \dots & 1 & 1 \\
    \vdots & \vdots & \ddots & \vdots & \vdots \\
    m_{n+1,1} & m_{n+1,2} & \dots & m_{n+1,n-1} & m_{n+1,n} \end{bmatrix}"""
    m = np.tril(np.random.default_rng(2).normal(size=(N + 1, N)), -1) + np.triu(np.ones((N + 1, N)))
    statement = read(text, NAMES)
    left, right = (array_of(side, {"m": m}, {"n": N}) for side in statement.sides)
    np.testing.assert_array_equal(left, right)
    assert right.any()


def test_written_entries_that_overlap_at_small_sizes_ask_for_a_larger_size():
    with pytest.raises(FormulaError) as caught:
        read(PRINTED, notation("A: n+1, n", dims={"n": 2}))
    assert "declare the size as n >= " in caught.value.hint


def test_a_dotted_matrix_beside_a_vector_is_ill_formed():
    with pytest.raises(IllFormedError):
        read(r"x = \begin{bmatrix} 1 & \dots & 1 \\ \vdots & & \vdots \\ 1 & \dots & 1 \end{bmatrix}", notation("x: n"))


def test_a_dotted_matrix_inside_an_expression_is_refused():
    with pytest.raises(FormulaError):
        read(r"B = 2 \begin{bmatrix} 1 & \dots & 1 \\ \vdots & & \vdots \\ 1 & \dots & 1 \end{bmatrix}", NAMES)
