"""Derivatives as a person writes them: readings, order, captured indices, adjoints by name, and refusals."""

import pytest
import sympy

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import (
    ZERO,
    Apply,
    Compare,
    Delta,
    Derivative,
    Elem,
    Extremum,
    Num,
    Product,
    power,
    substitute,
    total,
)
from gradcheck.algebra.functions import EXP, LOG, RELU, SIGMOID, STEP, TANH
from gradcheck.algebra.index import Index, Tensor, position
from gradcheck.algebra.normal_form.normal import is_zero
from gradcheck.algebra.signs.knowledge import Knowledge
from gradcheck.declare.network import Network, Node
from gradcheck.derive import adjoints, differentiate, gradient, resolve
from gradcheck.derive.expansion import Expansion, entry_symbol, expand
from gradcheck.errors import FormulaError

n, m = Dim.symbol("n"), Dim.symbol("m")
x, y, w, c = (Tensor(s) for s in "xywc")
v, A, B = Tensor("v", (n,)), Tensor("A", (n, n)), Tensor("B", (m, n))
i, j, k = Index("i", n), Index("j", n), Index("k", n)
X, Y, W = Elem(x), Elem(y), Elem(w)
u, l = Tensor("u"), Tensor("l")
PATHS = Network(
    "two paths",
    inputs=(x, y),
    parameters=(w, v, A, B),
    nodes=(Node(u, (), W * X), Node(l, (), Elem(u) ** 2 + W * Y)),
    loss=l,
)
U, L = Elem(u), Elem(l)


def entry(tensor, *slots):
    return Elem(tensor, slots)


def same(derived, expected):
    return is_zero(derived - expected, Knowledge())


def test_a_total_derivative_takes_every_path_and_a_partial_one_only_the_direct():
    assert resolve(PATHS, Derivative(L, W)) == resolve(PATHS, Derivative(L, W, "partial")) + 2 * U * X
    assert resolve(PATHS, Derivative(L, W, "partial")) == Y


def test_a_reading_given_overrides_the_reading_written():
    assert resolve(PATHS, Derivative(L, W), reading="partial") == Y


def test_the_variable_is_held_so_what_lies_before_it_does_not_matter():
    assert resolve(PATHS, Derivative(L, U)) == 2 * U


def test_an_expression_over_nodes_is_derived_through_the_graph():
    assert same(resolve(PATHS, Derivative(U * Y + L, X)), W * Y + 2 * U * W)


def test_derivatives_inside_an_expression_are_replaced_where_they_stand():
    product = Derivative(L, U) * Derivative(U, W) + Derivative(L, W, "partial")
    assert resolve(PATHS, product) == 2 * U * X + Y


def test_second_derivatives_come_from_running_it_again():
    assert same(resolve(PATHS, Derivative(Derivative(L, W), W)), 2 * X * X)
    assert resolve(PATHS, Derivative(Derivative(L, W), Y)) == Num(1)


def test_a_jacobian_between_nodes_has_a_delta():
    z, a = Tensor("z", (n,)), Tensor("a", (n,))
    net = Network(
        "layer",
        parameters=(A, v),
        nodes=(Node(z, (i,), total([j], entry(A, i, j) * entry(v, j))), Node(a, (k,), Apply(TANH, entry(z, k)))),
    )
    p, q, r = Index("p", n), Index("q", n), Index("r", n)
    assert same(resolve(net, Derivative(entry(a, p), entry(z, q))), Apply(TANH, entry(z, q), 1) * Delta(p, q))
    by_weight = resolve(net, Derivative(entry(a, p), entry(A, q, r)))
    assert same(by_weight, Apply(TANH, entry(z, q), 1) * Delta(p, q) * entry(v, r))


@pytest.mark.parametrize("same", [True, False], ids=["the bound index itself", "another index"])
def test_a_free_index_is_not_captured_by_a_sum_over_the_same_letter(same):
    free = i if same else j
    square = total([i], entry(v, i) ** 2)
    assert resolve(PATHS, Derivative(square, entry(v, free))) == 2 * entry(v, free)


def test_an_index_that_every_equation_uses_is_not_captured_either():
    # One declared index object stands in the equations and, free, in the claim.
    z, t = Tensor("z", (n,)), Tensor("t")
    net = Network(
        "shared index object",
        inputs=(v,),
        nodes=(Node(z, (i,), entry(v, i) ** 2), Node(t, (), total([i], entry(z, i) * entry(v, i)))),
        loss=t,
    )
    derived = resolve(net, total([i], Derivative(Elem(t), entry(v, i)) * entry(v, i)))
    truth = 3 * sum(entry_symbol(v, (p,)) ** 3 for p in (1, 2, 3))
    known = Expansion({"n": 3}, lambda s, p: entry_symbol(v, p) ** 2 if s == z else entry_symbol(s, p))
    assert sympy.expand(expand(derived, known) - truth) == 0


def test_a_shifted_position_keeps_its_delta():
    shifted = entry(v, position([(i, 1)], 1)) * entry(v, i)
    derived = differentiate(PATHS, shifted, entry(v, j))
    places = {i: 2, j: 3}
    assert expand(derived, Expansion({"n": 4}, places=places)) == entry_symbol(v, (2,))
    assert expand(derived, Expansion({"n": 4}, places={i: 2, j: 4})) == 0


def test_a_fixed_position_counts_only_there():
    first = position([], 1)
    assert differentiate(PATHS, entry(v, first) ** 2, entry(v, first)) == 2 * entry(v, first)
    assert differentiate(PATHS, entry(v, first) ** 2, entry(v, position([], 2))) == ZERO


# One rule each, against SymPy's diff of the written-out expression ------------------------------------

RULES = {
    "a constant power": power(entry(v, i), Num(-3)),
    "a power with a variable exponent": power(Num(2) + entry(v, i) ** 2, entry(v, j)),
    "a power of a sum": power(total([i], entry(v, i) ** 2), Num(3)),
    "a product over an index": Product((i,), entry(v, i) * Elem(x) + 1),
    "a product in which a factor is zero": Product((i,), entry(v, i) - entry(v, j)),
    "a function of a sum": Apply(EXP, total([i], entry(v, i) * entry(A, i, j))),
    "a sum squared, the copies kept apart": total([i], entry(v, i)) ** 2 * total([i], entry(v, i) ** 2),
    "the same sum object twice": (lambda s: s * s * (1 + s))(total([i], entry(v, i) ** 2)),
    "a quotient": entry(v, i) / total([k], Apply(EXP, entry(v, k))),
    "a quadratic form": total([i, j], entry(v, i) * entry(A, i, j) * entry(v, j)),
    "a delta": total([i, j], Delta(i, j) * entry(A, i, j) * entry(v, i)),
    "an indicator": Compare(">", entry(v, i), Num(5)) * entry(v, i),
}


@pytest.mark.parametrize("body", RULES.values(), ids=RULES)
def test_each_rule_agrees_with_sympy(body):
    free = sorted(body.free, key=lambda q: q.serial)
    p = Index("p", n)
    derived = differentiate(PATHS, body, entry(v, p))
    values = {entry_symbol(v, (q,)): sympy.Rational(2 * q + 1, 7) for q in (1, 2, 3)}
    for inner in Expansion({"n": 3}).over((*free, p)):
        truth = sympy.diff(expand(body, inner), entry_symbol(v, (inner.places[p],)))
        assert sympy.simplify((expand(derived, inner) - truth).subs(values)) == 0


def test_the_largest_entry_has_the_indicator_of_its_place_as_derivative():
    largest = Extremum("max", (i,), entry(v, i))
    p = Index("p", n)
    derived = differentiate(PATHS, largest, entry(v, p))
    values = dict(zip([entry_symbol(v, (q,)) for q in (1, 2, 3)], (2, 5, 3), strict=True))
    assert [expand(derived, e).subs(values) for e in Expansion({"n": 3}).over((p,))] == [0, 1, 0]
    tied = dict.fromkeys(values, sympy.Integer(4))
    assert [expand(derived, e).subs(tied) for e in Expansion({"n": 3}).over((p,))] == [sympy.Rational(1, 3)] * 3


def test_a_gate_has_derivative_zero_and_relu_keeps_its_declared_slope():
    assert differentiate(PATHS, Apply(STEP, W) * X, W) == ZERO
    assert differentiate(PATHS, Apply(RELU, W), W) == Apply(RELU, W, 1)
    assert differentiate(PATHS, Apply(RELU, W, 1) * X, W) == ZERO


def test_a_path_through_gates_only_has_derivative_zero_and_is_not_refused():
    g = Tensor("g")
    gated = Network(
        "gated", inputs=(x,), parameters=(w,), nodes=(Node(g, (), Apply(STEP, W)), Node(l, (), Elem(g) * X)), loss=l
    )
    assert resolve(gated, Derivative(L, W)) == ZERO
    assert resolve(gated, Derivative(Elem(g), W, "partial")) == ZERO
    assert gradient(gated, "w").closed == ZERO
    assert gradient(gated, "w").unicode() == "∂l/∂w = 0"


def test_primitives_are_spelled_out_and_other_functions_primed():
    assert differentiate(PATHS, Apply(EXP, W), W) == Apply(EXP, W)
    assert differentiate(PATHS, Apply(LOG, W), W) == power(W, Num(-1))
    assert differentiate(PATHS, Apply(SIGMOID, W, 1), W) == Apply(SIGMOID, W, 2)


# Symmetric matrices ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fact", "sign"), [("symmetric", 1), ("skew-symmetric", -1)])
def test_tied_entries_of_a_matrix_add_up(fact, sign):
    matrix = Tensor("S", (n, n), frozenset({fact}))
    form = total([i, j], entry(v, i) * entry(matrix, i, j) * entry(v, j)) + entry(
        matrix, position([], 1), position([], 2)
    )
    p, q = Index("p", n), Index("q", n)
    free = differentiate(PATHS, form, entry(matrix, p, q))
    tied = differentiate(PATHS, form, entry(matrix, p, q), entries="tied")
    for e in Expansion({"n": 2}).over((p, q)):
        mirrored = expand(substitute(free, {p: q, q: p}), e)
        here = expand(free, e)
        diagonal = e.places[p] == e.places[q]
        expected = here + sign * mirrored if not diagonal else here if sign > 0 else 0
        assert sympy.expand(expand(tied, e) - expected) == 0


# Names of adjoints, abstract losses ----------------------------------------------------------------------


def test_a_declared_adjoint_is_the_derivative_it_names():
    delta = Tensor("\\delta")
    net = Network(
        PATHS.name,
        inputs=PATHS.inputs,
        parameters=PATHS.parameters,
        nodes=PATHS.nodes,
        loss=l,
        adjoints=(Node(delta, (), Derivative(L, U)),),
    )
    assert same(resolve(net, Elem(delta) * X + Y), resolve(net, Derivative(L, W)))
    assert adjoints(net).of(u).tensor == delta


def test_an_abstract_loss_has_arbitrary_slopes_at_the_ends():
    z = Tensor("z", (n,))
    net = Network(
        "layer", inputs=(v,), parameters=(A,), nodes=(Node(z, (i,), total([j], entry(A, i, j) * entry(v, j))),), loss=l
    )
    p, q = Index("p", n), Index("q", n)
    by_weight = resolve(net, Derivative(L, entry(A, p, q)))
    assert by_weight == resolve(net, Derivative(L, entry(z, p))) * entry(v, q)
    with pytest.raises(FormulaError, match="second derivatives are unknown"):
        resolve(net, Derivative(Derivative(L, entry(A, p, q)), entry(A, q, p)))


# Refusals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "wrt", "reading"),
    [(L, Elem(c), "total"), (U, Y, "total"), (U, L, "total"), (L, X, "partial"), (U * U, Y, "total")],
    ids=["a stranger", "no path", "against the graph", "no direct occurrence", "an expression over nodes"],
)
def test_a_derivative_by_what_is_not_reached_is_refused_and_not_zero(body, wrt, reading):
    with pytest.raises(FormulaError, match="does not depend on"):
        resolve(PATHS, Derivative(body, wrt, reading))


def test_an_explicit_expression_without_the_variable_is_constant():
    assert resolve(PATHS, Derivative(X * Y, W)) == ZERO


def test_an_expression_in_what_the_variable_is_made_of_is_refused_and_not_zero():
    with pytest.raises(FormulaError, match="of which it is made"):
        resolve(PATHS, Derivative(W * X, U))
    assert resolve(PATHS, Derivative(Y * Y, U)) == ZERO


def test_a_gradient_by_an_unknown_name_names_the_nearest():
    with pytest.raises(FormulaError, match="declares no") as caught:
        gradient(PATHS, "w_")
    assert "did you mean w" in str(caught.value)


def test_a_gradient_by_what_the_loss_does_not_reach_is_refused():
    with pytest.raises(FormulaError, match="does not depend on v"):
        gradient(PATHS, "v")


def test_a_network_without_a_loss_is_refused():
    with pytest.raises(FormulaError, match="no loss"):
        adjoints(Network("symbols"))
