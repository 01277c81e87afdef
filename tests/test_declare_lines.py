"""The lines of a block: keywords, comments, facts, misspellings, limits."""

import pytest

from gradcheck.declare.lines import MAX_LINE, MAX_LINES, read_lines, split_facts
from gradcheck.errors import DeclarationError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input x : n", [("input", "x : n", 7)]),
        ("  input   x # data", [("input", "x", 11)]),
        ("# only a comment\n\n", []),
        ("x_2 = \\sigma(w_1 x_1)", [("", "x_2 = \\sigma(w_1 x_1)", 1)]),
        ("loss l", [("loss", "l", 6)]),
        ("function f(u) = u^2", [("function", "f(u) = u^2", 10)]),
        ("\\newcommand{\\x}{\\mathbf x}", [("newcommand", "\\newcommand{\\x}{\\mathbf x}", 1)]),
        ("y = \\#x", [("", "y = \\#x", 1)]),
        ("y = x #", [("", "y = x", 1)]),
        ("index = 3", [("", "index = 3", 1)]),
        ("MSE = x", [("", "MSE = x", 1)]),
        ("rstd x = 2", [("", "rstd x = 2", 1)]),
    ],
)
def test_a_line_is_a_declaration_or_an_equation(text, expected):
    assert [(line.keyword, line.rest, line.column) for line in read_lines(text)] == expected


@pytest.mark.parametrize(
    ("line", "name", "facts"),
    [
        ("input x {positive}", "x", ["positive"]),
        ("input y : n {one-hot, nonnegative}", "y : n", ["one-hot", "nonnegative"]),
        ("input W^{[3]} : n^{[2]}, n_{0}", "W^{[3]} : n^{[2]}, n_{0}", []),
        ("input W^{[3]}{symmetric}", "W^{[3]}", ["symmetric"]),
        ("input \\mathbf{x} {in (0, 1)}", "\\mathbf{x}", ["in (0, 1)"]),
        ("input p {in {0,1}}", "p", ["in {0,1}"]),
        ("function \\sigma {increasing}", "\\sigma", ["increasing"]),
    ],
)
def test_facts_in_braces_are_told_from_braces_in_names(line, name, facts):
    (read,) = read_lines(line)
    declared, found = split_facts(read)
    assert (declared.rest, found) == (name, facts)


@pytest.mark.parametrize(
    ("text", "what", "column", "hint"),
    [
        ("paramter W : n", "unknown declaration", 1, "did you mean parameter?"),
        ("fuction \\sigma = \\tanh", "unknown declaration", 1, "did you mean function?"),
        ("Input x", "unknown declaration", 1, "did you mean input?"),
        ("  inputs x", "unknown declaration", 3, "did you mean input?"),
        ("hello world", "unknown declaration", 1, None),
        ("\\sigma(x)", "this is neither a declaration nor an equation", 1, None),
        ("input x {positive} : n {one-hot", "facts in braces stand at the end of a declaration", 9, None),
    ],
)
def test_what_cannot_be_a_line_is_refused(text, what, column, hint):
    with pytest.raises(DeclarationError) as caught:
        [split_facts(line) for line in read_lines(text, "a.md", 4)]
    error = caught.value
    assert (error.what, error.hint) == (what, hint)
    assert (error.place.file, error.place.line, error.place.column, error.place.text) == ("a.md", 4, column, text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("y = " + "x" * MAX_LINE, "this line is too long"),
        ("input x\n" * (MAX_LINES + 1), "this block is too long"),
    ],
)
def test_blocks_have_limits(text, what):
    with pytest.raises(DeclarationError, match=what):
        read_lines(text)
