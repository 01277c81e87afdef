"""What stands on a report page: the derivation that was checked, step by step, and every claim with its verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

import gradcheck
from gradcheck.derive import gradients
from gradcheck.derive.telling import Telling
from gradcheck.report.page.compose import plain_title
from gradcheck.report.page.gradient import gradient_blocks
from gradcheck.report.page.tree import Badge, Claim, Figure, Formula, Section, Table

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
def test_every_gradient_that_is_printed_reads_back_and_is_proved(name: str) -> None:
    document, _ = judged(name)
    boxed = [f for f in formulas(page_of(name)) if f.boxed]
    expected = 0
    at = iter(boxed)
    for network in document.networks:
        if network.loss is None:
            continue
        found = gradients(network)
        for tensor in reversed(network.parameters):
            if tensor.name not in found:
                continue
            derivation = found[tensor.name]
            blocks = [b for b in gradient_blocks(derivation, Telling()) if isinstance(b, Formula)]
            for result in [b for b in blocks if b.boxed]:
                expected += 1
                assert next(at).rows == result.rows
                if derivation.where:
                    continue  # speaks of adjoints, which the network's own notation has no names for
                (row,) = result.rows
                written_out = replace(network, family=None, generic=None)
                assert gradcheck.check(written_out, row).verdict == "proved", row
    assert len(boxed) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_last_step_ends_in_the_result(name: str) -> None:
    document, _ = judged(name)
    for network in document.networks:
        if network.loss is None:
            continue
        for derivation in gradients(network).values():
            found = [b for b in gradient_blocks(derivation, Telling()) if isinstance(b, Formula)]
            result = next(k for k, b in enumerate(found) if b.boxed)
            assert derivation.steps[-1].after == derivation.closed
            assert found[result].rows == found[result - 1].rows


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
    covered = {row[0][0].text: str(row[1]) for row in table.rows}  # type: ignore[union-attr]
    assert "n ≥ 1" in covered["eq17"]


def test_a_document_without_networks_and_one_without_claims_have_pages_too() -> None:
    assert "0 claims" in str(page_of_text("# Nothing\n\nOnly words.\n").lead)
    assert "0 claims" in str(page_of_text(NEURON).lead)
