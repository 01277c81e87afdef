"""The command `report`: documents in, files to hand in out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..document import judge_document, read_document
from ..errors import DocumentError, GradcheckError
from .paths import documents
from .progress import progress
from .settings import Settings
from .streams import say, say_error, write

if TYPE_CHECKING:
    from ..report.files import Target


def report_paths(settings: Settings, folder: str, to: str, *, fragment: bool) -> int:
    """Judge documents and write their reports. 0 when they are written, whatever the verdicts; 2 for bad input."""
    from ..report.files import Judged, Wanted, names_of, write_reports
    from ..report.page.compose import Making

    targets = _targets(to, fragment)
    names = documents(settings.paths)
    judged: list[Judged] = []
    errors: list[GradcheckError] = []
    written: list[Path] = []
    with progress() as shown:
        for done, (path, name) in enumerate(zip(names, names_of(names), strict=True)):
            shown(path, done, len(names) + 1)
            try:
                document = read_document(path)
                found = judge_document(document, seed=settings.seed)
                judged.append(Judged(document, found if settings.marks else found.without_marks(), name))
            except GradcheckError as error:
                errors.append(error)
        shown("writing", len(names), len(names) + 1)
        if judged:
            making = Making(_command(settings, folder, to, fragment), settings.seed, __version__)
            written, failed = write_reports(judged, Wanted(Path(folder), targets, fragment), making)
            errors += failed
    for file in written:
        write(f"wrote {file}")
    for found_error in errors:
        say_error(found_error)
    if "pdf" in targets and judged:
        _note_missing_tex()
    return 2 if errors else 0


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
    words = ["gradcheck report", *settings.paths, "-o", folder]
    words += ["--to", to] if to else []
    words += ["--fragment"] if fragment else []
    return " ".join([*words, "--seed", str(settings.seed)])


def _note_missing_tex() -> None:
    from ..report.tex.build import HOW_TO_GET_TEX, has_tex

    if not has_tex():
        say("note: there is no pdflatex here, so no PDF was made; the .tex files are complete")
        say(f"   help: {HOW_TO_GET_TEX}, then run this again, or pdflatex on each .tex file")
