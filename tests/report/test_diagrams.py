"""Diagrams: boxes stand apart, and arrows go round them."""

from __future__ import annotations

import itertools

import pytest

import gradcheck
from gradcheck.report.page.diagram import diagram
from gradcheck.report.page.layout import HALF, Placed, placed
from gradcheck.report.page.tree import Diagram, Figure

from .pages import NAMES, all_blocks, page_of

RECURRENT = r"""
input x_1, x_2 : n
input h_0 : d
parameter U : d, d
parameter V : d, n
parameter b_{hidden} : d
h_1 = \tanh(U h_0 + V x_1 + b_{hidden})
h_2 = \tanh(U h_1 + V x_2 + b_{hidden})
words squaredlosswithaverylongname
loss squaredlosswithaverylongname = \sum_{j=1}^d ((h_2)_j + (h_1)_j)^2
"""


def drawings(name: str) -> list[Diagram]:
    if name == "recurrent":
        return [diagram(gradcheck.network(RECURRENT))]
    return [b.drawing for b in all_blocks(page_of(name)) if isinstance(b, Figure) and isinstance(b.drawing, Diagram)]


@pytest.mark.parametrize("name", [*NAMES, "recurrent"])
def test_no_arrow_runs_through_a_box_and_no_two_boxes_overlap(name: str) -> None:
    for drawing in drawings(name):
        places = placed(drawing)
        for one, other in itertools.combinations(places.centres, 2):
            assert not overlap(places, one, other)
        for ends, route in places.routes.items():
            for key in set(places.centres) - set(ends):
                assert not any(inside(places, key, route.at(k / 100)) for k in range(101)), (ends, key)


def overlap(places: Placed, one: str, other: str) -> bool:
    (x1, y1), (x2, y2) = places.centres[one], places.centres[other]
    return abs(x1 - x2) < places.halves[one] + places.halves[other] and abs(y1 - y2) < 2 * HALF


def inside(places: Placed, key: str, point: tuple[float, float]) -> bool:
    x, y = places.centres[key]
    return abs(point[0] - x) < places.halves[key] and abs(point[1] - y) < HALF


def test_a_drawing_has_room_for_its_arcs() -> None:
    (drawing,) = drawings("recurrent")
    places = placed(drawing)
    left, top, right, bottom = places.bounds()
    for route in places.routes.values():
        for x, y in map(route.at, [k / 50 for k in range(51)]):
            assert left <= x <= right
            assert top <= y <= bottom
