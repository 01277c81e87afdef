"""Claims about the rank of a matrix that the network builds: rank(A) = n, rank(A) ≤ 2.

Proof rules. Upper bounds: a rank is at most the number of rows, of columns, and of products f_r(i)·g_r(j)
that the entry at (i, j) is a sum of; terms with the same f (or the same g) count once. Lower bound: if the
first n rows, perhaps after each column is lessened by the one before it (which changes no rank), form a
triangular matrix with entries on the diagonal that are not 0, the rank is at least n.
What they need: the normal form of the entry, and signs. A refutation is an exact rank at a real point.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import flint

from ...algebra.construct import never_negative
from ...algebra.dims import Dim
from ...algebra.expressions import Expr, Rank, add, negate, substitute, walk
from ...algebra.index import Affine, Index, Slot, position, slot_offset, slot_terms
from ...algebra.keys import TooLargeError
from ...algebra.normal_form.normal import normal
from ...algebra.normal_form.powers import UndefinedError
from ...algebra.signs.knowledge import Knowledge
from ...algebra.signs.sign import Sign
from ...algebra.signs.sums import sign_of
from ...algebra.values.balls import precision
from ...algebra.values.located import Array
from ...algebra.values.point import NoValueError
from ...algebra.values.pointwise import evaluate
from ..ladder import Outcome
from ..points.draws import distinct_sizes
from ..points.forward import as_text
from ..proof.gap_sign import with_nodes
from ..proof.prove import Attempt, declared, knowledge, with_equalities
from ..question import Question, expanded
from ..refutation.refute import Search, places
from ..verdict import Counterexample

SIZES = (2, 3, 4, 5)
Seen = tuple[dict[str, int], int, dict[str, object]]
"""Sizes, the exact rank there, and the values of the leaves."""
POINTS = 3


@dataclass(frozen=True)
class RankClaim:
    """rank(entry over rows and columns) stands in `sign` ("=", "<=", ">=") to `bound`."""

    question: Question
    matrix: Rank
    sign: str
    bound: Dim


def mentions_rank(expr: Expr) -> bool:
    """Whether a rank occurs."""
    return any(isinstance(node, Rank) for node in walk(expr))


def decide_rank(claim: RankClaim, seed: int = 0) -> Outcome:
    """Decide a claim of rank."""
    search = Search()
    seen = list(_exact_ranks(claim, seed, search))
    for sizes, rank, values in seen:
        wanted = claim.bound.value(sizes)
        if not _compares(rank, claim.sign, wanted):
            missed = wanted if claim.sign == "=" else f"{claim.sign} {wanted}"
            said = f"the rank is exactly {rank} at a point with {_text(sizes)}, not {missed}"
            gap = str(rank - wanted)
            example = Counterexample(values, sizes, {}, (), float(wanted), float(rank), (gap, gap))
            return Outcome("refuted", (said,), Attempt(), search, example)
    if not seen:
        return Outcome("undecided", (f"no point could be evaluated: {search.without_value}",), Attempt(), search)
    tried = f"exact rank at {len(seen)} points, sizes {min(SIZES)} to {max(SIZES)}"
    try:
        how = _proof(claim)
    except (TooLargeError, UndefinedError):
        how = None
    if how is None:
        why = "no proof: the entries are neither products of few factors nor triangular"
        return Outcome("agrees", (tried, why), Attempt(), search)
    attempt = Attempt(proved=True, rules=("bounds of a rank",), known=declared(claim.question))
    return Outcome("proved", (how, tried), attempt, search)


def _compares(rank: int, sign: str, wanted: int) -> bool:
    return rank == wanted if sign == "=" else rank <= wanted if sign == "<=" else rank >= wanted


def _text(sizes: dict[str, int]) -> str:
    return ", ".join(f"{k} = {v}" for k, v in sizes.items()) or "fixed sizes"


# Exact ranks -------------------------------------------------------------------------------------------


def _exact_ranks(
    claim: RankClaim, seed: int, search: Search
) -> Iterator[tuple[dict[str, int], int, dict[str, object]]]:

    question, (i, j) = claim.question, claim.matrix.indices
    rng = random.Random(f"rank/{seed}")
    names = sorted(question.dims())
    for start in SIZES:
        sizes = [distinct_sizes(names, question.smallest, start)]
        for place in places(question, rng, search, POINTS, sizes):
            with precision(256):
                try:
                    values = evaluate(claim.matrix.body, (i, j), place.at_precision())
                except NoValueError as error:
                    search.without_value = str(error)
                    continue
            search.points += 1
            if all(v.is_exact() for v in values.flat):
                yield place.sizes, exact_rank(values), {t.name: as_text(v) for t, v in place.exact.items()}


def exact_rank(values: Array) -> int:
    """The rank of a matrix of exact values."""
    rows, columns = values.shape
    entries = [_rational(v) for v in values.flat]
    return int(flint.fmpq_mat(rows, columns, entries).rank()) if entries else 0


def _rational(ball: flint.arb) -> flint.fmpq:
    top, power = ball.mid().man_exp()
    return flint.fmpq(int(top)) * flint.fmpq(2) ** int(power)


# Proofs ------------------------------------------------------------------------------------------------


def _proof(claim: RankClaim) -> str | None:
    i, j = claim.matrix.indices
    rows, columns = i.dim, j.dim
    upper = [(d, f"at most its {name}") for d, name in ((rows, "rows"), (columns, "columns"))]
    inner = _separable_terms(claim)
    if inner is not None:
        upper.append((Dim.of(inner), f"its entries are sums of {inner} products of a row part and a column part"))
    above = next((text for d, text in upper if never_negative(claim.bound - d)), None)
    if claim.sign == "<=":
        return above
    below = _full_columns(claim) if never_negative(columns - claim.bound) else None
    if claim.sign == ">=":
        return below
    return f"{above}; {below}" if above and below and claim.sign == "=" else None


def _separable_terms(claim: RankClaim) -> int | None:
    """How many products f_r(i)·g_r(j) the entry is a sum of, the same f or the same g counted once."""
    question, (i, j) = claim.question, claim.matrix.indices
    body = with_equalities(question, claim.matrix.body)
    best: int | None = None
    for _ in range(12):
        poly = normal(body, knowledge(question, body))
        row_parts, column_parts = set(), set()
        for term in poly.values():
            mine = [(k, e) for k, a, e in term.factors if i in a.free]
            theirs = [(k, e) for k, a, e in term.factors if j in a.free]
            if any(i in a.free and j in a.free for _, a, _ in term.factors):
                break
            row_parts.add(tuple(mine))
            column_parts.add(tuple(theirs))
        else:
            found = min(len(row_parts), len(column_parts))
            best = found if best is None else min(best, found)
        further = with_equalities(question, expanded(body, question.network))
        if further == body:
            return best
        body = further
    return best


def _full_columns(claim: RankClaim) -> str | None:
    """A triangular square part over all columns: rows 1 to n, or 2 to n+1."""
    question, (i, j) = claim.question, claim.matrix.indices
    if not never_negative(i.dim - j.dim) or claim.bound != j.dim:
        return None
    body = with_equalities(question, claim.matrix.body)
    for _ in range(12):
        for lessened in (False, True):
            for lower in (True, False):
                if _triangular(question, body, i, j, lower, lessened):
                    part = "lower" if lower else "upper"
                    after = " after each column is lessened by the one before it" if lessened else ""
                    return f"its first {j.dim} rows are {part} triangular{after}, with a diagonal that is never 0"
        further = with_equalities(question, expanded(body, question.network))
        if further == body:
            return None
        body = further
    return None


def _triangular(question: Question, body: Expr, i: Index, j: Index, lower: bool, lessened: bool) -> bool:
    n = j.dim
    place, gap = Index("p", n), Index("q", n)
    beyond = position([(place, 1), (gap, 1)])
    off = (place, beyond) if lower else (beyond, place)
    known = with_nodes(question, knowledge(question, body))

    def entry(row: Slot, column: Slot) -> Expr:
        here = substitute(body, {i: row, j: column})
        if not lessened:
            return here
        before = position(slot_terms(column), slot_offset(column) - 1)
        return add(here, negate(substitute(body, {i: row, j: before})))

    if lessened and not _never_zero(substitute(body, {i: _first(), j: _first()}), known):
        return False
    if lessened:
        # the diagonal from the second column on: place stands for j - 1
        shifted = position([(place, 1)], Dim.of(1))
        diagonal = entry(shifted, shifted)
        first_column = [substitute(body, {i: beyond, j: _first()})] if not lower else []
    else:
        diagonal, first_column = entry(place, place), []
    if any(normal(e, known) for e in first_column):
        return False
    return not normal(entry(*off), known) and _never_zero(diagonal, known)


def _first() -> Slot:
    return Affine((), Dim.of(1))


def _never_zero(expr: Expr, known: Knowledge) -> bool:
    return sign_of(normal(expr, known), known) in (Sign.POSITIVE, Sign.NEGATIVE, Sign.NONZERO)
