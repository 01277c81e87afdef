"""Defaults in pyproject.toml: read from where one works, overridden by the command line, checked like any input."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcheck.cli.settings import Settings, read_settings
from gradcheck.errors import DocumentError


def project(folder: Path, table: str) -> Path:
    (folder / "pyproject.toml").write_text(table, encoding="utf-8")
    return folder


def test_without_a_project_the_defaults_hold(tmp_path: Path) -> None:
    assert read_settings(project(tmp_path, "[project]\nname = 'x'\n")) == Settings()


def test_the_table_of_the_nearest_project_holds_and_its_paths_are_seen_from_there(tmp_path: Path) -> None:
    home = project(tmp_path, '[tool.gradcheck]\npaths = ["notes"]\nseed = 3\nstrict = true\njobs = 2\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert read_settings(inner) == Settings(paths=(str(home / "notes"),), seed=3, strict=True, jobs=2)


def test_the_command_line_wins() -> None:
    settings = Settings(paths=("notes",), seed=3, strict=True)
    assert settings.overridden(seed=0, strict=False, format=None, paths=None) == Settings(paths=("notes",))


BAD = [
    ("[tool.gradcheck]\nsede = 1\n", "did you mean seed"),
    ("[tool.gradcheck]\nseed = true\n", "expected a whole number"),
    ("[tool.gradcheck]\nstrict = 1\n", "expected true or false"),
    ("[tool.gradcheck]\njobs = 0\n", "expected a number from 1"),
    ('[tool.gradcheck]\nformat = "xml"\n', 'expected one of "text", "json"'),
    ('[tool.gradcheck]\npaths = "notes"\n', "expected a list of strings"),
    ("[tool]\ngradcheck = 1\n", "not a table"),
    ("[tool.gradcheck\n", "can't be read"),
]


@pytest.mark.parametrize(("table", "said"), BAD, ids=[b[1] for b in BAD])
def test_a_setting_that_makes_no_sense_is_refused_with_the_file_and_the_way_out(
    tmp_path: Path, table: str, said: str
) -> None:
    with pytest.raises(DocumentError) as refused:
        read_settings(project(tmp_path, table))
    assert said in str(refused.value)
    assert "pyproject.toml" in str(refused.value)
