"""The reports in reports/ are those of the documents in derivations/, as `make report` writes them.

Versions and plots (whose points are rounding noise) are not compared, other numbers to three digits, PDFs not at all.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gradcheck.cli.run import run

from .pages import NAMES, ROOT

REPORTS = ROOT / "reports"
MACHINE = [
    re.compile(r"<svg.*?</svg>", re.S),
    re.compile(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.S),
    re.compile(r'<p class="versions">.*?</p>|\\gcquiet\{gradcheck [^\n]*'),
    re.compile(r"gradcheck report[^\n<]*|gradcheck report.*?(?=\})"),
    re.compile(r"url\(data:font[^)]*\)"),
]
"""Plots, versions, the command with its folder, the embedded font."""


def normal(text: str) -> list[str]:
    """The lines of a report without what differs from one machine to the next."""
    for machine in MACHINE:
        text = machine.sub("", text)
    text = re.sub(r"\d+\.\d+|\d{4,}", lambda found: f"{float(found.group()):.3g}", text)
    return re.sub(r">(?=<)", ">\n", text).splitlines()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        # The very command of `make report`, but for the folder and the PDFs.
        assert run(["report", "derivations", "-o", str(folder), "--to", "tex,html"]) == 0
    return folder


@pytest.mark.parametrize("kind", ["html", "tex"])
@pytest.mark.parametrize("name", [*NAMES, "index"])
def test_a_committed_report_is_the_present_one(fresh: Path, name: str, kind: str) -> None:
    committed = (REPORTS / f"{name}.{kind}").read_text(encoding="utf-8")
    present = (fresh / f"{name}.{kind}").read_text(encoding="utf-8")
    assert normal(committed) == normal(present), "run `make report`"


@pytest.mark.parametrize("name", [*NAMES, "index"])
def test_there_is_a_pdf_beside_it(name: str) -> None:
    assert (REPORTS / f"{name}.pdf").read_bytes().startswith(b"%PDF-")


def test_no_report_lies_there_whose_document_is_gone() -> None:
    assert {path.stem for path in REPORTS.iterdir() if path.suffix in (".html", ".tex", ".pdf")} == {*NAMES, "index"}


@pytest.mark.parametrize("kind", ["html", "tex"])
@pytest.mark.parametrize("name", [*NAMES, "index"])
def test_a_report_names_no_place_of_the_machine_it_was_made_on(name: str, kind: str) -> None:
    text = (REPORTS / f"{name}.{kind}").read_text(encoding="utf-8")
    assert not re.search(r"(?<![A-Za-z0-9+/])/(?:home|tmp|work|root|Users)/", text)
