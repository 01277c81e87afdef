"""The command `layer`: a layer named on the command line, its verdict as an exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcheck.cli.run import run

LAYERS = """
import numpy as np

class Dense:
    def forward(self, x, W):
        return x @ W, (x, W)

    def backward(self, dy, cache):
        x, W = cache
        return {"x": dy @ W.T, "W": x.T @ dy}

class Halved(Dense):
    def backward(self, dy, cache):
        grads = super().backward(dy, cache)
        return {"x": grads["x"], "W": grads["W"] / 2}

class Sized(Dense):
    def __init__(self, size):
        self.size = size

def pick(z, labels):
    return z[np.arange(len(labels)), labels], (z.shape, labels)

def unpick(dy, cache):
    shape, labels = cache
    dz = np.zeros(shape)
    dz[np.arange(len(labels)), labels] = dy
    return {"z": dz}

def made(share):
    class Local(Dense):
        def backward(self, dy, cache):
            grads = super().backward(dy, cache)
            return {"x": grads["x"] * share, "W": grads["W"]}

    return Local()

right, wrong = made(1), made(3)
twice, thrice = (lambda dy, x, c=c: c * x * dy for c in (2, 3))

def squares(x):
    return x * x

def square(x):
    return float((x * x).sum())

def doubled(x):
    return {"x": 2 * x}

ready = Dense()
"""
LABELLED = ["--shapes", "z=m,c labels=m", "--dtypes", "labels=int64", "--ranges", "labels=0:c"]
SHAPES = ["--shapes", "x=m,d W=(d,k)"]


@pytest.fixture(autouse=True)
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "layers_on_call.py").write_text(LAYERS, encoding="utf-8")
    (tmp_path / "broken.py").write_text("raise SystemExit('no')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))


VERDICTS = [
    ("a right class", ["layers_on_call:Dense", *SHAPES], 0),
    ("a right object", ["layers_on_call:ready", *SHAPES], 0),
    ("a file", ["layers_on_call.py:Dense", *SHAPES], 0),
    ("shapes one by one", ["layers_on_call:Dense", "--shapes", "x=m,d", "--shapes", "W=d,k"], 0),
    ("a wrong one", ["layers_on_call:Halved", *SHAPES], 1),
    ("a pair of functions with labels", ["layers_on_call:pick", "--backward", "unpick", *LABELLED], 0),
    ("a function with its gradient", ["layers_on_call:square", "--gradient", "doubled", "--shapes", "x=n"], 0),
]


@pytest.mark.parametrize(("arguments", "status"), [v[1:] for v in VERDICTS], ids=[v[0] for v in VERDICTS])
def test_the_exit_status_is_the_verdict(arguments: list[str], status: int) -> None:
    assert run(["layer", *arguments]) == status


def test_a_wrong_layer_is_explained_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    run(["layer", "layers_on_call:Halved", *SHAPES])
    out, err = capsys.readouterr()
    assert "gradient of W is wrong" in out
    assert not err


def test_several_processes_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for jobs in ("1", "2"):
        run(["layer", "layers_on_call:Halved", *SHAPES, "--jobs", jobs])
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["layers_on_call:right", *SHAPES], 0),
        (["layers_on_call.py:wrong", *SHAPES], 1),
        (["layers_on_call.py:squares", "--shapes", "x=n", "--vjp", "twice"], 0),
        (["layers_on_call:squares", "--shapes", "x=n", "--vjp", "thrice"], 1),
    ],
)
def test_several_processes_check_what_cannot_be_pickled(
    capsys: pytest.CaptureFixture[str], arguments: list[str], status: int
) -> None:
    said = []
    for jobs in ("1", "2"):
        assert run(["layer", *arguments, "--points", "2", "--jobs", jobs]) == status
        said.append(capsys.readouterr())
    assert said[0] == said[1]
    assert said[1].err == ""


BAD = [
    (["layers_on_call", *SHAPES], "MODULE:NAME"),
    (["nowhere:Dense", *SHAPES], "nowhere can't be imported"),
    (["nowhere.py:Dense", *SHAPES], "no such file"),
    (["broken:Dense", *SHAPES], "broken can't be imported"),
    (["layers_on_call:Dens", *SHAPES], "there are Dense"),
    (["layers_on_call:Sized", *SHAPES], "without arguments"),
    (["layers_on_call:Dense"], "shapes"),
    (["layers_on_call:Dense", "--shapes", "x"], "NAME=SIZE,SIZE"),
    (["layers_on_call:Dense", "--shapes", "x=m x=d"], "x is given twice"),
    (["layers_on_call:pick", "--shapes", "z=m", "--ranges", "z=3"], "LOW:HIGH"),
    (["layers_on_call:Dense", *SHAPES, "--points", "-1"], "--points"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD, ids=[b[1] for b in BAD])
def test_what_can_not_be_checked_is_refused_in_words(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["layer", *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
