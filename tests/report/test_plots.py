"""The numbers in the plots are what they are said to be."""

from __future__ import annotations

import pytest

import gradcheck
from gradcheck.derive.abstract import is_abstract
from gradcheck.report.page.evidence import evidence_section
from gradcheck.report.page.marks import wrong_parts
from gradcheck.report.page.measure import flow, ground, margins
from gradcheck.report.page.tree import Chart, Figure

from .pages import judged


def charts(name: str) -> list[Chart]:
    document, report = judged(name)
    (section,) = evidence_section(document, report, 0)
    return [b.drawing for b in section.blocks if isinstance(b, Figure) and isinstance(b.drawing, Chart)]


@pytest.mark.parametrize("name", ["three-neuron", "step-autoencoder"])
def test_finite_differences_approach_the_derived_gradient_and_not_the_wrong_claim(name: str) -> None:
    pairs = [c for c in charts(name) if len(c.series) == 2 and not c.rows]
    assert pairs
    for chart in pairs:
        derived, claimed = (min(y for _, y in s.points) for s in chart.series)
        assert derived < 1e-8
        assert claimed > 1e-2
        flat = [y for _, y in chart.series[1].points]
        assert max(flat) < 1.5 * min(flat), "a wrong formula is a flat line"


def test_every_entry_of_every_gradient_lies_within_the_tolerance() -> None:
    for document, _ in map(judged, ["three-neuron", "step-autoencoder"]):
        for network in document.networks:
            if is_abstract(network) or network.loss is None:
                continue
            base = ground(network, 0)
            assert base is not None
            found = margins(base)
            assert set(found) == set(network.parameters)
            assert all(ratio < 1 for ratios in found.values() for ratio in ratios)


RELU = r"""
dims n
input x : n
parameter W : n, n
parameter v : n
function \sigma = \operatorname{ReLU}
h = \sigma(W x)
loss l = v^T h
"""


def test_units_with_a_closed_gate_are_dead() -> None:
    base = ground(gradcheck.network(RELU), 0)
    assert base is not None
    (hidden,) = flow(base, 0)
    assert hidden.node.name == "h"
    assert hidden.dead is not None
    assert 0.1 < hidden.dead < 0.9
    linear = ground(gradcheck.network(RELU.replace(r"\sigma(W x)", "W x")), 0)
    assert linear is not None
    assert flow(linear, 0)[0].dead is None


def test_a_network_without_numbers_has_no_plots() -> None:
    assert ground(gradcheck.network("input x\nparameter w\nz = w x\nloss l"), 0) is None


PARTS = [
    ("a = b + c", "a = b - c", "", ["+"]),
    ("a = 2 b c", "b c", "", ["2"]),
    (r"a = x \times w_2 \times f(u)", "", "x w_2", ["f(u)"]),
    (r"a = \sum_{i=1}^n x_i", "", r"\sum_{i=1}^n y_i", [r"\sum_{i=1}^n x_i"]),
    ("a = x y", "", "", ["x y"]),
    ("a = b = c", "a = d", "", []),
    ("a = b.", "", "", ["b"]),
]


@pytest.mark.parametrize(("written", "fix", "derived", "wrong"), PARTS)
def test_only_what_is_surely_wrong_is_marked(written: str, fix: str, derived: str, wrong: list[str]) -> None:
    assert [written[a:b] for a, b in wrong_parts(written, fix, derived)] == wrong
