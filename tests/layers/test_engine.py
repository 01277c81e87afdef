"""check_layer on the whole suite: every bug caught, no right layer accused, hardly ever unsure."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from . import AWKWARD, BUGS, RIGHT
from .engine import judge
from .suite import Bug

CASES = [*BUGS, *RIGHT, *AWKWARD]


def judged(index):
    verdict = judge(CASES[index])
    return verdict.status, str(verdict)


@pytest.fixture(scope="module")
def verdicts(request):
    """The verdicts on all chosen cases, by two processes."""
    chosen = [item.callspec.params["index"] for item in request.session.items if wants(item)]
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        return dict(zip(chosen, pool.map(judged, chosen, chunksize=4), strict=True))


def wants(item):
    return item.module.__name__ == __name__ and "index" in getattr(item, "callspec", item).params


def numbered(kind):
    chosen = [n for n, case in enumerate(CASES) if isinstance(case, Bug) == (kind is Bug)]
    return pytest.mark.parametrize("index", chosen, ids=lambda n: str(CASES[n]) if kind is Bug else CASES[n].name)


@numbered(Bug)
def test_every_planted_bug_is_caught(index, verdicts):
    status, message = verdicts[index]
    assert status == "fail", message


@numbered(None)
def test_no_right_layer_is_accused(index, verdicts):
    status, message = verdicts[index]
    assert status != "fail", message


def test_hardly_any_answer_is_unsure(verdicts):
    unsure = [CASES[index].name for index, (status, _) in verdicts.items() if status == "unsure"]
    assert len(unsure) < 0.05 * len(verdicts), unsure
