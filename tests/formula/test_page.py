"""docs/formulas.md says what is so: every formula on it is read, or refused where it says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcheck.declare.blocks import read_symbols
from gradcheck.errors import GradcheckError
from gradcheck.formula import read

PAGE = (Path(__file__).parents[2] / "docs" / "formulas.md").read_text(encoding="utf-8")
NOTATION = read_symbols(re.search(r"```symbols\n(.*?)```", PAGE, re.S)[1]).notation


def _formulas(part: str) -> list[str]:
    rows = [line for line in part.splitlines() if line.startswith("| `")]
    cells = [re.split(r" \| ", row[2:])[0] for row in rows]
    return [text for cell in cells for text in re.findall(r"`([^`]+)`", cell)]


_READ, _REFUSED = (_formulas(part) for part in PAGE.split("## Refused"))


def test_the_page_has_formulas_of_both_kinds():
    assert len(_READ) > 90
    assert len(_REFUSED) > 12


@pytest.mark.parametrize("text", _READ)
def test_a_formula_on_the_page_is_read(text):
    assert read(text, NOTATION).sides


@pytest.mark.parametrize("text", _REFUSED)
def test_a_formula_that_the_page_calls_refused_is_refused(text):
    with pytest.raises(GradcheckError):
        read(text, NOTATION)


@pytest.mark.parametrize("text", [t for t in _READ if t in ("X", r"z = x \cdot y", "b W", "frac{1}{2} s")])
def test_what_is_said_to_be_said_is_said(text):
    assert read(text, NOTATION).readings
