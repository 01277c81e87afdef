"""Deciding the claims of the derivations in this repository, everything a verdict carries included.

A row for each document and each verdict; then the first refutation alone, of a claim with a factor 2 put in front;
then scalar identities, true and false ones, beside SymPy, which says True, False or nothing.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradcheck
from gradcheck.compare.links import links
from gradcheck.compare.refutation.refute import Search, search_for
from gradcheck.derive.abstract import grounded
from gradcheck.document import read_document
from gradcheck.formula import read_all

from .timing import table, text

ROOT = Path(__file__).parents[1]
PAIRS = ROOT / "tests" / "data" / "pairs.json"
DOCUMENTS = sorted((ROOT / "derivations").glob("*.md"))


def run(*, quick: bool) -> None:
    """Print the tables."""
    repeats = 1 if quick else 3
    of_documents, of_verdicts = decided(repeats)
    rows = [row(name, took) for name, took in of_documents.items()]
    rows += [row(name, took) for name, took in sorted(of_verdicts.items())]
    rows.append(row("all", [t for took in of_documents.values() for t in took]))
    rows.append(row("first refutation", list(refutations(repeats))))
    table(["document or verdict", "decisions", "median", "worst"], rows)
    print("\nscalar identities\n")
    table(["decided by", "pairs", "right", "false", "no answer", "median", "worst"], list(beside_sympy(quick)))


def row(name: str, took: list[float]) -> list[str]:
    """How many, their median and the worst."""
    return [name, f"{len(took)}", text(statistics.median(took)), text(max(took))]


def decided(repeats: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """The seconds of each claim, by document and by verdict."""
    of_documents, of_verdicts = defaultdict(list), defaultdict(list)
    for document in DOCUMENTS:
        for _ in range(repeats):
            for claim in gradcheck.check_document(document).findings:
                of_documents[document.stem].append(claim.verdict.seconds)
                of_verdicts[claim.verdict.verdict].append(claim.verdict.seconds)
    return of_documents, of_verdicts


def refutations(repeats: int) -> Iterator[float]:
    """The seconds of the first rung on the gradients of the documents with a factor that makes them wrong."""
    for document in DOCUMENTS:
        for claim in read_document(document).claims:
            left, _, right = claim.statement.partition("=")
            if claim.network is None or claim.network.family or r"\frac{\partial" not in left or "=" in right:
                continue
            network = grounded(claim.network)
            try:
                read = read_all(f"{left} = 2 ({right})", network.notation)
                questions = [link.question for s in read for link in links(network, s, claim.assume)]
            except gradcheck.GradcheckError:  # a factor can't be put in front of every text
                continue
            for question in questions * repeats:
                start = time.perf_counter()
                found = search_for(question, 0, Search(), 1, 2)
                took = time.perf_counter() - start
                if found is not None:  # some gradients are 0, and twice 0 is right
                    yield took


def beside_sympy(quick: bool) -> Iterator[list[str]]:
    """A row for each decider over the pairs without arrays, unspecified functions and assumptions."""
    pairs = json.loads(PAIRS.read_text("utf-8"))["pairs"]
    plain = [p for p in pairs if not any(v["shape"] for v in p["vars"].values()) and not p["functions"]]
    plain = [p for p in plain if not p["assume"] and p["label"] in ("true", "false")][: 10 if quick else None]
    deciders: dict[str, Callable[[dict[str, Any]], bool | None]] = {"gradcheck": ours, "SymPy simplify": simplified}
    for name, decide in deciders.items():
        took, answers = [], []
        for pair in plain:
            start = time.perf_counter()
            try:
                answer = decide(pair)
            except Exception:  # a pair that can't be written for this decider
                answer = None
            took.append(time.perf_counter() - start)
            answers.append(None if answer is None else answer == pair["truth"])
        counts = [answers.count(True), answers.count(False), answers.count(None)]
        yield [name, f"{len(plain)}", *map(str, counts), text(statistics.median(took)), text(max(took))]


def ours(pair: dict[str, Any]) -> bool | None:
    """What gradcheck says of a pair, the time to read it included."""
    facts = {"pos": "{positive}", "nonzero": "{nonzero}", "unit": "{in (0,1)}", "bit": "{binary}", "mask": "{binary}"}
    symbols = "\n".join(f"input {name} {facts.get(v['kind'], '')}" for name, v in pair["vars"].items())
    verdict = gradcheck.equal(pair["lhs"]["latex"], pair["rhs"]["latex"], symbols).verdict
    return {"proved": True, "wrong": False}.get(verdict)


def simplified(pair: dict[str, Any]) -> bool | None:
    """Whether SymPy simplifies the difference to 0; if not, whether its `equals` tells it from 0."""
    import sympy

    signs = {"pos": {"positive": True}, "unit": {"positive": True}, "nonzero": {"real": True, "nonzero": True}}
    names: dict[str, Any] = {
        n: sympy.Symbol(n, **signs.get(v["kind"], {"real": True})) for n, v in pair["vars"].items()
    }
    t = sympy.Symbol("t")
    names |= {
        "sigmoid": sympy.Lambda(t, 1 / (1 + sympy.exp(-t))),
        "softplus": sympy.Lambda(t, sympy.log(1 + sympy.exp(t))),
    }
    left, right = (sympy.sympify(pair[s]["numpy"].replace("np.", ""), names) for s in ("lhs", "rhs"))
    gap = sympy.simplify(left - right)
    answer = gap == 0 or gap.equals(0)
    return answer if answer is None else bool(answer)
