"""Printing: signs, brackets, fractions, letters, arrays; and all of it reads back with the same meaning."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readback import reads_back

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import (
    PI,
    Apply,
    AtMost,
    Compare,
    Delta,
    Derivative,
    Elem,
    Extremum,
    Num,
    Ordinal,
    Product,
    Size,
    Sum,
    mul,
    power,
    total,
)
from gradcheck.algebra.functions import EXP, RELU, SIGMOID, SIN, TANH, unspecified
from gradcheck.algebra.index import Index, Tensor, position
from gradcheck.algebra.normal_form.normal import is_zero
from gradcheck.algebra.signs.knowledge import Knowledge
from gradcheck.formula import read_expression
from gradcheck.formula.notation import Entry, Notation
from gradcheck.printing import latex, matrix_form, show_equation, unicode

n, m = Dim.symbol("n"), Dim.symbol("m")
i, j, k = Index("i", n), Index("j", n), Index("k", m)
s = Index("s", m)
short = Index("i", n - 1)
SIGMA = unspecified("\\sigma")
TENSORS = {
    name: Tensor(name, dims)
    for name, dims in {
        "x": (), "y": (), "x_3": (), "w_{hy}": (), "\\alpha": (), "MSE": (), "q'": (), "\\hat{y}": (),
        "v": (n,), "u": (n,), "b_1": (m,), "A": (n, n), "W^{[2]}": (m, n), "h": (m, n), "z": (m,), "\\mathcal{L}": (),
    }.items()
}  # fmt: skip
ENTRIES = {name: Entry(t, "input", (s,) if name in ("h", "z") else ()) for name, t in TENSORS.items()}
NOTATION = Notation(
    entries=ENTRIES, functions={"\\sigma": SIGMA}, dims={"n": 1, "m": 1}, words=frozenset({"MSE"}), indices={"s": s}
)


def e(name, *slots):
    return Elem(TENSORS[name], slots)


x, y, x_3 = e("x"), e("y"), e("x_3")
HALF = Num(Fraction(1, 2))

WRITTEN = [
    (-x, "-x", "−x"),
    (x - y, "x - y", "x − y"),
    (y * -1 + x, "x - y", "x − y"),
    (-(x + y), "-(x + y)", "−(x + y)"),
    (x - (y - x_3), "x - (y - x_3)", "x − (y − x₃)"),
    ((x + y) * x_3, "(x + y) x_3", "(x + y)·x₃"),
    (x_3 * (x + y), "(x + y) x_3", "(x + y)·x₃"),
    (HALF * x, r"\frac{1}{2} x", "½·x"),
    (Num(Fraction(-3, 2)) * x * y, r"-\frac{3}{2} x y", "−3/2·x·y"),
    (x / y, r"\frac{x}{y}", "x/y"),
    (Num(2) / y, r"\frac{2}{y}", "2/y"),
    (x / (y + 1), r"\frac{x}{y + 1}", "x/(y + 1)"),
    (x / Size(n), r"\frac{1}{n} x", "1/n·x"),
    (x / (2 * y), r"\frac{x}{2 y}", "x/(2·y)"),
    (x**2, "x^2", "x²"),
    ((x + y) ** 2, "(x + y)^2", "(x + y)²"),
    ((x * y) ** 2, "(x y)^2", "(x·y)²"),
    ((x**2) ** x, "(x^2)^x", "(x²)ˣ"),
    (power(x, y + 1), "x^{y + 1}", "x^(y + 1)"),
    (power(x, HALF), r"\sqrt{x}", "√(x)"),
    (power(x, Num(Fraction(-1, 2))), r"\frac{1}{\sqrt{x}}", "1/√(x)"),
    (power(x, Num(Fraction(3, 2))), "x^{3/2}", "x^(3/2)"),
    (e("q'") ** 2, "(q')^2", "(q′)²"),
    (e("W^{[2]}", k, j) ** 2, "(W_{k,j}^{[2]})^2", "(Wₖⱼ^[2])²"),
    (e("h", k, j) ** 2, "(h_j^{(k)})^2", "(hⱼ⁽ᵏ⁾)²"),
    (e("b_1", k), "(b_1)_k", "(b₁)ₖ"),
    (e("w_{hy}"), "w_{hy}", "w_hy"),
    (e("\\hat{y}"), r"\hat{y}", "\u0177"),
    (Apply(SIGMA, x * y, 1), r"\sigma'(x y)", "σ′(x·y)"),
    (Apply(SIGMA, x, 2) * x, r"\sigma''(x) x", "σ″(x)·x"),
    (Apply(TANH, x) ** 2, r"\tanh(x)^2", "tanh(x)²"),
    (Apply(EXP, x + y), "e^{x + y}", "e^(x + y)"),
    (Apply(EXP, (x + y) ** 2), "e^{{(x + y)^2}}", "e^((x + y)²)"),
    (Apply(EXP, Num(1)) * x, "e^1 x", "e¹·x"),
    (Apply(RELU, x), r"\operatorname{ReLU}(x)", "ReLU(x)"),
    (Apply(RELU, x * y, 1), "[x y > 0]", "[x·y > 0]"),
    (Compare(">=", x, y) * x, r"[x \geq y] x", "[x ≥ y]·x"),
    (PI * x, r"\pi x", "π·x"),
    (mul(Num(2), power(Num(2), x)), r"2 \cdot 2^x", "2·2ˣ"),
    (total([i], e("v", i)), r"\sum_{i=1}^n v_i", "Σᵢ vᵢ"),
    (total([i], e("v", i) + x), r"\sum_{i=1}^n (v_i + x)", "Σᵢ (vᵢ + x)"),
    (total([short], e("v", short)), r"\sum_{i=1}^{n-1} v_i", "Σᵢ₌₁ⁿ⁻¹ vᵢ"),
    (total([i], e("v", i)) * x, r"x \sum_{i=1}^n v_i", "x·Σᵢ vᵢ"),
    (total([i], e("v", i)) ** 2, r"(\sum_{i=1}^n v_i)^2", "(Σᵢ vᵢ)²"),
    (total([i], e("v", i)) + x, r"\sum_{i=1}^n v_i + x", "Σᵢ vᵢ + x"),
    (x - total([i], e("v", i)), r"x - \sum_{i=1}^n v_i", "x − Σᵢ vᵢ"),
    (total([i], e("v", position([(i, 1)], -1))), r"\sum_{i=1}^n v_{i-1}", "Σᵢ vᵢ₋₁"),
    (e("v", position([], 1)), "v_1", "v₁"),
    (Product((i,), e("v", i)) * x, r"x \prod_{i=1}^n v_i", "x·Πᵢ vᵢ"),
    (Extremum("max", (i,), e("v", i)) * 2, r"2 \max_{i} v_i", "2·maxᵢ vᵢ"),
    (Delta(i, j) * e("v", i), r"\delta_{i,j} v_i", "δᵢⱼ·vᵢ"),
    (AtMost(i, j) * e("v", i), r"[i \leq j] v_i", "[i ≤ j]·vᵢ"),
    (Ordinal(i) * e("v", i), "i v_i", "i·vᵢ"),
    (Derivative(e("MSE"), e("v", i)), r"\frac{\partial MSE}{\partial v_i}", "∂MSE/∂vᵢ"),
    (Derivative(x * y, x), r"\frac{\partial (x y)}{\partial x}", "∂(x·y)/∂x"),
]


@pytest.mark.parametrize(("expr", "expected", "_"), WRITTEN, ids=[row[1] for row in WRITTEN])
def test_latex_is_written_like_this(expr, expected, _):
    assert latex(expr, NOTATION) == expected


@pytest.mark.parametrize(("expr", "_", "expected"), WRITTEN, ids=[row[2] for row in WRITTEN])
def test_unicode_is_written_like_this(expr, _, expected):
    assert unicode(expr, NOTATION) == expected


READABLE = [row for row in WRITTEN if not isinstance(row[0], Derivative) and "i-1" not in row[1]]


@pytest.mark.parametrize("expr", [row[0] for row in READABLE], ids=[row[1] for row in READABLE])
def test_what_is_written_reads_back(expr):
    axes = tuple(sorted(expr.free, key=lambda index: index.serial))
    assert reads_back(expr, axes, NOTATION, "index", {"n": 3, "m": 2})


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("e^{(x+y)^2}", "\\exp((x+y)^2)"),
        ("e^{(x+y)\\frac12}", "\\exp((x+y)/2)"),
        ("x^{(y)\\sigma(y)}", "x^{y \\sigma(y)}"),
    ],
)
def test_an_exponent_that_begins_with_a_bracket_is_read_to_its_end(text, same):
    read = read_expression(text, NOTATION).expr
    assert is_zero(read - read_expression(same, NOTATION).expr, Knowledge())


# Letters --------------------------------------------------------------------------------------------------


def test_indices_of_one_name_get_different_letters():
    one, other = Index("i", n), Index("i", n)
    expr = total([one, other], e("A", one, other))
    assert latex(expr, NOTATION) == r"\sum_{i=1}^n \sum_{j=1}^n A_{i,j}"


def test_an_index_does_not_take_a_declared_name():
    assert latex(total([Index("x", n)], e("v", Index("x", n)) * 0 + x), NOTATION) == "n x"
    named = Index("x", n)
    assert latex(total([named], e("v", named)), NOTATION) == r"\sum_{i=1}^n v_i"


def test_a_declared_index_of_another_range_is_left_alone():
    named = Index("s", n)
    assert "v_s" not in latex(total([named], e("v", named)), NOTATION)


def test_sums_side_by_side_share_a_letter_and_nested_ones_do_not():
    a, b = (total([i], e("v", i)), total([j], e("u", j)))
    assert latex(a * b, NOTATION) == r"(\sum_{i=1}^n v_i) \sum_{j=1}^n u_j"
    inner = Index("i", n)
    nested = Sum((i,), e("v", i) * Sum((inner,), e("u", inner)))
    assert latex(nested, NOTATION) == r"\sum_{i=1}^n v_i \sum_{j=1}^n u_j"


def test_an_equation_has_the_same_letters_on_both_sides():
    row = Index("x", n)
    text = show_equation(Derivative(e("MSE"), e("v", row)), e("u", row), [row], NOTATION)
    assert text == r"\frac{\partial MSE}{\partial v_i} = u_i"


# Arrays ---------------------------------------------------------------------------------------------------

ARRAYS = [
    (total([j], e("A", i, j) * e("v", j)), (i,), "A v"),
    (total([j], e("A", j, i) * e("v", j)), (i,), "A^T v"),
    (total([i], e("v", i) * e("u", i)), (), "v^T u"),
    (e("v", i) * e("u", j), (i, j), "v u^T"),
    (e("v", i) * e("u", i), (i,), r"v \odot u"),
    (total([i, j], e("v", i) * e("A", i, j) * e("u", j)), (), "v^T A u"),
    (total([i], e("A", i, i)), (), r"\operatorname{tr}(A)"),
    (total([i, j], e("A", i, j) * e("A", j, i)), (), r"\operatorname{tr}(A A)"),
    (total([k], e("W^{[2]}", k, i) * e("W^{[2]}", k, j)), (i, j), "W^{[2]T} W^{[2]}"),
    (e("v", i) * e("A", i, j), (i, j), r"\operatorname{diag}(v) A"),
    (e("A", i, j) * e("A", j, i), (i, j), r"A \odot A^T"),
    (e("A", i, i) * e("v", i), (i,), r"v \odot \operatorname{diag}(A)"),
    (1 - e("v", i), (i,), r"\mathbf{1} - v"),
    (e("v", i) / e("u", i), (i,), r"v \oslash u"),
    (x * e("v", i) + y * e("u", i), (i,), "x v + y u"),
    (Delta(i, j), (i, j), "I"),
    (Apply(SIGMA, e("v", i), 1) * e("u", i), (i,), r"\sigma'(v) \odot u"),
    (Apply(EXP, e("v", i)) / total([j], Apply(EXP, e("v", j))), (i,), r"\frac{\exp(v)}{\mathbf{1}^T \exp(v)}"),
    (total([s], e("z", s) * e("h", s, j)), (j,), r"\sum_{s=1}^m z^{(s)} h^{(s)}"),
    (total([s], e("h", s, i) * e("h", s, j)), (i, j), r"\sum_{s=1}^m h^{(s)} h^{(s)T}"),
    (total([s, j], e("h", s, j) * e("v", j)), (), r"\sum_{s=1}^m h^{(s)T} v"),
    (e("h", s, j), (s, j), "h^{(s)}"),
    (total([k], e("b_1", k) * e("W^{[2]}", k, i)), (i,), "W^{[2]T} b_1"),
    (total([i, j], e("A", i, j)), (), r"\mathbf{1}^T A \mathbf{1}"),
    (total([j], (e("A", i, j) + e("A", j, i)) * e("v", j)), (i,), "(A + A^T) v"),
    (-e("v", i) * total([j], e("u", j) ** 2), (i,), "-v u^T u"),
    (HALF * e("v", i), (i,), r"\frac{1}{2} v"),
    (e("v", position([(i, 1)], 1)), (i,), None),
    (total([i, j, k], e("A", i, j) * e("W^{[2]}", k, i) * e("W^{[2]}", k, j) * e("b_1", k)), (), None),
]


def test_an_elementwise_product_inside_a_product_is_bracketed():
    expr = total([i], e("A", i, j) * (e("v", i) * e("u", i)))
    assert matrix_form(expr, [j], NOTATION) == r"A^T (v \odot u)"
    assert matrix_form(expr, [j], NOTATION, style="unicode") == "Aᵀ·(v ⊙ u)"


@pytest.mark.parametrize(("expr", "axes", "expected"), ARRAYS, ids=[str(row[2]) for row in ARRAYS])
def test_arrays_are_written_like_this(expr, axes, expected):
    assert matrix_form(expr, axes, NOTATION) == expected or expected is None


@pytest.mark.parametrize(("expr", "axes"), [row[:2] for row in ARRAYS if row[2] != "I"])
def test_arrays_read_back(expr, axes):
    assert reads_back(expr, axes, NOTATION, "matrix", {"n": 3, "m": 2}) is not False


# Any expression reads back ----------------------------------------------------------------------------------

BOUND = [Index("i", n), Index("p", n), Index("k", m)]
NAMED = [x, y, x_3, e("\\alpha"), e("w_{hy}"), e("MSE"), e("\\hat{y}"), e("\\mathcal{L}"), e("q'")]
SCALARS = [*NAMED, Size(n), Num(2), HALF, Num(-1)]
FUNCTIONS = [SIGMA, TANH, SIGMOID, EXP, RELU, SIN]


def entries(indices):
    """All entries at plain positions over these indices."""
    out = []
    for t in TENSORS.values():
        fitting = [[q for q in indices if q.dim == d] for d in t.dims]
        for slots in itertools.product(*fitting):
            out.append(Elem(t, slots))
    return out


@st.composite
def expressions(draw, indices=(i, k), depth=4):
    if not depth or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(SCALARS + entries(indices)))
    again = expressions(indices, depth - 1)
    kind = draw(st.sampled_from(["sum", "difference", "product", "quotient", "power", "function", "binder", "gate"]))
    if kind == "binder":
        used = [q for q in BOUND if q not in indices]
        if not used:
            return draw(again)
        bound = draw(st.sampled_from(used)).fresh()
        body = draw(expressions((*indices, bound), depth - 1))
        return total([bound], body) if draw(st.booleans()) else Product((bound,), body + e("x"))
    if kind == "function":
        return Apply(draw(st.sampled_from(FUNCTIONS)), draw(again), draw(st.integers(0, 1)))
    if kind == "power":
        return power(draw(again) ** 2 + 1, Num(draw(st.sampled_from([2, 3, -1, -2, Fraction(1, 2), Fraction(-1, 2)]))))
    a, b = draw(again), draw(again)
    if kind == "gate":
        return Compare(draw(st.sampled_from([">", ">="])), a, b) * draw(again)
    return {"sum": a + b, "difference": a - b, "product": a * b, "quotient": a / (b**2 + 1)}[kind]


@given(expressions())
def test_any_expression_reads_back_from_index_form(expr):
    assert reads_back(expr, (i, k), NOTATION, "index", {"n": 2, "m": 3})


@given(expressions((i, k), 3), st.sampled_from([(), (i,), (k,), (i, k)]))
def test_any_expression_reads_back_from_matrix_form_where_it_has_one(expr, axes):
    summed = total([q for q in (i, k) if q not in axes], expr)
    told = tuple(q for q in axes if q in summed.free)  # the range of a bare vector of ones is told by what it equals
    assert reads_back(summed, told, NOTATION, "matrix", {"n": 2, "m": 3}) is not False
