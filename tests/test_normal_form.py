"""Equal normal forms prove; beside every identity stands one that is wrong and must not be proved."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from gradcheck.algebra import facts
from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import (
    PI,
    UNIT,
    ZERO,
    Apply,
    Compare,
    Delta,
    Elem,
    Expr,
    Extremum,
    Num,
    Product,
    Size,
    at_most,
    delta,
    power,
    total,
)
from gradcheck.algebra.functions import ABS, COSH, ERF, EXP, LOG, RELU, SIGMOID, SIGN, SINH, SOFTPLUS, TANH, unspecified
from gradcheck.algebra.index import Affine, Index, Tensor
from gradcheck.algebra.normal_form.normal import is_zero
from gradcheck.algebra.normal_form.powers import UndefinedError
from gradcheck.algebra.signs.knowledge import Knowledge
from gradcheck.algebra.signs.sign import Sign

N, M = Dim.symbol("n"), Dim.symbol("m")
I, J, K = Index("i", N), Index("j", N), Index("k", N)
HALF = Num(Fraction(1, 2))


def scalar(name: str, *declared: str) -> Expr:
    return Elem(Tensor(name, (), frozenset(declared)))


def vector(name: str, *declared: str, dim: Dim = N) -> Callable[..., Expr]:
    tensor = Tensor(name, (dim,), frozenset(declared))
    return lambda i: Elem(tensor, (i,))


def matrix(name: str, *declared: str) -> Callable[..., Expr]:
    tensor = Tensor(name, (N, N), frozenset(declared))
    return lambda i, j: Elem(tensor, (i, j))


def over(body: Callable[..., Expr], *dims: Dim) -> Expr:
    indices = [Index("s", d) for d in (dims or (N,))]
    return total(indices, body(*indices))


s, t = scalar("s"), scalar("t")
p, q = scalar("p", facts.POSITIVE), scalar("q", facts.POSITIVE)
x, y, z = vector("x"), vector("y"), vector("z")
W, A, B = matrix("W"), matrix("A"), matrix("B")
sigma = unspecified(r"\sigma")


def exp(u: Expr) -> Expr:
    return Apply(EXP, u)


def log(u: Expr) -> Expr:
    return Apply(LOG, u)


def tanh(u: Expr) -> Expr:
    return Apply(TANH, u)


def sigmoid(u: Expr) -> Expr:
    return Apply(SIGMOID, u)


def relu(u: Expr) -> Expr:
    return Apply(RELU, u)


def absolute(u: Expr) -> Expr:
    return Apply(ABS, u)


def sqrt(u: Expr | int) -> Expr:
    return power(u if isinstance(u, Expr) else Num(u), HALF)


def positive(u: Expr) -> Expr:
    return Compare(">", u, ZERO)


def largest(a: Expr, b: Expr) -> Expr:
    return b + relu(a - b)


def smallest(a: Expr, b: Expr) -> Expr:
    return a - relu(a - b)


def softmax(i: Index, shift: Expr = ZERO) -> Expr:
    return exp(z(i) + shift) / over(lambda k: exp(z(k) + shift))


def first(v: Callable[..., Expr]) -> Expr:
    return v(Affine((), Dim.of(1)))


norm = sqrt(over(lambda i: x(i) ** 2))
long = vector("h", dim=N + 1)
hot, simplex, unit = vector("o", facts.ONE_HOT), vector("r", facts.SIMPLEX), vector("e", facts.UNIT_NORM)
Q, S, V = matrix("Q", facts.ORTHOGONAL), matrix("S", facts.SYMMETRIC), matrix("V", facts.SKEW)
even = unspecified("f", facts=frozenset({facts.EVEN}))
zero = unspecified("f", facts=frozenset({facts.ZERO_AT_ZERO}))
rising = unspecified("f", facts=frozenset({facts.INCREASING}))

# name: (one side, the same, something else)
IDENTITIES: dict[str, tuple[Expr, Expr, Expr]] = {
    "powers of a scalar product": (
        power(over(lambda i: x(i) * x(i)), Num(8)),
        power(over(lambda i: x(i) ** 2), Num(4)) ** 2,
        over(lambda i: x(i) ** 16),
    ),
    "trace of a product": (
        over(lambda i, j: A(i, j) * B(j, i), N, N),
        over(lambda i, j: B(i, j) * A(j, i), N, N),
        over(lambda i, j: A(i, j) * B(i, j), N, N),
    ),
    "a cycle of three": (
        over(lambda i, j, k: W(i, j) * W(j, k) * W(k, i), N, N, N),
        over(lambda i, j, k: W(k, j) * W(i, k) * W(j, i), N, N, N),
        over(lambda i, j, k: W(k, j) * W(k, i) * W(j, i), N, N, N),
    ),
    "a delta picks an entry": (over(lambda k: delta(I, k) * x(k)), x(I), over(lambda k: x(k))),
    "a delta makes positions one": (Delta(I, J) * x(I), Delta(I, J) * x(J), Delta(I, J)),
    "a delta counted twice": (
        over(lambda i, j: Delta(i, j) * Delta(i, j) * x(i), N, N),
        over(lambda i: x(i)),
        Size(N) * over(lambda i: x(i)),
    ),
    "pairs of different indices": (over(lambda i, k: 1 - delta(i, k), N, N), Size(N) * (Size(N) - 1), Size(N) ** 2 - 1),
    "a triangular range": (
        over(lambda i, j: A(i, j) * at_most(j, i), N, N),
        over(lambda j, i: A(i, j) * at_most(j, i), N, N),
        over(lambda i, j: A(j, i) * at_most(j, i), N, N),
    ),
    "the first entry drawn out": (
        over(lambda i: long(i), N + 1),
        first(long) + over(lambda i: long(i) * at_most(Affine((), Dim.of(2)), i), N + 1),
        first(long) + over(lambda i: long(i), N + 1),
    ),
    "the mean of deviations": (
        over(lambda i: x(i) - over(lambda k: x(k)) / Size(N)),
        ZERO,
        (Size(N) - 1) * over(lambda k: x(k)),
    ),
    "variance": (
        over(lambda i: (x(i) - over(lambda k: x(k)) / Size(N)) ** 2),
        over(lambda i: x(i) ** 2) - over(lambda i: x(i)) ** 2 / Size(N),
        over(lambda i: x(i) ** 2) - over(lambda i: x(i)) ** 2,
    ),
    "coefficients in n": (1 / (Size(N) + 1) + Size(N) / Size(N + 1), UNIT, Size(N) / Size(N + 1)),
    "partial fractions": (1 / (1 + s) + s / (1 + s), UNIT, 1 / (1 + s) - s / (1 + s)),
    "a difference of fractions": (1 / s - 1 / (s + 1), 1 / (s * (s + 1)), 1 / (s * (s - 1))),
    "tanh by sigmoid": (tanh(s), 2 * sigmoid(2 * s) - 1, 2 * sigmoid(s) - 1),
    "tanh of a sum": (
        tanh(s + t),
        (tanh(s) + tanh(t)) / (1 + tanh(s) * tanh(t)),
        (tanh(s) + tanh(t)) / (1 - tanh(s) * tanh(t)),
    ),
    "tanh prime": (Apply(TANH, s, 1), 1 - tanh(s) ** 2, 1 - tanh(s)),
    "sigmoid second derivative": (
        Apply(SIGMOID, s, 2),
        sigmoid(s) * (1 - sigmoid(s)) * (1 - 2 * sigmoid(s)),
        sigmoid(s) * (1 - sigmoid(s)),
    ),
    "sinh of a sum": (
        Apply(SINH, s + t),
        Apply(SINH, s) * Apply(COSH, t) + Apply(COSH, s) * Apply(SINH, t),
        Apply(SINH, s) + Apply(SINH, t),
    ),
    "softplus prime": (Apply(SOFTPLUS, s, 1), sigmoid(s), sigmoid(-s)),
    "softplus of both signs": (log(1 + exp(s)) - log(1 + exp(-s)), s, 2 * s),
    "softmax shifted": (softmax(I, s), softmax(I), softmax(I) * exp(s)),
    "softmax sums to one": (over(softmax), UNIT, Size(N)),
    "softmax centres": (
        over(lambda i: softmax(i) * (x(i) - over(lambda k: softmax(k) * x(k)))),
        ZERO,
        over(lambda i: softmax(i) * x(i)),
    ),
    "a product of exponentials": (
        Product((K,), exp(x(K))),
        exp(over(lambda i: x(i))),
        over(lambda i: exp(x(i))),
    ),
    "erf is odd": (Apply(ERF, -s), -Apply(ERF, s), Apply(ERF, s)),
    "roots of numbers": (sqrt(2) * sqrt(3), sqrt(6), sqrt(5)),
    "a nested root": (sqrt(3 + 2 * sqrt(2)), 1 + sqrt(2), sqrt(2) - 1),
    "a root of pi": (1 / sqrt(2 * PI), 1 / (sqrt(2) * sqrt(PI)), 1 / (2 * sqrt(PI))),
    "a norm": (over(lambda i: x(i) ** 2) / norm, norm, norm**2),
    "an absolute value": (absolute(s), sqrt(s**2), s),
    "relu by absolute value": (relu(s), (s + absolute(s)) / 2, (s - absolute(s)) / 2),
    "relu by a gate": (relu(s), s * positive(s), s * positive(s + 1)),
    "sign": (absolute(s), s * Apply(SIGN, s), Apply(SIGN, s)),
    "max is symmetric": (largest(s, t), largest(t, s), -largest(-s, -t)),
    "max by absolute value": (largest(s, t), (s + t + absolute(s - t)) / 2, (s + t - absolute(s - t)) / 2),
    "max and min": (largest(s, t), s + t - smallest(s, t), s - smallest(s, t)),
    "clipping": (smallest(relu(s), UNIT), relu(s) - relu(s - 1), relu(s) - relu(s) * positive(s - 2)),
    "clipping in the other order": (smallest(relu(s), UNIT), largest(smallest(s, UNIT), ZERO), relu(s)),
    "a scaled gate": (positive(2 * s), positive(s), positive(s + 1)),
    "the stricter gate decides": (positive(s) * positive(s + 1), positive(s), positive(s + 1)),
    "a gate of a positive multiple": (positive(p * s), positive(s), positive(-s)),
    "relu of a product": (
        relu(s * t),
        absolute(s) * relu(t) * positive(s) + absolute(s) * relu(-t) * positive(-s),
        absolute(s) * relu(t),
    ),
    "log of both signs": (log(s**2) / 2, log(absolute(s)), log(s**2)),
    "log of a product of positives": (log(p * q), log(p) + log(q), log(p) * log(q)),
    "log of exp": (log(exp(s)), s, 2 * s),
    "max draws out": (
        Extremum("max", (K,), p * x(K) + s),
        s + p * Extremum("max", (J,), x(J)),
        Size(N) * s + p * Extremum("max", (J,), x(J)),
    ),
    "one largest entry": (
        over(lambda i: Compare("=", x(i), Extremum("max", (K,), x(K)))),
        UNIT,
        Size(N),
    ),
    "sigma of equal arguments": (
        Apply(sigma, over(lambda b: W(I, b) * x(b))),
        Apply(sigma, over(lambda b: x(b) * W(I, b))),
        Apply(sigma, over(lambda b: W(b, I) * x(b))),
    ),
    "an even function": (Apply(even, -s), Apply(even, s), -Apply(even, s)),
    "its odd derivative": (Apply(even, -s, 1), -Apply(even, s, 1), Apply(even, s, 1)),
    "zero at zero": (Apply(zero, 0 * s), ZERO, Apply(zero, ZERO, 1)),
    "increasing": (absolute(Apply(rising, s, 1)), Apply(rising, s, 1), -Apply(rising, s, 1)),
    "orthogonal": (
        over(lambda i: over(lambda j: Q(i, j) * x(j)) ** 2),
        over(lambda i: x(i) ** 2),
        over(lambda i, j: x(i) * Q(i, j) * x(j), N, N),
    ),
    "one-hot": (
        over(lambda i: hot(i) * x(i)) ** 2,
        over(lambda i: hot(i) * x(i) ** 2),
        over(lambda i: x(i) ** 2),
    ),
    "simplex": (over(lambda i: simplex(i)), UNIT, Size(N)),
    "unit norm": (over(lambda i: unit(i) ** 2), UNIT, over(lambda i: unit(i))),
    "symmetric": (S(I, J), S(J, I), S(I, I)),
    "skew": (V(I, J), -V(J, I), V(J, I)),
    "skew quadratic form": (over(lambda i, j: x(i) * V(i, j) * x(j), N, N), ZERO, UNIT),
}


def proved(left: Expr, right: Expr) -> bool:
    return is_zero(left - right, Knowledge())


@pytest.mark.parametrize("name", IDENTITIES)
def test_an_identity_is_proved_and_its_neighbour_is_not(name: str) -> None:
    left, same, other = IDENTITIES[name]
    assert proved(left, same)
    assert not proved(left, other)


def test_a_simplex_is_not_one_hot() -> None:
    square = over(lambda i: simplex(i) * x(i)) ** 2
    assert not proved(square, over(lambda i: simplex(i) * x(i) ** 2))


def test_a_gate_of_a_piecewise_argument_is_not_turned_round() -> None:
    # relu(s) is 0 for every s < 0, so there the two gates do not sum to 1
    assert not proved(positive(relu(s)) + positive(-relu(s)), UNIT)
    assert not proved(positive(Apply(sigma, s)) + positive(-Apply(sigma, s)), UNIT)


def test_signs_open_absolute_values_only_when_known() -> None:
    known = Knowledge()
    assert not is_zero(absolute(s) - s, known)
    from gradcheck.algebra.normal_form.normal import normal

    known.learn(normal(s, known), Sign.POSITIVE)
    known.cache.clear()
    assert is_zero(absolute(s) - s, known)


def test_a_denominator_that_is_identically_zero_is_undefined() -> None:
    with pytest.raises(UndefinedError):
        is_zero(1 / (1 - over(softmax)) - 1, Knowledge())


def test_a_root_is_not_split_over_factors_of_unknown_sign() -> None:
    assert not proved(sqrt(s * t), sqrt(s) * sqrt(t))
    assert proved(sqrt(p * q), sqrt(p) * sqrt(q))
