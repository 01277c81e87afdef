"""Slopes by finite differences: the error bar must hold, and kinks and jumps must be told from slopes."""

import numpy as np
import pytest

from gradcheck.differences import Line, complex_step, derivative, directional, estimate, gradient, worst_entry

SMOOTH = [
    ("a line", lambda x: 3 * x, 2.0, 3.0),
    ("a constant", lambda x: 0 * x + 5, 2.0, 0.0),
    ("exp", np.exp, 1.0, np.e),
    ("exp far out", np.exp, 30.0, np.exp(30.0)),
    ("tanh saturated", np.tanh, 25.0, 0.0),
    ("sin of a large argument", np.sin, 100.0, np.cos(100.0)),
    ("a narrow bump", lambda x: np.exp(-(((x - 1) / 1e-4) ** 2)), 1.00005, -1e4 * np.exp(-0.25)),
    ("a square at 1e8", lambda x: x * x, 1e8, 2e8),
    ("a square at 1e-8", lambda x: x * x, 1e-8, 2e-8),
    ("a huge offset", lambda x: np.sin(x) + 1e8, 1.0, np.cos(1.0)),
    ("at zero", lambda x: np.sin(3 * x), 0.0, 3.0),
    ("relu beside its kink", lambda x: np.maximum(x, 0), 1e-9, 1.0),
    ("abs just beside its kink", lambda x: np.abs(x - 1), 1 + 1e-9, 1.0),
    ("a logarithm near its end", np.log, 1e-6, 1e6),
    ("hidden float32", lambda x: np.float64(np.float32(np.sin(x))), 1.0, np.cos(1.0)),
    ("argument in float32", lambda x: np.sin(np.float32(x)), 1.0, np.cos(1.0)),
]


@pytest.mark.parametrize(("f", "at", "slope"), [c[1:] for c in SMOOTH], ids=[c[0] for c in SMOOTH])
def test_the_error_bar_holds_and_is_small(f, at, slope):
    found = derivative(f, at)
    assert found.kind == "smooth"
    assert abs(found.value - slope) <= found.error + 1e-300
    assert found.error <= 1e-2 * max(abs(slope), 1e-6)


SHARP = [
    ("sine", np.sin, 1.0, np.cos(1.0)),
    ("square", np.square, 3.0, 6.0),
    ("sqrt", np.sqrt, 2.0, 0.5 / np.sqrt(2)),
]


@pytest.mark.parametrize(("f", "at", "slope"), [c[1:] for c in SHARP], ids=[c[0] for c in SHARP])
def test_smooth_functions_get_nine_digits(f, at, slope):
    found = derivative(f, at)
    assert abs(found.value - slope) <= 1e-10 * abs(slope)
    assert found.error <= 1e-8 * abs(slope)


KINKS = [
    ("relu", lambda x: np.maximum(x, 0), 0.0, 0.0, 1.0),
    ("abs", np.abs, 0.0, -1.0, 1.0),
    ("leaky relu", lambda x: np.where(x > 0, x, 0.01 * x), 0.0, 0.01, 1.0),
    ("max against 2", lambda x: np.maximum(x * x, 4.0), 2.0, 0.0, 4.0),
    ("a kink on a steep line", lambda x: 1000 * x + np.abs(x - 1), 1.0, 999.0, 1001.0),
    ("kink nearer than any step", lambda x: np.abs(x - 1), 1 + 4e-16, -1.0, 1.0),
]


@pytest.mark.parametrize(("f", "at", "left", "right"), [c[1:] for c in KINKS], ids=[c[0] for c in KINKS])
def test_a_kink_shows_both_slopes(f, at, left, right):
    found = derivative(f, at)
    assert found.kind == "kink"
    assert abs(found.left - left) <= 1e-5 * max(1, abs(right))
    assert abs(found.right - right) <= 1e-5 * max(1, abs(right))
    assert found.agrees((left + 3 * right) / 4)
    assert not found.agrees(right + (right - left))


JUMPS = [
    ("a step", lambda x: np.sign(x), 0.0),
    ("rounding", lambda x: np.floor(x) + x, 2.0),
    ("a root at 0", lambda x: np.sqrt(np.abs(x)), 0.0),
    ("undefined on one side", np.log, 0.0),
]


@pytest.mark.parametrize(("f", "at"), [c[1:] for c in JUMPS], ids=[c[0] for c in JUMPS])
def test_a_jump_has_no_slope(f, at):
    found = derivative(f, at)
    assert found.kind in ("jump", "unknown")
    assert np.isnan(found.value)
    assert not found.agrees(0.0)


def test_the_kink_bracket_is_taken_per_output():
    relu = lambda x: np.maximum(x, 0)  # noqa: E731
    both = directional(relu, [0.0, 0.0], [1.0, 1.0], [1.0, -1.0])
    # The sum is flat along (1, 1), yet each output has a kink: whoever sees only the sum calls every claim but 0 wrong.
    assert (both.left, both.right) == (0.0, 0.0)


def test_directional_weighs_the_outputs():
    matrix = np.arange(6.0).reshape(2, 3)
    found = directional(lambda x: matrix @ np.sin(x), [0.1, 0.2, 0.3], [1.0, -1.0, 2.0], [1.0, 0.5])
    expected = np.array([1.0, 0.5]) @ matrix @ (np.cos([0.1, 0.2, 0.3]) * [1.0, -1.0, 2.0])
    assert abs(found.value - expected) <= found.error + 1e-12


def test_long_doubles_stay_long():
    x = np.array([1.0], dtype=np.longdouble)
    found = estimate(Line(np.sin, x, np.ones_like(x)))
    if np.finfo(np.longdouble).eps < 1e-17:
        assert abs(found.value - np.cos(1.0)) <= found.error < 1e-12


@pytest.mark.parametrize("batched", [False, True])
def test_the_gradient_has_an_error_bar_per_entry(batched):
    weights = np.array([[1.0, -2.0], [3.0, 0.25]])
    f = lambda x: np.sum(weights * np.sin(x) + np.maximum(x, 0), axis=(-2, -1))  # noqa: E731
    x = np.array([[0.5, -1.0], [0.0, 2.0]])
    found = gradient(f, x, batched=batched)
    expected = weights * np.cos(x) + (x > 0)
    smooth = np.array([[True, True], [False, True]])
    assert np.array_equal(found.kinks, ~smooth)
    assert np.all(np.abs(found.values - expected)[smooth] <= found.errors[smooth] + 1e-12)
    assert np.all(found.errors[smooth] < 1e-5)


def test_the_gradient_of_no_entries_is_empty():
    assert gradient(np.sum, np.zeros((0, 3))).values.shape == (0, 3)


def test_complex_steps_confirm_analytic_code_and_keep_silent_elsewhere():
    assert abs(complex_step(lambda x: np.exp(np.sin(x)), 0.7, 1.0) - np.exp(np.sin(0.7)) * np.cos(0.7)) < 1e-15
    assert complex_step(np.abs, 1.0, 1.0) is None
    assert complex_step(lambda x: np.maximum(x.real, 0), 1.0, 1.0) is None


@pytest.mark.parametrize("wrong", [0, 1, 36, 99])
def test_bisection_finds_the_wrong_entry(wrong):
    rng = np.random.default_rng(5)
    error = np.zeros(100)
    error[wrong] = 1e-3
    calls = []
    found = worst_entry(lambda u: calls.append(1) or float(error @ u), 100, rng.normal(size=100))
    assert found == wrong
    assert len(calls) <= 2 * np.ceil(np.log2(100))
