"""From LaTeX to PDF with pdflatex, in a directory of its own; the same text gives the same bytes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from ...errors import DocumentError, Place

HOW_TO_GET_TEX = "apt-get install texlive-latex-recommended texlive-pictures lmodern"
SECONDS = 120


def has_tex() -> bool:
    """Whether pdflatex is there."""
    return shutil.which("pdflatex") is not None


def pdf_bytes(tex: str, name: str) -> bytes:
    """The PDF of a LaTeX file; `name` is for errors. Raises DocumentError where pdflatex gives up."""
    with tempfile.TemporaryDirectory(prefix="gradcheck-") as folder:
        place = Path(folder)
        (place / "report.tex").write_text(tex, encoding="utf-8")
        _run(place, name)
        return (place / "report.pdf").read_bytes()


def _run(place: Path, name: str) -> None:
    """One run of pdflatex; the printer sees to it that one is enough."""
    # Nothing in the text may start a program, or read or write outside this directory.
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "0")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "FORCE_SOURCE_DATE": "1", "openin_any": "p",
                   "openout_any": "p", "max_print_line": "1000"}  # fmt: skip
    try:
        done = subprocess.run(
            command,
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _gave_up(name, f"no end after {SECONDS} seconds") from None
    if done.returncode:
        log = place / "report.log"
        said = log.read_text(encoding="latin-1") if log.exists() else done.stdout.decode("latin-1")
        complaint = re.search(r"^!.*(?:\n.*){0,3}", said, re.M)
        raise _gave_up(name, " ".join(complaint.group().split()) if complaint else said[-200:])


def _gave_up(name: str, why: str) -> DocumentError:
    return DocumentError("pdflatex could not make this report", place=Place(name), got=why,
                         hint="please report it with the document; the .tex and .html are written")  # fmt: skip
