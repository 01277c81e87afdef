"""Make the pictures of report pages in the README: `make gallery`, after `make report`. Needs poppler's tools.

A page is found by words on it, so that the pictures show the same when pages have moved.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURES = {
    "report-claims": ("three-neuron", "d-dx2 line"),
    "report-gradient": ("step-autoencoder", "put in δz"),
}
RESOLUTION = 75
TOP, HIGH = 0.07, 0.86
"""Which part of the page's height is shown."""


def main(folder: str = "reports") -> None:
    """Write docs/report-claims.png and docs/report-gradient.png."""
    for name, (document, words) in PICTURES.items():
        pdf = ROOT / folder / f"{document}.pdf"
        page = next(n for n in range(1, 100) if words in " ".join(text_of(pdf, n).split()))
        width, height = (round(side * RESOLUTION / 72) for side in (595, 842))
        crop = ["-x", "0", "-y", str(round(TOP * height)), "-W", str(width), "-H", str(round(HIGH * height))]
        here = ["-f", str(page), "-l", str(page), "-r", str(RESOLUTION), "-png", "-singlefile"]
        subprocess.run(["pdftoppm", *here, *crop, str(pdf), str(ROOT / "docs" / name)], check=True)
        print(f"docs/{name}.png: page {page} of {pdf.name}")


def text_of(pdf: Path, page: int) -> str:
    """The words on a page."""
    found = subprocess.run(
        ["pdftotext", "-f", str(page), "-l", str(page), str(pdf), "-"], capture_output=True, text=True, check=True
    )
    return found.stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
