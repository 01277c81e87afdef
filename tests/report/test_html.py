"""The HTML page: whole in itself, valid, and readable by everyone."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.report.page.tree import (
    Bullets,
    Code,
    Formula,
    Heading,
    Link,
    Math,
    Page,
    Paragraph,
    Section,
    Table,
    Text,
    text,
)
from gradcheck.report.web.printer import html_text
from gradcheck.report.web.sheet import style

from .pages import HOSTILE_NAME, NAMES, page_of
from .test_display import check_tree

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """The elements of a page as they nest; complains about what does not close."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append((self.open[-1] if self.open else "", data))

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]

    def text(self) -> str:
        return "".join(data for tag, data in self.words if tag != "style")


@pytest.fixture(scope="module", params=NAMES)
def html(request: pytest.FixtureRequest) -> str:
    return html_text(page_of(request.param))


def test_a_page_is_well_formed_and_small(html: str) -> None:
    Reader(html)
    assert len(html.encode("utf-8")) < 400_000


def test_a_page_asks_for_nothing_from_elsewhere(html: str) -> None:
    page = Reader(html)
    assert not page.all("script", "link", "iframe", "object", "embed", "img", "base", "form")
    assert not re.search(r"\bon[a-z]+=", html)
    style_text = html[html.index("<style>") : html.index("</style>")]
    assert set(re.findall(r"url\(([a-z]+):", style_text)) == {"data"}
    assert "@import" not in style_text
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    for attributes in page.all("a"):
        assert re.fullmatch(r"#[A-Za-z0-9._-]+", attributes["href"] or "")


def test_every_link_has_its_target_and_no_id_stands_twice(html: str) -> None:
    page = Reader(html)
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {(a["href"] or "")[1:] for a in page.all("a")} <= set(ids)


def test_a_page_can_be_read_without_seeing_it(html: str) -> None:
    page = Reader(html)
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("title")
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == 1
    levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), "a level is skipped"
    assert all(head["scope"] == "col" for head in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in page.all("svg"))
    assert not [a for a in page.all("a") if not a["href"]]
    scrolling = [a for _, a in page.found if a.get("tabindex") == "0"]
    assert all(a.get("aria-label") or a == {"tabindex": "0"} for a in scrolling)


def test_verdicts_are_words_beside_their_colours(html: str) -> None:
    badges = re.findall(r'class="badge ([a-z-]+)">(.*?)</span></p>|class="badge ([a-z-]+)">(.*?)</td>', html)
    assert badges
    for word, inside, other, rest in badges:
        assert (word or other) in re.sub("<[^>]*>", "", inside or rest)


def test_formulas_are_mathml_without_tex_in_the_fonts_characters(html: str) -> None:
    found = re.findall(r"<math.*?</math>", html, re.S)
    assert found
    for formula in found:
        check_tree(ET.fromstring(formula))


def test_dark_light_and_print_have_their_colours() -> None:
    sheet = style()
    assert sheet.count("prefers-color-scheme: dark") == 2
    assert "@media print" in sheet
    used = set(re.findall(r"var\(--([a-z-]+)\)", sheet))
    declared = re.findall(r"--([a-z-]+):", sheet)
    assert used <= set(declared)
    assert all(declared.count(name) == 2 for name in used), "a colour for each of light and dark"


def hostile_page(words: str) -> Page:
    line = (Text(words), Text(words, "strong"), Text(words, "code"), Text(words, "emphasis"), Text(words, "quiet"))
    blocks = (
        Heading(2, line),
        Paragraph(line),
        Bullets((line, line)),
        Code(words, (0, 1) if words else None),
        Table(words, (words, words), ((line, (Link(words, "#here"),)),)),
    )
    return Page(text(words), (Paragraph(line),), (Section("here", line, blocks),), words)


@given(st.just(HOSTILE_NAME) | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_names_survive_whatever_characters_they_have(words: str) -> None:
    page = Reader(html_text(hostile_page(words)))
    kept = "".join("\ufffd" if c in "\ufffe\uffff" else c for c in words)
    assert page.text().count(kept) >= 15
    assert {tag for tag, _ in page.found} <= {
        "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3", "h4", "p", "nav", "ol", "li",
        "main", "section", "ul", "pre", "code", "mark", "div", "table", "caption", "thead", "tbody", "tr", "th", "td",
        "strong", "em", "span", "footer",
    }  # fmt: skip


def test_control_characters_are_shown_as_replacements() -> None:
    made = html_text(hostile_page("a\x00b\x1bc\x85d"))
    assert "a\ufffdb\ufffdc\ufffdd" in made


def test_a_long_formula_goes_on_below_and_the_sign_behind_a_formula_stays_with_it() -> None:
    long = r"\frac{\partial l}{\partial w} = (a + b) (c - d) - " + " + ".join("abcdefghijklmnopqrstuvwxyz")
    blocks = (Formula((long,)), Paragraph((Math("x_1"), Text(", then "), Math("y"))))
    made = html_text(Page(text("page"), (), (Section("s", text("s"), blocks),), ""))
    assert made.count("<math>") > 20
    assert '<math><mo form="infix">=</mo>' in made
    assert '<math><mo form="infix">−</mo>' in made
    assert '<span class="kept"><math><msub><mi>x</mi><mn>1</mn></msub></math>,</span> then <math>' in made
