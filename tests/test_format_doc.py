"""docs/format.md says what is so: every example on it is read, and every refusal is one."""

import re
from pathlib import Path

import pytest

import gradcheck
from gradcheck.declare.lines import KEYWORDS
from gradcheck.document import parse_document
from gradcheck.document.attributes import MARKS, VALUES
from gradcheck.errors import GradcheckError

PAGE = (Path(__file__).parents[1] / "docs" / "format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^````markdown(?: fails \"([^\"\n]+)\")?\n(.*?)^````$", PAGE, re.M | re.S)
READ = [text for fails, text in EXAMPLES if not fails]
REFUSED = [(fails, text) for fails, text in EXAMPLES if fails]


def test_the_page_has_examples_of_both_kinds():
    assert len(READ) >= 4
    assert len(REFUSED) >= 8


@pytest.mark.parametrize("text", READ)
def test_an_example_is_read(text):
    document = parse_document(text, "example.md")
    assert document.networks


@pytest.mark.parametrize(("what", "text"), REFUSED, ids=[what for what, _ in REFUSED])
def test_an_example_of_a_refusal_is_refused(what, text):
    with pytest.raises(GradcheckError, match=re.escape(what)) as caught:
        parse_document(text, "example.md")
    assert caught.value.place.line is not None


def test_the_examples_say_what_is_a_claim():
    claims = [[e.name for e in parse_document(text, "a.md").claims] for text in READ]
    assert ["dw"] in claims
    assert ["square", "square-again"] in claims
    assert ["dw", "sign"] in claims


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_every_declaration_is_on_the_page(keyword):
    assert re.search(rf"^\| `{keyword} ", PAGE, re.M)


SIZED = "input x : k\ninput v\nparameter w : k\nz = w^T x\nloss J = (z - v)^2"
SCALARS = "input v\nparameter w\nz = w v\nloss J = z v"
SAID = [
    (SIZED, r"\frac{\partial J}{\partial w_j} = 2 (z - v) x_j", "proved"),
    (SIZED, r"\frac{\partial J}{\partial w_k} = 2 (z - v) x_k", "proved"),
    (SIZED, r"\frac{\partial J}{\partial w_k} = 2 (z - v) x_1", "conditional"),
    (SIZED, r"x_k = x_1", "conditional"),
    (SIZED, r"x_j = x_k", "conditional"),
    (SIZED, r"J = (z(x) - v)^2", "proved"),
    (SCALARS, r"J = z (v)", "conditional"),
    (SCALARS, r"J = z(v) \cdot v", "conditional"),
    (SCALARS, r"J = z \cdot v", "proved"),
    (SCALARS, r"J = (v) z", "proved"),
    (SCALARS, r"J = (v) z^2", "wrong"),
]


@pytest.mark.parametrize(("block", "formula", "verdict"), SAID)
def test_what_the_page_says_of_sizes_below_and_names_in_parentheses_is_so(block, formula, verdict):
    assert gradcheck.check(gradcheck.network(block), formula).verdict == verdict


@pytest.mark.parametrize("word", [*VALUES, *MARKS, *VALUES["layout"], *VALUES["reading"]])
def test_every_attribute_and_value_is_on_the_page(word):
    assert word in PAGE
