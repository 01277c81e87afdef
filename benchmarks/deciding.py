"""Deciding the claims of the derivations in this repository, everything a verdict carries included."""

from __future__ import annotations

import statistics
from collections import defaultdict
from pathlib import Path

import gradcheck

from .timing import table, text

ROOT = Path(__file__).parents[1]


def run(*, quick: bool) -> None:
    """Print a row for each verdict."""
    seconds = defaultdict(list)
    for document in sorted((ROOT / "derivations").glob("*.md")):
        for _ in range(1 if quick else 3):
            try:
                found = gradcheck.check_document(document).findings
            except gradcheck.GradcheckError as error:
                print(f"left out: {error.place}")
                break
            for claim in found:
                seconds[claim.verdict.verdict].append(claim.verdict.seconds)
                seconds["all"].append(claim.verdict.seconds)
    rows = [[n, f"{len(s)}", text(statistics.median(s)), text(max(s))] for n, s in sorted(seconds.items())]
    table(["verdict", "decisions", "median", "worst"], rows)
