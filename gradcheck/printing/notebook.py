"""Values in a notebook: HTML with MathML, LaTeX and plain text, in the form that notebooks ask for."""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable

from .display import displayed
from .mathml import mathml

Bundle = dict[str, str]
"""A text for each kind of display, by its MIME type."""


def bundle(page: str, latex: str, plain: str) -> Bundle:
    """The same value as HTML, as LaTeX and as plain text; a notebook takes the richest that it can show."""
    return {"text/html": page, "text/latex": latex, "text/plain": plain}


def formula(latex: str, words: Collection[str] = (), *, boxed: bool = False) -> str:
    """A displayed formula as HTML; as typed where it can't be shown otherwise."""
    rows = displayed(latex, words=words)
    style = "margin:0.3em 0;overflow-x:auto;"
    if boxed:
        style += "border:1.5px solid;border-radius:3px;padding:0.4em 0.8em;width:max-content;max-width:100%;"
    inside = "".join(f"<div>{mathml(row, block=True)}</div>" for row in rows) if rows else code(latex)
    inside = inside.replace('<math display="block">', '<math display="block" style="width:max-content;margin:0">')
    return f'<div style="{style}">{inside}</div>'


def code(text: str) -> str:
    """Text as typed."""
    return f"<code>{html.escape(text)}</code>"


def paragraph(text: str, *, strong: bool = False) -> str:
    """A paragraph of plain text."""
    inside = f"<strong>{html.escape(text)}</strong>" if strong else html.escape(text)
    return f'<p style="margin:0.3em 0">{inside}</p>'


def folded(title: str, parts: Iterable[str]) -> str:
    """What is shown on request, under its title."""
    return f"<details><summary>{html.escape(title)}</summary>{''.join(parts)}</details>"


def display_latex(formulas: Iterable[str], words: Collection[str] = ()) -> str:
    """Formulas as one LaTeX display, a row each; empty where none can be shown."""
    rows = [row for latex in formulas for row in displayed(latex, words=words) or ()]
    return "$$\\begin{gathered}" + r" \\ ".join(rows) + "\\end{gathered}$$" if rows else ""
