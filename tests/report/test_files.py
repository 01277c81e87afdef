"""`gradcheck report`: which files it writes, and that it writes each of them whole."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from gradcheck.cli.run import run
from gradcheck.report import writing
from gradcheck.report.writing import write_whole

from .pages import NEURON

CLAIM = r"$$ \frac{\partial l}{\partial w} = (a - y) \sigma'(w x) x $$ {#dw}" + "\n"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "neuron.md"
    path.write_text(NEURON + CLAIM, encoding="utf-8")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_format_is_a_file_and_an_index_stands_beside(document: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "deep"
    assert run(["report", str(document), "-o", str(out), "--to", "tex,html,json"]) == 0
    assert names(out) == ["index.html", "index.json", "index.tex", "neuron.html", "neuron.json", "neuron.tex"]
    assert "neuron.html" in (out / "index.html").read_text(encoding="utf-8")


def test_the_data_hold_every_step_of_every_gradient(document: Path, tmp_path: Path) -> None:
    assert run(["report", str(document), "-o", str(tmp_path), "--to", "json"]) == 0
    data = json.loads((tmp_path / "neuron.json").read_text(encoding="utf-8"))
    (gradient,) = data["networks"][0]["gradients"]
    assert gradient["index"] == r"\frac{\partial l}{\partial w} = (a - y) \sigma'(w x) x"
    assert [step["rule"] for step in gradient["steps"]][:2] == ["chain rule", "local derivatives"]
    assert [claim["verdict"] for claim in data["claims"]] == ["proved"]


def test_the_same_input_gives_the_same_files(document: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        run(["report", str(document), "-o", str(tmp_path / "out"), "--to", "tex,html"])
        (tmp_path / "out").rename(tmp_path / folder)
    for name in names(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_without_tex_the_sources_are_written_and_a_note_says_how_to_go_on(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    out = tmp_path / "out"
    assert run(["report", str(document), "-o", str(out)]) == 0
    assert names(out) == ["index.html", "index.tex", "neuron.html", "neuron.tex"]
    assert "apt-get install texlive-latex-recommended" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_with_tex_there_are_pdfs(document: Path, tmp_path: Path) -> None:
    assert run(["report", str(document), "-o", str(tmp_path / "out"), "--to", "pdf"]) == 0
    assert names(tmp_path / "out") == ["index.pdf", "neuron.pdf"]
    assert (tmp_path / "out" / "neuron.pdf").read_bytes().startswith(b"%PDF-")


def test_a_fragment_is_latex_alone(document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", str(document), "-o", str(tmp_path / "out"), "--fragment"]) == 0
    assert names(tmp_path / "out") == ["neuron.tex"]
    assert run(["report", str(document), "-o", str(tmp_path / "out"), "--fragment", "--to", "pdf"]) == 2
    assert "a fragment is LaTeX without a preamble" in capsys.readouterr().err


def test_documents_of_one_name_get_reports_of_two(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "net.md").write_text(NEURON, encoding="utf-8")
    (tmp_path / "a" / "index.md").write_text(NEURON, encoding="utf-8")
    out = tmp_path / "out"
    assert run(["report", str(tmp_path / "a"), str(tmp_path / "b"), "-o", str(out), "--to", "html"]) == 0
    assert names(out) == ["a-net.html", "b-net.html", "index-1.html", "index.html"]


def test_an_unusable_document_does_not_hide_the_others(document: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text("```network\ninput\n", encoding="utf-8")
    assert run(["report", str(bad), str(document), "-o", str(tmp_path / "out"), "--to", "html"]) == 2
    assert names(tmp_path / "out") == ["index.html", "neuron.html"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "docx"], "unknown format"),
        (["-o", "{file}"], "this can't be written"),
        (["-o", "{file}/inside"], "this can't be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert run(["report", str(document), *(a.format(file=file) for a in arguments)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_directory_that_cannot_be_written_gets_a_clear_error(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    assert run(["report", str(document), "-o", str(out)]) == 2
    assert "permission denied" in capsys.readouterr().err


def test_an_interrupted_run_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    write_whole(path, "old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["report.html"]
