"""The equations of the five source documents: sound ones parse with the right meaning, damaged ones are refused.

`tests/data/source_meaning.txt` was written by reading each equation.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gradcheck.algebra import expressions as e
from gradcheck.errors import FormulaError
from gradcheck.formula import Notation, parse_lines, read
from gradcheck.formula.syntax import tree as s

from .facts import Facts, facts_of
from .numbers import array_of
from .source_names import BY_PREFIX, STEP, THREE

DATA = Path(__file__).parents[1] / "data"
EQUATIONS = {eq["id"]: eq for eq in json.loads((DATA / "source_equations.json").read_text())}
DAMAGED = {"001-A2def": (1, 34), "001-rankA2-sum": (1, 25)}
SOUND = [name for name in EQUATIONS if name not in DAMAGED]


def _meanings() -> dict[str, Facts]:
    table = {}
    for line in (DATA / "source_meaning.txt").read_text().splitlines():
        if not line.startswith("#"):
            name, names, functions, counts = (piece.strip() for piece in line.split("|"))
            table[name] = Facts(frozenset(names.split()), frozenset(functions.split()), *map(int, counts.split()))
    return table


MEANINGS = _meanings()


def test_the_table_covers_every_sound_equation():
    assert set(MEANINGS) == set(SOUND)
    assert (len(SOUND), len(DAMAGED)) == (151, 2)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_equation_has_the_meaning_that_a_reader_gives_it(name):
    text = EQUATIONS[name].get("restored", EQUATIONS[name]["latex"])
    assert facts_of(parse_lines(text, BY_PREFIX[name[:3]])) == MEANINGS[name]


LOST = [name for name in SOUND if EQUATIONS[name].get("restored", EQUATIONS[name]["latex"]) != EQUATIONS[name]["latex"]]


@pytest.mark.parametrize("name", LOST)
def test_lost_backslashes_are_put_back_and_reported(name):
    formulas = parse_lines(EQUATIONS[name]["latex"], BY_PREFIX["004"])
    assert facts_of(formulas) == MEANINGS[name]
    if "…" not in EQUATIONS[name]["latex"]:
        assert any(note.startswith("repair:") for formula in formulas for note in formula.repairs)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_equation_parses_without_any_declaration(name):
    for form in ("latex", "restored"):
        if form in EQUATIONS[name]:
            assert parse_lines(EQUATIONS[name][form], Notation())


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_equation_is_refused_with_its_position(name):
    for notation in (STEP, Notation()):
        with pytest.raises(FormulaError) as caught:
            parse_lines(EQUATIONS[name]["latex"], notation)
        assert (caught.value.place.line, caught.value.place.column) == DAMAGED[name]


def test_labels_samples_powers_and_transposes_are_told_apart():
    (formula,) = parse_lines(r"u_j^{[3](i)} + W^{[2]^T} + W^{[3]}^T + x^{(i)T} + (x_3)^2", STEP)
    seen = [n for n in s.walk(formula) if isinstance(n, s.Symbol) and n.kind == "tensor"]
    assert [(n.name, n.labels, n.parens) for n in seen] == [
        ("u^{[3]}", ("[3]",), ("(i)",)),
        ("W^{[2]}", ("[2]",), ()),
        ("W^{[3]}", ("[3]",), ()),
        ("x", (), ("(i)",)),
        ("x", (), ()),
    ]
    assert [type(n.base).__name__ for n in s.walk(formula) if isinstance(n, s.Transpose)] == ["Symbol"] * 3
    assert sum(isinstance(n, s.Power) for n in s.walk(formula)) == 1


def test_a_sum_runs_through_product_signs_and_an_operator_stops_at_them():
    sparse = BY_PREFIX["004"]
    (formula,) = parse_lines(EQUATIONS["004-sp-10"]["restored"], sparse)
    right = formula.chain.sides[0]
    assert isinstance(right, s.Product)
    assert isinstance(right.factors[-1], s.Big)
    assert len(right.factors[-1].body.factors) == 3
    (formula,) = parse_lines(EQUATIONS["004-sp-2"]["restored"], sparse)
    right = formula.chain.sides[0]
    assert [type(f).__name__ for f in right.factors] == ["Differential", "Differential"]


STEP_15_TO_25 = [f"001-eq{k}" for k in range(15, 26)]
THREE_NEURON = [name for name in SOUND if name.startswith("002")]


@pytest.mark.parametrize("name", [*STEP_15_TO_25, *THREE_NEURON])
def test_the_equations_of_the_first_two_documents_are_read(name):
    prefix = name[:3]
    statement = read(EQUATIONS[name]["latex"], _STEP_NETWORK if prefix == "001" else THREE)
    assert statement.readings == (() if statement.signs != ("<-",) else statement.readings)
    dims = {tuple(axis.dim for axis in side.axes) for side in statement.sides}
    assert len(dims) == 1


def _step_network() -> Notation:
    from .names import notation

    return notation(
        "x^{(i)}: n; W^{[3]}: n, n; w^{[2]}: n; b^{[2]}: n; w^{[1]}: n",
        nodes="MSE; y^{(i)}: n; z^{(i)}",
        indices="i: n+1",
        words="MSE",
    )


_STEP_NETWORK = _step_network()
_draw = np.random.default_rng(3)
_n = 3
_arrays = {
    "x": _draw.normal(size=(_n + 1, _n)), "y": _draw.normal(size=(_n + 1, _n)), "z": _draw.normal(size=_n + 1),
    "W^{[3]}": _draw.normal(size=(_n, _n)), "w^{[2]}": _draw.normal(size=_n), "b^{[2]}": _draw.normal(size=_n),
}  # fmt: skip
_x, _y, _z, _W, _w, _b = _arrays.values()
_RIGHT_SIDES = {
    "001-eq15": ((_y - _x) ** 2).sum() / 2,
    "001-eq18": (_y - _x).T @ (np.outer(_z, _w) + _b),
    "001-eq20": sum(_z[i] * _W @ (_y[i] - _x[i]) for i in range(_n + 1)),
    "001-eq22": sum(_W @ (_y[i] - _x[i]) for i in range(_n + 1)),
    "001-eq25": sum(_x[i] * ((_y[i] - _x[i]) @ _W @ _w) for i in range(_n + 1)),
}


@pytest.mark.parametrize("name", _RIGHT_SIDES)
def test_a_right_side_has_the_value_that_numpy_gives(name):
    statement = read(EQUATIONS[name]["latex"], _STEP_NETWORK)
    found = array_of(statement.sides[-1], _arrays, {"n": _n})
    np.testing.assert_allclose(found, _RIGHT_SIDES[name])


def test_a_formula_that_begins_with_a_sign_goes_on_from_the_one_before():
    before = read(EQUATIONS["001-eq23"]["latex"], _STEP_NETWORK)
    after = read(EQUATIONS["001-eq24"]["latex"], _STEP_NETWORK, follows=before)
    assert after.continues
    assert after.signs == ("=",)
    assert after.sides[0].expr == before.sides[0].expr
    assert after.free == before.free
    assert isinstance(after.sides[0].expr, e.Derivative)
