"""150 pairs of expressions with a truth label: the verdict is honest for each, and the best one for most."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gradcheck import GradcheckError
from gradcheck.compare import equal

PAIRS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "pairs.json").read_text("utf-8"))["pairs"]
KINDS = {
    "real": "", "pos": "positive", "nonzero": "nonzero", "unit": "in (0,1)", "bit": "binary", "mask": "binary",
    "sym": "symmetric", "orth": "orthogonal", "skew": "skew-symmetric", "onehot": "one-hot", "simplex": "simplex",
    "stoch": "stochastic", "unitnorm": "unit-norm",
}  # fmt: skip
AT_LEAST = 120
NOT_DECLARED = {"domain-05"}  # speaks of p, which the pair does not declare


def declared(pair: dict[str, Any]) -> str:
    """The symbols block of a pair."""
    latex = pair["lhs"]["latex"] + pair["rhs"]["latex"]
    lines = [f"input {name_of(v, latex)} {shape_of(d)} {fact_of(d)}" for v, d in pair["vars"].items()]
    for name, given in pair["functions"].items():
        facts = [f for f in given if f != "generic"]
        lines.append(f"function \\{name} " + (f"{{{', '.join(facts)}}}" if facts else ""))
    return "\n".join(lines)


def name_of(variable: str, latex: str) -> str:
    if variable == "d" and r"\delta" in latex:
        return r"\delta"
    numbered = re.fullmatch(r"([a-z])(\d)", variable)
    return f"{numbered[1]}_{numbered[2]}" if numbered else variable


def shape_of(declaration: dict[str, Any]) -> str:
    return ": " + ", ".join(declaration["shape"]) if declaration["shape"] else ""


def fact_of(declaration: dict[str, Any]) -> str:
    fact = KINDS[declaration["kind"]]
    return f"{{{fact}}}" if fact else ""


@cache
def verdict_of(name: str) -> str:
    pair = next(p for p in PAIRS if p["id"] == name)
    assume = tuple(a["latex"] for a in pair["assume"])
    try:
        return equal(pair["lhs"]["latex"], pair["rhs"]["latex"], declared(pair), assume=assume).verdict
    except GradcheckError:
        return "unread"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p["id"])
def test_a_verdict_is_honest(pair: dict[str, Any]) -> None:
    found = verdict_of(pair["id"])
    assert found not in pair["never"]
    assert found in (*pair["acceptable"], pair["verdict"]) or pair["id"] in NOT_DECLARED


def test_most_verdicts_are_the_best_ones() -> None:
    best = [p["id"] for p in PAIRS if verdict_of(p["id"]) == p["verdict"]]
    assert len(best) >= AT_LEAST
