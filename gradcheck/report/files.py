"""The files of a report: which formats there are, how they are called, and how they are made from a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..document.findings import DocumentReport
from ..document.values import Document
from .data import report_json
from .json import json_text
from .page.compose import Making, index_page, page, plain_title
from .page.tree import Page
from .tex.build import has_tex, pdf_bytes
from .tex.printer import fragment_text, tex_text
from .web.printer import html_text
from .writing import prepare, write_whole

Target = Literal["tex", "pdf", "html", "json"]
TARGETS: tuple[Target, ...] = ("tex", "pdf", "html", "json")
INDEX = "index"


@dataclass(frozen=True)
class Wanted:
    """What is to be written: into which folder, in which formats, LaTeX with or without a preamble."""

    folder: Path
    targets: frozenset[Target]
    fragment: bool = False


@dataclass(frozen=True)
class Judged:
    """A document with what was found in it, and the name of its report."""

    document: Document
    report: DocumentReport
    name: str


def names_of(paths: Sequence[str]) -> list[str]:
    """A name for each report: the document's stem, with its folder in front where two have the same.

    >>> names_of(["a/net.md", "b/net.md", "c/loss.md", "index.md"])
    ['a-net', 'b-net', 'loss', 'index-1']
    """
    stems = [Path(path).stem for path in paths]
    names: list[str] = []
    for path, stem in zip(paths, stems, strict=True):
        folder = Path(path).resolve().parent.name
        name = f"{folder}-{stem}" if stems.count(stem) > 1 and folder else stem
        known = {*names, INDEX}
        names.append(
            name if name not in known else next(n for k in range(1, 10_000) if (n := f"{name}-{k}") not in known)
        )
    return names


def write_reports(judged: Sequence[Judged], wanted: Wanted, making: Making) -> list[Path]:
    """Write the reports and the index over them; the files written, in order.

    Raises DocumentError where the folder can't be written. PDFs are left out where there is no pdflatex.
    """
    prepare(wanted.folder)
    written: list[Path] = []
    with ThreadPoolExecutor(2) as pool:
        waiting: list[tuple[Path, Future[bytes]]] = []
        for one in judged:
            made = page(one.document, one.report, making)
            written += _write(made, one.name, wanted, waiting, pool)
            if "json" in wanted.targets:
                data = report_json(one.document, one.report, version=making.version, seed=making.seed)
                written.append(_put(wanted.folder / f"{one.name}.json", data))
        if not wanted.fragment:
            entries = [(plain_title(one.document), one.name, one.report) for one in judged]
            written += _write(index_page(entries, making.version), INDEX, wanted, waiting, pool)
            if "json" in wanted.targets:
                data = json_text([one.report for one in judged], version=making.version, seed=making.seed)
                written.append(_put(wanted.folder / f"{INDEX}.json", data + "\n"))
        written += [_put(path, future.result()) for path, future in waiting]
    return written


def _write(
    made: Page, name: str, wanted: Wanted, waiting: list[tuple[Path, Future[bytes]]], pool: ThreadPoolExecutor
) -> list[Path]:
    """Write what takes no time, and start to make the PDF."""
    written = []
    file = wanted.folder / name
    targets: Collection[Target] = wanted.targets
    if "html" in targets:
        written.append(_put(wanted.folder / f"{name}.html", html_text(made)))
    if "tex" in targets or "pdf" in targets:
        tex = fragment_text(made) if wanted.fragment else tex_text(made)
        # Without TeX the source is what a PDF can be made from elsewhere, so it is written in any case.
        if "tex" in targets or not has_tex():
            written.append(_put(wanted.folder / f"{name}.tex", tex))
        if "pdf" in targets and has_tex():
            waiting.append((wanted.folder / f"{name}.pdf", pool.submit(pdf_bytes, tex, str(file))))
    return written


def _put(path: Path, content: str | bytes) -> Path:
    write_whole(path, content)
    return path
