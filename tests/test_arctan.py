"""The arctangent: from its one definition follow its derivative, its values and how it is written."""

from __future__ import annotations

import numpy as np
import pytest

import gradcheck
from gradcheck.printing.mathml import mathml

NET = gradcheck.network(r"""
    index i = 1..m
    input x^{(i)} : n
    input y^{(i)}
    parameter w : n
    z^{(i)} = w^T x^{(i)}
    a^{(i)} = \arctan(z^{(i)})
    loss J = \frac{1}{2} \sum_i (a^{(i)} - y^{(i)})^2
""")
CLAIMS = [
    (r"\frac{1}{1 + (z^{(i)})^2}", "proved"),
    (r"\arctan'(z^{(i)})", "proved"),
    (r"\frac{1}{1 - (z^{(i)})^2}", "wrong"),
    (r"(1 - (a^{(i)})^2)", "wrong"),
    (r"\frac{1}{\sqrt{1 + (z^{(i)})^2}}", "wrong"),
]
IDENTITIES = [
    (r"\arctan(-u)", r"-\arctan(u)", "proved"),
    (r"\arctan(-u)", r"\arctan(u)", "wrong"),
    (r"\frac{d^2}{du^2} \arctan(u)", r"-\frac{2u}{(1 + u^2)^2}", "proved"),
    (r"\frac{d^2}{du^2} \arctan(u)", r"\frac{2u}{(1 + u^2)^2}", "wrong"),
    (r"\arctan(0)", "0", "proved"),
    (r"\arctan(u) + \arctan(v)", r"\arctan(u + v)", "wrong"),
    (r"\arctan(1)", r"\pi / 4", "agrees"),
    (r"\arctan(1)", "0.785", "conditional"),
    (r"\arctan(1)", "0.7", "wrong"),
]


@pytest.mark.parametrize(("slope", "verdict"), CLAIMS)
def test_the_slope_is_one_over_one_plus_the_square(slope: str, verdict: str) -> None:
    claim = rf"\frac{{\partial J}}{{\partial w_j}} = \sum_i (a^{{(i)}} - y^{{(i)}}) {slope} x_j^{{(i)}}"
    assert gradcheck.check(NET, claim).verdict == verdict


@pytest.mark.parametrize(("left", "right", "verdict"), IDENTITIES)
def test_identities_of_the_arctangent(left: str, right: str, verdict: str) -> None:
    assert gradcheck.equal(left, right, "input u, v").verdict == verdict


def test_numbers_and_what_is_printed_agree_with_numpy() -> None:
    rng = np.random.default_rng(0)
    x, y, w = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3)
    z = x @ w
    right = x.T @ ((np.arctan(z) - y) / (1 + z * z))
    assert gradcheck.check_arrays(NET, {"x": x, "y": y, "w": w}, {"w": right}).ok
    assert not gradcheck.check_arrays(NET, {"x": x, "y": y, "w": w}, {"w": x.T @ (np.arctan(z) - y)}).ok


def test_what_is_printed_is_read_again() -> None:
    slope = gradcheck.gradient(gradcheck.network("input x\nparameter w\nloss l = \\arctan(w x)^2"), "w")
    net = slope.program.network
    assert r"\arctan" in slope.latex()
    assert gradcheck.check(net, slope.latex()).verdict == "proved"
    assert gradcheck.check(net, slope.latex().replace("2 ", "3 ")).verdict == "wrong"


def test_a_notebook_and_a_page_show_it_upright() -> None:
    derivation = gradcheck.gradient(gradcheck.network("input x\nparameter w\nloss l = \\arctan(w x)^2"), "w")
    assert mathml(r"\arctan u").count("<mi>arctan</mi>") == 1
    assert "arctan" in derivation.unicode()
    assert "<mi>arctan</mi>" in derivation._repr_mimebundle_()["text/html"]
