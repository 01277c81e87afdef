"""Gradients through long chains are products of many factors: proved factor by factor, and refuted as ever."""

from __future__ import annotations

import pytest

import gradcheck

SLOPES = {r"\tanh": "(1 - a_{{{k}}}^2)", r"\operatorname{ReLU}": "[a_{{{k}}} > 0]"}
DEPTH = 20


def chain(act: str, depth: int = DEPTH) -> gradcheck.Network:
    lines = ["input a_{0}"]
    for k in range(1, depth + 1):
        lines += [f"parameter w_{{{k}}}", f"a_{{{k}}} = {act}(w_{{{k}}} a_{{{k - 1}}})"]
    return gradcheck.network("\n".join([*lines, rf"loss L = \frac{{1}}{{2}} a_{{{depth}}}^2"]))


def claim(act: str, **changed: str) -> str:
    """The gradient by the first weight; `changed` replaces the factors of single layers."""
    slope = SLOPES[act]
    factors = [f"a_{{{DEPTH}}}"]
    for k in range(DEPTH, 0, -1):
        factors += [slope.format(k=k), f"w_{{{k}}}" if k > 1 else "a_{0}"]
    text = r" \cdot ".join(changed.get(f, f) for f in factors)
    return rf"\frac{{\partial L}}{{\partial w_{{1}}}} = {text}"


@pytest.mark.parametrize("act", SLOPES)
def test_the_product_of_all_slopes_and_weights_is_proved(act: str) -> None:
    assert gradcheck.check(chain(act), claim(act)).verdict == "proved"


@pytest.mark.parametrize(
    ("factor", "other"),
    [("w_{7}", "w_{8}"), ("w_{7}", "w_{7}^2"), ("w_{7}", "1"), ("w_{7}", "(-w_{7})"), ("a_{20}", "2 a_{20}")],
)
def test_one_factor_changed_is_refuted(factor: str, other: str) -> None:
    assert gradcheck.check(chain(r"\tanh"), claim(r"\tanh", **{factor: other})).verdict == "wrong"


def test_behind_closed_gates_a_changed_factor_is_never_proved() -> None:
    act = r"\operatorname{ReLU}"
    assert gradcheck.check(chain(act), claim(act, **{"w_{7}": "w_{7}^2"})).verdict != "proved"


def test_a_slope_of_another_layer_is_never_proved() -> None:
    changed = claim(r"\tanh", **{"(1 - a_{7}^2)": "(1 - a_{8}^2)"})
    assert gradcheck.check(chain(r"\tanh"), changed).verdict == "wrong"


def test_factors_may_stand_in_any_order_and_as_powers() -> None:
    symbols = "input x\ninput y {positive}"
    left = "(x + 1)^3 (x + 2)^2 (x + y)^2 y x"
    assert gradcheck.equal(left, "x y (y + x)^2 (2 + x)^2 (1 + x)^3", symbols).verdict == "proved"
    assert gradcheck.equal(left, "x y (y + x)^2 (2 + x)^3 (1 + x)^2", symbols).verdict == "wrong"


def test_a_product_that_is_undefined_everywhere_is_ill_formed() -> None:
    long = r"x (x+1) (x+2) (x+3) (x+4) (x+5) (x+6) \frac{1}{x - x}"
    assert gradcheck.equal(long, long, "input x").verdict == "ill-formed"
