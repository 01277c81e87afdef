"""Random smooth networks over matrices, vectors and scalars, for property tests."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import Apply, Elem, Expr, Num, Size, add, delta, mul, power, total
from gradcheck.algebra.functions import COS, EXP, LOG, SIGMOID, SILU, SIN, SOFTPLUS, TANH
from gradcheck.algebra.index import Index, Tensor
from gradcheck.declare.network import Network, Node

DIMS = [Dim.symbol(s) for s in "nmk"]
SMOOTH = [TANH, SIGMOID, SOFTPLUS, SIN, COS, SILU]


def random_network(rng: Any, nodes: int = 4) -> Network:
    """Nodes made of products, sums over indices, functions, quotients and softmaxes of what came before."""
    leaves = [_tensor(f"t{k}", rng.integers(0, 3), rng) for k in range(4)]
    known, made = list(leaves), []
    for k in range(nodes):
        tensor = _tensor(f"v{k}", rng.integers(0, 3), rng)
        indices = tuple(Index(f"i{a}", d) for a, d in enumerate(tensor.dims))
        made.append(Node(tensor, indices, _formula(rng, known, list(indices))))
        known.append(tensor)
    last = [Index("a", d) for d in known[-1].dims]
    loss = add(total(last, Elem(known[-1], tuple(last)) ** 2), _scalar(rng, known))
    made.append(Node(Tensor("loss"), (), loss))
    dims = tuple((d.terms[0][0], 1) for d in DIMS)
    return Network("random", dims, tuple(leaves[:1]), tuple(leaves[1:]), (), (), tuple(made), Tensor("loss"))


def _tensor(name: str, rank: int, rng: Any) -> Tensor:
    return Tensor(name, tuple(DIMS[rng.integers(0, 3)] for _ in range(rank)))


def _formula(rng: Any, known: list[Tensor], scope: list[Index], depth: int = 3) -> Expr:
    choice = rng.integers(0, 8) if depth else 0
    if choice <= 1:
        return _entry(rng, known, scope)
    if choice == 2:
        return add(_formula(rng, known, scope, depth - 1), mul(_number(rng), _formula(rng, known, scope, depth - 1)))
    if choice == 3:
        return mul(_entry(rng, known, scope), _formula(rng, known, scope, depth - 1))
    if choice == 4:
        return Apply(SMOOTH[rng.integers(0, len(SMOOTH))], _formula(rng, known, scope, depth - 1))
    if choice == 5:
        bottom = add(Num(2), _formula(rng, known, scope, depth - 1) ** 2)
        return mul(_formula(rng, known, scope, depth - 1), power(bottom, Num(-1)))
    if choice == 6:
        return _softmax(rng, known, scope)
    bound = [Index("s", DIMS[rng.integers(0, 3)]) for _ in range(rng.integers(1, 3))]
    body = mul(_entry(rng, known, [*scope, *bound]), _formula(rng, known, [*scope, *bound], depth - 1))
    if len(scope) > 1 and scope[0].dim == scope[1].dim and rng.random() < 0.3:
        body = mul(body, delta(scope[0], scope[1]))
    return total(bound, mul(body, power(Size(DIMS[0]), Num(-1))))


def _softmax(rng: Any, known: list[Tensor], scope: list[Index]) -> Expr:
    """A weight of a softmax over a fresh index, or its log-sum-exp, or a mean under it."""
    c = Index("c", DIMS[rng.integers(0, 3)])
    score = add(_entry(rng, known, [*scope, c]), _entry(rng, known, scope))
    below = total([c], Apply(EXP, score))
    if rng.random() < 0.4:
        return Apply(LOG, below)
    if rng.random() < 0.5:
        e = Index("e", c.dim)
        top = Apply(EXP, _renamed(score, c, e))
        return total([e], mul(_entry(rng, known, [*scope, e]), top, power(below, Num(-1))))
    same = [i for i in scope if i.dim == c.dim]
    return mul(Apply(EXP, _renamed(score, c, same[0]) if same else _entry(rng, known, scope)), power(below, Num(-1)))


def _renamed(expr: Expr, old: Index, new: Index) -> Expr:
    from gradcheck.algebra.expressions import substitute

    return substitute(expr, {old: new})


def _entry(rng: Any, known: list[Tensor], scope: list[Index]) -> Expr:
    """An entry whose indices are in scope (diagonals included), or a number where there is none."""
    fitting = [t for t in known if all(any(i.dim == d for i in scope) for d in t.dims)]
    if not fitting:
        return _number(rng)
    tensor = fitting[rng.integers(0, len(fitting))]
    slots = []
    for d in tensor.dims:
        choices = [i for i in scope if i.dim == d]
        slots.append(choices[rng.integers(0, len(choices))])
    return Elem(tensor, tuple(slots))


def _number(rng: Any) -> Expr:
    return Num(Fraction(int(rng.integers(-4, 5)) or 3, int(rng.integers(1, 5))))


def _scalar(rng: Any, known: list[Tensor]) -> Expr:
    tensor = known[rng.integers(0, len(known))]
    bound = [Index("b", d) for d in tensor.dims]
    return total(bound, Apply(TANH, Elem(tensor, tuple(bound))))
