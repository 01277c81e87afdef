"""The rules of the soundness note, stated as tests: what each rung may conclude, and where it must be silent."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.algebra import facts
from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import Apply, Compare, Elem, Expr, Num, Size, add, fresh_binders, mul, power, total
from gradcheck.algebra.functions import EXP, RELU, TANH, Function, unspecified
from gradcheck.algebra.index import Index, Tensor
from gradcheck.algebra.normal_form.normal import is_zero
from gradcheck.algebra.signs.knowledge import Knowledge
from gradcheck.algebra.values.balls import Balls, precision, separates
from gradcheck.algebra.values.modular import residue_point
from gradcheck.algebra.values.point import NoValueError, Point
from gradcheck.algebra.values.pointwise import evaluate

N = Dim.symbol("n")
A = Tensor("A", (N, N))
X = Tensor("x", (N,))
S = Tensor("s")


def cycle(length: int) -> Expr:
    """tr A^length."""
    indices = [Index("i", N) for _ in range(length)]
    return total(indices, mul(*(Elem(A, (a, b)) for a, b in zip(indices, indices[1:] + indices[:1], strict=True))))


def cycle_type(permutation: tuple[int, ...]) -> list[int]:
    seen: set[int] = set()
    lengths = []
    for start in range(len(permutation)):
        at, n = start, 0
        while at not in seen:
            seen.add(at)
            at, n = permutation[at], n + 1
        if n:
            lengths.append(n)
    return lengths


def trace_relation(degree: int) -> Expr:
    """Σ over permutations of sign · product of traces: 0 at every size below `degree`, and not at `degree`."""
    terms = []
    for permutation in itertools.permutations(range(degree)):
        lengths = cycle_type(permutation)
        sign = (-1) ** (degree - len(lengths))
        terms.append(mul(Num(sign), *(cycle(n) for n in lengths)))
    return add(*terms)


def integers(shape: tuple[int, ...], rng: random.Random) -> np.ndarray:
    out = np.empty(shape, dtype=object)
    out.reshape(-1)[:] = [rng.randrange(1, 2**20) for _ in range(int(np.prod(shape, dtype=int)))]
    return out


def value_at(expr: Expr, size: int, seed: int = 0) -> int:
    rng = random.Random(seed)
    values = {A: integers((size, size), rng), X: integers((size,), rng), S: integers((), rng)}
    return int(evaluate(expr, (), residue_point({"n": size}, values, rng))[()])


@pytest.mark.parametrize("degree", [2, 3, 4])
def test_the_bound_on_sizes_is_sharp(degree: int) -> None:
    # terms with `degree` bound indices are independent at n = degree, and this relation hides below it
    relation = trace_relation(degree)
    assert not is_zero(relation, Knowledge())
    assert all(value_at(relation, size) == 0 for size in range(1, degree))
    assert value_at(relation, degree) != 0
    assert factorial(degree) > 1


def test_coefficients_in_n_need_more_than_one_size() -> None:
    hidden = (Size(N) - 2) * (Size(N) - 3) * (Size(N) - 4) * Elem(S)
    assert not is_zero(hidden, Knowledge())
    assert [value_at(hidden, size) == 0 for size in range(1, 6)] == [False, True, True, True, False]


def test_functions_are_keyed_by_the_value_of_their_argument() -> None:
    sigma = unspecified("σ")
    i = Index("i", N)
    softmax_sum = total([i], Apply(EXP, Elem(X, (i,)))) / total([i], Apply(EXP, Elem(X, (i,))))
    assert value_at(Apply(sigma, Elem(S) * softmax_sum) - Apply(sigma, Elem(S)), 4) == 0
    assert value_at(Apply(sigma, Elem(S)) - Apply(sigma, 2 * Elem(S)), 4) != 0


@pytest.mark.parametrize(
    "opaque",
    [
        Apply(TANH, Elem(S)),
        Apply(RELU, Elem(S)),
        power(Elem(S), Num(Fraction(1, 2))),
        Compare(">", Elem(S), Num(0)),
        Apply(unspecified("f", facts=frozenset({facts.INCREASING})), Elem(S)),
        Apply(EXP, Apply(EXP, Elem(S))),
    ],
)
def test_what_is_opaque_has_no_residue(opaque: Expr) -> None:
    with pytest.raises(NoValueError):
        value_at(opaque, 3)


def test_exp_is_a_homomorphism_modulo_a_prime() -> None:
    t = Elem(X, (Index("i", N),))
    i = next(iter(t.free))
    apart = total([i], Apply(EXP, t + Elem(S)))
    drawn = Apply(EXP, Elem(S)) * total([i], Apply(EXP, t))
    assert value_at(apart - drawn, 4) == 0
    assert value_at(apart - total([i], Apply(EXP, t)), 4) != 0


def test_equational_facts_hold_modulo_a_prime() -> None:
    odd = unspecified("f", facts=frozenset({facts.ODD}))
    assert value_at(Apply(odd, Elem(S)) + Apply(odd, -Elem(S)), 3) == 0
    assert value_at(Apply(odd, Elem(S), 1) - Apply(odd, -Elem(S), 1), 3) == 0
    assert value_at(Apply(odd, Elem(S), 1) + Apply(odd, -Elem(S), 1), 3) != 0


# Balls --------------------------------------------------------------------------------------------------


def ball(expr: Expr, **scalars: Fraction | int) -> object:
    arithmetic = Balls()
    values = {}
    for name, v in scalars.items():
        out = np.empty((), dtype=object)
        out[()] = arithmetic.number(Fraction(v))
        values[Tensor(name)] = out
    return evaluate(expr, (), Point(arithmetic, {}, values))[()]


def test_a_ball_refutes_only_when_it_excludes_zero() -> None:
    s = Elem(S)
    with precision(128):
        assert separates(ball(Apply(TANH, s) - s, s=1))
        assert not separates(ball(Apply(EXP, s) * Apply(EXP, -s) - 1, s=3))


def test_a_value_exactly_on_a_kink_is_counted_and_has_the_declared_value() -> None:
    arithmetic = Balls()
    point = Point(arithmetic, {}, {S: np.array(arithmetic.number(Fraction(0)), dtype=object)})
    with precision(64):
        assert float(evaluate(Apply(RELU, Elem(S), 1), (), point)[()].mid()) == 0.0
    assert arithmetic.kinks == 1


@pytest.mark.parametrize(
    "undefined", [1 / Elem(S), power(Elem(S) - 1, Num(Fraction(1, 2))), power(Elem(S), Num(Fraction(-1, 2)))]
)
def test_outside_its_domain_an_expression_has_no_value(undefined: Expr) -> None:
    with precision(64), pytest.raises(NoValueError):
        ball(undefined, s=0)


def test_e_to_the_pi_root_163_is_told_from_an_integer() -> None:
    from gradcheck.algebra.expressions import PI

    close = Apply(EXP, PI * power(Num(163), Num(Fraction(1, 2)))) - Num(262537412640768744)
    with precision(256):
        assert separates(ball(close))


# Normal forms of random expressions ---------------------------------------------------------------------

scalars = st.sampled_from([Elem(Tensor("a")), Elem(Tensor("b")), Elem(Tensor("c")), Num(2), Num(Fraction(-1, 2))])
index = st.sampled_from([Index("p", N), Index("q", N), Index("r", N)])


@st.composite
def products(draw: st.DrawFn) -> Expr:
    factors: list[Expr] = [draw(scalars)]
    for _ in range(draw(st.integers(0, 4))):
        i, j = draw(index), draw(index)
        kind = draw(st.sampled_from(["x", "A", "f", "relu"]))
        inner = Elem(X, (i,)) if kind != "A" else Elem(A, (i, j))
        factors.append({"f": Apply(unspecified("f"), inner), "relu": Apply(RELU, inner)}.get(kind, inner))
    body = mul(*factors)
    return total(sorted(body.free, key=lambda i: i.serial), body)


@settings(max_examples=60, deadline=None)
@given(st.lists(products(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_renaming_and_reordering_change_nothing(terms: list[Expr], rng: random.Random) -> None:
    shuffled = [fresh_binders(_reordered(t, rng)) for t in terms]
    rng.shuffle(shuffled)
    assert is_zero(add(*terms) - add(*shuffled), Knowledge())


def _reordered(expr: Expr, rng: random.Random) -> Expr:
    children = list(expr.children())
    if not children:
        return expr
    changed = [_reordered(c, rng) for c in children]
    if type(expr).__name__ in ("Add", "Mul"):
        rng.shuffle(changed)
    return expr.rebuild(tuple(changed))


def test_named_functions_take_their_derivative_from_their_value() -> None:
    from gradcheck.algebra.functions import BUILT_IN, Y
    from gradcheck.algebra.normal_form.elementary import from_sympy

    s = Elem(S)
    claimed: list[Function] = [f for f in BUILT_IN if f.slope_from_value is not None]
    assert claimed
    for f in claimed:
        by_value = from_sympy(f.slope_from_value.subs(Y, Function("", "", None).name or _t()), Apply(f, s))
        assert is_zero(Apply(f, s, 1) - by_value, Knowledge()), f.name


def _t() -> object:
    from gradcheck.algebra.functions import T

    return T
