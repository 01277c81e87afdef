"""A claim about a generic layer, read with numbers in a network of some depth and tried there at a point.

This proves nothing: it is a check of the proof for every depth, at small sizes that differ from layer to layer.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from ...declare.network import Network
from ...derive.abstract import grounded
from ...formula import Reading, read_all
from ..kinds.order import holds_at_a_point
from ..links import Link, links
from ..refutation.refute import Search, places, separate

POINTS = 1
_SIZES = (2, 3)


def holds_numerically(network: Network, latex: str, assume: Sequence[str], reading: Reading, seed: int) -> bool | None:
    """Whether every link of a claim holds at a point; None if no point could be evaluated.

    Raises GradcheckError where the claim can't be read.
    """
    network = grounded(network)
    seen = True
    for statement in read_all(latex, network.notation, reading=reading):
        for link in links(network, statement, assume):
            held = _holds(link, seed)
            if held is False:
                return False
            seen = seen and held is True
    return True if seen else None


def _holds(link: Link, seed: int) -> bool | None:
    if link.rank is not None:
        status = link.decide(seed).status
        return {"proved": True, "agrees": True, "refuted": False}.get(status)
    question = link.question
    least = dict(question.network.dims)
    sizes = {name: max(least.get(name, 1), _SIZES[n % 2]) for n, name in enumerate(sorted(question.dims()))}
    order = link.order()
    if order is not None:
        return holds_at_a_point(order, seed, sizes)
    search = Search()
    for place in places(question, random.Random(f"depth/{seed}"), search, POINTS, [sizes]):
        if separate(place, search) is not None:
            return False
    return True if search.points else None
