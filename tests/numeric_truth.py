"""Whether a claim fails at a point, found with Python numbers entry by entry: no normal form, no balls, no proof."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence

import numpy as np
from entrywise import Reader

from gradcheck.compare.families.families import Claim
from gradcheck.compare.families.parities import halved
from gradcheck.compare.links import Link, links
from gradcheck.compare.points.draws import concrete_functions, distinct_sizes
from gradcheck.compare.points.forward import Place, find_place
from gradcheck.declare.blocks import by_parity
from gradcheck.declare.network import Network
from gradcheck.derive.abstract import grounded
from gradcheck.derive.windows import at_depth
from gradcheck.errors import GradcheckError
from gradcheck.formula import read_all

POINTS = 4
Case = tuple[Network, str, tuple[str, ...]]


def fails_somewhere(network: Network, latex: str, assume: Sequence[str], seed: int = 0) -> bool | None:
    """Whether some link of the claim fails at a point that satisfies its assumptions; None if no point was found."""
    seen = False
    for case, text, under in cases(network, latex, tuple(assume)):
        for statement in read_all(text, case.notation):
            for link in links(case, statement, under):
                found = _fails(link, random.Random(seed))
                if found:
                    return True
                seen = seen or found is False
    return False if seen else None


def cases(network: Network, latex: str, assume: tuple[str, ...]) -> Iterator[Case]:
    """The claim with numbers for layers, and for even and odd sizes."""
    if network.family is not None:
        for depth in (3, 4):
            numbered = grounded(at_depth(network.family, network.name, depth))
            for layer in range(1, depth + 1):
                claim = Claim(latex, assume).at(network.family, layer, depth)
                try:
                    read_all(claim.latex, numbered.notation)
                except GradcheckError:
                    continue
                yield numbered, claim.latex, claim.assume
        return
    sizes = halved(network, (latex, *assume))
    for one in [case for _, case in by_parity(network, sizes)] if sizes else [network]:
        yield grounded(one), latex, assume


def _fails(link: Link, rng: random.Random) -> bool | None:
    question = link.question
    names = sorted(question.dims())
    seen = False
    for chosen in itertools.islice(concrete_functions(question), 3):
        concrete = question.with_functions(chosen) if chosen else question
        for start in (2, 3):
            sizes = distinct_sizes(names, question.smallest, start)
            for n in range(POINTS):
                place = find_place(concrete, sizes, rng, 3 + n, {})
                if place is None:
                    continue
                try:
                    failed = _fails_at(link, place)
                except (OverflowError, ValueError):  # floats are too small for these values
                    continue
                seen = True
                if failed:
                    return True
    return False if seen else None


def _fails_at(link: Link, place: Place) -> bool:
    question = place.question
    reader = Reader(place.sizes, {t.name: np.array(v, dtype=float) for t, v in place.exact.items()})
    for tensor, (indices, formula) in question.equalities:
        reader.arrays[tensor.name] = reader.array(indices, formula)
    for node in question.network.nodes:
        if node.tensor in question.mentioned:
            reader.arrays[node.tensor.name] = reader.array(node.indices, node.formula)
    for at in np.ndindex(*(i.dim.value(place.sizes) for i in question.free)):
        if not place.assumed[at]:
            continue
        here = {i: p + 1 for i, p in zip(question.free, at, strict=True)}
        left, right = (reader.value(side, here) for side in (question.left, question.right))
        gap, size = left - right, 1e-9 * (1 + abs(left) + abs(right))
        if link.relation is None and not math.isclose(left, right, rel_tol=1e-7, abs_tol=1e-7):
            return True
        if (link.relation == ">" and gap < -size) or (link.relation == ">=" and gap < -size):
            return True
    return False
