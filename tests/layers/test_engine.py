"""check_layer on the whole suite: every bug caught, no right layer accused, hardly ever unsure."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from . import AWKWARD, BUGS, RIGHT
from .engine import judge
from .suite import Bug

CASES = [*BUGS, *RIGHT, *AWKWARD]
WRONG = [n for n, case in enumerate(CASES) if isinstance(case, Bug)]
FINE = [n for n, case in enumerate(CASES) if not isinstance(case, Bug)]


def judged(index):
    verdict = judge(CASES[index])
    return verdict.status, str(verdict)


class Verdicts(dict):
    """Status and message by case, made when asked for."""

    def __missing__(self, index):
        self[index] = judged(index)
        return self[index]


@pytest.fixture(scope="module")
def verdicts(request):
    """The verdicts on all cases that were selected, by two processes (under pytest-xdist each by its own worker)."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return Verdicts()
    here = [item for item in request.session.items if item.path == request.path]
    chosen = [item.callspec.params["index"] for item in here if hasattr(item, "callspec")]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return Verdicts(zip(chosen, pool.map(judged, chosen, chunksize=4), strict=True))


@pytest.mark.parametrize("index", WRONG, ids=lambda n: str(CASES[n]))
def test_every_planted_bug_is_caught(index, verdicts):
    status, message = verdicts[index]
    assert status == "fail", message


@pytest.mark.parametrize("index", FINE, ids=lambda n: CASES[n].name)
def test_no_right_layer_is_accused(index, verdicts):
    status, message = verdicts[index]
    assert status != "fail", message


def test_hardly_any_answer_is_unsure(verdicts):
    unsure = [CASES[index].name for index, (status, _) in verdicts.items() if status == "unsure"]
    assert len(unsure) <= 0.05 * len(verdicts), unsure
