"""How many calls a check takes: fewer and smaller cases where a call is dear, all of them where it is not."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from gradcheck import check_layer
from gradcheck.testing.budget import Budget, lines_run
from gradcheck.testing.cases import planned
from gradcheck.testing.inputs import declare
from gradcheck.testing.job import Job
from tests.layers import dense, loops


def budget(layer, shapes):
    declaration = declare(shapes, None, None, None, (), None)
    return Budget(Job(layer, declaration).adapter(), declaration), planned(declaration, 0)


def test_a_layer_of_array_expressions_is_checked_at_every_case():
    spent, cases = budget(dense.Dense(), {"x": ("m", "d"), "W": ("d", "k"), "b": ("k",)})
    assert spent.chosen(cases) == cases


def test_a_layer_of_loops_is_checked_at_as_many_cases_of_smaller_sizes():
    spent, cases = budget(loops.LoopConv2d(), dict(loops.IMAGE.shapes))
    chosen = spent.chosen(cases)
    assert len(chosen) == len(cases)
    assert chosen[0] == cases[0]
    lines = [lines_run(spent.layer, spent.declaration, case) for case in chosen]
    assert sum(lines) < 150_000 < sum(lines_run(spent.layer, spent.declaration, c) for c in cases[:20])
    assert max(dict(case.sizes)["b"] for case in chosen[1:]) > 1


def test_lines_are_the_same_each_time_and_leave_a_debugger_alone():
    spent, cases = budget(loops.LoopConv2d(), dict(loops.IMAGE.shapes))
    before = sys.gettrace()
    first, second = (lines_run(spent.layer, spent.declaration, cases[0]) for _ in range(2))
    assert first == second > 1000
    assert sys.gettrace() is before


CALLS = {  # the most calls of forward that a right and a wrong layer may take
    "right": (lambda dy, x: 2 * x * dy, 3000),
    "wrong": (lambda dy, x: x * dy, 2500),
    "wrong in one place": (lambda dy, x: np.where(np.arange(x.shape[1]) == 0, 3, 2) * x * dy, 3500),
}


@pytest.mark.parametrize(("backward", "most"), CALLS.values(), ids=CALLS)
def test_a_small_layer_takes_a_few_thousand_calls(backward, most):
    calls = 0

    def forward(x):
        nonlocal calls
        calls += 1
        return x * x

    check_layer(forward, {"x": ("m", "d")}, vjp=backward)
    assert 20 < calls < most
