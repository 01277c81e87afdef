"""Pages in a real browser: nothing is fetched, nothing sticks out, on a desk and on a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gradcheck.report.web.printer import html_text

from .pages import NAMES, page_of

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")

QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars",
]  # fmt: skip


def browse(folder: Path, page: Path, *options: str) -> str:
    assert BROWSER is not None
    command = [BROWSER, *QUIET, f"--user-data-dir={folder / 'profile'}", *options, page.as_uri()]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
    return done.stdout.decode("utf-8")


MEASURE = """<script>
const wide = document.documentElement.scrollWidth, sticking = [];
for (const e of document.querySelectorAll('body *')) {
  if (e.closest('.rows, .long, .table, .drawing, pre, .skip')) continue;
  if (e.getBoundingClientRect().right > innerWidth + 1) sticking.push(e.tagName + '.' + e.className);
}
const math = document.querySelector('math').getBoundingClientRect();
document.fonts.ready.then(() => {
  const loaded = [...document.fonts].filter(f => f.status === 'loaded').map(f => f.family);
  const asked = performance.getEntriesByType('resource').map(e => e.name);
  const found = {asked, wide, room: innerWidth, sticking, loaded, high: math.height};
  const out = document.createElement('pre');
  out.id = 'measured'; out.textContent = JSON.stringify(found); document.body.append(out);
});
</script>"""


def measured(folder: Path, html: str, width: int) -> dict[str, object]:
    """The page with a script in it that measures; only this copy may run one."""
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    frame = folder / "frame.html"
    page = folder / "page.html"
    page.write_text(open_page.replace("</body>", MEASURE + "</body>"), encoding="utf-8")
    # A headless window is never narrower than 500 pixels, so a narrow page stands in a frame of its own.
    reader = (
        "<script>addEventListener('load', () => setTimeout(() => document.body.append("
        "document.querySelector('iframe').contentDocument.getElementById('measured').cloneNode(true)), 800))</script>"
    )
    inside = f'<iframe src="page.html" style="border:0" width="{width}" height="900"></iframe>'
    frame.write_text(f"<!DOCTYPE html><body>{inside}{reader}</body>", encoding="utf-8")
    dump = browse(folder, frame, "--allow-file-access-from-files", "--virtual-time-budget=6000", "--dump-dom")
    found = re.search(r'<pre id="measured">(.*?)</pre>', dump, re.S)
    assert found is not None, dump[-500:]
    return json.loads(found.group(1).replace("&amp;", "&").replace("&gt;", ">"))  # type: ignore[no-any-return]


@pytest.mark.parametrize("width", [360, 1100])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_fetched_or_sticks_out_and_the_embedded_font_is_used(name: str, width: int, tmp_path: Path) -> None:
    found = measured(tmp_path, html_text(page_of(name)), width)
    assert [name for name in found["asked"] if not name.startswith("data:")] == []  # type: ignore[attr-defined]
    assert found["room"] == width
    assert found["wide"] == width, found
    assert found["sticking"] == []
    assert "Gradcheck Math" in str(found["loaded"])
