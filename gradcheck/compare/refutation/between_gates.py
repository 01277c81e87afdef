"""The search between gates: points where one gate of a claim is open and another one closed.

Two gates with different thresholds, [1 - y > 0] and [2 - y > 0], differ only where y lies between them, which a
drawn point may never do. What is found is a point like any other.
"""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import replace

from ...algebra.expressions import Apply, Compare, Expr, negate, walk
from ..points.draws import sizes_to_try
from ..question import Assumption, Question
from .refute import Search, places, separate
from .separation import Separation

MOST_GATES, POINTS = 5, 2


def search_between(question: Question, seed: int) -> Separation | None:
    """A point that separates the two sides and lies between two of their gates."""
    rng = random.Random(f"gates/{seed}")
    sizes = sizes_to_try(question)
    tried = sizes[:1] + sizes[1:][-1:]
    for opened, closed in itertools.permutations(_gates(question), 2):
        sides = (Assumption(opened, ">", ""), Assumption(negate(closed), ">", ""))
        split = replace(question, assumptions=(*question.assumptions, *sides))
        for place in places(split, rng, Search(), POINTS, tried):
            found = separate(place, Search())
            if found is not None:
                return found
    return None


def _gates(question: Question) -> list[Expr]:
    """What the gates of the claim compare with 0, each once."""
    found: dict[str, Expr] = {}
    for node in itertools.chain(walk(question.left), walk(question.right)):
        if isinstance(node, Compare):
            inside = node.left - node.right
        elif isinstance(node, Apply) and node.function.has_kink:
            inside = node.argument
        else:
            continue
        found.setdefault(re.sub(r"#\d+", "", repr(inside)), inside)
    return list(found.values())[:MOST_GATES]
