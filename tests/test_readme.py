"""What the README shows is what happens: its files are written, its commands run, its output compared.

`python tests/test_readme.py` puts the present output in its place, for when it has changed on purpose.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)$", re.M | re.S)
BLOCKS = [(match["info"].split(), match["body"]) for match in FENCE.finditer(README.read_text(encoding="utf-8"))]


def sessions(body: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output shown below it."""
    parts = re.split(r"^\$ (.*)\n", body, flags=re.M)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def without_error_bars(text: str) -> str:
    """An error bar is a matter of the last bits, which differ from one processor to the next."""
    return re.sub(r"± [-+.0-9e]+", "± …", text)


def run(command: str, folder: Path) -> str:
    program, *arguments = shlex.split(command)
    assert program == "gradcheck"
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def test_every_output_shown_is_the_real_one(tmp_path: Path) -> None:
    shown = 0
    for info, body in BLOCKS:
        if len(info) == 2:
            (tmp_path / info[1]).write_text(body, encoding="utf-8")
        elif info[:1] == ["console"]:
            for command, output in sessions(body):
                assert without_error_bars(run(command, tmp_path)) == without_error_bars(output), command
                shown += 1
    assert shown


def test_the_first_screen_shows_the_homework_mistake_being_caught() -> None:
    first_screen = "\n".join(README.read_text(encoding="utf-8").splitlines()[:60])
    assert "$ gradcheck check homework.md" in first_screen
    assert "error[" in first_screen
    assert "finite difference" in first_screen


def test_the_python_shown_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for info, body in BLOCKS:
        if len(info) == 2:
            (tmp_path / info[1]).write_text(body, encoding="utf-8")
    outcome = doctest.testfile(str(README), module_relative=False)
    assert outcome.attempted
    assert not outcome.failed


def refreshed(text: str, folder: Path) -> str:
    """The README with the present output below each command."""

    def block(match: re.Match[str]) -> str:
        info, body = match["info"].split(), match["body"]
        if len(info) == 2:
            (folder / info[1]).write_text(body, encoding="utf-8")
        if info[:1] != ["console"]:
            return match[0]
        shown = "".join(f"$ {command}\n{run(command, folder)}" for command, _ in sessions(body))
        return f"{match['fence']}{match['info']}\n{shown}{match['fence']}"

    return FENCE.sub(block, text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        README.write_text(refreshed(README.read_text(encoding="utf-8"), Path(scratch)), encoding="utf-8")
