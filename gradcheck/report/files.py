"""The files of a report: which formats there are, how they are called, and how they are made from a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Literal

from ..document.findings import DocumentReport
from ..document.values import Document
from ..errors import DocumentError
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
        taken = {*names, INDEX}
        candidates = chain([name], (f"{name}-{k}" for k in count(1)))
        names.append(next(candidate for candidate in candidates if candidate not in taken))
    return names


def write_reports(judged: Iterable[Judged], wanted: Wanted, making: Making) -> tuple[list[Path], list[DocumentError]]:
    """Write the reports and the index over them: the files written, in order, and what pdflatex gave up on.

    Documents may still be judged one by one while they are asked for: PDFs are made meanwhile.
    Raises DocumentError where the folder can't be written. PDFs are left out where there is no pdflatex.
    """
    prepare(wanted.folder)
    version, seed = making.version, making.seed
    with ThreadPoolExecutor(2) as pool:
        press = _Press(wanted, pool)
        done: list[Judged] = []
        for one in judged:
            done.append(one)
            press.page(page(one.document, one.report, making), one.name)
            press.data(partial(report_json, one.document, one.report, version=version, seed=seed), one.name)
        if done and not wanted.fragment:
            press.page(index_page([(plain_title(one.document), one.name, one.report) for one in done], version), INDEX)
            press.data(lambda: json_text([one.report for one in done], version=version, seed=seed) + "\n", INDEX)
        return press.finish()


class _Press:
    """What is being written: the files so far, and the PDFs that are still in the making."""

    def __init__(self, wanted: Wanted, pool: ThreadPoolExecutor) -> None:
        self.wanted, self.pool = wanted, pool
        self.with_tex = has_tex()
        self.written: list[Path] = []
        self.waiting: list[tuple[Path, Future[bytes]]] = []

    def page(self, made: Page, name: str) -> None:
        """Write a page in every format but JSON, and start on its PDF."""
        targets = self.wanted.targets
        if "html" in targets:
            self.put(f"{name}.html", html_text(made))
        if not targets & {"tex", "pdf"}:
            return
        tex = fragment_text(made, name) if self.wanted.fragment else tex_text(made)
        # Without TeX the source is what a PDF can be made from elsewhere, so it is written in any case.
        if "tex" in targets or not self.with_tex:
            self.put(f"{name}.tex", tex)
        if "pdf" in targets and self.with_tex:
            path = self.wanted.folder / f"{name}.pdf"
            self.waiting.append((path, self.pool.submit(pdf_bytes, tex, str(path))))

    def data(self, text: Callable[[], str], name: str) -> None:
        """Write the JSON file, if one is wanted."""
        if "json" in self.wanted.targets:
            self.put(f"{name}.json", text())

    def put(self, name: str, content: str | bytes) -> None:
        """Write one file."""
        path = self.wanted.folder / name
        write_whole(path, content)
        self.written.append(path)

    def finish(self) -> tuple[list[Path], list[DocumentError]]:
        """Wait for the PDFs."""
        failed: list[DocumentError] = []
        for path, future in self.waiting:
            try:
                self.put(path.name, future.result())
            except DocumentError as error:
                failed.append(error)
        return self.written, failed
