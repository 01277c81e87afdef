"""Claims about sizes under an assumption about a rank: what rank(M) = n needs of the sizes that M is made from.

Proof rule. Statement: wherever rank(M) = r (or ≥ r), the sizes stand in the claimed relation. Why it proves: a rank
is at most U, for U the rows, the columns, or the number of products of a row part and a column part that the
entries are sums of; so r ≤ U, and the claimed relation follows from that for some U. What it needs: the normal
form of the entry. A refutation is an exact rank at a real point of sizes that break the relation.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...algebra.construct import never_negative
from ...algebra.dims import Dim
from ...algebra.expressions import Rank, Sum
from ...algebra.index import Index
from ...algebra.keys import TooLargeError
from ...algebra.normal_form.normal import normal
from ...algebra.normal_form.powers import UndefinedError
from ...algebra.polynomials import Term
from ...algebra.values.balls import precision
from ...algebra.values.point import NoValueError
from ...algebra.values.pointwise import evaluate
from ..ladder import Outcome
from ..points.forward import as_text
from ..proof.prove import Attempt, declared, knowledge, with_equalities
from ..question import Question, expanded
from ..refutation.refute import Search, places
from ..verdict import Counterexample
from .rank import exact_rank

LARGEST = 4
POINTS = 2
_STEPS = 12


@dataclass(frozen=True)
class WidthClaim:
    """`left` stands in `sign` ("=", "<=", ">=") to `right` wherever rank(matrix) is `rank` (or more, if `at_least`)."""

    question: Question
    matrix: Rank
    rank: Dim
    at_least: bool
    left: Dim
    sign: str
    right: Dim

    def holds(self, sizes: dict[str, int]) -> bool:
        """Whether the claimed relation holds at these sizes."""
        gap = (self.left - self.right).value(sizes)
        return gap == 0 if self.sign == "=" else gap >= 0 if self.sign == ">=" else gap <= 0


def decide_width(claim: WidthClaim, seed: int = 0) -> Outcome:
    """Decide a claim about sizes."""
    search = Search()
    for sizes in _sizes(claim):
        if claim.holds(sizes):
            continue
        values = _at_rank(claim, sizes, seed, search)
        if values is not None:
            wanted, found = claim.right.value(sizes), claim.left.value(sizes)
            said = f"the rank is exactly {claim.rank.value(sizes)} = {claim.rank} at a point with {_text(sizes)}"
            gap = str(found - wanted)
            example = Counterexample(values, sizes, {}, (), float(wanted), float(found), (gap, gap))
            evidence = (said, *(f"what follows is {b} ≥ {claim.rank}: {why}" for b, why in _telling(claim)))
            return Outcome("refuted", evidence, Attempt(), search, example)
    met = [sizes for sizes in _sizes(claim) if claim.holds(sizes) and _at_rank(claim, sizes, seed, search) is not None]
    if not met:
        above = next(
            (f"{b} ≥ the rank: {why}" for b, why in _bounds(claim) if never_negative(claim.rank - b - 1)), None
        )
        if above is not None:
            return Outcome("contradiction", (f"nothing has the assumed rank: {above}",), Attempt(), search)
        return Outcome("undecided", ("no point was found that has the assumed rank",), Attempt(), search)
    tried = f"exact ranks at sizes up to {LARGEST}, the assumed one at {_text(met[0])}"
    for bound, why in _bounds(claim):
        if _follows(claim, bound - claim.rank):
            attempt = Attempt(proved=True, rules=("bounds of a rank",), known=declared(claim.question))
            return Outcome("proved", (f"{bound} ≥ {claim.rank}: {why}", tried), attempt, search)
    return Outcome("agrees", (tried, "no proof: no bound of the rank gives the relation"), Attempt(), search)


def _text(sizes: dict[str, int]) -> str:
    return ", ".join(f"{name} = {n}" for name, n in sizes.items())


def _sizes(claim: WidthClaim) -> Iterator[dict[str, int]]:
    """Small sizes, those without a 1 first."""
    least = dict(claim.question.network.dims)
    names = sorted(claim.question.dims() | claim.left.symbols() | claim.right.symbols() | claim.rank.symbols())
    ranges = [range(least.get(name, 1), max(LARGEST, least.get(name, 1)) + 1) for name in names]
    found = [dict(zip(names, values, strict=True)) for values in itertools.product(*ranges)]
    yield from sorted(found, key=lambda sizes: (1 in sizes.values(), sum(sizes.values())))


def _at_rank(claim: WidthClaim, sizes: dict[str, int], seed: int, search: Search) -> dict[str, object] | None:
    """The values of a point at which the matrix has the assumed rank, if one is found."""
    wanted = claim.rank.value(sizes)
    for place in places(claim.question, random.Random(f"width/{seed}"), search, POINTS, [sizes], level=2):
        with precision(256):
            try:
                values = evaluate(claim.matrix.body, claim.matrix.indices, place.at_precision())
            except NoValueError:
                continue
        if not all(v.is_exact() for v in values.flat):
            continue
        search.points += 1
        rank = exact_rank(values)
        if rank == wanted or (claim.at_least and rank >= wanted):
            return {t.name: as_text(v) for t, v in place.exact.items()}
    return None


# Proofs ------------------------------------------------------------------------------------------------


def _follows(claim: WidthClaim, room: Dim) -> bool:
    """Whether the relation follows from room ≥ 0, at every admitted size."""
    gap = claim.left - claim.right
    above, below = (
        never_negative(gap - room) or never_negative(gap),
        never_negative(-gap - room) or never_negative(-gap),
    )
    return {"=": above and below, ">=": above, "<=": below}[claim.sign]


def _bounds(claim: WidthClaim) -> Iterator[tuple[Dim, str]]:
    """Upper bounds of the rank, each with its reason."""
    i, j = claim.matrix.indices
    yield i.dim, "a rank is at most the number of rows"
    yield j.dim, "a rank is at most the number of columns"
    for inner in _inner_sizes(claim.question, claim.matrix, i, j):
        yield inner, "a rank is at most the number of products of a row part and a column part in an entry"


def _telling(claim: WidthClaim) -> Iterator[tuple[Dim, str]]:
    """The bounds that say something about the sizes in the claim."""
    spoken = claim.left.symbols() | claim.right.symbols()
    for bound, why in _bounds(claim):
        if bound.symbols() <= spoken and not never_negative(bound - claim.rank):
            yield bound, why


def _inner_sizes(question: Question, matrix: Rank, i: Index, j: Index) -> Iterator[Dim]:
    body = with_equalities(question, matrix.body)
    for _ in range(_STEPS):
        try:
            poly = normal(body, knowledge(question, body))
        except (TooLargeError, UndefinedError):
            return
        counts = [_products(term, i, j) for term in poly.values()]
        if counts and None not in counts:
            yield sum((c for c in counts if c is not None), start=Dim())
        further = with_equalities(question, expanded(body, question.network))
        if further == body:
            return
        body = further


def _products(term: Term, i: Index, j: Index) -> Dim | None:
    """How many products of a part in i and a part in j the term is: one, or one for each position of a sum."""
    both = [(a, e) for _, a, e in term.factors if i in a.free and j in a.free]
    if not both:
        return Dim.of(1)
    if len(both) == 1 and isinstance(both[0][0], Sum) and both[0][1] == 1 and len(both[0][0].indices) == 1:
        inside = both[0][0]
        factors: Sequence[object] = getattr(inside.body, "factors", (inside.body,))
        if not any(i in getattr(f, "free", ()) and j in getattr(f, "free", ()) for f in factors):
            return inside.indices[0].dim
    return None
