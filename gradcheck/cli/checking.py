"""The command `check`: documents or formulas in, a report out, and the exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from .. import __version__
from ..declare.network import Network
from ..document import DocumentReport, check_document, judge_formula, read_document
from ..errors import DocumentError, GradcheckError, Place
from ..report import json_text, terminal_lines
from .paths import documents
from .progress import progress
from .streams import emit, say, width, write

OK, FAILS, USAGE, OPEN = 0, 1, 2, 3


@dataclass(frozen=True)
class Options:
    """How the command reports, and what it lets pass."""

    format: str = "text"
    seed: int = 0
    marks: bool = True
    strict: bool = False
    verbose: bool = False
    quiet: bool = False


def check_paths(paths: Sequence[str], options: Options) -> int:
    """Judge documents. One that can't be used is reported on stderr and doesn't hide what the others say."""
    reports: list[DocumentReport] = []
    unusable: list[GradcheckError] = []
    names = documents(paths)
    with progress() as shown:
        for number, name in enumerate(names):

            def step(done: int, claims: int, name: str = name, number: int = number) -> None:
                shown(name, number + done / max(1, claims), len(names))

            try:
                reports.append(check_document(name, seed=options.seed, marks=options.marks, progress=step))
            except GradcheckError as error:
                unusable.append(error)
    _print(reports, options)
    for error in unusable:
        say(str(error))
    return USAGE if unusable else exit_status(reports, strict=options.strict)


def check_formulas(
    source: str, formulas: Sequence[str], assume: tuple[str, ...], layout: str | None, options: Options
) -> int:
    """Judge formulas from the command line against a network of a document."""
    network = network_of(source)
    reports = [judge_formula(network, text, assume=assume, layout=layout, seed=options.seed) for text in formulas]
    _print(reports, options)
    return exit_status(reports, strict=options.strict)


def network_of(source: str) -> Network:
    """The network that FILE or FILE#NAME names: the first of that document, or the one of that name."""
    path, _, name = source.partition("#")
    networks = [n for n in read_document(path).networks if not name or n.name == name]
    if not networks:
        what = f'this document has no network named "{name}"' if name else "this document has no network block"
        hint = None if name else "declare one in a ```network block, or a ```symbols block for identities"
        raise DocumentError(what, place=Place(file=path), hint=hint)
    return networks[0]


def exit_status(reports: Sequence[DocumentReport], *, strict: bool = False) -> int:
    """0 when all is well, 1 when something fails, 3 when something is undecided; the first of 1 and 3 that applies."""
    standings = {standing for report in reports for standing in report.standings()}
    loose = strict and any(
        f.verdict.verdict == "agrees" and f.standing == "passes" for report in reports for f in report.findings
    )
    if "fails" in standings or loose:
        return FAILS
    return OPEN if "open" in standings else OK


def _print(reports: Sequence[DocumentReport], options: Options) -> None:
    if options.format == "json":
        write(json_text(reports, version=__version__, seed=options.seed))
    elif reports:
        emit(terminal_lines(reports, width=width(), verbose=options.verbose, quiet=options.quiet))
    sys.stdout.flush()
