"""The 150 pairs, both sides: each is read from its LaTeX and agrees with its NumPy form at random points."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.special import erf, expit

from gradcheck.algebra.functions import TANH
from gradcheck.algebra.index import Index, Tensor
from gradcheck.errors import IllFormedError
from gradcheck.formula import Entry, Notation, canonical_name, read_dim, read_expression

from .numbers import array_of

PAIRS = json.loads((Path(__file__).parents[1] / "data" / "pairs.json").read_text())["pairs"]
SIZES = {"n": 3, "m": 4}
LATEX_NAMES = {"w1": "w_1", "w2": "w_2", "x3": "x_3", "d": r"\delta"}
ILL_FORMED = {("path-13", "rhs"), ("shape-01", "lhs"), ("shape-01", "rhs"), ("shape-12", "rhs")}


def _notation(pair) -> Notation:
    entries = {}
    for name, facts in pair["vars"].items():
        latex = LATEX_NAMES.get(name, name)
        entries[latex] = Entry(Tensor(latex, tuple(read_dim(str(d)) for d in facts["shape"])), "input")
    if pair["id"].startswith("assumption-0"):
        entries["w"] = Entry(Tensor("w"), "input")
    dims = {name: 1 for entry in entries.values() for dim in entry.tensor.dims for name in dim.symbols()}
    definitions = {"p": r"\operatorname{softmax}(z)"} if pair["id"] == "domain-05" else {}
    for side in ("lhs", "rhs"):
        found = re.search(r",\\ (p|\\bar x)\s*=(.*)$", pair[side]["latex"])
        if found:
            definitions[canonical_name(found.group(1))] = found.group(2)
    indices = {name: Index(name, read_dim(dim)) for name, dim in pair["free_indices"].items()}
    functions = {r"\sigma": TANH} if "sigma" in pair["functions"] else {}
    return Notation(entries, functions, dims, indices, definitions=definitions)


def _point(pair, seed: int) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(seed)
    point = {}
    for name, facts in pair["vars"].items():
        shape = tuple(read_dim(str(d)).value(SIZES) for d in facts["shape"])
        positive = facts["kind"] in ("pos", "nonzero", "unit") or "log" in str(pair["lhs"]) + str(pair["rhs"])
        values = draw.uniform(0.1, 0.9, shape) if positive else draw.normal(size=shape)
        point[name] = values if shape else float(values)
    return point


def _numpy(code: str, point, at: dict[str, int]):
    """The pair's own NumPy expression; a fixed data file of this repository, so Python may run it."""
    tanh, slope, second = np.tanh, lambda u: 1 / np.cosh(u) ** 2, lambda u: -2 * np.tanh(u) / np.cosh(u) ** 2
    names = {"np": np, "erf": erf, "sigmoid": expit, "softplus": lambda u: np.logaddexp(0, u), **SIZES, **at, **point}
    return eval(code, {**names, "sigma": tanh, "dsigma": slope, "ddsigma": second})


NOWHERE_DEFINED = ("domain-05", "lhs")
SIDES = [(pair, side) for pair in PAIRS for side in ("lhs", "rhs") if (pair["id"], side) != NOWHERE_DEFINED]


@pytest.mark.parametrize(("pair", "side"), SIDES, ids=[f"{p['id']}-{s}" for p, s in SIDES])
def test_a_side_of_a_pair_is_read_as_its_numpy_form(pair, side):
    notation = _notation(pair)
    if (pair["id"], side) in ILL_FORMED:
        # the other side gives the free index its range, or the shapes clash in this one
        with pytest.raises(IllFormedError):
            read_expression(pair[side]["latex"], notation)
        return
    value = read_expression(pair[side]["latex"], notation)
    free = sorted(value.expr.free, key=lambda i: i.name)
    for seed in range(2):
        point = _point(pair, seed)
        if pair["id"].startswith("assumption-0") and "w" not in point:
            point["w1"] = point["w2"] = point["w"] = point.get("w1", 0.5)
        arrays = {LATEX_NAMES.get(name, name): np.asarray(v) for name, v in point.items()}
        at = {index: 1 + (seed + k) % index.dim.value(SIZES) for k, index in enumerate(free)}
        given = dict.fromkeys(notation.indices, 0) | {index.name: k - 1 for index, k in at.items()}
        with np.errstate(all="ignore"):
            expected = _numpy(pair[side]["numpy"], {**point, **({"w": point["w"]} if "w" in point else {})}, given)
        found = array_of(value, arrays, SIZES, at)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
