"""What stands on a report page: the derivation that was checked, step by step, and every claim with its verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

import gradcheck
from gradcheck import formula
from gradcheck.algebra.expressions import Derivative, Elem, substitute
from gradcheck.algebra.normal_form.normal import is_zero
from gradcheck.algebra.signs.knowledge import Knowledge
from gradcheck.declare.network import Network, Node
from gradcheck.derive import Derivation, gradients, resolve
from gradcheck.derive.telling import HELD, Telling
from gradcheck.formula.notation import Notation
from gradcheck.printing import show_equation
from gradcheck.printing.display import displayed
from gradcheck.printing.names import scope_of
from gradcheck.report.page.compose import plain_title
from gradcheck.report.page.gradient import Gradients, gradient_blocks
from gradcheck.report.page.sentences import readings, sentence
from gradcheck.report.page.tree import (
    Badge,
    Claim,
    Figure,
    Formula,
    Line,
    Link,
    Math,
    Paragraph,
    Section,
    Table,
    Text,
    plain,
)

from .pages import NAMES, NEURON, all_blocks, formulas, judged, page_of, page_of_text


@pytest.mark.parametrize("name", NAMES)
def test_every_equation_of_the_document_stands_on_its_page(name: str) -> None:
    document, report = judged(name)
    claims = [block for block in all_blocks(page_of(name)) if isinstance(block, Claim)]
    assert [c.name for c in claims] == [
        i.id for i in sorted([*report.findings, *report.unread], key=lambda i: (i.line, i.column))
    ]
    assert {c.badge.word for c in claims} >= {f.verdict.verdict for f in report.findings}
    assert plain_title(document) in str(page_of(name).title)


@pytest.mark.parametrize("name", NAMES)
def test_anchors_are_unique_and_every_link_leads_to_one(name: str) -> None:
    page = page_of(name)
    anchors = [b.anchor for b in all_blocks(page) if isinstance(b, Section | Claim)]
    assert len(anchors) == len(set(anchors))
    targets = {word.split("'")[0] for word in str(page).split("target='#")[1:]}
    assert targets <= set(anchors)


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_of_a_derivation_reads_back_and_is_proved(name: str) -> None:
    """Steps, results and the adjoints that they name."""
    document, _ = judged(name)
    printed = iter(f for f in formulas(page_of(name)) if f.boxed or f.number)
    sections = Gradients()
    for network in document.networks:
        found = gradients(network) if network.loss is not None else {}
        derived = iter([found[t.name] for t in reversed(network.parameters or network.inputs) if t.name in found])
        for section in sections.sections(network, "here") if network.loss is not None else ():
            block: Formula
            for block in (b for b in section.blocks if isinstance(b, Formula)):
                if block is next(b for b in section.blocks if isinstance(b, Formula)):
                    derivation = next(derived)
                    known = with_its_adjoints(network, derivation)
                assert next(printed).rows == block.rows
                (row,) = block.rows
                if gradcheck.check(known, row).verdict != "proved":
                    assert HELD in plain_text(block.rule), row
                    assert partial_derivatives_hold(network, derivation, row), row
    assert next(printed, None) is None


def plain_text(line: Line) -> str:
    return "".join(map(plain, line))


def partial_derivatives_hold(network: Network, derivation: Derivation, row: str) -> bool:
    """Whether the chain rule as printed is the one of the derivation, where other nodes are held fixed."""
    written = formula.read(row, derivation.notation).sides[-1]
    step = next(s for s in derivation.steps if s.rule == "chain rule" and displayed(s.text("latex")) == (row,))
    letters = scope_of((step.before, step.after), derivation.notation, step.indices).letters
    found = {index.name: index for index in written.expr.free}
    said = substitute(written.expr, {found[letters[i]]: i for i in step.indices if letters[i] in found})
    network = replace(network, adjoints=())
    derived = [resolve(network, expr, reading="partial") for expr in (said, step.after)]
    return is_zero(derived[0] - derived[1], Knowledge())


def with_its_adjoints(network: Network, derivation: Derivation) -> Network:
    """The network with a declared name for every derivative of the loss, those on the page among them."""
    program = derivation.program
    named = [Node(e.tensor, e.indices, Derivative(program.output, Elem(e.of, e.indices))) for e in program.equations]
    plain = replace(network, family=None, generic=None, lines=())
    return replace(plain, adjoints=tuple(named), notation=derivation.notation)


@pytest.mark.parametrize("name", NAMES)
def test_the_last_step_ends_in_the_result(name: str) -> None:
    document, _ = judged(name)
    for network in document.networks:
        if network.loss is None:
            continue
        for derivation in gradients(network).values():
            found = [b for b in gradient_blocks(derivation, Telling()) if isinstance(b, Formula)]
            result = next(b for b in found if b.boxed)
            assert derivation.steps[-1].after == derivation.closed
            assert result.number
            assert result.rule
            notation = derivation.notation
            last = show_equation(derivation.left, derivation.closed, derivation.indices, notation)
            assert result.rows == displayed(last, words=notation.shown_words)


def test_a_derivation_that_stands_on_the_page_already_is_referred_to() -> None:
    network = "```network {}\ninput x\nparameter w\nloss l = (w x)^2\n```\n\n"
    page = page_of_text(network.format("one") + network.format("two"))
    assert "Step by step as for " in str(page)
    assert sum(f.boxed for f in formulas(page)) == 2
    assert sum(bool(f.number) for f in formulas(page)) == len(formulas(page_of_text(network.format("one")))) - 1


def test_steps_are_numbered_and_named_and_shared_ones_are_referred_to() -> None:
    page = page_of("three-neuron")
    steps = [f for f in formulas(page) if f.number]
    assert [f.number for f in steps] == [str(k) for k in range(1, len(steps) + 1)]
    assert all(f.rule for f in steps)
    assert "Uses step (2) from above." in str(page)


def test_a_wrong_claim_carries_its_counterexample_and_its_mistake_is_marked() -> None:
    wrong = next(b for b in all_blocks(page_of("three-neuron")) if isinstance(b, Claim) and b.name.endswith("d-dx2"))
    assert wrong.badge == Badge("wrong", known=True)
    assert isinstance(wrong.written, Formula)
    assert "gcwrong" in wrong.written.rows[0]
    assert any(isinstance(b, Table) and "finite difference" in b.head for b in wrong.body)
    assert "Counterexample: " in str(wrong.body)


def test_an_equation_that_cannot_be_read_is_shown_as_typed_with_the_place_marked() -> None:
    page = page_of_text(NEURON + r"$$ \frac{\partial l}{\partial w} = (a - y) q $$ {#bad}" + "\n")
    claim = next(b for b in all_blocks(page) if isinstance(b, Claim))
    assert claim.badge.word == "unread"
    start, stop = claim.written.wrong  # type: ignore[union-attr, misc]
    assert claim.written.text[start:stop] == "q"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", NAMES)
def test_drawings_have_words_for_those_who_cannot_see_them(name: str) -> None:
    figures = [b for b in all_blocks(page_of(name)) if isinstance(b, Figure)]
    assert figures, "every document here has a network"
    assert all(len(f.alt) > 30 for f in figures)


def test_proved_claims_say_for_which_sizes() -> None:
    table = next(
        b for b in all_blocks(page_of("step-autoencoder")) if isinstance(b, Table) and b.caption.startswith("Sizes")
    )
    assert table.rows
    covered = {link.text: plain_text(row[0]) for row in table.rows for link in row[1] if isinstance(link, Link)}
    assert r"n \geq 1" in covered["eq17"]


def test_a_document_without_networks_and_one_without_claims_have_pages_too() -> None:
    assert "0 claims" in str(page_of_text("# Nothing\n\nOnly words.\n").lead)
    assert "0 claims" in str(page_of_text(NEURON).lead)


@pytest.mark.parametrize(
    ("words", "formulas"),
    [
        ("equal for all n ≥ 1, n^{[2]} ≥ 1; by normal form", [r"n \geq 1", r"n^{[2]} \geq 1"]),
        (r"assumes z_j > 0, \sum_{i=1}^n [z_i > z_j] ≥ p", ["z_j > 0", r"\sum_{i = 1}^n [z_i > z_j] \geq p"]),
        ("uᵤ^([3](i)) > 0", ["u_u^{[3] (i)} > 0"]),
        (r"the step is -\alpha times the gradient", [r"- \alpha"]),
        ("finite difference 1.5 ± 2e-15 agrees at one point", [r"2 \cdot 10^{- 15}"]),
        ("a rank is at most n, i.e. it doesn't grow; I mean a number", ["n"]),
        ("1e-3 is no name, e is", [r"1 \cdot 10^{- 3}", "e"]),
    ],
)
def test_what_is_a_formula_in_a_sentence_is_set_as_one(words: str, formulas: list[str]) -> None:
    assert [item.latex for item in sentence(words, Notation()) if isinstance(item, Math)] == formulas


def test_numbers_in_a_sentence_have_a_minus_sign() -> None:
    assert sentence("it lies in [-3, -2]", Notation()) == (Text("it lies in [−3, −2]"),)


def test_where_nothing_was_derived_nothing_is_shown_as_derived() -> None:
    text = "```symbols\ninput x, y\n```\n\n$$ (x + y)^2 = x^2 + y^2 $$ {#binomial}\n"
    claim = next(b for b in all_blocks(page_of_text(text)) if isinstance(b, Claim))
    assert claim.badge.word == "wrong"
    assert "Derived" not in str(claim.body)


def test_where_nothing_is_trained_the_derivatives_by_the_inputs_are_shown() -> None:
    page = page_of_text("```network\ninput x, y\nloss l = (x - y)^2\n```\n")
    assert [f.rows for f in formulas(page) if f.boxed] == [
        (r"\frac{\partial l}{\partial y} = 2 (y - x)",),
        (r"\frac{\partial l}{\partial x} = 2 (x - y)",),
    ]


def test_what_holds_for_even_and_odd_sizes_alike_is_said_once() -> None:
    claims = {b.name.partition("/")[2]: b for b in all_blocks(page_of("kate")) if isinstance(b, Claim)}
    said = plain_text(next(b for b in claims["no-direct-flow"].body if isinstance(b, Paragraph)).line)
    assert said.startswith("Where k is even and where k is odd. Equal for all")
    assert said.count("Equal for all") == 1
    table = next(b for b in all_blocks(page_of("kate")) if isinstance(b, Table) and b.caption.startswith("Sizes"))
    covers = [plain_text(row[0]) for row in table.rows]
    assert all("equal for all" in words or "holds for all" in words for words in covers if words.startswith("where "))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("repair: read `= =` as `=`", "[= =] is repaired to [=]"),
        (r"assumes \rho in-(0,1)", r"assumes $\rho$ in (0, 1)"),
        (r"for all k \geq 2, m \geq 1", r"for all $k \geq 2$, $m \geq 1$"),
        ("the transpose (W^{(l)})^T, or", "the transpose $(W^{(l)})^T$, or"),
        (r"a product (\delta^{(l)}) (a^{(l)})^T", r"a product $(\delta^{(l)}) (a^{(l)})^T$"),
        ("any function of a in layer l", "any function of $a$ in layer $l$"),
    ],
)
def test_a_sentence_sets_names_as_formulas_and_what_was_typed_as_code(said: str, line: str) -> None:
    shown = ""
    for item in sentence(said, Notation()):
        mark = "$$" if isinstance(item, Math) else "[]" if isinstance(item, Text) and item.style == "code" else ""
        shown += mark[:1] + plain(item) + mark[1:]
    assert shown == line


def test_what_was_read_otherwise_is_set_as_the_formula_that_it_is_and_said_once() -> None:
    said = [
        r"\frac{\partial J}{\partial z} J(W, b) is read as a row",
        "the square of a vector is read as its sum of squares",
    ]
    first, second = readings(said, Notation())[1:3]
    assert first == Math(r"\frac{\partial J}{\partial z} J (W, b)")
    assert second == Text(" is read as a row; the square of a vector is read as its sum of squares.", "quiet")
