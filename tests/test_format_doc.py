"""docs/format.md says what is so: every example on it is read, and every refusal is one."""

import re
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("word", [*VALUES, *MARKS, *VALUES["layout"], *VALUES["reading"]])
def test_every_attribute_and_value_is_on_the_page(word):
    assert word in PAGE
