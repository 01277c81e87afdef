"""The command `check`: documents or formulas in, a report out, and the exit status."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from .. import __version__
from ..declare.network import Network
from ..document import DocumentReport, judge_formula, read_document
from ..errors import DocumentError, GradcheckError, Place
from ..report import json_text, notes, terminal_lines
from ..report.lines import printable
from .judging import judged
from .paths import documents
from .progress import progress
from .settings import Settings
from .streams import emit, say, say_error, width, write

OK, FAILS, USAGE, OPEN = 0, 1, 2, 3


def check_paths(settings: Settings, *, verbose: bool = False, quiet: bool = False) -> int:
    """Judge documents. One that can't be used is reported on stderr and doesn't hide what the others say."""
    with progress() as shown:
        outcomes = list(judged(documents(settings.paths), settings, shown))
    reports = [outcome[1] for outcome in outcomes if not isinstance(outcome, GradcheckError)]
    # The JSON object says which marks there are, heeded or not.
    heeded = reports if settings.marks else [report.without_marks() for report in reports]
    if settings.format != "text" or reports:
        _print(reports if settings.format == "json" else heeded, settings, verbose, quiet)
    errors = [outcome for outcome in outcomes if isinstance(outcome, GradcheckError)]
    for error in errors:
        say_error(error)
    return USAGE if errors else exit_status(heeded, strict=settings.strict)


def check_formulas(source: str, assume: tuple[str, ...], layout: str | None, settings: Settings) -> int:
    """Judge formulas, given in place of paths, against a network of a document; each is reported in full."""
    network = network_of(source)
    judge = partial(judge_formula, network, assume=assume, layout=layout, seed=settings.seed)
    reports = [judge(formula) for formula in settings.paths]
    _print(reports, settings, verbose=True, quiet=True)
    return exit_status(reports, strict=settings.strict)


def network_of(source: str) -> Network:
    """The network that FILE or FILE#NAME names: the first of that document, or the one of that name."""
    path, _, name = source.partition("#")
    networks = read_document(path).networks
    named = [n for n in networks if not name or n.name == name]
    if not networks:
        hint = "declare one in a ```network block, or a ```symbols block for identities"
        raise DocumentError("this document has no network block", place=Place(path), hint=hint)
    if not named:
        names = ", ".join(n.name for n in networks)
        raise DocumentError("this document has no such network", place=Place(path), got=name, expected=names)
    return named[0]


def exit_status(reports: Sequence[DocumentReport], *, strict: bool = False) -> int:
    """0 when all is well, 1 when something fails, 3 when something is undecided; 1 goes before 3.

    strict: `agrees` fails too, and so does a check that judged nothing at all.
    """
    standings = {standing for report in reports for standing in report.standings()}
    findings = [finding for report in reports for finding in report.findings]
    loose = strict and any(f.verdict.verdict == "agrees" and f.standing == "passes" for f in findings)
    if "fails" in standings or loose or (strict and not standings):
        return FAILS
    return OPEN if "open" in standings else OK


def _print(reports: Sequence[DocumentReport], settings: Settings, verbose: bool, quiet: bool) -> None:
    if settings.format not in ("text", "json"):  # which have room for them
        for report in reports:
            for note in notes(report):
                say(printable(str(note)))
    match settings.format:
        case "json":
            write(json_text(reports, version=__version__, seed=settings.seed))
        case "sarif":
            from ..report.sarif import sarif_text

            write(sarif_text(reports, version=__version__))
        case "junit":
            from ..report.junit import junit_text

            write(junit_text(reports))
        case "github":
            from ..report.github import github_text

            write(github_text(reports))
        case _:
            emit(terminal_lines(reports, width=width(), verbose=verbose, quiet=quiet))
