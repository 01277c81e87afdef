"""Whatever type is handed to a public function, an error of gradcheck's own says what was expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradcheck
from gradcheck import Builder, DeclarationError, DocumentError, FormulaError, GradcheckError, LayerError

NET = gradcheck.network("input x\nparameter w\nloss l = (w x)^2")
POINT, GRADIENT = {"x": 1.0, "w": 2.0}, {"w": 4.0}
SHAPES = {"x": ("n",)}


def layer(**options: Any) -> Any:
    return gradcheck.check_layer(lambda x: x * x, SHAPES, **{"vjp": lambda dy, x: 2 * x * dy, "points": 2, **options})


CALLS: list[tuple[Callable[[], Any], type[GradcheckError], str]] = [
    (lambda: gradcheck.network(5), DeclarationError, "5, which is int"),
    (lambda: gradcheck.network("input x", name=5), DeclarationError, "a name"),
    (lambda: gradcheck.gradient("x", "Z"), DeclarationError, "gradcheck.network(text)"),
    (lambda: gradcheck.gradient(NET, 5), FormulaError, 'such as "w"'),
    (lambda: gradcheck.check(5, "a = b"), DeclarationError, "5, which is int"),
    (lambda: gradcheck.check("input x", "x = x"), DeclarationError, "gradcheck.network(text)"),
    (lambda: gradcheck.check(NET, 3), FormulaError, "a string of LaTeX"),
    (lambda: gradcheck.check(NET, "w = w", assume=3), FormulaError, "x > 0"),
    (lambda: gradcheck.check(NET, "w = w", assume=[3]), FormulaError, "x > 0"),
    (lambda: gradcheck.check(NET, "w = w", layout="transposed"), FormulaError, "denominator or numerator"),
    (lambda: gradcheck.check(NET, "w = w", reading="whole"), FormulaError, "total or partial"),
    (lambda: gradcheck.check(NET, "w = w", seed="0"), GradcheckError, "a whole number"),
    (lambda: gradcheck.equal("x", None, "input x"), FormulaError, "None"),
    (lambda: gradcheck.equal("x", "x", 5), DeclarationError, "5, which is int"),
    (lambda: gradcheck.check_arrays(5, POINT, GRADIENT), DeclarationError, "a declared network"),
    (lambda: gradcheck.check_arrays(NET, 5, GRADIENT), GradcheckError, "the point"),
    (lambda: gradcheck.check_arrays(NET, POINT, 5), GradcheckError, "the gradients"),
    (lambda: gradcheck.check_arrays(NET, POINT, GRADIENT, functions=5), GradcheckError, "functions="),
    (lambda: gradcheck.check_arrays(NET, POINT, GRADIENT, names=5), GradcheckError, "names="),
    (lambda: gradcheck.check_document(None), DocumentError, "the name of a file"),
    (lambda: layer(vjp=5), LayerError, "takes a function"),
    (lambda: layer(points="2"), LayerError, "points="),
    (lambda: layer(seed="0"), LayerError, "seed="),
    (lambda: layer(constants=3), LayerError, "constants="),
    (lambda: layer(executor=3), LayerError, "executor="),
    (lambda: Builder(5), DeclarationError, "the name of a network"),
    (lambda: Builder().input(5), DeclarationError, "a name"),
    (lambda: Builder().input("x", 2.5), DeclarationError, "n+1"),
    (lambda: Builder().input("x", samples=3), DeclarationError, "samples="),
    (lambda: Builder().input("x", facts=3), DeclarationError, "facts="),
    (lambda: Builder().node("z", None), DeclarationError, "the formula of z"),
    (lambda: Builder().node("z", "x + 1"), DeclarationError, "an expression"),
    (lambda: Builder().loss("l", "x + 1"), DeclarationError, "an expression"),
    (lambda: Builder().adjoint("d", 5), DeclarationError, "what d names"),
    (lambda: Builder().dim(5), DeclarationError, "a size"),
    (lambda: Builder().dim("n", "2"), DeclarationError, "the minimum"),
    (lambda: Builder().index("i", None), DeclarationError, "a size"),
    (lambda: Builder().function("f", "tanh"), DeclarationError, "like="),
    (lambda: Builder().layout("sideways"), DeclarationError, "denominator or numerator"),
    (lambda: Builder().alias("x", 5), DeclarationError, "a name"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "said"), CALLS)
def test_a_wrong_type_is_refused_with_what_was_expected(
    call: Callable[[], Any], error: type[GradcheckError], said: str
) -> None:
    with pytest.raises(error) as caught:
        call()
    assert said in str(caught.value)
    assert caught.value.got is not None


def test_right_types_are_taken_numbers_of_numpy_among_them() -> None:
    claim, derivative = r"\frac{dl}{dw} = 2 w x^2", r"\frac{dl}{dw} = 2 w x"
    for options in ({"seed": np.int64(3)}, {"assume": "x > 0"}, {"assume": ("x > 0",)}, {"layout": "numerator"}):
        assert gradcheck.check(NET, claim, **options).verdict == "proved"
        assert gradcheck.check(NET, derivative, **options).verdict == "wrong"
    assert gradcheck.check_arrays(NET, POINT, GRADIENT).ok
    assert not gradcheck.check_arrays(NET, POINT, {"w": 5.0}).ok
    assert layer(seed=np.int64(2), points=np.int64(1)).status == "pass"
    assert layer(vjp=lambda dy, x: x * dy).status == "fail"
    assert Builder().input("x", facts="positive").tensor.facts == {"positive"}
