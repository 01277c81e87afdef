"""`check --format sarif|junit|github`: what machines read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from gradcheck.cli.run import run

from .pages import NEURON

CLAIMS = r"""
$$ \frac{\partial l}{\partial w} = (a - y) \sigma'(w x) x $$ {#right}

$$ \frac{\partial l}{\partial w} = (a - y) x $$ {#wrong}

$$ \frac{\partial l}{\partial w}
   = (a - y) $$ {#known known="wrong"}

$$ \frac{\partial l}{\partial w} = (a - y) q, 50\% $$ {#unread}
"""
SCHEMA = Path(__file__).with_name("sarif-2.1.0.json")


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("my notes").mkdir()
    path = Path("my notes/a neuron, 50%.md")
    path.write_text(NEURON + CLAIMS, encoding="utf-8")
    return str(path)


def printed(document: str, name: str, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    status = run(["check", document, "--format", name, *more])
    assert status == 1
    return capsys.readouterr().out


def test_sarif_is_valid_and_points_at_the_formula(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    validators = pytest.importorskip("jsonschema")
    log = json.loads(printed(document, "sarif", capsys))
    validators.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(log)
    results = log["runs"][0]["results"]
    assert [r["locations"][0]["logicalLocations"][0]["name"].partition("/")[2] for r in results] == [
        "wrong",
        "known",
        "unread",
    ]
    wrong, known, unread = results
    place = wrong["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20notes/a%20neuron%2C%2050%25.md"
    lines = Path(document).read_text(encoding="utf-8").splitlines()
    region = place["region"]
    assert (
        lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1]
        == r"\frac{\partial l}{\partial w} = (a - y) x"
    )
    region = known["locations"][0]["physicalLocation"]["region"]
    assert region["endLine"] == region["startLine"] + 1
    assert lines[region["endLine"] - 1][: region["endColumn"] - 1] == "   = (a - y)"
    assert (wrong["level"], wrong["kind"]) == ("error", "fail")
    assert "suppressions" not in wrong
    assert known["suppressions"][0]["kind"] == "inSource"
    assert unread["ruleId"] == "unread"
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in results)


def test_junit_counts_every_claim_once(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = ET.fromstring(printed(document, "junit", capsys).partition("\n")[2])
    (suite,) = root
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4", "failures": "2", "errors": "0", "skipped": "1",
    }  # fmt: skip
    cases = {case.get("name"): [child.tag for child in case] for case in suite}
    assert cases == {"right": [], "wrong": ["failure"], "known": ["skipped"], "unread": ["failure"]}
    failure = suite.find("testcase[@name='wrong']/failure")
    assert failure is not None
    assert failure.get("type") == "wrong"
    assert "derived" in (failure.text or "")


def test_annotations_are_commands_of_one_line(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(document, "github", capsys).splitlines()
    assert [line.split(" ")[0] for line in lines[:-1]] == ["::error", "::notice", "::error"]
    assert lines[-1].startswith("3 claims: ")
    for line in lines[:-1]:
        found = re.fullmatch(r"::[a-z]+ ((?:[a-zA-Z]+=[^,:]*)(?:,[a-zA-Z]+=[^,:]*)*)::(.*)", line)
        assert found is not None, line
        assert "file=my notes/a neuron%2C 50%25.md" in found.group(1)


def test_marks_that_are_not_heeded_do_not_suppress(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    results = json.loads(printed(document, "sarif", capsys, "--no-marks"))["runs"][0]["results"]
    assert not any("suppressions" in result for result in results)
