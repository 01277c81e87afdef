"""Pages to test the printers with: the documents of this repository, and hostile ones."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from gradcheck.document import Document, DocumentReport, judge_document, parse_document, read_document
from gradcheck.report.page.compose import Making, page
from gradcheck.report.page.tree import Block, Claim, Formula, Page, Section

ROOT = Path(__file__).parents[2]
DERIVATIONS = sorted((ROOT / "derivations").glob("*.md"))
NAMES = [path.stem for path in DERIVATIONS]
MAKING = Making("gradcheck report derivations -o reports", 0, "0.0")


@functools.cache
def read(name: str) -> Document:
    return read_document(ROOT / "derivations" / f"{name}.md")


@functools.cache
def judged(name: str) -> tuple[Document, DocumentReport]:
    document = read(name)
    return document, judge_document(document)


@functools.cache
def page_of(name: str) -> Page:
    return page(*judged(name), MAKING)


def page_of_text(text: str, path: str = "document.md") -> Page:
    document = parse_document(text, path)
    return page(document, judge_document(document), MAKING)


def blocks(parts: tuple[Block, ...]) -> Iterator[Block]:
    """Every block, from outside in."""
    for part in parts:
        yield part
        if isinstance(part, Section):
            yield from blocks(part.blocks)
        elif isinstance(part, Claim):
            yield from blocks((part.written, *part.body))


def all_blocks(page: Page) -> list[Block]:
    return list(blocks((*page.lead, *page.sections)))


def formulas(page: Page) -> list[Formula]:
    return [block for block in all_blocks(page) if isinstance(block, Formula)]


NEURON = r"""# A neuron

```network
input x
input y
parameter w
function \sigma {increasing}
a = \sigma(w x)
loss l = \frac{1}{2} (y - a)^2
```

"""
HOSTILE_NAME = "50%_x & #{}<b>\"'`[1] $y$ \\input{/etc/passwd} é σ 中 😀 ^~|"
