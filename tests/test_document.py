"""Documents: networks, equations, claims, attributes, and files that are none."""

from pathlib import Path

import pytest

from gradcheck.document import parse_document, read_document
from gradcheck.document.attributes import read_attributes
from gradcheck.document.claims import begins_with_relation, is_derivative, left_side
from gradcheck.errors import DeclarationError, DocumentError, FormulaError, Place

BLOCK = "```network\ninput x, y\nparameter w\nloss l = (w x - y)^2\n```\n"


def only(text):
    (equation,) = parse_document(text, "a.md").equations
    return equation


def test_an_equation_is_judged_against_the_block_above_it():
    text = f"$$ a = b $$\n# One\n{BLOCK}$$ a = b $$\n# Two\n```symbols\ninput z\n```\n$$ a = b $$\n"
    document = parse_document(text, "a.md")
    assert [e.network.name if e.network else None for e in document.equations] == [None, "One", "Two"]
    assert [n.name for n in document.networks] == ["One", "Two"]
    assert (document.stem, document.title) == ("a", "One")


def test_blocks_are_named_by_their_words_their_heading_or_the_file():
    block = "```symbols\ninput z\n```\n"
    text = block + "# Head\n" + block + block.replace("symbols", "symbols own name") + block
    assert [n.name for n in parse_document(text, "dir/file.md").networks] == ["file", "Head", "own name", "Head (2)"]


@pytest.mark.parametrize(
    ("latex", "claim"),
    [
        (r"\frac{\partial l}{\partial w} = 3", True),
        (r"\therefore \frac{dl}{dx_3} = x_3 - y", True),
        (r"\frac{d}{dx} x^2 = 2x", True),
        (r"\frac d{dx} x^2 = 2x", True),
        (r"\frac{d^2 l}{dx^2} = 2", True),
        (r"\dfrac{\partial^2 J}{\partial W^2} = 2", True),
        (r"\frac{\mathrm{d} J}{\mathrm{d} w} = 2", True),
        (r"\frac{\partial \text{MSE}}{\partial w} = 1", True),
        (r"-\frac{\partial l}{\partial w} = 3", True),
        (r"\left(\frac{\partial l}{\partial w}\right)^T = 3", True),
        (r"\begin{aligned} \frac{\partial l}{\partial w} &= 3 \\ &= 4 \end{aligned}", True),
        (r"\nabla_W L = x", True),
        (r"\partial_x f = 1", True),
        (r"dL/dw = 3", True),
        (r"\sigma'(z) = 1", True),
        (r"f^{\prime}(z) = 1", True),
        (r"\frac{\partial l}{\partial w}", True),
        (r"x = \frac{\partial l}{\partial w}", False),
        (r"l = x", False),
        (r"y' = x", False),
        (r"\frac{d}{2} = 1", False),
        (r"\frac{d_1}{d_2} = 1", False),
        (r"\frac{1}{2} = x", False),
        (r"d = 3", False),
        (r"\delta = 3", False),
    ],
)
def test_a_left_side_that_is_a_derivative_makes_a_claim(latex, claim):
    assert is_derivative(latex, None) is claim
    assert only(f"$$ {latex} $$").is_claim is claim
    assert only(f"$$ {latex} $$ {{#a}}").is_claim


def test_a_declared_adjoint_is_a_derivative():
    block = (
        "```network\ninput x : n\nparameter w : n\nz_j = w_j x_j\nloss l = \\sum_j z_j\n"
        "adjoint \\delta^{(2)} = \\frac{\\partial l}{\\partial z}\n```\n"
    )
    equations = "$$ \\delta^{(2)} = 1 $$\n$$ \\delta_k^{(2)} = 1 $$\n$$ \\delta^{(3)} = 1 $$"
    document = parse_document(block + equations, "a.md")
    assert [e.is_claim for e in document.equations] == [True, True, False]


@pytest.mark.parametrize(
    ("latex", "continues"),
    [
        ("= 3", True), ("&= 3", True), (r"\leq 4", True), ("< 4", True), (r"\begin{aligned} &= 3 \end{aligned}", True),
        (r"\Rightarrow = 3", True), (r"\left( x \right) = 3", False), (r"\in A", True), (r"\int x", False),
        ("x = 3", False),
    ],
)  # fmt: skip
def test_an_equation_may_begin_with_a_relation(latex, continues):
    assert begins_with_relation(latex) is continues


@pytest.mark.parametrize(
    ("latex", "left"),
    [
        ("x = y = z", "x"),
        (r"f(x=1) \leq 3", "f(x=1)"),
        (r"\sum_{i=1}^n x_i = 3", r"\sum_{i=1}^n x_i"),
        (r"\therefore x < 3", "x"),
        ("a\n  b = 3", "a b"),
        (r"\left. x = 3", r"\left. x"),
        ("x", "x"),
    ],
)
def test_the_left_side_is_what_stands_before_the_first_relation(latex, left):
    assert left_side(latex) == left


def test_an_equation_without_a_left_side_takes_the_one_above():
    text = BLOCK + "$$ \\frac{dl}{dw} = 1 $$ {#a}\n$$ = 2 $$ {#b}\n$$ = 3 $$\n$$ l = 1 $$\n$$ = 2 $$\n$$ = 3 $$ {#c}\n"
    equations = parse_document(text, "a.md").equations
    assert [e.left for e in equations] == ["", "\\frac{dl}{dw}", "\\frac{dl}{dw}", "", "l", "l"]
    assert [e.is_claim for e in equations] == [True, True, True, False, False, True]
    assert equations[1].statement == "\\frac{dl}{dw} = 2"


def test_a_new_block_ends_a_chain():
    text = "$$ x = 1 $$\n```symbols\ninput z\n```\n$$ = 2 $$ {#b}\n"
    assert [e.left for e in parse_document(text, "a.md").equations] == ["", ""]


def test_places_inside_an_equation_are_places_in_the_document():
    text = "one\n\n$$ a = b\n + c $$\ntwo $$ x = 1 $$\n  $$ = 2 y $$\n"
    document = parse_document(text, "a.md")
    first, second, third = document.equations

    def place(equation, line, column):
        error = document.located(equation, FormulaError("no", place=Place(None, line, column, column + 1), hint="h"))
        assert error.hint == "h"
        return (error.place.file, error.place.line, error.place.column, error.place.text)

    assert place(first, 1, 5) == ("a.md", 3, 8, "$$ a = b")
    assert place(first, 2, 2) == ("a.md", 4, 2, " + c $$")
    assert place(second, 1, 1) == ("a.md", 5, 8, "two $$ x = 1 $$")
    assert third.statement == "x = 2 y"
    assert place(third, 1, 3) == ("a.md", 6, 6, "  $$ = 2 y $$")
    assert place(third, 1, 7) == ("a.md", 6, 10, "  $$ = 2 y $$")


@pytest.mark.parametrize(
    ("inside", "anchor", "values"),
    [
        ("#a", "a", {}),
        ("#eq16", "eq16", {}),
        (' #a.b_c-d known="wrong"', "a.b_c-d", {"known": "wrong"}),
        ("known='ill-formed' #a", "a", {"known": "ill-formed"}),
        ('assume = "x_1 > 0,\n  w_1 < 0"', None, {"assume": "x_1 > 0, w_1 < 0"}),
        ('#a layout="numerator" reading="partial"', "a", {"layout": "numerator", "reading": "partial"}),
    ],
)
def test_attributes_are_an_anchor_and_values(inside, anchor, values):
    found = read_attributes(inside)
    assert (found.anchor, found.values) == (anchor, values)


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("#a #b", "an equation has two anchors"),
        ("#", "this anchor is not a name"),
        ("#ä", "this anchor is not a name"),
        ("#L12", "this anchor is reserved"),
        ("#a known=wrong", "these attributes can't be read"),
        ("#a, known='wrong'", "this anchor is not a name"),
        ("#a .class", "these attributes can't be read"),
        ('#a verdict="wrong"', "unknown attribute"),
        ('#a known="right"', "unknown value of known"),
        ('#a known=""', "unknown value of known"),
        ('#a assume=""', "assume says nothing"),
        ('#a known="wrong" known="wrong"', "an attribute stands twice"),
    ],
)
def test_other_attributes_are_refused(inside, what):
    with pytest.raises(DocumentError) as caught:
        parse_document(f"text\n$$ x = 1 $$ {{{inside}}}", "a.md")
    assert caught.value.what == what
    assert caught.value.place.line == 2


def test_assumptions_are_split_at_commas_outside_brackets():
    equation = only('$$ x = 1 $$ {#a assume="x_1 > 0, W_{1,2} < f(a, b), \\forall j: u_j = 0"}')
    assert equation.assume == ("x_1 > 0", "W_{1,2} < f(a, b)", "\\forall j: u_j = 0")


def test_an_anchor_stands_once():
    with pytest.raises(DocumentError) as caught:
        parse_document("$$ x = 1 $$ {#a}\n\n$$ y = 1 $$\n{#a}", "a.md")
    assert caught.value.got == "#a, taken in line 1"
    assert caught.value.place.line == 4


def test_a_bad_block_is_refused_with_its_place_in_the_document():
    with pytest.raises(DeclarationError) as caught:
        parse_document("# A\n\n```network\ninput x\nparamter w\n```\n", "dir/a.md")
    assert str(caught.value.place) == "dir/a.md:5:1"


def test_two_blocks_with_one_name_are_refused():
    with pytest.raises(DocumentError, match="two blocks have the same name"):
        parse_document("```symbols a\n```\n```symbols a\n```\n", "a.md")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_other_line_ends_and_a_byte_order_mark_make_no_difference(newline):
    text = BLOCK + "\n$$ \\frac{dl}{dw}\n= 2 $$ {#a}\n"
    assert parse_document("\ufeff" + text.replace("\n", newline), "a.md") == parse_document(text, "a.md")


def test_a_file_is_read_under_its_name(tmp_path):
    path = tmp_path / "my-notes.md"
    path.write_text(BLOCK + "$$ l = 1 $$ {#a}", encoding="utf-8")
    document = read_document(path)
    assert (document.stem, document.path, len(document.equations)) == ("my-notes", str(path), 1)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "this file can't be read"),
        (b"text \xff\xfe", "this file is not UTF-8 text"),
        (b"x" * 2_000_001, "this document is too large"),
    ],
)
def test_a_file_that_is_no_document_is_refused(tmp_path, content, what):
    path = tmp_path / "a.md"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        read_document(path)
    assert caught.value.what == what
    assert caught.value.place.file == str(path)


@pytest.mark.parametrize("path", ["\0", "no/such/file.md", "x" * 5000])
def test_a_path_that_names_nothing_is_refused(path):
    with pytest.raises(DocumentError, match="this file can't be read"):
        read_document(path)


def test_a_directory_is_no_document(tmp_path):
    with pytest.raises(DocumentError, match="this file can't be read"):
        read_document(tmp_path)


def test_attributes_of_context_are_refused():
    with pytest.raises(DocumentError, match="this equation is context, its attributes have no effect"):
        parse_document('$$ x = 1 $$ {assume="y > 0"}', "a.md")


def test_a_document_has_a_limited_number_of_equations():
    with pytest.raises(DocumentError, match="this document has too many equations"):
        parse_document("$$ x $$\n" * 5_001, "a.md")


GARBAGE = [
    "`a` " * 300_000,
    "$a$ " * 300_000,
    "$a\n" * 300_000,
    "$$ " * 300_000,
    "```\n" * 300_001,
    "`" * 1_000_000,
    "$" * 999_999,
    "{#a " * 300_000,
    "<!-- " * 200_000,
    "> " * 500_000,
]


@pytest.mark.parametrize("text", GARBAGE, ids=[g[:4] for g in GARBAGE])
def test_garbage_is_answered(text):
    try:
        answer = parse_document(text, "a.md")
    except DocumentError as error:
        answer = error.place
    assert answer


DERIVATIONS = Path(__file__).parents[1] / "derivations"
GRADIENTS = ["b-dx3", "b-dw2", "b-dx2", "b-dw1", "d-dx3", "d-dw2", "d-dx2", "d-dw1", "relu-dw2", "relu-dx2", "relu-dw1"]


def test_the_three_neurons_have_their_gradient_claims():
    document = read_document(DERIVATIONS / "three-neuron.md")
    assert [n.name for n in document.networks][:3] == ["linear", "nonlinear", "relu"]
    anchors = [e.anchor for e in document.claims if e.anchor]
    assert set(GRADIENTS) <= set(anchors)
    assert len(anchors) == len(set(anchors))


def test_the_step_autoencoder_has_equations_15_to_25():
    document = read_document(DERIVATIONS / "step-autoencoder.md")
    anchors = [e.anchor for e in document.claims if e.anchor]
    wanted = [f"eq{n}" for n in range(16, 26)]
    assert [a for a in anchors if a in wanted] == wanted
    lefts = [e.left for e in document.equations if e.left]
    assert "MSE" in lefts
    assert r"\frac{\partial MSE}{\partial w_s^{[1]}}" in lefts
