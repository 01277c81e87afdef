"""Which documents are meant by the paths on a command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import DocumentError, Place


def documents(paths: Iterable[str]) -> list[str]:
    """The documents in the order given, each once; a directory stands for the sorted *.md files anywhere in it.

    Raises DocumentError for a path that does not exist and for a directory without documents.
    """
    found: dict[Path, str] = {}
    for given in paths:
        for path in _expand(Path(given)):
            found.setdefault(path.resolve(), str(path))
    return list(found.values())


def _expand(path: Path) -> list[Path]:
    place = Place(file=str(path))
    if not path.exists():
        raise DocumentError("there is no such file or directory", place=place)
    if not path.is_dir():
        return [path]
    inside = sorted(
        p
        for p in path.rglob("*.md")
        if p.is_file() and not any(part.startswith(".") for part in p.relative_to(path).parts)
    )
    if not inside:
        raise DocumentError("this directory has no documents", place=place, expected="files named *.md")
    return inside
