"""The command `report`: documents in, files to hand in out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..errors import DocumentError, GradcheckError
from .judging import judged
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
        found = _judged(paths, names_of(paths), settings, shown, errors)
        written, failed = write_reports(found, Wanted(Path(folder), targets, fragment), making)
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

    for outcome, name in zip(judged(paths, settings, shown), names, strict=True):
        if isinstance(outcome, GradcheckError):
            errors.append(outcome)
        else:
            document, found = outcome
            yield Judged(document, found if settings.marks else found.without_marks(), name)
    shown("PDF", 1, 1)


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
