"""LaTeX from a document is shown only as far as both printers are sure of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.declare import read_network
from gradcheck.printing.display import displayed
from gradcheck.printing.mathml import lettered, tree

SOURCE = json.loads((Path(__file__).parents[1] / "data" / "source_equations.json").read_text(encoding="utf-8"))
FONT = Path(__file__).parents[2] / "gradcheck" / "report" / "font"

SHOWN = [
    (r"x_1 = w_2  x^2", ("x_1 = w_2 x^2",)),
    (r"\frac12", (r"\frac{1}{2}",)),
    (r"12.5 x", ("12.5 x",)),
    (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", ("a = b", "c = d")),
    (r"a = b \tag{3} \label{eq:3}", ("a = b",)),
    (r"σ(x) · y", (r"\sigma (x) \cdot y",)),
    (r"\bm{x} + \mathscr{L}", (r"\boldsymbol{x} + \mathcal{L}",)),
    (r"\text{if } x > 0", (r"\text{if } x > 0",)),
    (r"\boxed{a = b}", ("{a = b}",)),
    ("a % comment\n b", ("a b",)),
    ("rank(M) = max(0, x)", (r"\operatorname{rank} (M) = \operatorname{max} (0, x)",)),
    ("log x", ("l o g x",)),
]


@pytest.mark.parametrize(("latex", "rows"), SHOWN, ids=[latex for latex, _ in SHOWN])
def test_a_formula_is_shown_in_one_spelling(latex: str, rows: tuple[str, ...]) -> None:
    assert displayed(latex) == rows


REFUSED = [
    r"\input{/etc/passwd}", r"\def\x{\x}\x", r"\csname end\endcsname", r"\write18{ls}", "{", "}", "a}b{", "x_", "~",
    r"\left( x", r"\right) x", r"\frac{a}", r"\begin{cases} a", r"\begin{aligned} a \end{cases}", r"\cancel{x}",
    r"\href{a}{b}", "x & \x00", "中 = 1", r"\text{a $b$ c}", r"\text{a \input{x}}", "$", "#1", r"\sqrt[3]{x}",
    r"\left<x\right>", "{" * 80 + "x" + "}" * 80, "x" * 30_000, r"\begin{tikzpicture}\end{tikzpicture}",
    r"\color{red} x",
]  # fmt: skip


@pytest.mark.parametrize("latex", REFUSED, ids=[latex[:30] for latex in REFUSED])
def test_what_no_printer_is_sure_of_is_not_shown_as_a_formula(latex: str) -> None:
    assert displayed(latex) is None


MARKED = [
    (r"a = \frac{b}{c}", "b", r"a = \frac{\textcolor{gcwrong}{b}}{c}"),
    (r"a = b \times w_1 x", r"\times w_1", r"a = b \textcolor{gcwrong}{{}\times w_1} x"),
    (r"a = W_{i,j} x", "i", r"a = \textcolor{gcwrong}{W_{i, j}} x"),
    (r"a = \left( b + c \right)", "c", r"a = \left( b + \textcolor{gcwrong}{c} \right)"),
]


@pytest.mark.parametrize(("latex", "part", "shown"), MARKED)
def test_a_wrong_part_is_marked_without_tearing_what_belongs_together(latex: str, part: str, shown: str) -> None:
    at = latex.index(part, 3)
    assert displayed(latex, [(at, at + len(part))]) == (shown,)


DAMAGED = {"001-A2def", "001-rankA2-sum"}
"""Braces or matrices in them are never closed, or closed by another word than they were opened with."""


@pytest.mark.parametrize("equation", SOURCE, ids=lambda e: e["id"])
def test_the_source_equations_are_shown(equation: dict[str, str]) -> None:
    rows = displayed(equation["latex"])
    if rows is None:
        assert equation["id"] in DAMAGED
        return
    for row in rows:
        assert displayed(row) == (row,), "what is shown can be shown again, unchanged"
        check_tree(tree(row, block=True))


PIECES = [
    "x", "w", "1", "2", "_", "^", "{", "}", "(", ")", "[", "]", "'", "+", "-", "=", "<", ">", "|", "&", "%", "#", "$",
    "~", "\\\\", r"\frac", r"\sigma", r"\left(", r"\right)", r"\mathbf", r"\sum", r"\text{a}", r"\operatorname{b}", " ",
    "\n", r"\begin{cases}", r"\end{cases}", r"\hat", r"\sqrt", r"\input", r"\def", r"\%", "é", "σ", "中", "\x00",
    "<script>", "&amp;", "]]>", "{x}", "{1}",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=20))
def test_whatever_is_typed_is_refused_or_becomes_mathml_without_tex(latex: str) -> None:
    for row in displayed(latex) or ():
        assert displayed(row) == (row,)
        check_tree(tree(row))


def check_tree(root: ET.Element) -> None:
    """MathML without raw TeX, every character of which stands in the embedded font."""
    for node in root.iter():
        text = node.text or ""
        assert not re.search(r"[\\${}&]", text) or (node.tag in ("mo", "mi", "mtext") and text in "{}$&"), text
        assert not node.get("mathvariant") or node.get("mathvariant") == "normal"
        single = node.tag == "mi" and len(text) == 1 and node.get("mathvariant") is None
        for char in text + (lettered(text, "italic") if single else ""):
            assert in_font(char), f"{char!r} is missing in the font"


def ranges() -> list[tuple[int, int]]:
    lines = (FONT / "characters.txt").read_text(encoding="ascii").split()
    return [(int(low, 16), int(high, 16)) for low, high in (line.split("-") for line in lines)]


RANGES = ranges()


def in_font(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in RANGES)


def test_the_list_of_characters_is_that_of_the_font() -> None:
    pytest.importorskip("brotli")
    fonts = pytest.importorskip("fontTools.ttLib")
    codes = set(fonts.TTFont(FONT / "math.woff2").getBestCmap())
    assert codes == {code for low, high in RANGES for code in range(low, high + 1)}


def test_the_licence_lies_beside_the_font_and_reserves_no_name_that_we_use() -> None:
    text = (FONT / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert 'under the name "Gradcheck Math"' in text


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"J_{sparse}", r"J_{\mathrm{sparse}}"),
        (r"h_{new,k}^{(1)}", r"h_{\mathrm{new}, k}^{(1)}"),
        (r"w_{news}", r"w_{n e w s}"),
        ("n e w", "n e w"),
    ],
)
def test_a_word_below_a_declared_name_is_set_as_one_word(latex: str, shown: str) -> None:
    network = read_network("input h_{new}\ninput J_{sparse}\ninput w_{hy}")
    assert displayed(latex, words=network.notation.shown_words) == (shown,)
    assert "_hy" not in network.notation.shown_words


@pytest.mark.parametrize(("latex", "sign"), [("a == b", "=="), ("a += b", "+="), ("(a) .* b", ".*"), ("a := b", ":=")])
def test_characters_that_were_typed_as_one_sign_stay_one(latex: str, sign: str) -> None:
    (row,) = displayed(latex) or ()
    assert rf"\mathrel{{{sign}}}" in row
    assert [node.text for node in tree(row).iter("mo")] == [sign]
    assert displayed("a = =b") == ("a = = b",)


@pytest.mark.parametrize(
    ("latex", "prefix"),
    [
        ("-a", 1),
        ("x = -a", 1),
        ("2 (-1)", 1),
        (r"\frac{-a}{b} - c", 1),
        (r"\sum_i -x", 1),
        ("|x| - 1", 0),
        ("f' - a", 0),
    ],
)
def test_a_minus_in_front_of_a_term_sits_close_to_it(latex: str, prefix: int) -> None:
    (row,) = displayed(latex) or ()
    assert sum(node.get("form") == "prefix" for node in tree(row).iter("mo")) == prefix


@pytest.mark.parametrize(("latex", "spaces"), [(r"\rho \log (x)", 1), (r"(1 - P) \max (0, z)", 1), (r"\tanh (x)", 0)])
def test_a_function_keeps_its_distance_from_the_factor_before_it(latex: str, spaces: int) -> None:
    assert len(list(tree(latex).iter("mspace"))) == spaces


def test_bars_can_be_put_together_from_pieces_that_overlap() -> None:
    pytest.importorskip("brotli")
    variants = pytest.importorskip("fontTools.ttLib").TTFont(FONT / "math.woff2")["MATH"].table.MathVariants
    made = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))
    for name in ("bar", "uni2016", "parenleft", "bracketleft"):
        for part in made[name].GlyphAssembly.PartRecords:
            if part.PartFlags & 1:  # it may be repeated
                assert min(part.StartConnectorLength, part.EndConnectorLength) >= variants.MinConnectorOverlap
