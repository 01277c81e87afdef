"""The claims of the five source documents: each decided once, under its id.

`data/catalogue.txt` lists the ids and the kind of each claim (G gradient, I identity, S sign, Z zero, N independence,
E equal entries, R rank, U update, C count, X example, T threshold); what the verdicts are is not written anywhere.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gradcheck.cli.app import app

ROOT = Path(__file__).parent.parent
KINDS = dict(line.split() for line in (ROOT / "tests" / "data" / "catalogue.txt").read_text().splitlines())
CONFIRMED = ("wrong", "conditional", "ill-formed")


@pytest.fixture(scope="module")
def found() -> dict[str, dict]:
    out = CliRunner().invoke(app, ["check", str(ROOT / "derivations"), "--format", "json"])
    assert out.exit_code == 0, out.stdout[-2000:]
    report = json.loads(out.stdout)
    assert not report["unread"]
    ids = Counter(claim["id"] for claim in report["claims"])
    assert all(ids[name] == 1 for name in KINDS), {name: ids[name] for name in KINDS if ids[name] != 1}
    return {claim["id"]: claim for claim in report["claims"]}


def test_every_claim_is_decided(found):
    assert len(KINDS) == 75
    assert {name for name in KINDS if found[name]["verdict"] == "undecided"} == set()
    assert sum(found[name]["verdict"] == "agrees" for name in KINDS) <= 5


def test_formulas_that_hold_are_proved(found):
    open_ones = [name for name, kind in KINDS.items() if kind in "GIZN" and found[name]["verdict"] == "agrees"]
    assert open_ones == []


def test_what_does_not_hold_carries_its_evidence(found):
    for name in KINDS:
        claim = found[name]
        if claim["verdict"] in CONFIRMED:
            assert claim["evidence"], name
            assert claim["counterexample"] or claim["conditions"] or claim["verdict"] == "ill-formed", name
            assert claim["known"] == claim["verdict"], name
