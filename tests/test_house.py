"""The picture of the house in CONTRIBUTING.md is true: imports run leftwards only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gradcheck"
ROOMS = [
    *("errors", "algebra", "formula", "declare", "printing", "derive", "evaluate", "differences"),
    *("compare", "diagnose", "document", "testing", "report", "cli"),
]


def imported_rooms(path: Path) -> set[str]:
    """The rooms of the house that a module imports, at the top or inside a function."""
    parts = ("gradcheck", *path.relative_to(PACKAGE).with_suffix("").parts)
    package = parts[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            stem = ".".join(part for part in (base, node.module) if part)
            names |= {f"{stem}.{alias.name}" for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("gradcheck.")} - {"__version__"}


MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or p.stem in ROOMS)


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_run_leftwards_only(path: Path) -> None:
    room = room_of(path)
    allowed = {"errors", room} if room == "differences" else set(ROOMS[: ROOMS.index(room) + 1])
    assert imported_rooms(path) <= allowed


def test_every_room_of_the_picture_exists_and_no_other() -> None:
    assert {room_of(p) for p in MODULES} == set(ROOMS)


def test_no_room_is_named_like_a_public_function() -> None:
    import gradcheck

    functions = {name for name in gradcheck.__all__ if name.islower()}
    assert not functions & set(ROOMS)
