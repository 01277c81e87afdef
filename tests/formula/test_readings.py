"""Which readings a formula admits, how the one taken is named, and what would mend an ill-formed formula."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.algebra.functions import TANH
from gradcheck.errors import FormulaError
from gradcheck.formula import Reading, describe, mends, read, read_all, read_expression, readings
from gradcheck.formula.syntax import tree as syn

from .names import notation
from .numbers import array_of

NAMES = notation(
    "x: n; y: n; b: m; W: m, n; A: n, n; s; t; r",
    parameters="w",
    nodes="L; h",
    functions={"f": TANH},
    dims={"n": 1, "m": 1},
)
SIZES = {"n": 3, "m": 4, "k": 2}
_draw = np.random.default_rng(9)
x, y, b = _draw.normal(size=3), _draw.normal(size=3), _draw.normal(size=4)
W, A = _draw.normal(size=(4, 3)), _draw.normal(size=(3, 3))
s, t, r, h = 0.5, -0.8, 1.3, 0.25
ARRAYS = {"x": x, "y": y, "b": b, "W": W, "A": A, "s": s, "t": t, "r": r, "h": h, "L": 1.0}

ADMITTED = {
    "s = t": {Reading()},
    r"\frac{dL}{ds} = t": {Reading(), Reading(derivative="partial")},
    r"\frac{d}{ds} s t r = t": {Reading(), Reading(derivative="partial"), Reading(scope="first")},
    r"\frac{d}{ds} s \cdot t = t": {Reading(), Reading(derivative="partial"), Reading(scope="wide")},
    "s/2t": {Reading(), Reading(division="run")},
    r"\tanh s t": {Reading(), Reading(reach="factor")},
    "h(t)": {Reading(), Reading(arguments="product")},
    r"\frac{\partial L}{\partial A} = A": {Reading(), Reading(derivative="partial"), Reading(layout="numerator")},
    r"\frac{\partial L}{\partial W} = W": {Reading(), Reading(derivative="partial")},
    r"x \cdot y": {Reading(), Reading(product="elementwise")},
    "x^T y": {Reading(), Reading(vectors="row")},
    r"\frac{dL}{ds} = \frac{\partial L}{\partial h}": {
        Reading(),
        Reading(derivative="partial"),
        Reading(derivative="written"),
    },
    r"\sum_j x_j - y_j": {Reading(), Reading(extent="terms")},
    r"\sum_j x_j + s - y_j + t": {Reading(), Reading(extent="terms")},
    r"\sum_j x_j - \sum_j y_j": {Reading()},
    r"\sum_j (x_j - y_j)": {Reading()},
    r"\sum_{k \neq j} x_k - y_j": {Reading()},
    r"\prod_j x_j s": {Reading(), Reading(extent="factors")},
    r"\prod_j x_j y_j": {Reading()},
    r"\sin s/t": {Reading(), Reading(reach="quotient")},
}


@pytest.mark.parametrize("text", ADMITTED)
def test_the_admissible_readings_are_listed_with_the_default_first(text):
    found = readings(text, NAMES)
    assert found[0] == Reading()
    assert set(found) == ADMITTED[text]


VALUES = {
    ("s/2t", Reading()): s / 2 * t,
    ("s/2t", Reading(division="run")): s / (2 * t),
    (r"\tanh s t", Reading()): np.tanh(s * t),
    (r"\tanh s t", Reading(reach="factor")): np.tanh(s) * t,
    (r"s \sum_j x_j + t - y_j + s", Reading(extent="terms")): s * (x + t - y).sum() + s,
    (r"\sum_{j,k} W_{jk} - b_j x_k", Reading(extent="terms")): (W - np.outer(b, x)).sum(),
    (r"\frac1n \sum_{j=1}^n x_j - y_j s", Reading(extent="terms")): (x - y * s).mean(),
    (r"\prod_j x_j s \prod_k y_k", Reading(extent="factors")): x.prod() * s * y.prod(),
    (r"\prod_j x_j s", Reading()): (x * s).prod(),
    (r"\sin s/t", Reading()): np.sin(s) / t,
    (r"\sin s/t", Reading(reach="quotient")): np.sin(s / t),
    (r"\sin 2 s/3 t", Reading(reach="quotient")): np.sin(2 * s / 3) * t,
    ("x (1 - y^2)", Reading(mend="elementwise")): x * (1 - y**2),
    ("h(t)", Reading()): h,
    ("h(t)", Reading(arguments="product")): h * t,
    (r"\frac{d}{ds} s t s", Reading()): 2 * s * t,
    (r"\frac{d}{ds} s t s", Reading(scope="first")): t * s,
    (r"\frac{d}{ds} s \cdot s", Reading()): s,
    (r"\frac{d}{ds} s \cdot s", Reading(scope="wide")): 2 * s,
    (r"x \cdot y", Reading(product="elementwise")): x * y,
    ("x^T y", Reading(vectors="row")): np.outer(x, y),
    ("(x - y)^2", Reading(square="sum")): (x - y) @ (x - y),
    (r"\frac{\partial x^T A x}{\partial x}", Reading(layout="numerator")): (A + A.T) @ x,
    (r"\frac{\partial W x}{\partial x}", Reading(layout="numerator")): W,
    (r"\frac{\partial W x}{\partial x}", Reading(layout="denominator")): W.T,
    (r"\frac{\partial \|W x\|^2}{\partial W}", Reading(layout="numerator")): 2 * np.outer(x, W @ x),
    ("x b", Reading(mend="outer")): np.outer(x, b),
    ("x y", Reading(mend="dot")): x @ y,
    ("x y", Reading(mend="elementwise")): x * y,
    ("W b", Reading(mend="transpose")): W.T @ b,
}


@pytest.mark.parametrize(("text", "reading"), VALUES, ids=str)
def test_a_reading_gives_its_value(text, reading):
    value = read_expression(text, NAMES, reading=reading)
    np.testing.assert_allclose(array_of(value, ARRAYS, SIZES), VALUES[text, reading], rtol=1e-7)


MENDED = {
    r"\frac{\partial L}{\partial W} = b x": {Reading(mend="outer")},
    "y = W b": {Reading(mend="transpose")},
    r"\frac{\partial L}{\partial W} = x b^T": {Reading(layout="numerator")},
    "s = x y": {Reading(mend="dot")},
    "x = b": set(),
}


@pytest.mark.parametrize("text", MENDED)
def test_an_ill_formed_formula_lists_what_would_mend_it(text):
    assert set(mends(text, NAMES)) == MENDED[text]


def test_every_other_reading_has_a_sentence():
    for field, values in {
        "derivative": ["partial", "written"], "layout": ["numerator", "denominator"], "scope": ["first", "wide"],
        "division": ["run"], "reach": ["factor", "quotient"], "extent": ["terms", "factors"],
        "arguments": ["product"], "product": ["elementwise", "dot"],
        "square": ["sum", "elementwise"], "vectors": ["row", "adjoints"], "slices": ["column"],
        "mend": ["outer", "dot", "elementwise", "transpose"],
    }.items():  # fmt: skip
        for value in values:
            assert len(describe(Reading(**{field: value}))) == 1


def test_what_was_decided_or_mended_is_said():
    assert read("frac{dL}{ds} = t", NAMES).readings == (r"repair: read `frac` as `\frac`",)
    assert read("s not= t", NAMES).readings == (r"repair: read `not=` as `\neq`",)
    assert "elementwise" not in str(read(r"s = x \cdot y", NAMES).readings)
    assert any("entry by entry" in note for note in read(r"x = x \cdot y", NAMES).readings)
    assert any("update" in note for note in read("w = w - t r", NAMES).readings)


def test_an_update_is_an_arrow():
    assert read("w = w - t r", NAMES).signs == ("<-",)
    assert read(r"w = \max(w, w)", NAMES).signs == ("=",)
    assert read("s = s + t - t", NAMES).signs == ("=",)
    assert read(r"x \leftarrow x - s y", NAMES).signs == ("<-",)
    assert read("s = t - r", NAMES).signs == ("=",)
    assert read("s += t", NAMES).signs == ("+=",)
    assert read("s := t", NAMES).signs == (":=",)
    assert read("s := s - t r", NAMES).signs == ("<-",)
    assert read(r"x_j := x_j - s y_j", NAMES).signs == ("<-",)


def test_directions_and_conditions_are_kept():
    statement = read(r"s \text{ decreases}", NAMES)
    assert (len(statement.sides), statement.signs) == (1, ("decreases",))
    statement = read(r"s = t \text{ if } r > 0, s < 1", NAMES)
    assert [condition.signs for condition in statement.where] == [(">",), ("<",)]
    statement = read(r"\left. \frac{\partial}{\partial s} (s t) \right|_{s = t} = r", NAMES)
    assert [condition.text for condition in statement.where] == ["s = t"]
    statement = read(r"(s t)|_{s = 1} = t", NAMES)
    assert [condition.text for condition in statement.where] == ["s = 1"]
    statement = read(r"s = t \text{ at } s = t = r \tag{7}", NAMES)
    assert (statement.tag, statement.where[0].signs) == ("7", ("=", "="))


def test_an_aligned_block_holds_one_or_several_statements():
    one = read_all(r"\begin{aligned} s &= t + r \\ &= r + t \\ &\quad + 0 \end{aligned}", NAMES)
    assert [statement.signs for statement in one] == [("=", "=")]
    two = read_all(r"\begin{align} s &= t \\ x &= y \\ &= A x \end{align}", NAMES)
    assert [statement.signs for statement in two] == [("=",), ("=", "=")]


def test_free_indices_are_listed_once_and_shared_by_all_sides():
    statement = read("A_{uv} = x_u y_v", NAMES)
    assert [index.name for index in statement.free] == ["u", "v"]
    assert all(side.expr.free == frozenset(statement.free) for side in statement.sides)


def test_all_sides_stand_over_the_same_axes():
    statement = read("A x = y = x", NAMES)
    assert len({side.axes for side in statement.sides}) == 1
    assert all(side.expr.free == frozenset(side.axes) for side in statement.sides)


def test_a_row_is_told_from_a_column():
    assert read_expression("x^T A", NAMES).row
    assert not read_expression("A x", NAMES).row


def test_macros_are_expanded():
    names = notation("x: n; L", macros={r"\R": "x", r"\pd": r"\frac{\partial #1}{\partial #2}"})
    statement = read(r"\pd{L}{x_k} = \R_k", names)
    assert isinstance(statement.syntax.chain.sides[0], syn.Differential)
    assert statement.sides[1].expr.tensor.name == "x"


def test_the_tree_keeps_the_spans_of_what_was_written():
    text = r"s = \frac{t}{2} \cdot (r - s)"
    product = read(text, NAMES).syntax.chain.sides[1]
    assert [text[f.start : f.end] for f in product.factors] == [r"\frac{t}{2}", "(r - s)"]


CLAUSES = {
    r"A_{jk} = x_j, \ j = 1, \dots, n": ([], ["j", "k"]),
    r"x_j = 1 \quad \forall j": ([], ["j"]),
    r"\forall j: \ x_j = 1": ([], ["j"]),
    r"x_j = 1 \text{ for } j \in \{1, \dots, n\}": ([], ["j"]),
    r"x_j = q_j, \text{ where } q = 2 y": ([], ["j"]),
    r"s = t \text{ where } x \in \mathbb{R}^n": ([], []),
    r"s = t \text{ (by the chain rule)}": ([], []),
    r"s = t \text{ if } s > 0 \text{ and } t = 1": (["s > 0", "t = 1"], []),
    "s = t, s > 0": (["s > 0"], []),
    r"s = t \text{ at } s = r, t = 1": (["s = r", "t = 1"], []),
    r"s = w \text{ at } s = t = w": (["s = t = w"], []),
}


@pytest.mark.parametrize("text", CLAUSES)
def test_what_stands_behind_a_formula_is_a_range_a_definition_or_a_condition(text):
    conditions, free = CLAUSES[text]
    statement = read(text, NAMES)
    assert [condition.text for condition in statement.where] == conditions
    assert [index.name for index in statement.free] == free


@pytest.mark.parametrize(
    "text", ["s = t, t = r", "s = t; t = r", r"s = t, x", r"s = t \text{ or so } r", "x_j = 1, j = 0, \\dots, n"]
)
def test_what_else_stands_behind_a_formula_is_refused(text):
    with pytest.raises(FormulaError):
        read(text, NAMES)


def test_an_index_letter_of_the_samples_may_be_an_index_of_its_own():
    names = notation("X^{(i)}: n; w: n; L", indices="i: m")
    statement = read(r"\frac{\partial L}{\partial w_i} = w_i", names)
    assert [str(index.dim) for index in statement.free] == ["n"]
    assert any("of its own" in note for note in statement.readings)
    statement = read(r"L = \sum_i w_i X_i", names)
    assert [(index.name, str(index.dim)) for index in statement.free] == [("i", "m")]


def test_a_sum_without_limits_over_a_declared_index_has_its_range():
    names = notation("s", indices="i: m")
    value = read_expression(r"\sum_i s", names)
    assert array_of(value, {"s": 2.0}, {"m": 4}) == 8


def test_delta_is_kroneckers_where_its_own_shape_does_not_fit():
    names = notation(r"\delta: n; x: n")
    statement = read(r"\sum_j \delta_{ij} x_j = x_i", names)
    assert statement.sides[0].expr == statement.sides[1].expr
    assert any("Kronecker" in note for note in statement.readings)


SAMPLES = {
    r"\frac1m \sum_i a_j": "a.mean(axis=0)",
    r"\frac1m \sum_{i=1}^m a_j": "a.mean(axis=0)",
    r"\frac1m \sum_{k=1}^m a_j": "a.mean(axis=0)",
}


@pytest.mark.parametrize("text", SAMPLES)
def test_a_sum_over_samples_that_only_the_prose_mentions_is_understood_and_said(text):
    names = notation("a^{(i)}: n", indices="i: m")
    statement = read(f"{text} = 0", names)
    (j,) = statement.free
    a = np.random.default_rng(4).normal(size=(4, 3))
    found = [array_of(statement.sides[0], {"a": a}, {"n": 3, "m": 4}, {j: k}) for k in (1, 2, 3)]
    np.testing.assert_allclose(found, a.mean(axis=0))
    assert any("a^{(i)}" in note for note in statement.readings)


def test_a_declared_t_is_a_power_on_a_scalar_and_a_transpose_on_an_array():
    names = notation("T; s; x: n; y: n")
    point = {"T": 3.0, "s": 2.0, "x": x, "y": y}
    assert array_of(read_expression("s^T", names), point, SIZES) == 8
    value = read("x^T y", names)
    assert array_of(value.sides[0], point, SIZES) == pytest.approx(x @ y)
    assert any("transpose" in note for note in value.readings)


def test_a_formula_that_fits_needs_no_mending():
    assert mends("x^T y", NAMES) == ()


def test_d_and_partial_can_be_told_apart():
    statement = read(r"\frac{dL}{ds} = \frac{\partial L}{\partial h}", NAMES, reading=Reading(derivative="written"))
    assert [side.expr.reading for side in statement.sides] == ["total", "partial"]


def test_a_formula_that_fits_only_with_a_sum_of_squares_may_also_mean_entry_by_entry():
    found = readings("x = y (1 - y^2)", NAMES)
    assert Reading(mend="elementwise") in found
    assert any(reading.square == "sum" for reading in found)
    assert Reading(mend="elementwise") not in readings("x = (1 - y^T y) y", NAMES)
