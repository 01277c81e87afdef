"""Where blocks and equations stand in a Markdown text, and what is no equation."""

import pytest

from gradcheck.document.markdown import Display, Fence, Heading, pieces
from gradcheck.document.values import Unseen
from gradcheck.errors import DocumentError


def displays(text):
    return [p for p in pieces(text) if isinstance(p, Display)]


def places(text):
    return [(d.latex, d.line, d.column) for d in displays(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$$ x = 1 $$", [("x = 1", 1, 4)]),
        ("$$x = 1$$", [("x = 1", 1, 3)]),
        ("so $$ x = 1 $$ and $$ y = 2 $$", [("x = 1", 1, 7), ("y = 2", 1, 23)]),
        ("$$\nx\n= 1\n$$", [("x\n= 1", 2, 1)]),
        ("$$\n  x\n  = 1\n$$", [("x\n  = 1", 2, 3)]),
        ("- item\n\n    $$ x = 1 $$", [("x = 1", 3, 8)]),
        ("1. item\n\n   $$ x = 1 $$\n   more", [("x = 1", 3, 7)]),
        ("> $$ x\n> = 1 $$", [("x\n  = 1", 1, 6)]),
        ("$$ x\n> 1 $$", [("x\n> 1", 1, 4)]),
        ("> $$ x\n> > 1 $$", [("x\n  > 1", 1, 6)]),
        ("costs $5 and $$ x = 1 $$", [("x = 1", 1, 17)]),
        (r"a \$$ b $$ x = 1 $$", [("x = 1", 1, 12)]),
        ("`a` $$ x = 1 $$ `b`", [("x = 1", 1, 8)]),
        ("a ` tick and $$ x = 1 $$", [("x = 1", 1, 17)]),
        ("<!-- note --> $$ x = 1 $$", []),
        ("a <!-- $$ no $$ --> $$ x = 1 $$", [("x = 1", 1, 24)]),
    ],
)
def test_an_equation_is_found_where_it_stands(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no mathematics",
        "inline $x = 1$ only",
        "adjacent $a$$b$ inline",
        "`$$ x = 1 $$`",
        "``a ` $$ x = 1 $$``",
        "```\n$$ x = 1 $$\n```",
        "~~~ python\n$$ x = 1 $$\n~~~",
        "````markdown\n```network\ninput x\n```\n$$ x $$\n````",
        "text\n\n    $$ indented code $$\n",
        "\t$$ indented code $$\n",
        "<!-- $$ x = 1 $$ -->",
        "<!--\n$$ x = 1 $$\n-->",
        "<!--\n\n```network\n$$ x = 1 $$\n\n-->",
        "---\ntitle: $$ x $$\n---\n",
        r"\$\$ x = 1 \$\$",
    ],
)
def test_what_is_no_equation_is_not_found(text):
    assert displays(text) == []


@pytest.mark.parametrize(
    ("behind", "attributes"),
    [
        ("", None),
        (" {#a}", "#a"),
        ("{#a}", "#a"),
        ("\n{#a}", "#a"),
        (", {#a}", "#a"),
        (". {#a}", "#a"),
        (' {#a known="wrong"}', '#a known="wrong"'),
        (' {known="wrong"}', 'known="wrong"'),
        (' {#a assume="x \\in \\{0, 1\\}"}', '#a assume="x \\in \\{0, 1\\}"'),
        ("\n\n{#a}", None),
        (" {see below}", None),
    ],
)
def test_attributes_stand_directly_behind_the_equation(behind, attributes):
    assert [d.attributes for d in displays("$$ x = 1 $$" + behind)] == [attributes]


@pytest.mark.parametrize(
    ("text", "begin", "line"),
    [
        ("\n\\[ x = 1 \\]", r"\[", 2),
        ("so\n  \\[\nx = 1\n\\]", r"\[", 2),
        ("\\begin{align}\nx = 1\n\\end{align}", r"\begin{align}", 1),
        ("\\begin{equation*} x = 1 \\end{equation*}", r"\begin{equation*}", 1),
        ("a\n\n```math\nx = 1\n```", "```math", 3),
    ],
)
def test_math_in_other_notations_is_not_read_and_not_overlooked(text, begin, line):
    assert [p for p in pieces(text) if not isinstance(p, Fence)] == [Unseen(begin, line)]
    assert displays(text) == []


@pytest.mark.parametrize(
    "text",
    [
        r"a \[link\] and \[another\]", r"\[ an escaped bracket", r"`\[ x \]`", "```\n\\[ x \\]\n```",
        "    \\[ x \\]", "$$\n\\begin{aligned} x \\end{aligned}\n$$", "$$\n\\begin{align} x \\end{align}\n$$",
        r"\begin{itemize}", "```latex\nx = 1\n```", "<!--\n\\[ x \\]\n-->",
    ],
)  # fmt: skip
def test_what_is_no_math_or_is_read_is_not_called_overlooked(text):
    assert not [p for p in pieces(text) if isinstance(p, Unseen)]


def test_blocks_keep_their_text_and_the_line_it_starts_in():
    text = "# A\n\n```network deep linear\ninput x\n\ny = x\n```\n\n~~~symbols\ninput z\n~~~\n"
    assert [p for p in pieces(text) if isinstance(p, Fence)] == [
        Fence("network", "deep linear", "input x\n\ny = x", 4),
        Fence("symbols", "", "input z", 10),
    ]


def test_headings_come_without_their_signs_and_attributes():
    text = "# One #\ntext\n## Two {#two}\n####### seven\n#hash\n"
    assert [p for p in pieces(text) if isinstance(p, Heading)] == [Heading("One", 1), Heading("Two", 3)]


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        ("a\n```network\ninput x\n", "this network block is never closed", 2, 1),
        ("```network\ninput x\n~~~\n", "this network block is never closed", 1, 1),
        ("```python\n", "this python block is never closed", 1, 1),
        ("text $$ x = 1\n\nmore $$", "this equation is never closed", 1, 6),
        ("$$ x = 1", "this equation is never closed", 1, 1),
        ("a\n\n$$ $$", "this equation is empty", 3, 1),
        ("$$ x = 1 $$ {#a", "these attributes are never closed", 1, 13),
        ('$$ x = 1 $$ {#a assume="x}', "these attributes are never closed", 1, 13),
        ("\n<!-- open", "this comment is never closed", 2, 1),
    ],
)
def test_what_is_never_closed_is_refused_with_its_place(text, what, line, column):
    with pytest.raises(DocumentError) as caught:
        pieces(text, "a.md")
    error = caught.value
    assert (error.what, error.place.file, error.place.line, error.place.column) == (what, "a.md", line, column)
    assert error.place.text == text.split("\n")[line - 1]
