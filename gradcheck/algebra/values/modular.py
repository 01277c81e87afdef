"""Exact evaluation modulo a prime: a filter, with a stated probability of error.

Ring operations are exact. An unspecified function is a random function of the *value* of its argument
that honours its equational facts. exp is a homomorphism from residues modulo q to residues modulo a
prime p = kq + 1 (Gonnet 1984): its argument is evaluated modulo q, and only one level deep.
Everything else has no residue, and then nothing follows.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import facts
from ..expressions import Apply, Expr, Number
from ..functions import EXP, Function
from ..index import Tensor
from .located import Array, Located
from .point import NoValueError, Point
from .pointwise import evaluate


@dataclass(frozen=True)
class Field:
    """Primes q and p = kq + 1, and an element g of order q modulo p."""

    p: int
    q: int
    g: int


def draw_field(rng: random.Random, bits: int = 40) -> Field:
    """A random pair of primes, drawn anew for each use because a fixed prime may stand in a formula."""
    while True:
        q = _next_prime(rng.getrandbits(bits) | (1 << (bits - 1)))
        for k in range(2, 400, 2):
            p = k * q + 1
            if _is_prime(p):
                g = pow(rng.randrange(2, p - 1), k, p)
                if g != 1:
                    return Field(p, q, g)


_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def _is_prime(n: int) -> bool:
    """Miller-Rabin with the witnesses that decide below 3.3e24 (Sorenson and Webster 2015)."""
    if n < 2 or any(n % w == 0 for w in _WITNESSES):
        return n in _WITNESSES
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for w in _WITNESSES:
        x = pow(w, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def _next_prime(n: int) -> int:
    n |= 1
    while not _is_prime(n):
        n += 2
    return n


class Residues:
    """Arithmetic modulo one prime, with random functions keyed by the value of their argument.

    `opaque` becomes True when exp occurred: then a zero is evidence, not a proof of equality, but a
    non-zero value still refutes.
    """

    def __init__(self, modulus: int, seed: int, exponentials: Residues | None = None, base: int = 0) -> None:
        self.modulus = modulus
        self.seed = seed
        self.exponentials = exponentials
        self.base = base
        self.opaque = False
        self.kinks = 0

    def number(self, value: Number) -> int:
        """The residue of a rational; a denominator divisible by the prime has none."""
        if value.denominator % self.modulus == 0:
            raise NoValueError("a denominator divisible by the prime")
        return int(value.numerator) * pow(value.denominator, -1, self.modulus) % self.modulus

    def pi(self) -> int:
        """An indeterminate: pi is transcendental."""
        return random.Random(f"{self.seed}/{self.modulus}/pi").randrange(self.modulus)

    def reduce(self, values: Array) -> Array:
        """Residues between 0 and the prime."""
        return np.asarray(values % self.modulus, dtype=object)

    def power(self, base: Any, exponent: Any, exact: Number | None) -> int:
        """An integer power; there are no roots modulo a prime (√2·√3 = √6 fails for half the signs)."""
        del exponent
        if exact is None or exact.denominator != 1:
            raise NoValueError("a root has no residue")
        if exact < 0 and base % self.modulus == 0:
            raise NoValueError("a division by 0")
        return pow(int(base), int(exact), self.modulus)

    def apply(self, function: Function, order: int, argument: Any) -> int:
        """A random value for an unspecified function; named functions have no residue."""
        if not function.unspecified or function.facts & _ORDER_FACTS:
            raise NoValueError(f"{function.name} has no residue")
        u, sign = int(argument) % self.modulus, 1
        if facts.ZERO_AT_ZERO in function.facts and order == 0 and u == 0:
            return 0
        if function.facts & {facts.EVEN, facts.ODD}:
            odd = (facts.ODD in function.facts) != (order % 2 == 1)
            if odd and u == 0:
                return 0
            if u > self.modulus - u:
                u, sign = self.modulus - u, -1 if odd else 1
        rng = random.Random(f"{self.seed}/{self.modulus}/{function.name}/{order}/{u}")
        return sign * rng.randrange(1, self.modulus) % self.modulus

    def compare(self, relation: str, left: Any, right: Any) -> int:
        """There is no order modulo a prime."""
        raise NoValueError(f"a comparison {left} {relation} {right} has no residue")


_ORDER_FACTS = frozenset({facts.INCREASING, facts.DECREASING, facts.POSITIVE, facts.LOGISTIC})


@dataclass
class ResiduePoint(Point):
    """A point modulo p together with the same point modulo q, where arguments of exp are evaluated."""

    exponents: Point | None = None

    def special(self, expr: Expr) -> Located | None:
        """exp(u) as g^(u mod q) mod p."""
        if not (isinstance(expr, Apply) and expr.function is EXP):
            return None
        arithmetic, twin = self.arithmetic, self.exponents
        if twin is None or not isinstance(arithmetic, Residues):
            raise NoValueError("exp inside exp has no residue")
        arithmetic.opaque = True
        axes = tuple(expr.argument.free)
        argument = evaluate(expr.argument, axes, twin)
        out = np.empty(argument.shape, dtype=object)
        out.reshape(-1)[:] = [pow(arithmetic.base, int(u), arithmetic.modulus) for u in argument.flat]
        return out, axes


def residue_point(
    sizes: dict[str, int], integers: dict[Tensor, Array], rng: random.Random, seed: int = 0
) -> ResiduePoint:
    """A point modulo random primes from integer values for the tensors."""
    field = draw_field(rng)
    inner = Residues(field.q, seed)
    outer = Residues(field.p, seed, inner, field.g)
    twin = ResiduePoint(inner, sizes, {t: _residues(v, field.q) for t, v in integers.items()})
    return ResiduePoint(outer, sizes, {t: _residues(v, field.p) for t, v in integers.items()}, exponents=twin)


def _residues(values: Array, modulus: int) -> Array:
    return np.asarray(np.asarray(values, dtype=object) % modulus, dtype=object)
