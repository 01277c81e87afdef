"""The pytest plugin: fixture, marker, seed, the message in JUnit XML, and nothing heavy before it is used."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITE = """
import numpy as np
import pytest
import gradcheck

class Square:
    factor = 2
    def forward(self, x):
        return x**2, x
    def backward(self, dy, x):
        return self.factor * x * dy

class Wrong(Square):
    factor = 3

def test_right(assert_layer):
    assert_layer(Square(), {"x": ("m", "d")})

def test_wrong(assert_layer):
    assert_layer(Wrong(), {"x": ("m", "d")})

@pytest.mark.gradcheck(dtypes="float32", dims={"m": (0, 3)})
def test_marked(assert_layer):
    assert_layer(Square(), {"x": ("m", "d")})

@pytest.mark.gradcheck(nonsense=1)
def test_badly_marked(assert_layer):
    assert_layer(Square(), {"x": ("m", "d")})

def test_without_the_fixture():
    gradcheck.assert_layer(Wrong(), {"x": ("m", "d")})
"""


def run(folder: Path, *options: str) -> tuple[str, dict[str, ET.Element]]:
    """The output of pytest on the suite, and its JUnit cases by name."""
    (folder / "test_layers.py").write_text(SUITE, encoding="utf-8")
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-W", "error", "--strict-markers"]
    done = subprocess.run(
        [*command, f"--junit-xml={report}", f"--rootdir={folder}", str(folder), *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        encoding="utf-8",
    )
    assert report.exists(), done.stdout + done.stderr
    return done.stdout, {case.get("name", ""): case for case in ET.parse(report).iter("testcase")}


def outcome(case: ET.Element) -> str:
    return next((tag for tag in ("failure", "error") if case.find(tag) is not None), "passed")


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "with xdist"])
def test_the_fixture_fails_with_the_whole_message_in_junit(tmp_path: Path, options: tuple[str, ...]) -> None:
    if options:
        pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    out, cases = run(tmp_path, *options)
    assert {name: outcome(case) for name, case in cases.items()} == {
        "test_right": "passed",
        "test_wrong": "failure",
        "test_marked": "passed",
        "test_badly_marked": "failure",
        "test_without_the_fixture": "failure",
    }
    for name in ("test_wrong", "test_without_the_fixture"):
        failure = cases[name].find("failure")
        assert failure is not None
        message = failure.get("message", "") + (failure.text or "")
        for part in (
            "gradient of x is wrong (Wrong)",
            "claimed",
            "expected",
            "ratio 1.5",
            "constant factor 1.5",
            "seed=0",
        ):
            assert part in message
    properties = [p.get("value") for p in cases["test_right"].iter("property")]
    assert len(properties) == 1
    assert properties[0].startswith("Square: pass, ")
    assert "gradient of x is wrong" in out


def test_the_seed_of_a_run_reaches_every_check(tmp_path: Path) -> None:
    _, cases = run(tmp_path, "--gradcheck-seed", "7", "-k", "right or test_wrong")
    assert next(p.get("value") for p in cases["test_right"].iter("property")).endswith("seed 7")
    failure = cases["test_wrong"].find("failure")
    assert failure is not None
    assert "seed=7" in (failure.text or "")


def test_the_plugin_is_declared_and_imports_nothing_heavy() -> None:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    assert points == {"gradcheck": "gradcheck.testing.plugin"}
    code = f"import sys, {points['gradcheck']}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not {"numpy", "sympy", "hypothesis", "torch", "jax"} & set(done.stdout.split())
