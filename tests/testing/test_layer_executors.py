"""Cases and layers over any executor: the same verdicts as one after the other."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import pytest

from gradcheck import LayerError, check_layer
from gradcheck.testing import check_layers

sys.path.insert(0, str(Path(__file__).parent))
from layers_to_send import SHAPES, UNNAMED, Ends, OnlyLarge, Tanh, Wrong

# Not forked: where another test has loaded JAX, a fork is a warning, and a warning is an error.
Processes = partial(ProcessPoolExecutor, mp_context=get_context("spawn"))
LAYERS = [Tanh(), Wrong(), OnlyLarge()]


def plain(verdict):
    """What of a verdict must not depend on the executor."""
    return verdict.status, verdict.message, verdict.points, verdict.confidence


@pytest.fixture(scope="module")
def alone():
    return [plain(check_layer(layer, SHAPES, points=8)) for layer in LAYERS]


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, Processes], ids=["threads", "processes"])
def test_a_pool_gives_the_verdicts_of_one_process(pool, alone):
    with pool(2) as executor:
        assert [plain(check_layer(layer, SHAPES, points=8, executor=executor)) for layer in LAYERS] == alone
        checks = [{"layer": layer, "shapes": SHAPES, "points": 8} for layer in LAYERS]
        assert [plain(v) for v in check_layers(checks, executor=executor)] == alone


def test_many_layers_without_an_executor_are_checked_in_order(alone):
    assert [
        plain(v) for v in check_layers({"layer": layer, "shapes": SHAPES, "points": 8} for layer in LAYERS)
    ] == alone


@pytest.mark.filterwarnings("default")
def test_a_dask_client_gives_the_same_verdicts(alone):
    distributed = pytest.importorskip("distributed", reason="dask and distributed are not installed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.run(sys.path.insert, 0, str(Path(__file__).parent))
        executor = client.get_executor()
        assert [plain(check_layer(layer, SHAPES, points=8, executor=executor)) for layer in LAYERS] == alone


class Local:
    """A layer with a function inside that has no name of its own."""

    def __init__(self):
        self.forward, self.backward = (lambda x: (x, None)), (lambda dy, _: dy)


@pytest.mark.parametrize("layer", [(lambda x: (x, None), lambda dy, _: dy), UNNAMED, Local()], ids=type)
def test_a_layer_that_cannot_be_sent_is_explained(layer):
    with Processes(1) as executor, pytest.raises(LayerError, match="can't be sent to another process"):
        check_layer(layer, {"x": ("n",)}, executor=executor)


class GoneForEver(Tanh):
    """Can be pickled, but not be had back: what a jax.custom_vjp does."""

    def __reduce__(self):
        return Tanh, ("an argument that it does not take",)


def custom_vjp():
    jax = pytest.importorskip("jax")

    @jax.custom_vjp
    def square(x):
        return x * x

    square.defvjp(lambda x: (x * x, x), lambda x, dy: (2 * x * dy,))
    return square


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("layer", lambda: (lambda x: (x, None), lambda dy, _: dy)),
        ("GoneForEver", GoneForEver),
        pytest.param("square", custom_vjp, marks=pytest.mark.skipif(not find_spec("jax"), reason="JAX is missing")),
    ],
)
def test_a_layer_that_cannot_be_sent_is_explained_by_its_name(name, layer, capfd):
    check = {"layer": layer(), "shapes": {"x": ("n",)}}
    with Processes(1) as executor:
        with pytest.raises(LayerError, match=f"{name} can't be sent to another process") as caught:
            check_layer(**check, executor=executor)
        assert "define it at the top level of a module" in (caught.value.hint or "")
        with pytest.raises(LayerError, match=f"{name} can't be sent to another process"):
            check_layers([check], executor=executor)
    assert capfd.readouterr().err == ""


def test_threads_take_what_processes_cannot():
    right, wrong = (lambda x: (x * x, x), lambda dy, x: 2 * x * dy), (lambda x: (x * x, x), lambda dy, x: x * dy)
    with ThreadPoolExecutor(2) as executor:
        assert check_layer(right, {"x": ("n",)}, executor=executor, points=2).status == "pass"
        assert check_layer(wrong, {"x": ("n",)}, executor=executor, points=2).status == "fail"


def test_a_process_that_ends_is_no_traceback():
    with Processes(1) as executor, pytest.raises(LayerError, match="a process that checked Ends ended"):
        check_layer(Ends(), SHAPES, executor=executor)


def test_a_progress_bar_shows_on_request_and_goes_away(capsys, monkeypatch):
    monkeypatch.setattr("gradcheck.testing.spread._PATIENCE", -1.0)
    check_layer(Tanh(), SHAPES, points=2, progress=True)
    shown = capsys.readouterr()
    assert "Tanh [" in shown.err
    assert shown.out == ""
    check_layer(Tanh(), SHAPES, points=2)
    assert capsys.readouterr().err == ""


def test_the_bar_goes_on_while_a_failure_is_made_smaller(capsys, monkeypatch):
    monkeypatch.setattr("gradcheck.testing.spread._PATIENCE", -1.0)
    assert check_layer(Wrong(), SHAPES, points=2, progress=True).status == "fail"
    assert "Wrong fails; looking for the simplest case, tried 1" in capsys.readouterr().err
    assert check_layer(Tanh(), SHAPES, points=2, progress=True).status == "pass"
    assert "fails" not in capsys.readouterr().err
