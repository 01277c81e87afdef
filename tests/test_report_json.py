"""The JSON object is frozen: these tests are its contract."""

from __future__ import annotations

import json

from gradcheck.compare.verdict import Counterexample, Verdict
from gradcheck.document.findings import DocumentReport, Finding, Unread
from gradcheck.document.values import Unseen
from gradcheck.errors import FormulaError, Place
from gradcheck.report import json_text

CLAIM_KEYS = [
    *("id", "file", "line", "column", "latex", "verdict", "kind", "evidence", "conditions", "reading", "known"),
    *("claimed", "derived", "code", "diagnosis", "fix", "counterexample", "seconds"),
]
POINT = Counterexample(
    values={"x": ["1", "-3/2"]},
    sizes={"n": 2},
    functions={"\\sigma": "tanh"},
    entry=(2,),
    claimed=1.5,
    derived=float("inf"),
    difference=("0.5", "0.6"),
    finite_difference=2.0,
    error=1e-11,
)
WRONG = Finding("doc/a", "doc.md", 7, 4, "x = y", Verdict("wrong", counterexample=POINT, seconds=0.25), known="wrong")
PROVED = Finding("doc/L9", "doc.md", 9, 4, "y = y", Verdict("proved", evidence=("equal",)))
UNREAD = Unread(
    "doc/b", "doc.md", 11, 4, "x +", FormulaError("found end", place=Place("doc.md", 12, 3), expected="a term")
)
REPORT = DocumentReport("doc.md", (WRONG, PROVED), (UNREAD,), context=2)


def tree() -> dict:
    return json.loads(json_text([REPORT], version="1.2.3", seed=5))


def test_the_object_has_exactly_the_frozen_keys() -> None:
    assert list(tree()) == ["schema_version", "gradcheck", "seed", "claims", "unread", "notes"]
    assert (tree()["schema_version"], tree()["gradcheck"], tree()["seed"]) == (1, "1.2.3", 5)


def test_every_claim_has_all_keys_whatever_its_verdict() -> None:
    assert [list(c) for c in tree()["claims"]] == [CLAIM_KEYS, CLAIM_KEYS]


def test_a_claim_says_where_it_stands_and_what_was_decided() -> None:
    wrong, proved = tree()["claims"]
    assert (wrong["id"], wrong["line"], wrong["verdict"], wrong["known"], wrong["seconds"]) == (
        "doc/a", 7, "wrong", "wrong", 0.25,
    )  # fmt: skip
    assert (proved["evidence"], proved["known"], proved["counterexample"]) == (["equal"], None, None)


def test_a_counterexample_keeps_exact_values_and_has_null_where_a_number_is_not_finite() -> None:
    point = tree()["claims"][0]["counterexample"]
    assert point["values"] == {"x": ["1", "-3/2"]}
    assert (point["claimed"], point["derived"], point["finite_difference"], point["error"]) == (1.5, None, 2.0, 1e-11)


def test_an_unread_equation_has_the_position_of_its_error_and_the_message() -> None:
    (unread,) = tree()["unread"]
    assert (unread["id"], unread["line"], unread["column"], unread["message"]) == ("doc/b", 12, 3, "found end")


def test_notes_say_what_was_not_judged() -> None:
    silent = DocumentReport("empty.md", unseen=(Unseen("```math", 3),))
    notes = json.loads(json_text([REPORT, silent], version="1", seed=0))["notes"]
    assert [(note["file"], note["line"]) for note in notes] == [("empty.md", None), ("empty.md", 3)]
    assert notes[0]["message"].startswith("nothing was judged")


def test_the_text_is_ascii_so_that_every_terminal_and_pipe_takes_the_same_bytes() -> None:
    odd = Finding("doc/σ", "σ.md", 1, 1, "σ", Verdict("proved"))
    text = json_text([DocumentReport("σ.md", (odd,))], version="1", seed=0)
    assert text.isascii()
    assert json.loads(text)["claims"][0]["latex"] == "σ"
