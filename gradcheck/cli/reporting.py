"""The command `report`: documents in, files to hand in out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..document import DocumentReport, check_document, read_document
from ..errors import DocumentError, GradcheckError
from .parallel import in_processes, processes
from .paths import documents
from .progress import Report, progress
from .settings import Settings
from .streams import say, say_error, write

if TYPE_CHECKING:
    from ..report.files import Judged, Target


def report_paths(settings: Settings, folder: str, to: str, *, fragment: bool) -> int:
    """Judge documents and write their reports. 0 when they are written, whatever the verdicts; 2 for bad input."""
    from ..report.files import Wanted, names_of, write_reports
    from ..report.page.compose import Making

    targets = _targets(to, fragment)
    paths = documents(settings.paths)
    making = Making(_command(settings, folder, to, fragment), settings.seed, __version__)
    errors: list[GradcheckError] = []
    with progress() as shown:
        judged = _judged(paths, names_of(paths), settings, shown, errors)
        written, failed = write_reports(judged, Wanted(Path(folder), targets, fragment), making)
    for file in written:
        write(f"wrote {file}")
    for error in (*errors, *failed):
        say_error(error)
    if "pdf" in targets and written:
        _note_missing_tex()
    return 2 if errors or failed else 0


def _judged(
    paths: Sequence[str], names: Sequence[str], settings: Settings, shown: Report, errors: list[GradcheckError]
) -> Iterator[Judged]:
    """The documents one by one as they are judged; those that can't be used are put to the errors."""
    from ..report.files import Judged

    judge = partial(_outcome, seed=settings.seed)
    count = processes(paths, settings.jobs)
    outcomes = in_processes(judge, paths, count) if count > 1 else map(judge, paths)
    for done, (path, name) in enumerate(zip(paths, names, strict=True)):
        shown(path, done, len(paths) + 1)
        found = next(outcomes)
        if isinstance(found, GradcheckError):
            errors.append(found)
        else:
            yield Judged(read_document(path), found if settings.marks else found.without_marks(), name)
    shown("PDF", len(paths), len(paths) + 1)


def _outcome(path: str, seed: int) -> DocumentReport | GradcheckError:
    """What was found in a document, or why there is nothing."""
    try:
        return check_document(path, seed=seed)
    except GradcheckError as error:
        return error


def _targets(to: str, fragment: bool) -> frozenset[Target]:
    from ..report.files import TARGETS

    wanted = [word.strip() for word in to.split(",") if word.strip()] if to else ["tex"] if fragment else []
    wanted = wanted or ["tex", "pdf", "html"]
    unknown = [word for word in wanted if word not in TARGETS]
    if unknown:
        raise DocumentError("unknown format", got=unknown[0], expected=", ".join(TARGETS), hint="--to tex,html")
    if fragment and wanted != ["tex"]:
        raise DocumentError("a fragment is LaTeX without a preamble", got=f"--to {to}", expected="--fragment --to tex")
    return frozenset(target for target in TARGETS if target in wanted)


def _command(settings: Settings, folder: str, to: str, fragment: bool) -> str:
    """The command that makes the same reports again."""
    words = ["gradcheck", "report", *settings.paths, "-o", folder]
    words += ["--to", to] if to else []
    words += ["--fragment"] if fragment else []
    return shlex.join([*words, "--seed", str(settings.seed)])


def _note_missing_tex() -> None:
    from ..report.tex.build import HOW_TO_GET_TEX, has_tex

    if not has_tex():
        say("note: there is no pdflatex here, so no PDF was made; the .tex files are complete")
        say(f"   help: {HOW_TO_GET_TEX}, then run this again, or pdflatex on each .tex file")
