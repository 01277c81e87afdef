"""The report at a terminal: nothing is hidden, nothing is counted twice, and no document drives the terminal."""

from __future__ import annotations

import pytest

from gradcheck.compare.verdict import Counterexample, Verdict
from gradcheck.document.findings import DocumentReport, Finding, Unread
from gradcheck.errors import FormulaError, Place
from gradcheck.report import summary, terminal_lines
from gradcheck.report.excerpt import excerpt
from gradcheck.report.lines import clipped, plain, printable

POINT = Counterexample(
    {"x_1": "1", "w_2": "-3/2"}, {"n": 2}, {"\\sigma": "tanh"}, (1, 2), -6.0, 2.0, ("-8", "-8"), 2.0, 2e-11
)


def finding(word: str, *, name: str = "a", known: str | None = None, fix: str = "", **fields: object) -> Finding:
    verdict = Verdict(word, **fields)
    return Finding(f"doc/{name}", "doc.md", 3, 4, r"[w_1 x_1 > 0] = \sigma", verdict, known, fix=fix)


def unread(**place: object) -> Unread:
    error = FormulaError("found end of formula", place=Place("doc.md", **place), expected=") or an operator")
    return Unread("doc/u", "doc.md", 9, 4, "w (x", error)


def text(*items: Finding | Unread, context: int = 0, **options: object) -> str:
    findings = tuple(i for i in items if isinstance(i, Finding))
    others = tuple(i for i in items if isinstance(i, Unread))
    return plain(terminal_lines([DocumentReport("doc.md", findings, others, context)], **options))


SUMMARIES = [
    ([], 0, "0 claims"),
    ([finding("proved")], 1, "1 claim: 1 proved; 1 equation is context"),
    ([finding("proved"), finding("wrong"), finding("conditional")], 3,
     "3 claims: 1 proved, 1 conditional, 1 wrong; 3 equations are context"),
    ([finding("wrong", known="wrong"), finding("proved")], 0, "2 claims: 1 proved, 1 wrong (known)"),
    ([finding("wrong", known="wrong"), finding("wrong")], 0, "2 claims: 2 wrong (1 known)"),
    ([finding("agrees"), unread()], 0, "1 claim: 1 agrees; 1 equation could not be read"),
]  # fmt: skip


@pytest.mark.parametrize(("items", "context", "expected"), SUMMARIES, ids=[s[2] for s in SUMMARIES])
def test_the_last_line_counts_every_equation_once(items: list, context: int, expected: str) -> None:
    assert text(*items, context=context).splitlines()[-1] == expected


STANDINGS = [
    ("proved", None, "passes"), ("agrees", None, "passes"), ("wrong", None, "fails"), ("conditional", None, "fails"),
    ("ill-formed", None, "fails"), ("undecided", None, "open"), ("wrong", "wrong", "known"),
    ("conditional", "conditional", "known"), ("undecided", "undecided", "known"), ("proved", "proved", "passes"),
    ("proved", "wrong", "fails"), ("wrong", "conditional", "fails"), ("undecided", "wrong", "fails"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "known", "standing"), STANDINGS)
def test_a_mark_counts_only_if_it_fits(word: str, known: str | None, standing: str) -> None:
    assert finding(word, known=known).standing == standing


def test_a_wrong_claim_shows_where_it_stands_the_counterexample_and_the_fix() -> None:
    shown = text(finding("wrong", counterexample=POINT, fix="c", evidence=("claimed −6, derived 2",)))
    assert "error[wrong]: " in shown
    assert "--> doc.md:3:4   doc/a\n" in shown
    assert "= at        n = 2, x₁ = 1, w₂ = −3/2, σ = tanh\n" in shown
    assert "= because   claimed −6, derived 2\n" in shown
    assert " help: c\n" in shown


def test_formulas_come_out_with_their_brackets() -> None:
    assert text(finding("wrong")).count(r"[w_1 x_1 > 0] = \sigma") == 2


def test_a_known_mistake_is_shown_as_known_and_a_mark_that_no_longer_fits_as_an_error() -> None:
    assert "known[wrong]: " in text(finding("wrong", known="wrong"))
    assert 'error[proved]: marked as known "wrong", but it is proved' in text(finding("proved", known="wrong"))


def test_proved_claims_take_one_line_and_their_evidence_only_on_request() -> None:
    claim = finding("proved", evidence=("equal for all n >= 1",))
    assert "equal for all n" not in text(claim)
    assert "equal for all n" in text(claim, verbose=True)


def test_quiet_leaves_only_what_needs_a_look_and_the_summary() -> None:
    assert text(finding("proved"), quiet=True) == "1 claim: 1 proved\n"


def test_an_unread_equation_is_shown_with_its_place_underlined() -> None:
    shown = text(unread(line=9, column=8, end=9, text="$$ w (x $$"))
    assert "error[unread]: found end of formula" in shown
    assert "  --> doc.md:9:8   doc/u\n" in shown
    assert " 9 | $$ w (x $$\n   |        ^\n" in shown


def test_an_escape_sequence_in_a_document_is_shown_and_not_obeyed() -> None:
    nasty = Finding("doc/a", "do\x1bc.md", 3, 4, "x\x1b[2J\u202e = y", Verdict("wrong", evidence=("\x9b1m",)))
    assert printable("\u202e") == "\\u202e"
    assert not set(text(nasty)) & {"\x1b", "\u202e", "\x9b"}


@pytest.mark.parametrize("width", [30, 40, 60, 80, 200])
def test_no_line_of_prose_or_source_is_wider_than_the_terminal(width: int) -> None:
    long = Finding("doc/a", "d.md", 3, 1, "x + y " * 40, Verdict("wrong", evidence=("because " * 30,)))
    blocks = plain(terminal_lines([DocumentReport("d.md", (long,))], width=width)).splitlines()[2:-2]
    assert max(map(len, blocks)) <= max(width, 52)


def test_a_long_line_is_shown_around_what_is_marked() -> None:
    row = "a" * 100 + "HERE" + "b" * 100
    shown = plain(excerpt(5, row, 60, mark=(5, 101, 105)))
    source, carets = (part.partition("| ")[2] for part in shown.splitlines()[1:3])
    assert source.startswith("…")
    assert source.endswith("…")
    assert source[carets.index("^") : carets.rindex("^") + 1] == "HERE"


def test_several_source_lines_keep_their_numbers() -> None:
    shown = plain(excerpt(9, "a\nb", None, mark=(10, 1, 2), note="not here"))
    assert shown == "    |\n  9 | a\n 10 | b\n    | ^ not here\n    |\n"


def test_a_document_without_claims_takes_one_line_that_says_so() -> None:
    note, last = text(context=3).splitlines()
    assert note.startswith("note: doc.md: nothing was judged: no equation is a claim")
    assert last == "0 claims; 3 equations are context"


def test_clipping_says_that_something_is_missing() -> None:
    assert (clipped("abcdef", 4), clipped("abc", 4)) == ("abc…", "abc")


def test_the_summary_of_nothing_is_a_summary() -> None:
    assert summary([]) == "0 claims"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("update", "this step goes uphill"),
        ("gradient", "this is not the derivative"),
        ("identity", "the two sides are not equal"),
    ],
)
def test_a_refutation_is_headed_by_what_was_claimed(kind: str, said: str) -> None:
    assert f"error[wrong]: {said}" in text(finding("wrong", kind=kind))
    assert "error[" not in text(finding("proved", kind=kind))
