"""SARIF 2.1.0 (OASIS Standard, 27 March 2020): what needs a look, for code scanners and editors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..document.findings import DocumentReport, Finding, Unread
from .blocks import HEADLINES, finding_block, unread_block
from .lines import plain
from .terminal import in_order

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_UNREAD = "this equation could not be read"


def sarif_text(reports: Sequence[DocumentReport], *, version: str) -> str:
    """One SARIF log, ASCII only: every claim that is not proved, and every equation that could not be read.

    Mistakes that the document marks as known are there, suppressed.
    """
    results = [_result(item) for report in reports for item in _shown(report)]
    rules = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    driver = {"name": "gradcheck", "version": version, "rules": [_rule(rule) for rule in rules]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _shown(report: DocumentReport) -> Iterator[Finding | Unread]:
    for item in in_order(report):
        if isinstance(item, Unread) or item.verdict.verdict != "proved" or item.standing == "fails":
            yield item


def _rule(code: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": HEADLINES.get(code, _UNREAD if code == "unread" else code)}}


def _result(item: Finding | Unread) -> dict[str, Any]:
    kind, level = _kind(item)
    found: dict[str, Any] = {
        "ruleId": "unread" if isinstance(item, Unread) else item.verdict.code or item.verdict.verdict,
        "kind": kind,
        "level": level,
        "message": {"text": message(item)},
        "locations": [_location(item)],
        "partialFingerprints": {"claim/v1": item.id},
    }
    if item.standing == "known":
        found["suppressions"] = [{"kind": "inSource", "justification": f'known="{item.known}" in the document'}]
    return found


def _kind(item: Finding | Unread) -> tuple[str, str]:
    """SARIF's kind and level: only a failure has a level, says the standard (3.27.10)."""
    if item.standing == "open":
        return "open", "none"
    return ("review", "none") if item.standing == "passes" else ("fail", "error")


def message(item: Finding | Unread) -> str:
    """What the terminal says about a claim."""
    block = unread_block(item) if isinstance(item, Unread) else finding_block(item)
    return plain(block).strip()


def _location(item: Finding | Unread) -> dict[str, Any]:
    rows = item.latex.split("\n")
    end = len(rows[-1]) + (item.column if len(rows) == 1 else 1)
    region = {
        "startLine": item.line,
        "startColumn": item.column,
        "endLine": item.line + len(rows) - 1,
        "endColumn": end,
    }
    physical = {"artifactLocation": {"uri": address(item.file)}, "region": region}
    return {"physicalLocation": physical, "logicalLocations": [{"name": item.id}]}


def address(file: str) -> str:
    """A file name as a URI: relative as it was given, absolute with its scheme.

    >>> address("my notes/net.md")
    'my%20notes/net.md'
    """
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
