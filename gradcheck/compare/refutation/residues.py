"""The modular rung: whether both sides agree modulo a random prime, and how likely that is by chance."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from ...algebra.expressions import Expr
from ...algebra.index import Index, Tensor
from ...algebra.values.located import Array
from ...algebra.values.modular import Residues, residue_point
from ...algebra.values.point import NoValueError, Point
from ...algebra.values.pointwise import evaluate
from ..points.draws import distinct_sizes
from ..question import Question

TRIALS = 3
_FREE = frozenset({"distinct", "integer", "nonzero"})


@dataclass(frozen=True)
class Residue:
    """What trials modulo random primes found: zero every time, or a non-zero residue that refutes.

    opaque: exp occurred, so that zero is evidence of equality, not exact.
    """

    zero: bool
    opaque: bool

    @property
    def sentence(self) -> str:
        """The evidence in words."""
        kind = "exact mod p, exp as a homomorphism" if self.opaque else "exact mod p"
        return f"{kind}: zero at {TRIALS} random points, chance of an error below 1e-9"


def residue(question: Question, seed: int, trials: int = TRIALS) -> Residue | None:
    """The difference modulo random primes at random points; None where this rung must stay silent.

    It is silent about constrained arrays, assumptions, named functions, roots and gates.
    """
    if question.assumptions or any(t.facts - _FREE for t in question.leaves()):
        return None
    try:
        found = [_trial(question, seed, n) for n in range(trials)]
    except NoValueError:
        return None
    return Residue(None not in found, any(found))


def _trial(question: Question, seed: int, number: int) -> bool | None:
    """Whether exp was used in a trial that gave zero; None for a non-zero residue."""
    rng = random.Random(f"residues/{seed}/{number}")
    sizes = distinct_sizes(sorted(question.dims()), question.smallest, 3 + number)
    values = {t: _integers(t, sizes, rng) for t in question.leaves()}
    point = residue_point(sizes, values, rng, seed + number)
    exponents = point.exponents
    assert exponents is not None
    for tensor, (indices, formula) in [
        *question.equalities,
        *((n.tensor, (n.indices, n.formula)) for n in question.network.nodes),
    ]:
        if tensor in question.mentioned:
            point.values[tensor] = np.array(evaluate(formula, indices, point), dtype=object)
            _try(exponents.values, tensor, formula, indices, exponents)
    arithmetic = point.arithmetic
    assert isinstance(arithmetic, Residues)
    gaps = evaluate(question.difference, question.free, point)
    if any(int(v) % arithmetic.modulus for v in gaps.flat):
        return None
    return arithmetic.opaque


def _try(values: dict[Tensor, Array], tensor: Tensor, formula: Expr, indices: tuple[Index, ...], point: Point) -> None:
    """Nodes modulo q are needed only under exp; one that has no value there simply stays unknown."""
    try:
        values[tensor] = np.array(evaluate(formula, indices, point), dtype=object)
    except NoValueError:
        return


def _integers(tensor: Tensor, sizes: dict[str, int], rng: random.Random) -> Array:
    shape = tuple(d.value(sizes) for d in tensor.dims)
    out = np.empty(shape, dtype=object)
    out.reshape(-1)[:] = [rng.randrange(1, 2**38) for _ in range(int(np.prod(shape, dtype=int)))]
    return out
