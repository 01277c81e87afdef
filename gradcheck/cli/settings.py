"""Defaults of a project: the table [tool.gradcheck] of the nearest pyproject.toml."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import DocumentError, Place

FORMATS = ("text", "json", "sarif", "junit", "github")
"""What `check` prints."""


@dataclass(frozen=True)
class Settings:
    """What `check` does when the command line does not say: the paths, and each option of the same name.

    jobs: None for as many processes as pay.
    """

    paths: tuple[str, ...] = ()
    format: str = "text"
    seed: int = 0
    jobs: int | None = None
    strict: bool = False
    marks: bool = True

    def overridden(self, **given: Any) -> Settings:
        """These settings with what the command line says in their place; None says nothing."""
        return replace(self, **{name: value for name, value in given.items() if value is not None})


def read_settings(folder: Path | None = None) -> Settings:
    """The settings that hold in a folder (the current one by default).

    Paths are taken from where the pyproject.toml stands. Raises DocumentError for a key or a value that makes no
    sense, and for a file that is not TOML.
    """
    here = (folder or Path()).resolve()
    for home in (here, *here.parents):
        file = home / "pyproject.toml"
        if file.is_file():
            return _checked(_table(file), file)
    return Settings()


def _table(file: Path) -> dict[str, Any]:
    try:
        tool = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DocumentError("this file can't be read", place=Place(str(file)), got=str(error)) from None
    table = tool.get("gradcheck", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise DocumentError("[tool.gradcheck] is not a table", place=Place(str(file)))
    return table


def _checked(table: dict[str, Any], file: Path) -> Settings:
    place = Place(str(file))
    for key, value in table.items():
        if key not in _EXPECTED:
            near = difflib.get_close_matches(key, _EXPECTED, n=1)
            hint = f"did you mean {near[0]}?" if near else None
            expected = ", ".join(_EXPECTED)
            raise DocumentError("unknown key in [tool.gradcheck]", place=place, got=key, expected=expected, hint=hint)
        if not _fits(key, value):
            what = f"{key} in [tool.gradcheck] has a wrong value"
            raise DocumentError(what, place=place, got=repr(value), expected=_EXPECTED[key])
    paths = tuple(str(file.parent / path) for path in table.get("paths", ()))
    return Settings(**{**table, "paths": paths})


_EXPECTED = {
    "paths": "a list of strings",
    "format": "one of " + ", ".join(f'"{name}"' for name in FORMATS),
    "seed": "a whole number",
    "jobs": "a number from 1",
    "strict": "true or false",
    "marks": "true or false",
}


def _fits(key: str, value: Any) -> bool:
    match key:
        case "paths":
            return isinstance(value, list) and all(isinstance(path, str) for path in value)
        case "format":
            return value in FORMATS
        case "seed" | "jobs":
            return type(value) is int and (key == "seed" or value >= 1)
        case _:
            return isinstance(value, bool)
