"""The JSON report, schema version 1: frozen for those who build on it; keys may be added, none changes."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from ..compare.verdict import Counterexample
from ..document.findings import DocumentReport, Finding, Unread
from .notes import Note, notes

SCHEMA_VERSION = 1


def json_text(reports: Sequence[DocumentReport], *, version: str, seed: int) -> str:
    """The report as one JSON object, ASCII only; same input and seed give the same bytes, `seconds` aside."""
    tree = {
        "schema_version": SCHEMA_VERSION,
        "gradcheck": version,
        "seed": seed,
        "claims": [claim(f) for report in reports for f in report.findings],
        "unread": [unread(u) for report in reports for u in report.unread],
        "notes": [_note(n) for report in reports for n in notes(report)],
    }
    return json.dumps(tree, indent=2, allow_nan=False)


def claim(finding: Finding) -> dict[str, Any]:
    """One claim as a JSON object."""
    verdict = finding.verdict
    return {
        "id": finding.id,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "latex": finding.latex,
        "verdict": verdict.verdict,
        "kind": verdict.kind,
        "evidence": list(verdict.evidence),
        "conditions": list(verdict.conditions),
        "reading": list(verdict.reading),
        "known": finding.known,
        "claimed": verdict.claimed,
        "derived": verdict.derived,
        "code": verdict.code,
        "diagnosis": verdict.diagnosis,
        "fix": verdict.fix,
        "counterexample": None if verdict.counterexample is None else counterexample(verdict.counterexample),
        "seconds": round(verdict.seconds, 6),
    }


def counterexample(point: Counterexample) -> dict[str, Any]:
    """A counterexample: exact values as strings, what was found there as numbers (null where not finite)."""
    return {
        "values": point.values,
        "sizes": point.sizes,
        "functions": point.functions,
        "entry": list(point.entry),
        "claimed": _number(point.claimed),
        "derived": _number(point.derived),
        "difference": list(point.difference),
        "finite_difference": _number(point.finite_difference),
        "error": _number(point.error),
    }


def unread(equation: Unread) -> dict[str, Any]:
    """One equation that could not be read: where it begins, and the message with its own position."""
    error = equation.error
    place = error.place
    return {
        "id": equation.id,
        "file": equation.file,
        "line": (place and place.line) or equation.line,
        "column": (place and place.column) or equation.column,
        "latex": equation.latex,
        "message": error.what,
        "got": error.got,
        "expected": error.expected,
        "hint": error.hint,
        "known": equation.known,
    }


def _note(note: Note) -> dict[str, Any]:
    return {"file": note.file, "line": note.line, "message": note.message}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
