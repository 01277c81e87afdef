"""What is said of common slips names the slip, points at it, and the formula that follows the advice is judged."""

from __future__ import annotations

import pytest

import gradcheck
from gradcheck import FormulaError

NET = gradcheck.network(r"""
    index i = 1..m
    input x^{(i)} : n
    input y^{(i)}
    parameter w : n
    constant \alpha {positive}
    z^{(i)} = w^T x^{(i)}
    loss J = \frac{1}{2m} \sum_i (z^{(i)} - y^{(i)})^2
""")
FAMILY = gradcheck.network(r"""
    family l = 2..L
    input a^{(1)} : n^{(1)}
    parameter W^{(l)} : n^{(l)}, n^{(l-1)}
    a^{(l)} = W^{(l)} a^{(l-1)}
    loss J = \|a^{(L)}\|^2
""")
LEFT = r"\frac{\partial J}{\partial w} = "
RIGHT = r"\frac{1}{m} \sum_i (z^{(i)} - y^{(i)}) x^{(i)}"

UNREAD = [
    (r"\frac{\partal J}{\partial w} = w", r"\partal", r"did you mean \partial?"),
    (r"\frac{\partial J}{\partal w} = w", r"\partal", r"did you mean \partial?"),
    (LEFT + r"\alpah w", r"\alpah", r"did you mean \alpha?"),
    (LEFT + r"\foo w", r"\foo", r"define it with \newcommand"),
    (LEFT + "w'", "w'", "w^T for a transpose"),
    (LEFT + r"\frac{1}{m} x^t z", "t", "x^T"),
    (LEFT + r"\frac{1}{m} x^{t} z", "t", "x^T"),
    (LEFT + r"\frac{1}{m} t z", "t", "declare t"),
]


@pytest.mark.parametrize(("formula", "marked", "advice"), UNREAD)
def test_a_slip_is_pointed_at_and_the_way_out_is_named(formula: str, marked: str, advice: str) -> None:
    with pytest.raises(FormulaError) as caught:
        gradcheck.check(NET, formula)
    place = caught.value.place
    assert place is not None
    assert formula[place.column - 1 : place.end - 1] == marked
    assert advice in (caught.value.hint or "")
    assert "bracket" not in str(caught.value)


def test_limits_that_are_there_are_not_asked_for() -> None:
    with pytest.raises(FormulaError, match="L is no size, so the range of l is not known") as caught:
        gradcheck.check(FAMILY, r"\frac{\partial J}{\partial W^{(l)}} = \sum_{l=1}^L W^{(l)}")
    assert "a sum over the layers" in (caught.value.hint or "")
    assert "write its limits" not in str(caught.value)


def test_parentheses_that_a_sum_lacks_are_named_and_right_with_them() -> None:
    slip = gradcheck.check(NET, LEFT + RIGHT.replace("(z^{(i)} - y^{(i)})", "z^{(i)} - y^{(i)}"))
    assert slip.verdict == "ill-formed"
    assert any(r"write \sum_i (…)" in said for said in slip.evidence)
    assert not any("mathbf 1" in said for said in slip.evidence)
    assert gradcheck.check(NET, LEFT + RIGHT).verdict == "proved"
    number = gradcheck.check(NET, LEFT + r"w + \sum_i z^{(i)}")
    assert any("mathbf 1" in said for said in number.evidence)


@pytest.mark.parametrize("step", [r"\alpha \frac{\partial J}{\partial w}", rf"\alpha {RIGHT}"])
def test_a_step_with_the_gradient_is_said_to_go_uphill(step: str) -> None:
    assert gradcheck.check(NET, f"w := w - {step}").verdict == "proved"
    wrong = gradcheck.check(NET, f"w := w + {step}")
    assert wrong.verdict == "wrong"
    assert any("with the gradient and not against it" in said for said in wrong.evidence)
