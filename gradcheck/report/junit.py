"""JUnit XML: a suite for each document, a test for each claim, as build servers read it."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from ..document.findings import DocumentReport, Finding, Unread
from .blocks import headline
from .sarif import message
from .terminal import in_order


def junit_text(reports: Sequence[DocumentReport]) -> str:
    """The suites as XML. Failing claims are failures, undecided ones errors, known mistakes skipped tests."""
    root = ET.Element("testsuites", {"name": "gradcheck"})
    root.extend(_suite(report) for report in reports)
    totals = {
        key: sum(int(suite.get(key, "0")) for suite in root) for key in ("tests", "failures", "errors", "skipped")
    }
    root.attrib.update({key: str(total) for key, total in totals.items()})
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _suite(report: DocumentReport) -> ET.Element:
    items = in_order(report)
    counts = {
        "tests": len(items),
        "failures": sum(i.standing == "fails" for i in items),
        "errors": sum(i.standing == "open" for i in items),
        "skipped": sum(i.standing == "known" for i in items),
    }
    seconds = sum(i.verdict.seconds for i in report.findings)
    attributes = {key: str(count) for key, count in counts.items()} | {"time": f"{seconds:.3f}"}
    suite = ET.Element("testsuite", {"name": _clean(report.file), **attributes})
    suite.extend(_case(item) for item in items)
    return suite


def _case(item: Finding | Unread) -> ET.Element:
    stem, _, name = item.id.partition("/")
    seconds = item.verdict.seconds if isinstance(item, Finding) else 0.0
    place = {"file": _clean(item.file), "line": str(item.line), "time": f"{seconds:.3f}"}
    case = ET.Element("testcase", {"classname": _clean(stem), "name": _clean(name or stem), **place})
    tag = {"fails": "failure", "open": "error", "known": "skipped"}.get(item.standing)
    if tag is not None:
        word = "unread" if isinstance(item, Unread) else item.verdict.verdict
        outcome = ET.SubElement(case, tag, {"message": _clean(title(item))})
        if tag != "skipped":
            outcome.set("type", word)
            outcome.text = _clean(message(item))
    return case


def title(item: Finding | Unread) -> str:
    """The verdict and one sentence on it."""
    if isinstance(item, Unread):
        return f"unread: {item.error.what}"
    return f"{item.verdict.verdict}: {headline(item)}"


def _clean(text: str) -> str:
    """The text without what XML 1.0 has no place for."""
    return "".join(c if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "\ufffd"
                   for c in text)  # fmt: skip
