"""What a formula means, as numbers: each is read and evaluated, and compared with NumPy written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.functions import TANH
from gradcheck.algebra.index import Tensor
from gradcheck.errors import FormulaError, GradcheckError, IllFormedError
from gradcheck.formula import Entry, Notation, Reading, read, read_expression

from .names import notation
from .numbers import array_of

N, M = 3, 4
SIZES = {"n": N, "m": M}
_draw = np.random.default_rng(5)
A = _draw.normal(size=(N, N))
B = _draw.normal(size=(N, N))
W = _draw.normal(size=(M, N))
V = _draw.normal(size=(N, M))
x, z, y = (_draw.normal(size=N) for _ in range(3))
b, c = (_draw.normal(size=M) for _ in range(2))
X = _draw.normal(size=(M, N))
h = _draw.normal(size=N + 1)
s, t, r = 0.7, -1.3, 0.4
ARRAYS = {
    "A": A,
    "B": B,
    "W": W,
    "V": V,
    "x": x,
    "z": z,
    "y": y,
    "b": b,
    "c": c,
    "X": X,
    "h": h,
    "s": s,
    "t": t,
    "r": r,
}
NAMES = notation(
    "A: n, n; B: n, n; W: m, n; V: n, m; x: n; z: n; y: n; b: m; c: m; X^{(i)}: n; h: n+1; s; t; r",
    indices="i: m",
    functions={r"\sigma": TANH, "f": TANH},
    dims={"n": 3, "m": 3},
)
sech2 = 1 / np.cosh(z) ** 2
ones = np.ones(N)
p = np.exp(z) / np.exp(z).sum()

ACCEPTED = {
    # fractions, powers, roots, plain text
    r"\frac12 s": s / 2,
    r"\frac{1}{2}st": s * t / 2,
    r"1/2 s": s / 2,
    "s/2 t": s / 2 * t,
    r"s^2 t^{-1}": s**2 / t,
    r"\sqrt{s^2 + t^2}": np.hypot(s, t),
    r"\sqrt[3]{s}": s ** (1 / 3),
    r"\sqrt2 s": np.sqrt(2) * s,
    "2 s * t - (s - t)^2": 2 * s * t - (s - t) ** 2,
    r"s \cdot -t": -s * t,
    r"-s^2": -(s**2),
    r"s \times t \times (-1)": -s * t,
    r"e^{-s^2/2}": np.exp(-(s**2) / 2),
    r"\exp(s) + e^1": np.exp(s) + np.e,
    r"2\pi s": 2 * np.pi * s,
    "0.25 s": 0.25 * s,
    r"\left( s + t \right) \Big[ s - t \Big]": (s + t) * (s - t),
    "s − t · s": s - t * s,
    # functions
    r"\tanh s \tanh t": np.tanh(s) * np.tanh(t),
    r"\log 2s": np.log(2 * s),
    r"\ln s + t": np.log(s) + t,
    r"\log_2 s": np.log2(s),
    r"\tanh^2 s": np.tanh(s) ** 2,
    r"\sigma'(s)": 1 / np.cosh(s) ** 2,
    r"\sigma''(s)": -2 * np.tanh(s) / np.cosh(s) ** 2,
    r"f'(s) f(t)": np.tanh(t) / np.cosh(s) ** 2,
    r"\operatorname{ReLU}'(t) + \operatorname{ReLU}'(s)": 1.0,
    r"\mathrm{ReLU}(t) + ReLU(s)": s,
    r"\max(0, t) + \max\{s, t\} + min(s, t)": s + t,
    r"|t|": -t,
    r"|s| |t| + |s|t": -s * t + s * t,
    r"||x||": np.linalg.norm(x),
    r"\operatorname{sign}(t)": -1.0,
    r"\sigma(z)": np.tanh(z),
    r"\tanh(z)_2": np.tanh(z[1]),
    # matrices and vectors
    "W x": W @ x,
    "x^T W^T": W @ x,
    r"x^\top z": x @ z,
    "x z^T": np.outer(x, z),
    r"x^T A z": x @ A @ z,
    "A B x": A @ B @ x,
    "A^2": A @ A,
    "A^T_{12}": A[1, 0],
    "A_{12}": A[0, 1],
    "(A x)_2^2": (A @ x)[1] ** 2,
    "(A B)_{1,3}": (A @ B)[0, 2],
    "A_{2,:}": A[1],
    "A_{:,2}": A[:, 1],
    "A_2": A[1],
    r"x \odot z \odot y": x * z * y,
    r"x \circ z": x * z,
    "x .* z": x * z,
    r"W^T c \odot \sigma'(z)": W.T @ c / np.cosh(z) ** 2,
    r"\sigma'(z) \odot W^T c": W.T @ c / np.cosh(z) ** 2,
    r"x^{\odot 2}": x**2,
    r"x \cdot z": x @ z,
    r"\langle x, z \rangle": x @ z,
    r"\langle A, B \rangle": (A * B).sum(),
    r"x \otimes c": np.outer(x, c),
    r"\operatorname{tr}(A B)": np.trace(A @ B),
    r"\operatorname{tr} A": np.trace(A),
    r"\operatorname{diag}(z) x": z * x,
    r"\operatorname{diag}(A)": np.diag(A),
    r"I x + \mathbf 1": x + 1,
    r"(I - A) x": x - A @ x,
    r"\mathbf{1}^T x": x.sum(),
    r"W + \mathbf 1 x^T": W + x,
    r"\mathbf{1}_n^T \mathbf{1}_n": float(N),
    r"x - \mathbf 0": x,
    r"1 - z": 1 - z,
    r"[1, 2] [3, 4]^T": 11.0,
    r"\begin{bmatrix} s & t \\ t & s \end{bmatrix} \begin{pmatrix} 1 \\ 2 \end{pmatrix}": np.array(
        [s + 2 * t, t + 2 * s]
    ),
    # lists and matrices with dots
    r"[1, 2, \dots, n]": np.arange(1.0, N + 1),
    r"[0, -1, -2, \dots, -n+1]": -np.arange(0.0, N),
    r"[2, 4, \dots, 2n]": 2 * np.arange(1.0, N + 1),
    r"x + [1, \dots, 1]^T": x + 1,
    r"x + [s t, \dots, s t]^T": x + s * t,
    r"[x_1, x_2, \dots, x_n]": x,
    r"\left[ \tanh(x_1) s, \tanh(x_2) s, \dots, \tanh(x_n) s \right]": np.tanh(x) * s,
    r"(x_1, \dots, x_n)^T": x,
    r"\begin{bmatrix} h_2 \\ h_3 \\ \vdots \\ h_{n+1} \end{bmatrix}": h[1:],
    r"\begin{bmatrix} x_1 & x_2 & \cdots & x_n \end{bmatrix} z": x @ z,
    r"\left(\frac{\partial s^2 x_1}{\partial s}, \dots, \frac{\partial s^2 x_n}{\partial s}\right)": 2 * s * x,
    # norms
    r"\|x\|": np.linalg.norm(x),
    r"\|x\|_1": np.abs(x).sum(),
    r"\|x\|_2^2": x @ x,
    r"\|x\|^2_2": x @ x,
    r"\lVert W \rVert_F^2": (W**2).sum(),
    r"\left\| x - z \right\|^2": (x - z) @ (x - z),
    r"\|x\|_\infty": np.abs(x).max(),
    # sums and their ranges
    r"\sum_i x_i": x.sum(),
    r"\sum_{i=1}^n x_i z_i": x @ z,
    r"\sum_{i=1}^{n+1} h_i": h.sum(),
    r"\sum_{i=2}^{n+1} h_i": h[1:].sum(),
    r"\sum_{i=1}^{n} h_{i+1}": h[1:].sum(),
    r"\sum_{i=0}^{n} h_{i+1}": h.sum(),
    r"\sum_{i=1}^{n} x_i \cdot z_i + s": x @ z + s,
    r"\sum_{i,j} A_{ij}": A.sum(),
    r"\sum_{ij} A_{ij} B_{ji}": np.trace(A @ B),
    r"\sum_{i,j=1}^{n} A_{ij}": A.sum(),
    r"\sum_{i=1}^n \sum_{j=1}^i A_{ij}": np.tril(A).sum(),
    r"\sum_{i<j} A_{ij}": np.triu(A, 1).sum(),
    r"\sum_{1 \le i < j \le n} A_{ij}": np.triu(A, 1).sum(),
    r"\sum_i \sum_{k \neq i} A_{ik}": A.sum() - np.trace(A),
    r"\sum_{k=1, k \neq 2}^{n} x_k": x.sum() - x[1],
    r"\sum_i -x_i + s": -x.sum() + s,
    r"\prod_{i=1}^n x_i": x.prod(),
    r"\max_j x_j": x.max(),
    r"\min_k (x_k + s)": x.min() + s,
    r"\frac1n \sum_i x_i": x.mean(),
    r"\mathbb{E}_i[s X^{(i)}]": s * X.mean(axis=0),
    r"\frac{1}{m} \sum_{i=1}^m X^{(i)} (X^{(i)})^T": X.T @ X / M,
    r"\sum_{i=1}^m X_2^{(i)}": X[:, 1].sum(),
    r"X^{(2)}": X[1],
    r"\bar x, \ \bar x = \frac1n \sum_k x_k": x.mean(),
    r"\hat q, \text{ where } \hat q = x - z": x - z,
    # indicators, cases, deltas
    r"[s > 0] + [t > 0]": 1.0,
    r"1[s > t]": 1.0,
    r"\mathbf{1}[s > 0]": 1.0,
    r"\mathbf 1\{t > 0\}": 0.0,
    r"\mathbb{1}_{s > 0}": 1.0,
    r"\mathbf{1}_{\{s \ge 0\}}": 1.0,
    r"\mathbb{1}(s > 0)": 1.0,
    r"\sum_j [j = 2] x_j": x[1],
    r"\sum_j 1\{j \neq 2\} x_j": x.sum() - x[1],
    r"[z > 0]": (z > 0).astype(float),
    r"\sum_j \delta_{2j} x_j": x[1],
    r"\sum_k [k = \operatorname{argmax}_j x_j] z_k": z[np.argmax(x)],
    r"\sum_k [k = \arg\max_j x_j] z_k": z[np.argmax(x)],
    r"\begin{cases} s & \text{if } t > 0 \\ t & \text{otherwise} \end{cases}": t,
    r"\begin{cases} |s|r & \text{if } s \ge 0\\ |s|t & \text{if } s < 0 \end{cases}": s * r,
    r"\begin{cases} 1, & s > 0 \\ 0, & \text{else} \end{cases}": 1.0,
    # softmax and friends
    r"\operatorname{softmax}(z)": p,
    r"\operatorname{softmax}(z)_2": p[1],
    r"\sum_j p_j x_j,\ p = \operatorname{softmax}(z)": p @ x,
    r"\log \sum_k e^{z_k}": np.log(np.exp(z).sum()),
    r"\operatorname{sigmoid}(s) - \operatorname{softplus}(s)": 1 / (1 + np.exp(-s)) - np.log1p(np.exp(s)),
    # derivatives of leaves
    r"\frac{d}{ds} s^2 t": 2 * s * t,
    r"\frac{ds^2}{ds}": 2 * s,
    r"\frac{d s^2 t}{d s}": 2 * s * t,
    r"\partial (s^2 t)/\partial t": s**2,
    "d(s^3)/ds": 3 * s**2,
    r"\partial_s (s^2)": 2 * s,
    r"\nabla_x \|x\|^2": 2 * x,
    r"\nabla_{W} \|W x\|^2": 2 * np.outer(W @ x, x),
    r"\nabla_x^2 (x^T A x)": A + A.T,
    r"\frac{\partial^2}{\partial s \partial t} s^2 t^2": 4 * s * t,
    r"\frac{\partial^2 s^3}{\partial s^2}": 6 * s,
    r"\frac{\partial x^T A x}{\partial x}": (A + A.T) @ x,
    r"\frac{\partial}{\partial s} s t \cdot s": t * s,
    r"\frac{\partial W x}{\partial x}": W.T,
    r"\frac{\partial}{\partial x_2} \sum_i x_i^2": 2 * x[1],
    # less common ways of writing
    r"\sum_{j=1}^n [j \le 2] x_j": x[0] + x[1],
    r"\sum_{j=1}^n [j < 3] x_j": x[0] + x[1],
    r"\sum_{j=1}^n [2 \le j] x_j": x[1] + x[2],
    r"\sum_j \sum_k [j > k] A_{jk}": np.tril(A, -1).sum(),
    r"\sum_j \sum_k [j \ge k] A_{jk}": np.tril(A).sum(),
    r"\sum_j [x_j > 0, z_j > 0]": float(((x > 0) & (z > 0)).sum()),
    r"[x > z] \odot x": (x > z) * x,
    r"[0 < z] \odot z": (z > 0) * z,
    r"[0 < s < 1]": 1.0,
    r"[s \neq t]": 1.0,
    r"\sum_k (1 - [k = \arg\max_j x_j]) z_k": z.sum() - z[np.argmax(x)],
    r"\sum_k [k \neq \arg\min_j x_j] z_k": z.sum() - z[np.argmin(x)],
    r"\max(x, z)": np.maximum(x, z),
    r"\max(x)": x.max(),
    r"\min(x, 0)": np.minimum(x, 0),
    r"\operatorname{logsumexp}(x)": np.log(np.exp(x).sum()),
    r"\operatorname{mean}(x)": x.mean(),
    r"\operatorname{transpose}(W) c": W.T @ c,
    r"q_1 + q_2, \ q_j = x_j z_j": x[0] * z[0] + x[1] * z[1],
    r"\begin{cases} x & \text{if } s > 0 \\ z & \text{else} \end{cases}": x,
    r"\begin{bmatrix} 2 \end{bmatrix} s": 2 * s,
    r"\begin{pmatrix} 1 & 2 \end{pmatrix} \begin{pmatrix} 3 \\ 4 \end{pmatrix}": 11.0,
    r"\frac{x}{z}": x / z,
    r"\frac{1}{z}": 1 / z,
    r"x / s": x / s,
    r"\frac{\partial \|x\|^2}{\partial x^T} A": 2 * x @ A,
    r"\frac{\partial (s x)}{\partial s}": x,
    r"\frac{\partial \|c\|^2}{\partial c}^T \frac{\partial W x}{\partial x}^T": 2 * c @ W,
    r"\underset{j}{s} + \boxed{t}": s + t,
    r"{s}^2 {t}": s**2 * t,
    r"x^{\circ 2}": x**2,
    r"\mathbf{x}^{T} \mathbf{z}": x @ z,
    r"{\mathbf{x}}^{\mathrm{T}} z": x @ z,
    r"\vec{x}^{\,T} z": x @ z,
    r"\dfrac{s}{t} + \tfrac12": s / t + 0.5,
    r"\sum\limits_{j=1}^{n} x_j": x.sum(),
    r"\sum_{\substack{j=1 \\ j \neq 2}}^{n} x_j": x.sum() - x[1],
    r"\frac{\mathrm{d}}{\mathrm{d}s} s^2": 2 * s,
    "s²": s**2,
    # stacks
    r"\operatorname{vec}(A)^T \operatorname{vec}(B)": (A * B).sum(),
    r"\operatorname{vec}(A B) - (I \otimes A) \operatorname{vec}(B)": np.zeros((N, N)),
    r"(B^T \otimes W) \operatorname{vec}(A)": (W @ A @ B).T,
    r"\|\operatorname{vec}(W)\|^2": (W**2).sum(),
    r"\frac{\partial \|W\|_F^2}{\partial \operatorname{vec}(W)}": 2 * W.T,
    r"\operatorname{tr}(A \otimes B)": np.trace(A) * np.trace(B),
    # words
    r"\underbrace{A x}_{\text{first}} + z": A @ x + z,
    r"\boldsymbol{A} \mathbf{x}": A @ x,
    # exponents in parentheses, thousands, a minus behind a function
    "e^{(s)}": np.exp(s),
    "e^{(s + 1)(t)}": np.exp((s + 1) * t),
    r"e^{\left[s + t\right]}": np.exp(s + t),
    r"e^{\left(s + t\right)} s": np.exp(s + t) * s,
    "2^{(s)}": 2**s,
    r"1{,}000 s - 1{,}000.5 t": 1000 * s - 1000.5 * t,
    r"\exp -s + t": np.exp(-s) + t,
    r"\tanh -2s \tanh t": np.tanh(-2 * s) * np.tanh(t),
    r"\exp(A)": np.exp(A),
    "e^{W}": np.exp(W),
    # indicators with parentheses, traces without them
    "1(s > t) s + 1(s < t)": s,
    r"\operatorname{tr} A B^T A": np.trace(A @ B.T @ A),
    r"\operatorname{tr} W x x^T W^T": ((W @ x) ** 2).sum(),
    r"\operatorname{tr} A^2 B + s": np.trace(A @ A @ B) + s,
    r"\sum_k z_k u_k, \text{ where } u_k = A_{:,k}": A @ z,
    r"\sum_k b_k u_k, \ u_k = W_{k,:}^T - x": W.T @ b - b.sum() * x,
    # both indices of a sum stand nowhere else
    r"\sum_{j \neq k} x_j z_k": x.sum() * z.sum() - x @ z,
    r"\sum_{j \neq k} A_{jk} + s": A.sum() - np.trace(A) + s,
    r"\sum_k \sum_{j \neq k} x_j z_k": x.sum() * z.sum() - x @ z,
    r"\operatorname{tr}(I_n) s": N * s,
    r"\|\mathbf 1_n\|^2": N,
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_an_accepted_formula_has_the_value_that_numpy_gives(text):
    value = read_expression(text, NAMES)
    np.testing.assert_allclose(array_of(value, ARRAYS, SIZES), ACCEPTED[text], rtol=1e-7, atol=1e-9)


ILL_FORMED = [
    "x + b", "x + A", "s + x", "x z", "W c", "x A^T + A x", r"x \odot b", "x + x^T", r"W \odot V", "A_{123}", "s_1",
    "s = x^T b", r"\operatorname{tr}(W)", r"\langle x, b \rangle", r"\max(x, b)", r"\sum_i x_i b_i",
    r"\sum_{i=1}^{n+1} x_i", "x_4", r"\frac{x}{b}", "x = b", "x = s", r"\nabla_x (A x)", "s^x", "1/0",
    r"\begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}", r"\operatorname{diag}(W)", "x = x^T", "A = A x", "(W x)_j = x_j",
    "x_{j+1} = z_j", r"\operatorname{softmax}(W)", r"x \cdot b", r"x \otimes A",
]  # fmt: skip


@pytest.mark.parametrize("text", ILL_FORMED)
def test_shapes_or_indices_that_cannot_match_are_ill_formed(text):
    with pytest.raises(IllFormedError) as caught:
        read(text, NAMES)
    assert caught.value.place is not None
    assert caught.value.place.column is not None


UNREADABLE = [
    "2 3", "1 000 s",
    "", "x +", "(x", "x)", "x ++", r"\frac{1}", r"\sum x_i", r"\sum_{i \in B} x_i", r"\int x", r"\lim x", "x_{",
    "x^", "x__1", r"\foo x", r"\left( x", "q", "x_1_2", r"\frac{d}{dx}", r"\begin{bmatrix} 1", r"\end{bmatrix}",
    "x & y", r"\nabla x", "A^{-1}", r"\det(A)", r"\max(s)",
    "|x|", "2e-3", r"\sigma", r"\arg x", r"\frac{\partial s}{\partial (s t)}", r"\frac{\partial^2 s}{\partial t}",
    r"\mathbb{E}[x]", r"x \pm z", "s < t < ", "@", r"\begin{cases} s & \text{if } \end{cases}", r"\|x\|_7",
    "x^{(1)}", r"\sqrt", r"[1, 2, 4, \dots, n]", r"[1, \dots]", r"[x_1, z_2, \dots, x_n]", r"[1, \dots, \dots, n]",
    r"[x_1, x_2, \dots, 3]", r"1, \dots, n = s", "A_{kj}^T", "s'", "w_3", r"\argmax_j x_j", r"\mathbf{1}_{",
    r"\text{words}", r"\underbrace", r"\delta", "f", r"\log_2^2 s t_", r"\left. s \right", "1..2",
    r"\sum_{2} x", r"\tanh", r"\sin^{-1} s",
    "f^{(2)}(s)", r"\tanh^{(2)}(s)", r"\sigma^{(i)}(s)", "f" + "'" * 60 + "(s)", "e^{A}", "e^{(i)}",
    r"\operatorname{rank}(I) = n", r"\operatorname{tr}(I)", r"\|\mathbf{1}\|^2",
    r"\langle \mathbf 1, \mathbf 1 \rangle",
    "(x + z)^{(2)}",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_is_a_formula_error_with_a_place(text):
    with pytest.raises(FormulaError) as caught:
        read(text, NAMES)
    place = caught.value.place
    assert place is not None
    assert place.line is not None
    assert place.column is not None


def test_the_message_marks_the_place_and_says_what_was_expected():
    names = notation("w_1; w_2; x_1", functions=[r"\sigma"])
    with pytest.raises(FormulaError) as caught:
        read(r"w_2 \times \sigma'(w_1 x_1 \times x_1", names)
    assert str(caught.value).splitlines() == [
        "<text>:1:38  error: found end of formula",
        r"   w_2 \times \sigma'(w_1 x_1 \times x_1",
        "                                        ^",
        "   expected ) or an operator",
    ]


def test_an_undeclared_name_gets_the_nearest_declared_one():
    names = notation("w_1; w_2; x_1")
    with pytest.raises(FormulaError, match="w_3 is not declared") as caught:
        read("x_1 = w_3 x_1", names)
    assert "did you mean w_" in caught.value.hint
    assert caught.value.place.column == 7


def test_a_place_on_a_later_line_counts_lines():
    with pytest.raises(FormulaError) as caught:
        read("s = t\n + q", NAMES)
    assert (caught.value.place.line, caught.value.place.column) == (2, 4)
    assert caught.value.place.text == " + q"


HINTS = {
    "x z": ["as an outer product x z^T", "as a dot product x^T z"],
    "W c": ["with the transpose W^T"],
    "(W^T)^T c": ["with the transpose (W^T)"],
    "(x - z) c": ["as an outer product (x - z) c^T"],
    "(x^T A) z^T": ["as an outer product (x^T A)^T z^T"],
    "s + x": [r"\mathbf 1"],
    r"\|x\|^2 = x": [],
    "x_4": ["declare the size as n >= 4"],
    "s = h_j + h_{j+1}": ["declare `index j = 1..n`"],
}


@pytest.mark.parametrize("text", HINTS)
def test_an_ill_formed_formula_says_what_would_fit(text):
    with pytest.raises(IllFormedError) as caught:
        read(text, NAMES)
    for words in HINTS[text]:
        assert words in caught.value.hint


READINGS = {
    r"z = x \cdot y": (Reading(product="elementwise"), x * y),
    r"s = x \cdot y": (Reading(), x @ y),
    r"z = \frac{\partial}{\partial x} \frac12 (x - y)^2": (Reading(square="sum"), x - y),
    r"z = (x - y)^2": (Reading(), (x - y) ** 2),
    "A = x^T z": (Reading(vectors="row"), np.outer(x, z)),
    r"A = (\operatorname{diag}(A_{1,:}) - A_{1,:} A_{1,:}^T) B": (
        Reading(slices="column"),
        (np.diag(A[0]) - np.outer(A[0], A[0])) @ B,
    ),
    "A x^T": (Reading(vectors="row"), A @ x),
}


@pytest.mark.parametrize("text", READINGS)
def test_the_shapes_decide_between_readings_and_the_choice_is_named(text):
    expected, value = READINGS[text]
    statement = read(text, NAMES)
    np.testing.assert_allclose(array_of(statement.sides[-1], ARRAYS, SIZES), value, rtol=1e-7)
    if expected != Reading():
        assert statement.readings
    pinned = read(text, NAMES, reading=expected)
    np.testing.assert_allclose(array_of(pinned.sides[-1], ARRAYS, SIZES), value, rtol=1e-7)


FREE = {
    r"\sum_{j \neq k} x_j z_k = s": "",
    r"\sum_{j \neq k} x_j z_k = z_k": "k",
    r"\sum_{j \neq k} x_j = s + k": "k",
    r"\frac{\partial s}{\partial z_k} = \sum_{j \neq k} x_j z_k": "k",
    r"\sum_{j \neq k} x_j z_k = 1, \ k = 1, \dots, n": "k",
    r"\sum_{r \neq i} b_r X_1 = s": "i",
}


@pytest.mark.parametrize("text", FREE)
def test_an_index_that_a_sum_leaves_out_is_free_where_it_stands_outside_of_the_sum(text):
    assert "".join(index.name for index in read(text, NAMES).free) == FREE[text]


def test_an_index_of_the_formula_before_is_not_bound_by_a_condition():
    before = read("x_k = z_k", NAMES)
    after = read(r"= \sum_{j \neq k} x_j z_k", NAMES, follows=before)
    assert [index.name for index in after.free] == ["k"]
    again = read(r"= \sum_{j < k} x_j z_k", NAMES, follows=before)
    assert [index.name for index in again.free] == ["k"]


SHIFTS = notation("x: n; A: n, n; s", parameters=r"\beta; \gamma: n; b_1", nodes=r"L; \mu", dims={"n": 3})


@pytest.mark.parametrize("text", [r"x + \beta", r"\gamma \odot x - \beta", r"\beta + x", "b_1 + x", r"2 x + (-\beta)"])
def test_a_scalar_parameter_is_added_to_every_entry_and_this_is_said(text):
    arrays = {"x": x, r"\beta": np.array(s), r"\gamma": z, "b_1": np.array(t)}
    value = {r"x + \beta": x + s, r"\beta + x": x + s, "b_1 + x": x + t, r"2 x + (-\beta)": 2 * x - s}
    statement = read(text, SHIFTS)
    expected = value.get(text, z * x - s)
    np.testing.assert_allclose(array_of(statement.sides[0], arrays, SIZES), expected)
    assert any("every entry" in note for note in statement.readings)


@pytest.mark.parametrize(
    "text", ["x + s", "x + L", r"x - \mu", r"A + \beta", r"x + \beta s", r"x + \gamma_1", r"x = \beta"]
)
def test_other_scalars_are_not_added_to_arrays(text):
    with pytest.raises(IllFormedError):
        read(text, SHIFTS)


def test_the_space_stated_behind_a_formula_is_checked_and_left_out():
    statement = read(r"W = 2 W \in \mathbb{R}^{m \times n}", NAMES)
    assert statement.signs == ("=",)
    np.testing.assert_allclose(array_of(statement.sides[1], ARRAYS, SIZES), 2 * W)
    for text in (r"A = 2 A \in \mathbb R^{m \times n}", r"W = 2 W \in \mathbb R^{n \times m}"):
        with pytest.raises(IllFormedError, match="shape stated"):
            read(text, NAMES)


@pytest.mark.parametrize(
    "text", [r"x = 2 x \in \mathbb{R}^{1 \times n}", r"s = t \in \mathbb{R}", r"x = z \in \mathbb{R}^n"]
)
def test_a_row_a_scalar_and_a_vector_have_their_spaces(text):
    assert read(text, NAMES).signs == ("=",)


def test_adjoints_can_be_rows_where_the_other_vectors_are_columns():
    entries = {
        r"\delta": Entry(Tensor(r"\delta", (Dim.symbol("m"),)), "adjoint"),
        "x": Entry(Tensor("x", (Dim.symbol("n"),)), "input"),
    }
    statement = read(r"\delta^T x^T", Notation(entries, dims={"n": 1, "m": 1}))
    np.testing.assert_allclose(array_of(statement.sides[0], {r"\delta": b, "x": x}, SIZES), np.outer(b, x))
    assert statement.readings == ("adjoints are read as rows, other vectors as columns",)


def test_a_size_d_in_front_of_an_array_is_not_taken_for_a_factor():
    names = notation("V: n, d; s; N: n", dims={"n": 1, "d": 1})
    with pytest.raises(FormulaError, match="may be a gradient") as caught:
        read("dV = V", names)
    assert caught.value.place.column == 1
    assert "adjoint dV" in caught.value.hint
    assert read("d V = V", names).signs == ("=",)
    assert read(r"\frac{1}{ds}", names).sides
    with pytest.raises(FormulaError) as caught:
        read("dW = W", NAMES)
    assert r"adjoint dW = \frac{\partial L}{\partial W}" in caught.value.hint


def test_a_prime_on_a_bracket_is_the_derivative_by_the_variable_of_the_left_side():
    statement = read("f'(s) = (s^2 t)'", NAMES)
    assert array_of(statement.sides[1], ARRAYS, SIZES) == pytest.approx(2 * s * t)
    assert any("derivative by s" in note for note in statement.readings)


def test_a_gradient_times_a_derivative_of_three_axes_sums_over_what_they_share():
    value = read_expression(r"\frac{\partial \|c\|^2}{\partial c} \cdot \frac{\partial W x}{\partial W}", NAMES)
    np.testing.assert_allclose(array_of(value, ARRAYS, SIZES), 2 * np.outer(c, x), rtol=1e-6)


def test_every_error_here_is_one_of_ours():
    for text in [*ILL_FORMED, *UNREADABLE]:
        with pytest.raises(GradcheckError):
            read(text, NAMES)
