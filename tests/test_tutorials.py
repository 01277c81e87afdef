"""What the tutorials show is what happens, in the manner of the README.

`python tests/test_tutorials.py` puts the present output in its place, for when it has changed on purpose.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from test_readme import FENCE, refreshed, run, sessions, without_error_bars

ROOT = Path(__file__).parents[1]
TUTORIALS = sorted((ROOT / "docs").glob("tutorial-*.md"))


def write_files(text: str, folder: Path) -> None:
    """The files that a page shows: blocks with a language and a name."""
    for match in FENCE.finditer(text):
        info = match["info"].split()
        if len(info) == 2:
            (folder / info[1]).write_text(match["body"], encoding="utf-8")


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda p: p.stem)
def test_every_output_shown_is_the_real_one(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    write_files(text, tmp_path)
    shown = [
        session for m in FENCE.finditer(text) if m["info"].startswith("console") for session in sessions(m["body"])
    ]
    assert shown
    for command, output in shown:
        assert without_error_bars(run(command, tmp_path)) == without_error_bars(output), command


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda p: p.stem)
def test_the_python_shown_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    write_files(path.read_text(encoding="utf-8"), tmp_path)
    assert not doctest.testfile(str(path), module_relative=False).failed


def under_pytest(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers", f"--rootdir={folder}"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
    done = subprocess.run(
        [*command, *options], cwd=folder, env=environment, capture_output=True, check=False, encoding="utf-8"
    )
    return done.stdout


def test_the_tests_shown_pass_and_find_the_bug_shown(tmp_path: Path) -> None:
    write_files((ROOT / "docs" / "tutorial-layer.md").read_text(encoding="utf-8"), tmp_path)
    assert "2 passed" in under_pytest(tmp_path, "test_softmax.py", "--gradcheck-seed", "7")
    mended = (tmp_path / "test_softmax.py").read_text(encoding="utf-8")
    broken = mended.replace("from mended import Mended", "from softmax import CrossEntropy as Mended")
    (tmp_path / "test_softmax.py").write_text(broken, encoding="utf-8")
    said = under_pytest(tmp_path, "test_softmax.py", "--gradcheck-seed", "7")
    assert "2 failed" in said
    assert "seed=7" in said


def test_the_packages_of_a_fragment_are_those_shown() -> None:
    from gradcheck.report.tex.preamble import PACKAGES

    assert f"```tex\n{PACKAGES}```" in (ROOT / "docs" / "tutorial-report.md").read_text(encoding="utf-8")


def test_every_page_says_to_install_from_a_clone() -> None:
    for page in (ROOT / "README.md", ROOT / "examples" / "README.md", *TUTORIALS):
        for what in re.findall(r"pip install ([^\s`]+)", page.read_text(encoding="utf-8")):
            assert what in (".", '".[test]"'), page.name


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda p: p.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


if __name__ == "__main__":
    for tutorial in [Path(name) for name in sys.argv[1:]] or TUTORIALS:
        with tempfile.TemporaryDirectory() as scratch:
            tutorial.write_text(refreshed(tutorial.read_text(encoding="utf-8"), Path(scratch)), encoding="utf-8")
