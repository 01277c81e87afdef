"""Concrete points at which a question is evaluated: sizes, functions, and exact values for the leaves.

Values are small integers first, then simple dyadic fractions; every declared fact holds exactly.
"""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import sympy

from ...algebra import facts
from ...algebra.functions import COS, COSH, EXP, SIGMOID, SINH, TANH, Function, T
from ...algebra.index import Tensor
from ...algebra.values.located import Array
from ..question import Question

MOST_ENTRIES = 4_000
_WITNESSES: tuple[Function, ...] = (
    TANH,
    EXP,
    Function("q", r"t^2 + t + 1", T**2 + T + 1),
    SIGMOID,
    Function("c", r"t^3 + t", T**3 + T, facts=frozenset({facts.INCREASING, facts.ODD, facts.ZERO_AT_ZERO})),
    SINH,
    COS,
    Function("s", r"t^2", T**2, facts=frozenset({facts.EVEN, facts.ZERO_AT_ZERO})),
    COSH,
    Function("r", r"e^{-t}", sympy.exp(-T), facts=frozenset({facts.DECREASING, facts.POSITIVE})),
    Function("d", r"-t^3 - t", -(T**3) - T, facts=frozenset({facts.DECREASING, facts.ODD, facts.ZERO_AT_ZERO})),
    Function("g", r"e^{-t^2}", sympy.exp(-(T**2)), facts=frozenset({facts.EVEN, facts.POSITIVE})),
)
"""Concrete functions that stand in for unspecified ones, each with the facts it really has."""


def concrete_functions(question: Question) -> Iterator[dict[Function, Function]]:
    """Choices of a concrete function for each unspecified one; each choice has every declared fact."""
    unspecified = question.functions()
    fitting = [[w for w in _WITNESSES if f.facts - {facts.LOGISTIC} <= w.facts] for f in unspecified]
    fitting = [[SIGMOID] if facts.LOGISTIC in f.facts else ws for f, ws in zip(unspecified, fitting, strict=True)]
    if not unspecified:
        yield {}
        return
    longest = max((len(ws) for ws in fitting), default=0)
    if any(not ws for ws in fitting):
        return
    for n in range(longest):
        yield {f: ws[(n + m) % len(ws)] for m, (f, ws) in enumerate(zip(unspecified, fitting, strict=True))}


# Sizes --------------------------------------------------------------------------------------------------


def sizes_to_try(question: Question, bound: int = 3) -> list[dict[str, int]]:
    """Distinct sizes from 2 on, distinct sizes from `bound` on, then the smallest admitted ones."""
    smallest = question.smallest
    names = sorted(question.dims())
    if not names:
        return [{}]
    out: list[dict[str, int]] = []
    for start in (2, bound):
        sizes = distinct_sizes(names, smallest, start)
        if sizes not in out:
            out.append(sizes)
    counted = [name for name in names if name not in _in_shapes(question)]
    if counted:  # such as how many winners there are: small beside the sizes of arrays
        long = distinct_sizes([n for n in names if n not in counted], smallest, 4)
        out.insert(1, long | {name: smallest.get(name, 1) for name in counted})
    least = {name: smallest.get(name, 1) for name in names}
    if least not in out:
        out.append(least)
    return out


def _in_shapes(question: Question) -> set[str]:
    """The size symbols that stand in the shape of an array."""
    return {name for t in question.mentioned for d in t.dims for name in d.symbols()}


def distinct_sizes(names: list[str], smallest: Mapping[str, int], start: int) -> dict[str, int]:
    """A different size for every dim, none below `start` or its own smallest size."""
    taken: set[int] = set()
    out: dict[str, int] = {}
    for name in names:
        value = next(v for v in itertools.count(max(start, smallest.get(name, 1))) if v not in taken)
        taken.add(value)
        out[name] = value
    return out


# Values -------------------------------------------------------------------------------------------------


class Numbers:
    """Where the entries of a point come from, simplest first.

    Level 0 counts 1, 2, 3, ... over scalars and walks through 1, 2, 1, 3, 2 over the entries of arrays,
    level 1 does the same with alternating signs, level 2 draws small integers, and from level 3 on simple
    dyadic fractions are drawn; at every third level from 8 on small ones, so that products of several stay below
    thresholds such as that of max(0, 1 - y w x).
    """

    def __init__(self, level: int, rng: random.Random) -> None:
        self.level = level
        self.rng = rng
        self.counted = 0

    def next(self, scalar: bool) -> Fraction:
        """The next number, never 0."""
        if self.level <= 1:
            self.counted += 1
            sign = -1 if self.level == 1 and self.counted % 2 == 0 else 1
            return _fraction(sign * ((self.counted - 1) % 7 + 1 if scalar else _WALK[self.counted % len(_WALK)]))
        if self.level == 2:
            return _fraction(self.rng.choice(_SMALL))
        top = self.rng.choice(_TOPS)
        bottom = self.rng.choice(_BOTTOMS)
        return _fraction(top, bottom * 8 if self.level > 5 and self.level % 3 == 2 else bottom)


_SMALL = (1, 2, 3, -1, -2, -3)
_TOPS = (-9, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 9)
_BOTTOMS = (1, 2, 2, 4)
_WALK = (2, 1, 2, 1, 3)


@functools.lru_cache(maxsize=512)
def _fraction(top: int, bottom: int = 1) -> Fraction:
    return Fraction(top, bottom)


def draw(tensor: Tensor, sizes: Mapping[str, int], numbers: Numbers) -> Array:
    """Exact values for one leaf that obey its facts. Raises LookupError where no parametrisation is known."""
    rng = numbers.rng
    shape = tuple(d.value(sizes) for d in tensor.dims)
    if any(n < 0 for n in shape):
        raise LookupError(f"{tensor.name} has a negative size")
    if math.prod(shape) > MOST_ENTRIES:
        raise LookupError(f"{tensor.name} has too many entries to be evaluated")
    declared = tensor.facts
    if declared & {facts.ORTHOGONAL, facts.SYMMETRIC, facts.SKEW}:
        samples = math.prod(shape[:-2])
        return np.array([_matrix(declared, shape[-2:], numbers) for _ in range(samples)], dtype=object).reshape(shape)
    if facts.ONE_HOT in declared:
        return _rows(shape, lambda n: _one_hot(n, rng))
    if declared & {facts.SIMPLEX, facts.STOCHASTIC}:
        return _rows(shape, lambda n: _simplex(n, rng))
    if facts.UNIT_NORM in declared:
        return _rows(shape, lambda n: _unit(n, rng))
    count = math.prod(shape)
    if not declared:
        return _filled(shape, [numbers.next(not shape) for _ in range(count)])
    if facts.DISTINCT in declared:
        low = 1 if declared & {facts.POSITIVE, facts.NONNEGATIVE} else -count - 2
        high = 0 if declared & {facts.NEGATIVE, facts.NONPOSITIVE} else count + 3
        pool = rng.sample(range(low, high), count)
        return _filled(shape, [Fraction(v) for v in pool])
    return _filled(shape, [_entry(declared, numbers, not shape) for _ in range(count)])


def _filled(shape: tuple[int, ...], values: list[Fraction]) -> Array:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out.reshape(shape)


def _entry(declared: frozenset[str], numbers: Numbers, scalar: bool = False) -> Fraction:
    rng = numbers.rng
    if facts.BINARY in declared:
        return Fraction(rng.randrange(2))
    if facts.UNIT_INTERVAL in declared:
        return Fraction(rng.randrange(1, 8), 8)
    value = _whole(declared, rng) if facts.INTEGER in declared else numbers.next(scalar)
    if declared & {facts.POSITIVE, facts.NONNEGATIVE}:
        return abs(value)
    return -abs(value) if declared & {facts.NEGATIVE, facts.NONPOSITIVE} else value


def _whole(declared: frozenset[str], rng: random.Random) -> Fraction:
    """A small integer; 0 too, where nothing excludes it: there it lies on no thin set."""
    zero = [] if declared & {facts.POSITIVE, facts.NEGATIVE, facts.NONZERO} else [0]
    return Fraction(rng.choice([-3, -2, -1, *zero, 1, 2, 3]))


def _rows(shape: tuple[int, ...], make: Any) -> Array:
    count = math.prod(shape[:-1])
    rows = [make(shape[-1]) for _ in range(count)]
    return _filled(shape, [v for row in rows for v in row])


def _one_hot(n: int, rng: random.Random) -> list[Fraction]:
    hot = rng.randrange(n)
    return [Fraction(int(k == hot)) for k in range(n)]


def _simplex(n: int, rng: random.Random) -> list[Fraction]:
    """Positive dyadic numbers that sum to 1: a whole cut at random places."""
    whole = 16
    while whole < 2 * n:
        whole *= 2
    cuts = sorted(rng.sample(range(1, whole), n - 1))
    edges = [0, *cuts, whole]
    return [Fraction(b - a, whole) for a, b in itertools.pairwise(edges)]


def _unit(n: int, rng: random.Random) -> list[Fraction]:
    """A rational point of the unit sphere, by stereographic projection."""
    t = [Fraction(rng.choice([-3, -2, -1, 1, 2, 3]), 2) for _ in range(n - 1)]
    square = sum((v * v for v in t), start=Fraction(0))
    last = (square - 1) / (square + 1)
    return [*(2 * v / (square + 1) for v in t), last if n > 1 else Fraction(rng.choice([-1, 1]))]


def _matrix(declared: frozenset[str], shape: tuple[int, ...], numbers: Numbers) -> Array:
    if len(shape) != 2 or shape[0] != shape[1]:
        raise LookupError("a matrix fact needs a square matrix")
    n = shape[0]
    a = [[_entry(frozenset(), numbers) for _ in range(n)] for _ in range(n)]
    if facts.SYMMETRIC in declared and facts.ORTHOGONAL not in declared:
        rows = [[a[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]
    elif facts.SKEW in declared:
        rows = [[Fraction(0) if i == j else (a[i][j] if i < j else -a[j][i]) for j in range(n)] for i in range(n)]
    elif facts.SYMMETRIC in declared:
        raise LookupError("no parametrisation of symmetric orthogonal matrices")
    else:
        rows = _cayley(n, a, numbers.rng)
    return _filled(shape, [v for row in rows for v in row])


def _cayley(n: int, a: list[list[Fraction]], rng: random.Random) -> list[list[Fraction]]:
    """(I - S)(I + S)^-1 for a skew S is orthogonal; a row is turned round at random for the other determinant."""
    skew = [Fraction(0) if i == j else (a[i][j] if i < j else -a[j][i]) for i in range(n) for j in range(n)]
    s = flint.fmpq_mat(n, n, [flint.fmpq(v.numerator, v.denominator) for v in skew])
    eye = flint.fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
    q = (eye - s) * (eye + s).inv()
    flip = rng.choice([1, -1])
    return [[Fraction(int(q[i, j].p), int(q[i, j].q)) * (flip if i == 0 else 1) for j in range(n)] for i in range(n)]


def obeys(tensor: Tensor, values: Array) -> bool:
    """Whether balls for a leaf certainly have its declared facts; of facts about whole arrays that is never certain."""
    for fact in tensor.facts:
        if fact not in _OF_ENTRIES or not all(_OF_ENTRIES[fact](v) for v in values.flat):
            return False
    return True


_OF_ENTRIES: dict[str, Callable[[Any], bool]] = {
    facts.POSITIVE: lambda v: v > 0,
    facts.NEGATIVE: lambda v: v < 0,
    facts.NONNEGATIVE: lambda v: v >= 0,
    facts.NONPOSITIVE: lambda v: v <= 0,
    facts.NONZERO: lambda v: not v.contains(0),
    facts.UNIT_INTERVAL: lambda v: v > 0 and v < 1,
    facts.BINARY: lambda v: v.is_exact() and (v == 0 or v == 1),
    facts.INTEGER: lambda v: v.is_exact() and v.is_integer(),
}
