"""The command line: what it prints where, and with which status it ends."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.cli.run import run

NETWORK = r"""```network
input x
input y
parameter w
loss l = \frac{1}{2} (y - w x)^2
```
"""
RIGHT = r"$$ \frac{\partial l}{\partial w} = (w x - y) x $$ {#dw}"
WRONG = r"$$ \frac{\partial l}{\partial w} = (y - w x) x $$ {#dw}"
UNREAD = r"$$ \frac{\partial l}{\partial w} = (w x - y $$ {#dw}"
CONTEXT = "$$ e = y - w x $$"


def document(folder: Path, *parts: str, name: str = "page.md") -> str:
    path = folder / name
    path.write_text("\n".join([NETWORK, *parts]) + "\n", encoding="utf-8")
    return str(path)


def marked(claim: str, word: str) -> str:
    return claim.replace("{#dw}", f'{{#dw known="{word}"}}')


STATUSES = [
    ("a right claim", [RIGHT], [], 0),
    ("context only", [CONTEXT], [], 0),
    ("a wrong claim", [WRONG], [], 1),
    ("an equation that can't be read", [UNREAD], [], 1),
    ("a wrong claim marked as known", [marked(WRONG, "wrong")], [], 0),
    ("a mark that no longer fits", [marked(RIGHT, "wrong")], [], 1),
    ("a mark with another verdict", [marked(WRONG, "conditional")], [], 1),
    ("a known mistake without marks", [marked(WRONG, "wrong")], ["--no-marks"], 1),
    ("a right claim, strictly", [RIGHT], ["--strict"], 0),
    ("nothing at all", [], [], 0),
    ("nothing at all, strictly", [], ["--strict"], 1),
    ("context only, strictly", [CONTEXT], ["--strict"], 1),
    ("context beside a claim, strictly", [CONTEXT, RIGHT], ["--strict"], 0),
]


@pytest.mark.parametrize(("parts", "options", "status"), [s[1:] for s in STATUSES], ids=[s[0] for s in STATUSES])
def test_the_exit_status_says_how_the_documents_are(
    tmp_path: Path, parts: list[str], options: list[str], status: int
) -> None:
    assert run(["check", document(tmp_path, *parts), *options]) == status


USAGE = [
    ("an unknown option", ["check", "page.md", "--sed", "1"], "No such option"),
    ("an unknown command", ["chek", "page.md"], "chek"),
    ("no path", ["check"], "PATH"),
    ("an unknown format", ["check", "page.md", "--format", "yaml"], "yaml"),
    ("a seed that is no number", ["check", "page.md", "--seed", "x"], "--seed"),
    ("a missing file", ["check", "nowhere.md"], "nowhere.md"),
    ("a directory without documents", ["check", "empty"], "no documents"),
    ("a network file without networks", ["check", "--network", "prose.md", "x = y"], "no network block"),
    ("a network name that is not there", ["check", "--network", "page.md#other", "x = y"], "other"),
    ("a missing network file", ["check", "--network", "nowhere.md", "x = y"], "nowhere.md"),
    ("an assumption without a network", ["check", "page.md", "--assume", "x > 0"], "--network"),
    ("deriving from a missing file", ["derive", "nowhere.md"], "nowhere.md"),
    ("deriving from prose", ["derive", "prose.md"], "no network"),
    ("deriving with respect to an unknown name", ["derive", "page.md", "--wrt", "v"], "v"),
    ("not UTF-8", ["check", "latin.md"], "UTF-8"),
    ("a binary file", ["check", "binary.md"], "binary.md"),
    ("a block that is never closed", ["check", "open.md"], "open.md:3"),
    ("an unknown attribute", ["check", "attribute.md"], "attribute.md:8"),
]


@pytest.mark.parametrize(("arguments", "said"), [u[1:] for u in USAGE], ids=[u[0] for u in USAGE])
def test_bad_usage_and_unusable_files_end_with_status_2_and_a_clear_message(
    tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document(tmp_path, RIGHT)
    (tmp_path / "empty").mkdir()
    (tmp_path / "prose.md").write_text("Only prose.\n", encoding="utf-8")
    (tmp_path / "latin.md").write_bytes(b"caf\xe9\n")
    (tmp_path / "binary.md").write_bytes(bytes(range(256)) * 50)
    (tmp_path / "open.md").write_text("A\n\n```network\ninput x\n", encoding="utf-8")
    document(tmp_path, RIGHT.replace("{#dw}", '{#dw knwon="wrong"}'), name="attribute.md")
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert "Traceback" not in err
    assert not out


def test_one_unusable_document_does_not_hide_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = document(tmp_path, RIGHT)
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe\n")
    assert run(["check", str(tmp_path / "bad.md"), good]) == 2
    out, err = capsys.readouterr()
    assert "1 claim: 1 proved" in out
    assert "bad.md" in err


def test_a_directory_stands_for_its_sorted_documents_each_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    last, first = document(tmp_path, RIGHT, name="b.md"), document(tmp_path, RIGHT, name="a.md")
    inner = document(tmp_path / "sub", RIGHT)
    document(tmp_path / ".hidden", RIGHT)
    assert run(["check", str(tmp_path), last, "--format", "json"]) == 0
    assert [c["file"] for c in json.loads(capsys.readouterr().out)["claims"]] == [first, last, inner]


SILENT = [
    ([], ["page.md: nothing was judged: there is no equation between $$ and $$"]),
    ([CONTEXT], ["page.md: nothing was judged: no equation is a claim"]),
    ([RIGHT.replace("$$", "", 1).replace("$$", "")], ["page.md: nothing was judged"]),
    (["\\[" + RIGHT.strip("$")[:-9] + "\\]"], ["page.md: nothing was judged", r"page.md:8: \[ is not read"]),
    (["```math\nx = 1\n```", RIGHT], ["page.md:8: ```math is not read"]),
    ([r"\begin{align}", "x &= 1", r"\end{align}"], ["nothing was judged", r"page.md:8: \begin{align} is not read"]),
]


@pytest.mark.parametrize(("parts", "said"), SILENT)
@pytest.mark.parametrize("options", [[], ["--quiet"], ["--format", "github"], ["--format", "junit"]])
def test_what_was_not_judged_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], parts: list[str], said: list[str], options: list[str]
) -> None:
    assert run(["check", document(tmp_path, *parts), *options]) == 0
    captured = capsys.readouterr()
    notes = [row for row in (captured.err if "--format" in options else captured.out).splitlines() if "note: " in row]
    assert len(notes) == len(said)
    for note, words in zip(notes, said, strict=True):
        assert words in note


def test_nothing_is_noted_of_a_document_that_was_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", document(tmp_path, CONTEXT, RIGHT)]) == 0
    assert "note: " not in capsys.readouterr().out


def test_json_goes_to_stdout_alone_and_is_the_same_for_the_same_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = document(tmp_path, RIGHT, WRONG.replace("#dw", "#wrong"), UNREAD.replace("#dw", "#unread"), CONTEXT)
    trees = []
    for _ in range(2):
        assert run(["check", page, "--format", "json", "--seed", "7"]) == 1
        out, err = capsys.readouterr()
        assert not err
        trees.append(json.loads(out))
        for claim in trees[-1]["claims"]:
            claim.pop("seconds")
    assert trees[0] == trees[1]
    assert [(c["id"], c["verdict"]) for c in trees[0]["claims"]] == [("page/dw", "proved"), ("page/wrong", "wrong")]
    assert [(u["id"], u["line"]) for u in trees[0]["unread"]] == [("page/unread", 10)]


def test_the_bytes_do_not_depend_on_the_order_in_which_python_hashes() -> None:
    page = Path(__file__).parents[1] / "derivations" / "step-autoencoder.md"
    outputs = set()
    for hash_seed in ("1", "2"):
        command = [sys.executable, "-m", "gradcheck", "check", str(page), "--format", "json"]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        outputs.add("".join(row for row in done.stdout.splitlines() if '"seconds"' not in row))
    assert len(outputs) == 1
    assert "step-autoencoder/eq17" in outputs.pop()


def test_one_formula_is_judged_against_the_network_of_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = document(tmp_path)
    assert run(["check", "--network", page, r"\frac{\partial l}{\partial w} = (w x - y) x"]) == 0
    capsys.readouterr()
    assert run(["check", "--network", page, r"\frac{\partial l}{\partial w} = (w x - y) y", "--format", "json"]) == 1
    (claim,) = json.loads(capsys.readouterr().out)["claims"]
    assert (claim["id"], claim["verdict"]) == ("formula/L1", "wrong")


def test_several_documents_at_a_time_give_the_same_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [document(tmp_path, claim, name=f"{n}.md") for n, claim in enumerate((RIGHT, WRONG, UNREAD))]
    (tmp_path / "bad.md").write_bytes(b"\xff\n")
    outputs = []
    for jobs in ("1", "2"):
        assert run(["check", *pages, str(tmp_path / "bad.md"), "--jobs", jobs]) == 2
        outputs.append(capsys.readouterr())
    assert outputs[0] == outputs[1]
    assert "bad.md:1" in outputs[0].err


def test_a_project_can_say_what_to_check_and_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document(tmp_path, marked(WRONG, "wrong"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.gradcheck]\npaths = ["page.md"]\n', encoding="utf-8")
    assert run(["check"]) == 0
    (tmp_path / "pyproject.toml").write_text('[tool.gradcheck]\npaths = ["page.md"]\nmarks = false\n', encoding="utf-8")
    assert run(["check"]) == 1
    assert run(["check", "--marks"]) == 0


def test_the_starter_document_checks_green_and_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new"]) == 0
    assert run(["check", "--strict", "derivation.md"]) == 0
    assert "3 claims: 3 proved" in capsys.readouterr().out
    assert run(["new"]) == 2
    assert "exists already" in capsys.readouterr().err


def test_the_latex_that_derive_prints_is_proved_when_it_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = document(tmp_path)
    assert run(["derive", page, "--as", "latex"]) == 0
    title, formula = capsys.readouterr().out.splitlines()
    assert title == "page"
    assert run(["check", "--network", page, formula.strip()]) == 0


def test_the_steps_that_derive_prints_end_in_its_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["derive", document(tmp_path), "--steps", "--wrt", "w"]) == 0
    *steps, result = capsys.readouterr().out.splitlines()
    assert any("derivative of the loss" in step for step in steps)
    assert steps[-1].split(" = ")[1].split("   ")[0] == result.rpartition(" = ")[2]


DEEP = r"""
```network
input x : n
parameter W^{[1]}, W^{[2]}, W^{[3]} : n, n
a^{[1]} = \tanh(W^{[1]} x)
a^{[2]} = \tanh(W^{[2]} a^{[1]})
a^{[3]} = \tanh(W^{[3]} a^{[2]})
loss J
```
"""


def test_derive_gives_each_adjoint_its_equation_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text(DEEP, encoding="utf-8")
    assert run(["derive", str(page)]) == 0
    written = [line.removeprefix("where ").strip() for line in map(str.strip, capsys.readouterr().out.splitlines())]
    named = [line for line in written if line.startswith("δ")]
    assert len(named) == len(set(named)) == 4
    assert written.count("") == 3


def test_derive_takes_the_inputs_where_nothing_is_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text("```network\ninput x, y\nloss l = (x - y)^2\n```\n", encoding="utf-8")
    assert run(["derive", str(page)]) == 0
    out = capsys.readouterr().out
    assert "nothing is trained here" in out
    assert "∂l/∂x = 2·(x − y)" in out


def test_derive_says_that_the_end_of_a_network_gets_what_the_loss_gives(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(DEEP, encoding="utf-8")
    assert run(["derive", str(page), "--wrt", "a^{[3]}"]) == 0
    assert "∂J/∂a^[3] is given by the loss" in capsys.readouterr().out


def test_the_program_that_derive_prints_runs_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["derive", document(tmp_path), "--as", "python"]) == 0
    (tmp_path / "program.py").write_text(capsys.readouterr().out, encoding="utf-8")
    code = "import program; print(float(program.gradients(x=2.0, y=3.0, w=5.0)[1]['w']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert float(done.stdout) == (5.0 * 2.0 - 3.0) * 2.0


def test_a_parameter_that_the_loss_does_not_reach_is_named_and_not_given_a_zero(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(NETWORK.replace("parameter w", "parameter w, v"), encoding="utf-8")
    assert run(["derive", str(page)]) == 0
    assert "l does not depend on v" in capsys.readouterr().out
    assert run(["derive", str(page), "--wrt", "v"]) == 2


class Terminal(io.TextIOWrapper):
    """A stream with an encoding of its own that says it is a terminal."""

    def __init__(self, encoding: str, tty: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_every_encoding_gets_a_report_it_can_show(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Terminal(encoding, tty=False)
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(["check", document(tmp_path, WRONG)]) == 1
    assert "error[" in stream.text()


def test_colour_is_for_terminals_and_no_color_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = document(tmp_path, WRONG)
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured: dict[str, bool] = {}
    for name, tty, forbidden in (("pipe", False, ""), ("terminal", True, ""), ("forbidden", True, "1")):
        stream = Terminal("utf-8", tty)
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setenv("NO_COLOR", forbidden) if forbidden else monkeypatch.delenv("NO_COLOR", raising=False)
        run(["check", page])
        coloured[name] = "\x1b[" in stream.text().replace("\x1b[0m", "")
    assert coloured == {"pipe": False, "terminal": True, "forbidden": False}


def test_a_closed_pipe_is_no_error_worth_a_word(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gradcheck", "check", document(tmp_path, RIGHT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [(KeyboardInterrupt(), 130, "interrupted"), (ZeroDivisionError("x"), 70, "a defect of gradcheck")],
)
def test_whatever_happens_the_end_is_a_status_and_one_sentence(
    tmp_path: Path,
    error: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("gradcheck.cli.judging.read_document", fail)
    assert run(["check", document(tmp_path, RIGHT)]) == status
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
