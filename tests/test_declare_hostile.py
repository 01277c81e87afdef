"""Whatever a stranger's block or document holds, the answer is a value or an error that says where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.declare import Network, read_network
from gradcheck.document import Document, parse_document
from gradcheck.errors import GradcheckError

PIECES = [
    "input ", "parameter ", "constant ", "function ", "index ", "dims ", "loss ", "adjoint ", "family ", "layout ",
    "words ", "\\newcommand{\\x}{y}", "\n", " = ", " : ", ", ", " {positive}", "{one-hot}", "x", "W^{[3]}", "x^{(i)}",
    "y_j", "n", "n+1", "i = 1..n", "\\sigma", "f(u)", "\\frac{1}{2}", "\\sum_{j=1}^n ", "\\max(0, x)", "[u > 0]",
    "^{", "}", "(", ")", "_", "\\", "'", "&", "#", "# ", "0", "1e400", "9^{9^9}", "\x00", "é", "$",
]  # fmt: skip
MARKDOWN = ["```network\n", "```symbols\n", "```\n", "$$", " {#a}", ' {known="wrong"}', "> ", "- ", "    ", "<!--", "`"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=80))
def test_a_block_is_read_or_refused(text):
    try:
        answer = read_network(text, file="a.md")
    except GradcheckError as error:
        answer = error.place.file
    assert isinstance(answer, Network) or answer == "a.md"


@given(st.lists(st.sampled_from(PIECES + MARKDOWN), max_size=30).map("".join) | st.text(max_size=80))
def test_a_document_is_read_or_refused(text):
    try:
        answer = parse_document(text, "a.md")
    except GradcheckError as error:
        answer = error.place.line
    assert isinstance(answer, Document | int)


@pytest.mark.parametrize(
    "line",
    [
        "y = " + "(" * 10_000 + "x" + ")" * 10_000,
        "y = 9^{9^{9^{9}}} x",
        "y = \\sum_{i=1}^{10^{12}} x",
        "input " + ", ".join(f"x_{n}" for n in range(3000)),
        "input x : " + ", ".join(["n"] * 5000),
        "input " + "x_{" * 3000 + "}" * 3000,
        "function f(u) = " + "+".join(["\\max(0, u)"] * 500),
        "function f(u) = " + "(" * 50 + "u^2" + ")^2" * 50,
        "function f(u) = \\max(0, ((1 + u)^{999})^{999})",
        "function f(u) = \\max(0, " + " ".join(f"({n} + u)" for n in range(1, 60)) + ")",
        "input __import__",
        "dims n >= 99999999999999999999",
    ],
    ids=lambda line: line[:24],
)
def test_a_hostile_line_is_answered(line):
    try:
        answer = read_network("input x\n" + line)
    except GradcheckError as error:
        answer = error
    assert isinstance(answer, Network | GradcheckError)
