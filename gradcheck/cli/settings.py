"""Defaults of a project: the table [tool.gradcheck] of the nearest pyproject.toml."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..errors import DocumentError, Place


@dataclass(frozen=True)
class Settings:
    """What `check` does when the command line does not say: the paths, and each option of the same name."""

    paths: tuple[str, ...] = ()
    format: str = "text"
    seed: int = 0
    jobs: int = 1
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
    known = {field.name: type(field.default) for field in fields(Settings)}
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else None
            raise DocumentError(
                "unknown key in [tool.gradcheck]", place=place, got=key, expected=", ".join(known), hint=hint
            )
        if not _fits(key, value, known[key]):
            raise DocumentError(f"{key} in [tool.gradcheck] has a wrong value", place=place, got=repr(value),
                                expected=_EXPECTED.get(key, known[key].__name__))  # fmt: skip
    paths = tuple(str(file.parent / path) for path in table.get("paths", ()))
    return Settings(**{**table, "paths": paths})


_EXPECTED = {
    "paths": "a list of strings",
    "format": '"text" or "json"',
    "jobs": "a number from 1",
    "bool": "true or false",
}


def _fits(key: str, value: Any, kind: type) -> bool:
    if key == "paths":
        return isinstance(value, list) and all(isinstance(path, str) for path in value)
    if type(value) is not kind:
        return False
    return {"format": value in ("text", "json"), "jobs": isinstance(value, int) and value >= 1}.get(key, True)
