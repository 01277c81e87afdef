"""The LaTeX file: it compiles everywhere, folds what is too wide, and gives the same bytes every time."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.report.tex.build import pdf_bytes
from gradcheck.report.tex.escape import escape
from gradcheck.report.tex.preamble import PACKAGES
from gradcheck.report.tex.printer import fragment_text, tex_text
from gradcheck.report.tex.rows import foldable

from .pages import HOSTILE_NAME, NAMES, NEURON, page_of, page_of_text
from .test_html import hostile_page

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")

ALLOWED = {
    "fontenc", "inputenc", "lmodern", "amsmath", "amssymb", "array", "booktabs", "longtable", "graphicx", "xcolor",
    "pgfplots", "hyperref", "geometry", "microtype",
}  # fmt: skip
"""Packages of texlive-latex-base, texlive-latex-recommended, texlive-pictures and lmodern."""


def compiled(folder: Path, tex: str) -> str:
    """Compile once; the log."""
    (folder / "report.tex").write_text(tex, encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    log = (folder / "report.log").read_text(encoding="latin-1")
    assert done.returncode == 0, re.findall(r"^!.*\n.*\n.*", log, re.M)
    return log


def check_log(log: str) -> None:
    """No undefined references, no missing characters, nothing that sticks out by more than 2 pt."""
    assert not re.search(r"undefined|Missing character|multiply defined", log)
    wide = [float(width) for width in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]
    assert max(wide, default=0.0) <= 2.0, re.findall(r"Overfull.*\n.*", log)


@needs_tex
@pytest.mark.parametrize("name", NAMES)
def test_a_report_compiles_without_a_complaint(name: str, tmp_path: Path) -> None:
    check_log(compiled(tmp_path, tex_text(page_of(name))))


@needs_tex
def test_a_report_of_hostile_names_and_endless_formulas_compiles(tmp_path: Path) -> None:
    terms = " + ".join(f"x_{{{k}}} \\frac{{w_{{{k}}}}}{{2}} y" for k in range(40))
    fraction = r"\frac{" + " + ".join(f"a_{{{k}}}" for k in range(60)) + "}{2}"
    factors = " ".join(f"(a_{{{k}}} + b_{{{k}}})" for k in range(60))
    bad = r"$$ \frac{\partial l}{\partial w} = \input{x} 100% & $$ {#bad}"
    long = [f"$$ z = {formula} $$" for formula in (terms, fraction, factors)]
    head = f"# {HOSTILE_NAME}\n\n{NEURON.partition(chr(10))[2]}"
    written = "\n\n".join([head, *long, f"{long[-1]} {{#long}}", bad, HOSTILE_NAME, f"- {HOSTILE_NAME}", ""])
    check_log(compiled(tmp_path, tex_text(page_of_text(written))))


@needs_tex
def test_text_of_every_kind_compiles_and_stays_text(tmp_path: Path) -> None:
    words = "".join(chr(k) for k in range(32, 0x250)) + HOSTILE_NAME + "ΑΩαωϵ ₀₁ᵢⱼⁿ⁻¹ ∂∇∑≤≥≠∈→⊙‖ℝ½🙂\x00\x1b"
    compiled(tmp_path, tex_text(hostile_page(words)))
    if shutil.which("pdftotext"):
        out = subprocess.run(["pdftotext", "report.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
        assert "/etc/passwd" in "".join(out.stdout.decode("utf-8").split())


@needs_tex
def test_the_same_page_gives_the_same_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    tex = tex_text(page_of_text(NEURON))
    assert pdf_bytes(tex, "one") == pdf_bytes(tex, "two")


@needs_tex
def test_two_fragments_fit_into_somebody_elses_document(tmp_path: Path) -> None:
    (tmp_path / "one.tex").write_text(fragment_text(page_of("three-neuron")), encoding="utf-8")
    (tmp_path / "two.tex").write_text(fragment_text(page_of_text(NEURON)), encoding="utf-8")
    fragment = (tmp_path / "one.tex").read_text(encoding="utf-8")
    assert "\\documentclass" not in fragment
    assert "\\begin{document}" not in fragment
    own = "\\documentclass{article}\n" + PACKAGES + "\\begin{document}Mine.\\input{one}\\input{two}\\end{document}"
    compiled(tmp_path, own)


@needs_tex
@pytest.mark.parametrize(("names", "clash"), [(("one", "two"), False), (("", ""), True)])
def test_links_of_one_fragment_do_not_lead_into_another(tmp_path: Path, names: tuple[str, str], clash: bool) -> None:
    for file, name in zip(("one", "two"), names, strict=True):
        (tmp_path / f"{file}.tex").write_text(fragment_text(page_of_text(NEURON), name), encoding="utf-8")
    own = "\\documentclass{article}\n" + PACKAGES + "\\begin{document}Mine.\\input{one}\\input{two}\\end{document}"
    log = compiled(tmp_path, own)
    assert ("same identifier" in log.replace("\n", "")) == clash
    assert "Hyper reference" not in log


def test_only_packages_of_the_three_debian_sets_are_used() -> None:
    tex = tex_text(page_of("three-neuron"))
    used = {name for group in re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", tex) for name in group.split(",")}
    assert used <= ALLOWED


BACK = {
    r"\textbackslash{}": "\\", r"\{": "{", r"\}": "}", r"\$": "$", r"\&": "&", r"\#": "#", r"\_": "_", r"\%": "%",
    r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", r"\textless{}": "<", r"\textgreater{}": ">",
    r"\textbar{}": "|", r"\textquotedbl{}": '"', r"\textquotesingle{}": "'", r"\textasciigrave{}": "`", "{-}": "-",
    "{[}": "[", "{]}": "]", "{*}": "*",
}  # fmt: skip


def unescaped(latex: str) -> str:
    pattern = "|".join(map(re.escape, sorted(BACK, key=len, reverse=True)))
    return re.sub(pattern, lambda found: BACK[found.group()], latex)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_ascii_text_can_be_read_back_from_its_latex(words: str) -> None:
    assert unescaped(escape(words)) == words
    assert unescaped(escape(words, breakable=True).replace(r"\allowbreak{}", "")) == words


@given(st.text())
def test_escaped_text_holds_nothing_that_tex_obeys(words: str) -> None:
    latex = escape(words)
    plain = re.sub(r"\\[A-Za-z]+|\\[{}$&#_%]", "", latex)
    assert "\\" not in plain
    assert not re.search(r"[#&%]", plain)
    assert plain.count("~") == words.count("\u00a0")
    assert plain.count("{") == plain.count("}")
    assert plain.count("$") % 2 == 0


@pytest.mark.parametrize(
    ("row", "folded"),
    [
        ("a b", r"a\penalty300{} b"),
        (r"\frac{a b}{c}", r"\frac{a b}{c}"),
        (r"\sum_{i = 1}^n x_i", r"\sum_{i = 1}^n x_i"),
        (r"\left( a b \right) c", r"\left( a b \right)\penalty300{} c"),
        (r"a \times b", r"a \times b"),
    ],
)
def test_rows_are_folded_between_factors_only(row: str, folded: str) -> None:
    assert foldable(row) == folded
