"""Annotations for GitHub Actions: each one a command in the log, shown beside the line that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..document.findings import DocumentReport, Finding, Unread
from .junit import title
from .sarif import message
from .terminal import in_order, summary

_COMMANDS = {"fails": "error", "open": "warning", "known": "notice"}


def github_text(reports: Sequence[DocumentReport]) -> str:
    """The annotations, and the summary as a plain line."""
    return "\n".join([*_annotations(reports), _data(summary(reports))]) + "\n"


def _annotations(reports: Sequence[DocumentReport]) -> Iterator[str]:
    for report in reports:
        for item in in_order(report):
            command = _COMMANDS.get(item.standing)
            if command is not None:
                yield f"::{command} {_place(item)}::{_data(message(item))}"


def _place(item: Finding | Unread) -> str:
    rows = item.latex.split("\n")
    end = len(rows[-1]) + (item.column if len(rows) == 1 else 1)
    parts = {
        "file": item.file,
        "line": item.line,
        "endLine": item.line + len(rows) - 1,
        "col": item.column,
        "endColumn": end,
        "title": f"{item.id} is {title(item)}",
    }
    return ",".join(f"{key}={_property(str(value))}" for key, value in parts.items())


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
