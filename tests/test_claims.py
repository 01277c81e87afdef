"""Claims of every kind and their verdicts: a right one, wrong ones beside it, and those that hold under a condition."""

from __future__ import annotations

import pytest

import gradcheck
from gradcheck.compare import Verdict, check, equal
from gradcheck.declare import Network, read_network, read_symbols

LINEAR = r"""
input x_1, y
parameter w_1, w_2
constant \alpha
x_2 = w_1 x_1
x_3 = w_2 x_2
loss l = \frac{1}{2} (y - x_3)^2
"""
CURVED = r"""
input x_1, y
parameter w_1, w_2
function \sigma {increasing}
x_2 = \sigma(w_1 x_1)
x_3 = w_2 x_2
loss l = \frac{1}{2} (y - x_3)^2
"""
RECTIFIED = CURVED.replace(r"function \sigma {increasing}", r"function \sigma = \operatorname{ReLU}")
LAYER = r"""
input x : n
input y : m
parameter W : m, n
parameter b : m
function \sigma
z = W x + b
a = \sigma(z)
loss J = \frac12 \sum_i (a_i - y_i)^2
adjoint \delta = \frac{\partial J}{\partial z}
"""
SQUARE = LAYER.replace("y : m", "y : n").replace("W : m, n", "W : n, n").replace("b : m", "b : n")
BATCH = r"""
index i = 1..m
input x^{(i)} : d
input y^{(i)}
parameter w : d
h^{(i)} = \operatorname{sigmoid}(w^T x^{(i)})
loss L = -\frac1m \sum_{i=1}^m (y^{(i)} \log h^{(i)} + (1 - y^{(i)}) \log(1 - h^{(i)}))
"""
SOFTMAX = r"""
input z : K
input y : K {one-hot}
p = \operatorname{softmax}(z)
loss L = -\sum_k y_k \log p_k
"""
PENALTY = r"""
parameter W : n, n
constant \lambda
loss R = \lambda \sum_{i,j} W_{ij}^2
"""
RANKS = r"""
index i = 1..n+1
input z^{(i)}
parameter w, b : n
A_{ij} = z^{(i)} w_j + b_j
R_{ij} = \operatorname{ReLU}(z^{(i)} w_j)
B_{ij} = \operatorname{ReLU}(z^{(i)} w_j + b_j)
"""
LOGISTIC = r"""
input x : d
input y {binary}
parameter w : d
h = \operatorname{sigmoid}(\sum_i w_i x_i)
loss L = -y \log h - (1 - y) \log(1 - h)
"""
SAMPLES = r"""
index i = 1..m
input x^{(i)} : d
parameter w : d
z^{(i)} = w^T x^{(i)}
h^{(i)} = \operatorname{sigmoid}(z^{(i)})
r = \sum_{i=1}^m h^{(i)}
"""
CHAIN = r"\frac{\partial r}{\partial w_k} = \frac{\partial}{\partial z} \sum_{j=1}^m "
SIGNS = "x_1 > 0, w_1 < 0, x_3 < y"

# network, claim, assumptions, verdict, what its condition, evidence or reading must name
CLAIMS: list[tuple[str, str, str, str, str]] = [
    (LINEAR, r"\frac{\partial l}{\partial w_2} = (x_3 - y) x_2", "", "proved", ""),
    (LINEAR, r"\frac{\partial l}{\partial w_2} = (y - x_3) x_2", "", "wrong", "finite difference"),
    # samples that are not written: the operator before the sum acts on the first factor of each term
    (SAMPLES, CHAIN + r"h \cdot \frac{\partial z}{\partial w_k}", "", "conditional", "first factor of each term"),
    (SAMPLES, CHAIN + r"h \cdot 2 \frac{\partial z}{\partial w_k}", "", "wrong", "finite difference"),
    (LINEAR, r"\frac{dl}{dw_2} = \frac{dl}{dx_3} \frac{dx_3}{dw_2}", "", "proved", ""),
    (LINEAR, r"\frac{dl}{dx_3} = \frac{d}{dx_3} \frac{1}{2} (y - x_3)^2", "", "proved", ""),
    (LINEAR, r"x_3 = w_2 x_2 = w_2 w_1 x_1", "", "proved", "all 2 links"),
    (LINEAR, r"x_3 = w_2 x_2 = w_2 x_1", "", "wrong", "w_2 x_1 is wrong"),
    (CURVED, r"\frac{\partial l}{\partial w_1} = (x_3 - y) w_2 \sigma'(w_1 x_1) x_1", "", "proved", "increasing"),
    (CURVED, r"\frac{\partial l}{\partial w_1} = (x_3 - y) w_2 \sigma'(x_2) x_1", "", "wrong", ""),
    (CURVED, r"\frac{\partial l}{\partial x_2} = (x_3 - y) w_2 \sigma'(w_1 x_1) w_1", "", "wrong", ""),
    (RECTIFIED, r"\frac{\partial l}{\partial w_1} = (x_3 - y) w_2 [w_1 x_1 > 0] x_1", "", "proved", ""),
    (RECTIFIED, r"\frac{\partial l}{\partial w_1} = (x_3 - y) w_2 [w_1 x_1 > 0] w_1", "", "wrong", ""),
    (RECTIFIED, r"\frac{\partial l}{\partial w_1} = (x_3 - y) w_2 x_1", "", "wrong", "holds only if"),
    (RECTIFIED, r"\frac{\partial l}{\partial w_1} = 0", "x_1 > 0, w_1 < 0", "proved", "assumes"),
    (RECTIFIED, r"\frac{\partial l}{\partial w_1} = 0", "x_1 w_1 < 0", "proved", "assumes"),
    (RECTIFIED, r"\frac{\partial l}{\partial w_1} = 0", "x_1 w_1 > 0", "wrong", ""),
    (LAYER, r"\frac{\partial J}{\partial W} = \delta x^T", "", "proved", "n ≥ 1"),
    (LAYER, r"\frac{\partial J}{\partial W_{uv}} = \delta_u x_v", "", "proved", ""),
    (LAYER, r"\frac{\partial J}{\partial W} = x \delta^T", "", "conditional", "numerator"),
    (LAYER, r"\frac{\partial J}{\partial W} = \delta^T x", "", "ill-formed", ""),
    (LAYER, r"\frac{\partial J}{\partial b} = (a - y) \odot \sigma'(z)", "", "proved", ""),
    (LAYER, r"\frac{\partial J}{\partial b} = (a - y) \odot \sigma'(a)", "", "wrong", ""),
    (LAYER, r"\frac{\partial J}{\partial x} = W^T \delta", "", "proved", ""),
    (LAYER, r"\frac{\partial J}{\partial x} = W \delta", "", "ill-formed", "proved"),
    (SQUARE, r"\frac{\partial J}{\partial x} = W \delta", "", "wrong", "holds only if W is symmetric"),
    (SQUARE, r"\frac{\partial J}{\partial W} = x \delta^T", "", "conditional", "numerator"),
    (BATCH, r"\frac{\partial L}{\partial w} = \frac1m \sum_{i=1}^m (h^{(i)} - y^{(i)}) x^{(i)}", "", "proved", "m ≥ 1"),
    (BATCH, r"\frac{\partial L}{\partial w} = \sum_{i=1}^m (h^{(i)} - y^{(i)}) x^{(i)}", "", "wrong", ""),
    (SOFTMAX, r"\frac{\partial L}{\partial z} = p - y", "", "proved", "one-hot"),
    (SOFTMAX, r"\frac{\partial L}{\partial z} = y - p", "", "wrong", ""),
    (SOFTMAX, r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)", "", "proved", ""),
    (SOFTMAX, r"\frac{\partial p_i}{\partial z_j} = -p_i p_j", "", "wrong", ""),
    (PENALTY, r"\frac{\partial R}{\partial W} = 2 \lambda W", "", "proved", ""),
    (PENALTY, r"\frac{\partial R}{\partial W} = \lambda W", "", "wrong", ""),
    (PENALTY, r"\frac{\partial R}{\partial W} = 2 \lambda^2 W", "", "conditional", "1"),
    (LINEAR, r"w_2 \text{ decreases}", SIGNS, "proved", ""),
    (LINEAR, r"w_2 \text{ increases}", SIGNS, "wrong", ""),
    (LINEAR, r"w_1 \text{ decreases}", SIGNS, "conditional", "w₂ < 0"),
    (LINEAR, r"\tanh'(x_1) \neq 0", "", "proved", ""),
    (LINEAR, r"\tanh(x_1) \neq 0", "x_1 > 0", "agrees", ""),
    (LINEAR, r"x_1^2 > 0", "", "wrong", ""),
    (LINEAR, r"x_1^2 + y^2 \geq 2 x_1 y", "", "proved", ""),
    (LINEAR, r"l \geq 0", "", "proved", ""),
    (LINEAR, r"x_1^2 + 1 > 0", "", "proved", ""),
    (LINEAR, r"x_1 < y", "", "wrong", ""),
    (LINEAR, r"w_2 = w_2 - \alpha (x_3 - y) x_2", "", "proved", "small enough"),
    (LINEAR, r"w_2 = w_2 + \alpha (x_3 - y) x_2", "", "wrong", ""),
    (LINEAR, r"w_1 \leftarrow w_1 - \alpha (x_3 - y) x_2", "", "wrong", ""),
    (LOGISTIC, r"\frac{dL}{dw_i} \neq \frac{dL}{dw_k}", r"w_i = 0, x_i \neq x_k", "proved", ""),
    (RANKS, r"\operatorname{rank}(A) \leq 2", "", "proved", "2 products"),
    (RANKS, r"\operatorname{rank}(R) \leq 2", "", "proved", ""),
    (RANKS, r"\operatorname{rank}(B) \leq 2", "", "wrong", "exactly 3"),
    (RANKS, r"\operatorname{rank}(B) = n", "z^{(i)} = i, w_j = 1, b_j = 1 - j", "proved", "triangular"),
    (RANKS, r"\operatorname{rank}(B) = n", "", "wrong", ""),
    (LINEAR, r"x_1 w_1 = 3", "x_1 > 0, x_1 < 0", "ill-formed", "assumptions"),
]  # fmt: skip

_networks: dict[str, Network] = {}


def network(text: str) -> Network:
    if text not in _networks:
        _networks[text] = read_network(text)
    return _networks[text]


def said(verdict: Verdict) -> str:
    return " ".join([*verdict.evidence, *verdict.conditions, *verdict.reading])


@pytest.mark.parametrize(("text", "claim", "assume", "wanted", "named"), CLAIMS)
def test_a_claim_gets_its_verdict(text: str, claim: str, assume: str, wanted: str, named: str) -> None:
    given = tuple(part.strip() for part in assume.split(",")) if assume else ()
    verdict = check(network(text), claim, assume=given)
    assert verdict.verdict == wanted, verdict
    assert named in said(verdict)


@pytest.mark.parametrize(("text", "claim", "assume", "wanted", "named"), [c for c in CLAIMS if c[3] == "wrong"])
def test_what_is_wrong_carries_a_counterexample(text: str, claim: str, assume: str, wanted: str, named: str) -> None:
    del wanted, named
    given = tuple(part.strip() for part in assume.split(",")) if assume else ()
    example = check(network(text), claim, assume=given).counterexample
    assert example is not None
    if r"\frac{\partial" in claim.partition("=")[0]:
        assert example.finite_difference == pytest.approx(example.derived, abs=1e-6, rel=1e-9)
        assert abs(example.claimed - example.derived) > (example.error or 0)


def test_a_value_at_a_kink_decides_nothing() -> None:
    # the two differ at u = 0 only
    assert equal(r"[x > 0]", r"[x \geq 0]", "input x").verdict == "proved"


def test_opposite_assumptions_prove_nothing() -> None:
    assert equal("x", "2 x", "input x", assume=("x > 0", "x < 0")).verdict == "ill-formed"


def test_an_assumption_about_one_position_says_nothing_of_the_others() -> None:
    claim = r"\sum_{k=1}^n |x_k| = \sum_{k=1}^n x_k + |x_i| - x_i"
    symbols = read_symbols("input x : n")
    assert check(symbols, claim, assume="x_i > 0").verdict != "proved"
    assert check(symbols, r"|x_i| = x_i", assume="x_i > 0").verdict == "proved"
    assert check(symbols, r"|x_k| - x_k + x_i = |x_i|", assume="x_i > 0").verdict != "proved"
    assert check(symbols, r"|x_k| = x_k", assume="x_i > 0").verdict == "proved"  # for every i


def test_where_a_side_is_defined_holds_only_at_its_own_position() -> None:
    symbols = read_symbols("input x : n")
    local = check(symbols, r"e^{\log x_i} \sum_{k=1}^n |x_k| = x_i \sum_{k=1}^n x_k")
    everywhere = check(symbols, r"e^{\log x_i} \sum_{k=1}^n |x_k| \log x_k = x_i \sum_{k=1}^n x_k \log x_k")
    assert local.verdict not in ("proved", "agrees")
    assert everywhere.verdict == "proved"


def test_rounded_decimals_hold_to_the_digits_written() -> None:
    assert equal(r"\frac13 x", "0.333333 x", "input x").conditions == ("to the digits written",)
    assert equal(r"\frac13 x", "0.333334 x", "input x").verdict == "wrong"


def test_a_derivative_that_the_declaration_does_not_reach_is_not_zero() -> None:
    with pytest.raises(gradcheck.FormulaError, match="does not depend"):
        check(network(LINEAR), r"\frac{\partial x_2}{\partial w_2} = 0")


def test_the_same_seed_gives_the_same_verdict() -> None:
    claim = r"\frac{\partial l}{\partial w_1} = (x_3 - y) w_2 w_1"
    first, again = (check(network(LINEAR), claim, seed=7) for _ in range(2))
    assert first.counterexample == again.counterexample
    assert first.evidence == again.evidence


ABSTRACT = r"""
input w, x : n
y_i = w_i x_i
loss L
"""
HOT = r"""
input z : K
input y : K {one-hot}
p = \operatorname{softmax}(z)
loss L = -\sum_k y_k \log p_k
"""
SYMBOLS = "input x, v : n\ninput A : 3\ninput s\ninput t {positive}\ninput u : n {nonzero}\ninput h : n+1\ndims n >= 4"

# symbols, left side, right side, assumptions, verdict: each once came out falsely proved, falsely wrong, or undecided
ONCE_MISJUDGED: list[tuple[str, str, str, str, str]] = [
    (SYMBOLS, r"[\sum_i u_i = 0]", "0", "", "agrees"),
    ("dims n\ninput x", r"\sum_{i=1}^{n-3} 1", "n-3", "", "proved"),
    ("dims n\ninput x", "(n-1)(n-2)(n-3)(n-4) x", "0", "", "wrong"),
    (SYMBOLS, r"\begin{cases} 7 & s > 0 \\ \log(-s) & \text{otherwise}\end{cases}",
     r"\begin{cases} 8 & s > 0 \\ \log(-s) & \text{otherwise}\end{cases}", "", "conditional"),
    (SYMBOLS, r"\begin{cases} \log s & s > 0 \\ 0 & \text{otherwise}\end{cases}",
     r"\begin{cases} \log s & s > 0 \\ 5 & \text{otherwise}\end{cases}", "", "conditional"),
    (SYMBOLS, r"\sqrt{s^2}", "s", "s = t", "proved"),
    (SYMBOLS, r"\sqrt{s^2}", "s", "t = s", "proved"),
    (SYMBOLS, "s", "2", "s = 1; s = 2", "ill-formed"),
    (SYMBOLS, "t", "-1", "t = -1", "ill-formed"),
    (SYMBOLS, r"v_i \sum_j [x_j > v_j] + \sum_k A_k", r"v_i \sum_j [x_j \geq v_j] + \sum_k A_k", "", "proved"),
    (SYMBOLS, r"\sum_{i=1}^n [x_i < x_j] + \sum_{i=1}^n [x_i > x_j]", "n", "", "wrong"),
    (SYMBOLS, r"\sum_{i=1}^n (h_{i+1} - h_i)", "h_{n+1} - h_1", "", "proved"),
    (SYMBOLS, r"\sum_{i=1}^n (h_{i+1} - h_i)", "h_{n+1} - h_2", "", "wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("symbols", "left", "right", "assume", "wanted"), ONCE_MISJUDGED)
def test_what_was_once_misjudged(symbols: str, left: str, right: str, assume: str, wanted: str) -> None:
    given = tuple(part.strip() for part in assume.split(";")) if assume else ()
    assert equal(left, right, symbols, assume=given).verdict == wanted


@pytest.mark.parametrize(
    ("text", "claim", "assume", "wanted"),
    [
        (HOT, r"\frac{\partial L}{\partial z_i} = p_i - 1", "y_i = 1", "proved"),
        (HOT, r"\frac{\partial L}{\partial z_i} = p_i", "y_i = 0", "proved"),
        (HOT, r"\frac{\partial L}{\partial z_i} = p_i", "y_i = 1", "wrong"),
        (HOT, r"\frac{\partial p_i}{\partial z_j} = -p_i p_j \text{ if } i \neq j", "", "proved"),
        (HOT, r"\frac{\partial p_i}{\partial z_j} = p_i p_j \text{ if } i \neq j", "", "wrong"),
        (ABSTRACT, r"\frac{\partial L}{\partial w_i} = x_i \frac{\partial L}{\partial y_i}", "", "proved"),
        (ABSTRACT, r"\frac{\partial L}{\partial w_i} = w_i \frac{\partial L}{\partial y_i}", "", "wrong"),
    ],
)
def test_a_claim_at_its_own_position(text: str, claim: str, assume: str, wanted: str) -> None:
    assert check(network(text), claim, assume=(assume,) if assume else ()).verdict == wanted


def test_a_step_against_the_declared_sign_of_its_size_is_no_descent() -> None:
    text = "input x, y\nparameter w\nconstant \\alpha {negative}\nloss l = (w x - y)^2"
    assert check(network(text), r"w = w - \alpha 2 (w x - y) x").verdict != "proved"


def test_a_name_in_parentheses_may_be_a_factor() -> None:
    text = "input x, y\nparameter w\nz = w x\ne = z - y\nloss l = \\frac{1}{2} e^2"
    assert check(network(text), r"\frac{\partial l}{\partial z} = e (x)").verdict != "proved"
    rows = "input x : n\nparameter W : m, n\nz = W x\nloss l = \\frac12 z^T z"
    assert check(network(rows), r"\frac{\partial l}{\partial W} = z (x)^T").verdict == "proved"


def test_a_size_called_e_is_refused() -> None:
    with pytest.raises(gradcheck.DeclarationError, match="called e"):
        read_network("input V : n, e")


ANY_LOSS = read_network("""
input x : n
parameter W : m, n
y = W x
loss J
""")


def test_a_wrong_claim_about_any_loss_is_answered_in_its_derivatives():
    verdict = check(ANY_LOSS, r"\frac{\partial J}{\partial W} = 2 \frac{\partial J}{\partial y} x^T")
    assert verdict.verdict == "wrong"
    assert verdict.derived == r"\frac{\partial J}{\partial y} x^T"
    assert r"\frac{\partial J}{\partial y}" in verdict.counterexample.values
    assert check(ANY_LOSS, rf"\frac{{\partial J}}{{\partial W}} = {verdict.derived}").verdict == "proved"
