"""What SymPy's matrix and indexed calculus got wrong, silently or not at all, as tests of our own deriving.

Each case was measured with SymPy 1.14; the truth is the scalar written out and differentiated.
"""

import pytest
import sympy

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import Apply, Compare, Elem, Num, total, walk
from gradcheck.algebra.functions import EXP, LOG, RELU, TANH
from gradcheck.algebra.index import Index, Tensor
from gradcheck.algebra.normal_form.normal import is_zero
from gradcheck.algebra.signs.knowledge import Knowledge
from gradcheck.declare import read_network
from gradcheck.declare.network import Network, Node
from gradcheck.derive import adjoints, differentiate
from gradcheck.derive.expansion import Expansion, entry_symbol, expand

FAILURES = {
    "tanh layer, d/db: a wrong number": r"""
        input x : n
        input y : m
        parameter W : m, n
        parameter b : m
        loss L = \sum_{i=1}^{m} (\tanh((W x + b)_i) - y_i)^2
        """,
    "the square of a residual as r^T r: silently 0": r"""
        input y : m
        input X : m, n
        parameter w : n
        r = X w - y
        loss L = r^T r
        """,
    "log-sum-exp: silently 0": r"""
        input x : n
        parameter W : k, n
        z = W x
        loss L = \log \sum_{j=1}^{k} e^{z_j}
        """,
    "logistic loss: silently 0": r"""
        input X : m, n
        input y : m
        parameter w : n
        loss L = \sum_{i=1}^{m} \log(1 + e^{-y_i \sum_{j=1}^{n} X_{i,j} w_j})
        """,
    "d/dW through an elementwise function: TypeError": r"""
        input x : n
        input v : m
        parameter W : m, n
        loss L = v^T \operatorname{sigmoid}(W x)
        """,
    "KL penalty: simplify made it wrong": r"""
        input X : m, n
        parameter W : d, n
        constant \rho {in-(0,1)}
        a = \operatorname{sigmoid}(X W^T)
        q_j = \frac{1}{m} \sum_{i=1}^{m} a_{i,j}
        loss L = \sum_{j=1}^{d} (\rho \log \frac{\rho}{q_j} + (1 - \rho) \log \frac{1 - \rho}{1 - q_j})
        """,
}
SIZES = {"n": 2, "m": 3, "k": 2, "d": 1}


def written_out(network):
    known = {}
    expansion = Expansion(SIZES, lambda t, p: known.get((t, p), entry_symbol(t, p)))
    for node in network.nodes:
        for inner in expansion.over(node.indices):
            known[node.tensor, tuple(inner.position(i) for i in node.indices)] = expand(node.formula, inner)
    return known[network.loss, ()], expansion


@pytest.mark.parametrize("text", FAILURES.values(), ids=FAILURES)
def test_a_known_failure_is_derived_right(text):
    network = read_network(text)
    loss, expansion = written_out(network)
    values = {s: sympy.Rational(3 * k + 5, 41) for k, s in enumerate(sorted(loss.free_symbols, key=str))}
    program = adjoints(network)
    for parameter in network.parameters:
        equation = program.of(parameter)
        for inner in expansion.over(equation.indices):
            symbol = entry_symbol(parameter, tuple(inner.position(i) for i in equation.indices))
            truth = sympy.N(sympy.diff(loss, symbol).subs(values), 30)
            derived = sympy.N(expand(program.closed(parameter), inner).subs(values), 30)
            assert truth != 0
            assert abs(derived - truth) < 1e-25


n = Dim.symbol("n")
x, i, j = Tensor("x", (n,)), Index("i", n), Index("j", n)
NOTHING = Network("symbols", inputs=(x,))


def test_the_free_index_of_the_variable_is_not_captured_by_the_sum():
    # SymPy: diff(Sum(x[i]**2, (i, 1, n)), x[i]) captures i.
    square = total([i], Elem(x, (i,)) ** 2)
    assert differentiate(NOTHING, square, Elem(x, (i,))) == 2 * Elem(x, (i,))


def test_a_renamed_bound_index_makes_no_difference():
    # SymPy: ==, simplify and equals do not see that dummies were renamed.
    by_i, by_j = (total([k], Apply(EXP, Elem(x, (k,)))) for k in (i, j))
    p = Index("p", n)
    left, right = (differentiate(NOTHING, Apply(LOG, s), Elem(x, (p,))) for s in (by_i, by_j))
    assert is_zero(left - right, Knowledge())


def test_relu_has_its_declared_slope_at_zero_and_not_a_half():
    # SymPy: the derivative of Max(0, x) is Heaviside(x), one half at 0.
    w = Tensor("w")
    slope = expand(differentiate(NOTHING, Apply(RELU, Elem(w)), Elem(w)), Expansion({}))
    assert [slope.subs(entry_symbol(w, ()), value) for value in (-1, 0, 1)] == [0, 0, 1]


def test_a_gate_written_as_an_indicator_is_the_same_slope():
    w = Elem(Tensor("w"))
    derived = differentiate(NOTHING, Apply(RELU, w), w)
    assert is_zero(derived - Compare(">", w, Num(0)), Knowledge())


@pytest.mark.parametrize("depth", [2, 3, 4, 64])
def test_cost_grows_with_depth_and_not_with_paths_or_widths(depth):
    # SymPy on the scalar expansion: three layers of width 8 take half a minute, four do not end.
    program = adjoints(tanh_layers(depth))
    sizes = [sum(1 for _ in walk(equation.formula)) for equation in program.equations]
    assert len(sizes) == 2 * depth + 1
    assert max(sizes) <= 16


def tanh_layers(depth):
    dims = [Dim.symbol(f"d_{k}") for k in range(depth + 1)]
    a = Tensor("x", (dims[0],))
    inputs, parameters, nodes = (a,), [], []
    for level in range(1, depth + 1):
        row, column = Index("j", dims[level]), Index("k", dims[level - 1])
        weight = Tensor(f"W^{{[{level}]}}", (row.dim, column.dim))
        after = Tensor(f"a^{{[{level}]}}", (row.dim,))
        parameters.append(weight)
        linear = total([column], Elem(weight, (row, column)) * Elem(a, (column,)))
        nodes.append(Node(after, (row,), Apply(TANH, linear)))
        a = after
    last = Index("j", dims[-1])
    loss = Node(Tensor("L"), (), total([last], Elem(a, (last,)) ** 2))
    return Network("chain", inputs=inputs, parameters=tuple(parameters), nodes=(*nodes, loss), loss=loss.tensor)
