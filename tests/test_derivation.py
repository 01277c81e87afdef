"""Derivations: textbook length, both forms, steps that cannot disagree with the result, SymPy on the way out."""

import itertools
from pathlib import Path

import pytest
import sympy
from derive_networks import ALL, SIGMA, SIZES, mlp, step_autoencoder, three_neurons
from readback import reads_back

from gradcheck.algebra.expressions import Derivative, Elem, replace_entries
from gradcheck.algebra.functions import TANH
from gradcheck.algebra.index import Tensor
from gradcheck.algebra.normal_form.normal import is_zero
from gradcheck.algebra.signs.knowledge import Knowledge
from gradcheck.declare.network import Network, Node
from gradcheck.derive import gradient, gradients, resolve
from gradcheck.derive.abstract import is_abstract
from gradcheck.derive.expansion import Expansion, expand
from gradcheck.derive.telling import rule_remark
from gradcheck.document import parse_document, read_document
from gradcheck.errors import FormulaError

DOCUMENTS = Path(__file__).parent.parent / "derivations"
NETWORKS = [
    n
    for name in ("three-neuron", "step-autoencoder")
    for n in read_document(DOCUMENTS / f"{name}.md").networks
    if n.loss is not None
]


def declared(text):
    return parse_document(text, "document.md").networks[0]


AS_IN_THE_TEXTBOOK = {
    "w_1": r"(x_3 - y) w_2 \sigma'(w_1 x_1) x_1",
    "w_2": r"(x_3 - y) x_2",
    "x_3": r"x_3 - y",
    "x_2": r"(x_3 - y) w_2",
    "W^{[3]}": r"\sum_{i=1}^{n+1} (y^{(i)} - x^{(i)}) (z^{(i)} w^{[2]} + b^{[2]})^T",
    "w^{[2]}": r"\sum_{i=1}^{n+1} z^{(i)} W^{[3]T} (y^{(i)} - x^{(i)})",
    "b^{[2]}": r"\sum_{i=1}^{n+1} W^{[3]T} (y^{(i)} - x^{(i)})",
    "w^{[1]}": r"\sum_{i=1}^{n+1} x^{(i)} (y^{(i)} - x^{(i)})^T W^{[3]} w^{[2]}",
    "z": r"(y^{(i)} - x^{(i)})^T W^{[3]} w^{[2]}",
    "y": r"y^{(i)} - x^{(i)}",
}


@pytest.mark.parametrize("name", AS_IN_THE_TEXTBOOK)
def test_a_gradient_is_written_as_in_a_textbook(name):
    known = {t.name for t in three_neurons().parameters} | {"x_2", "x_3"}
    network = three_neurons() if name in known else step_autoencoder()
    assert gradient(network, name).latex("matrix").partition(" = ")[2] == AS_IN_THE_TEXTBOOK[name]


def test_index_form_has_the_letters_of_the_declaration():
    assert gradient(step_autoencoder(), "W^{[3]}").latex() == (
        r"\frac{\partial MSE}{\partial W_{j,k}^{[3]}} = "
        r"\sum_{i=1}^{n+1} (y_j^{(i)} - x_j^{(i)}) (w_k^{[2]} z^{(i)} + b_k^{[2]})"
    )


def test_unicode_is_for_terminals():
    assert gradient(three_neurons(), "w_1").unicode() == "∂l/∂w₁ = (x₃ − y)·w₂·σ′(w₁·x₁)·x₁"


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.name)
@pytest.mark.parametrize("form", ["index", "matrix"])
def test_every_gradient_of_the_documents_is_of_textbook_length(network, form):
    for name, derivation in gradients(network).items():
        for equation in derivation.equations(form, "latex"):
            assert len(equation.partition(" = ")[2]) <= 120, f"{name}: {equation}"
        assert is_abstract(network) or not derivation.where


@pytest.mark.parametrize("network", [f() for f in ALL] + NETWORKS, ids=lambda n: n.name)
@pytest.mark.parametrize("form", ["index", "matrix"])
def test_printed_gradients_read_back_with_the_same_meaning(network, form):
    for name, derivation in gradients(network).items():
        expr = derivation.closed if form == "index" else derivation.nested
        answers = [reads_back(expr, derivation.indices, derivation.notation, form, sizes, network) for sizes in SIZES]
        assert answers in ([True, True], [None, None]), name


# Shorter in the network's own names -----------------------------------------------------------------------

TEXTBOOKS = {
    "logistic regression": (
        r"""
input x : n
input y {binary}
parameter w : n
p = \operatorname{sigmoid}(w^T x)
loss J = -y \log p - (1 - y) \log(1 - p)
""",
        {"w": "(p - y) x"},
    ),
    "the same for many samples": (
        r"""
index i = 1..m
input x^{(i)} : n
input y^{(i)} {binary}
parameter w : n
parameter b
function \sigma = \operatorname{sigmoid}
p^{(i)} = \sigma(w^T x^{(i)} + b)
loss J = -\frac{1}{m} \sum_{i=1}^m (y^{(i)} \log p^{(i)} + (1 - y^{(i)}) \log(1 - p^{(i)}))
""",
        {
            "w": r"\frac{1}{m} \sum_{i=1}^m (p^{(i)} - y^{(i)}) x^{(i)}",
            "b": r"\frac{1}{m} \sum_{i=1}^m (p^{(i)} - y^{(i)})",
        },
    ),
    "a logistic function written out, over samples": (
        r"""
index i = 1..m
input x^{(i)} : n
input y^{(i)}
parameter w : n
z^{(i)} = w^T x^{(i)}
p^{(i)} = \frac{1}{1 + e^{-z^{(i)}}}
loss J = -\frac{1}{m} \sum_{i=1}^m (y^{(i)} \log p^{(i)} + (1 - y^{(i)}) \log(1 - p^{(i)}))
""",
        {"w": r"\frac{1}{m} \sum_{i=1}^m (p^{(i)} - y^{(i)}) x^{(i)}"},
    ),
    "a node that is 1 over another sum": (
        r"""
input x, v
parameter w
p = \frac{1}{2 + w x}
loss J = v p
""",
        {"w": "-v p^2 x"},
    ),
    "softmax and cross-entropy": (
        r"""
input x : n
input t : k {one-hot}
parameter W : k, n
p = \operatorname{softmax}(W x)
loss L = -\sum_{j=1}^k t_j \log p_j
""",
        {"W": "(p - t) x^T"},
    ),
    "targets of which nothing is known": (
        r"""
input t : k
parameter z : k
p = \operatorname{softmax}(z)
loss L = -\sum_{j=1}^k t_j \log p_j
""",
        {"z": r"p \mathbf{1}^T t - t"},
    ),
    "absolute values": (
        r"""
input x : n
parameter w : n
a = w^T x
loss L = |a| \sum_{j=1}^n |w_j|
""",
        {"w": r"\lvert a \rvert \operatorname{sign}(w) + \operatorname{sign}(a) x \mathbf{1}^T \lvert w \rvert"},
    ),
    "one step of a recurrent network": (
        r"""
input x : n
input g, s : d
parameter U : d, n
h = \tanh(s + U x)
loss L = g^T h
""",
        {"U": r"(g \odot (\mathbf{1} - h \odot h)) x^T"},
    ),
    "a function of which it is only known that it is logistic": (
        r"""
input x
parameter w
function f {logistic}
a = f(w x)
loss L = a^2
""",
        {"w": "2 a^2 (1 - a) x"},
    ),
    "a node of another argument": (
        r"""
input x
parameter w
a = \tanh(2 w x)
loss L = a \tanh(w x)
""",
        {"w": r"a \tanh'(w x) x + 2 \tanh(w x) (1 - a^2) x"},
    ),
}


@pytest.mark.parametrize("name", TEXTBOOKS)
def test_what_has_a_name_is_called_by_it_and_what_cancels_is_gone(name):
    text, expected = TEXTBOOKS[name]
    derived = gradients(declared(f"```network\n{text}```\n"))
    for parameter, formula in expected.items():
        assert derived[parameter].latex("matrix").partition(" = ")[2] == formula


# A loss without an equation -------------------------------------------------------------------------------

ANY_LOSS = r"""# Any loss

```network
input x : n
parameter W : m, n
parameter V : p, m
z = W x
a = \operatorname{ReLU}(z)
y = V a
loss J
```
"""
DECLARED = ANY_LOSS.replace("loss J\n", "loss J\nadjoint \\delta = \\frac{\\partial J}{\\partial y}\n")


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("index", r"\frac{\partial J}{\partial V_{u,v}} = \frac{\partial J}{\partial y_u} a_v"),
        ("matrix", r"\frac{\partial J}{\partial V} = \frac{\partial J}{\partial y} a^T"),
    ],
)
def test_the_slope_of_any_loss_is_the_derivative_that_it_is(form, written):
    assert gradient(declared(ANY_LOSS), "V").latex(form) == written


def test_a_declared_name_of_that_derivative_is_used_and_said_once():
    assert gradient(declared(DECLARED), "W").equations("matrix", "unicode") == (
        "∂J/∂W = ((Vᵀ·δ) ⊙ [z > 0])·xᵀ",
        "δ = ∂J/∂y",
    )


@pytest.mark.parametrize("text", [ANY_LOSS, DECLARED])
def test_the_steps_begin_with_what_the_loss_gives(text):
    steps = gradient(declared(text), "V").steps
    assert [step.rule for step in steps] == [
        *(["given"] if text == DECLARED else []),
        "chain rule",
        "local derivatives",
    ]
    assert all("upsilon" not in step.text(style) for step in steps for style in ("latex", "unicode"))


def test_what_the_loss_gives_is_not_derived():
    assert gradient(declared(ANY_LOSS), "y").given
    assert not gradient(declared(ANY_LOSS), "a").given


def test_no_adjoint_of_ours_looks_like_one_that_the_author_counts_in_another_way():
    text = r"""
```network
input x^{(0)} : n
parameter w^{(1)}, w^{(2)} : n, n
function g
x^{(1)} = g(w^{(1)} x^{(0)})
x^{(2)} = g(w^{(2)} x^{(1)})
loss J
adjoint \delta^{(3)} = \frac{\partial J}{\partial x^{(2)}}
```
"""
    names = {adjoint.tensor.name for adjoint in gradient(declared(text), "w^{(1)}").where}
    assert names == {r"\delta^{(3)}", r"\delta_x^{(1)}"}


@pytest.mark.parametrize("declare", ALL, ids=lambda f: f.__name__)
def test_closed_form_and_formula_are_equal(declare):
    for name, derivation in gradients(declare()).items():
        program = derivation.program
        definitions = {a.tensor: (program.of(a.of).indices, program.closed(a.of)) for a in program.equations}
        closed = replace_entries(derivation.closed, definitions)
        nested = replace_entries(derivation.nested, definitions)
        truth = program.closed(derivation.tensor)
        for form in (closed, nested):
            assert is_zero(in_leaves(program.network, form - truth), Knowledge()), name


def in_leaves(network, expr):
    """The expression with the equation of each node put in: what is named by a node is what it says."""
    for node in reversed(network.nodes):
        expr = replace_entries(expr, {node.tensor: (node.indices, node.formula)})
    return expr


@pytest.mark.parametrize("declare", ALL, ids=lambda f: f.__name__)
def test_steps_follow_from_one_another_and_end_in_the_result(declare):
    network = declare()
    for name, derivation in gradients(network).items():
        steps = derivation.steps
        assert steps[-1].after == derivation.closed
        for before, after in itertools.pairwise(steps):
            if before.entry == after.entry and after.rule != "chain rule":
                assert before.after == after.before, f"{name}: {after.rule}"
        for step in steps:
            if step.rule == "chain rule":
                assert step.before == Derivative(Elem(network.loss), step.before.wrt)


@pytest.mark.parametrize("declare", ALL, ids=lambda f: f.__name__)
def test_each_step_is_an_equality_in_itself(declare):
    network = declare()
    for derivation in gradients(network).values():
        program = derivation.program
        definitions = {a.tensor: (a.indices, program.closed(a.of)) for a in program.equations}
        for step in derivation.steps:
            before, after = (resolve(network, replace_entries(s, definitions)) for s in (step.before, step.after))
            difference = before - after
            assert is_zero(in_leaves(network, difference) if step.rule == "shorten" else difference, Knowledge()), (
                step.text()
            )


def test_an_adjoint_keeps_its_name_where_the_formula_would_grow_long():
    derivation = gradient(mlp(depth=6), "W^{[1]}")
    assert r"\delta" in derivation.latex()
    assert {a.tensor.name for a in derivation.where} >= {r"\delta^{[6]}"}
    for line in derivation.latex().split(r", \quad "):
        assert len(line.partition(" = ")[2]) <= 120


def test_the_steps_of_a_deep_network_are_as_many_as_its_layers():
    counts = [len(gradient(mlp(depth=depth), "W^{[1]}").steps) for depth in (4, 5, 6)]
    assert counts[1] - counts[0] == counts[2] - counts[1]


def test_a_chain_rule_says_where_its_derivatives_hold_other_nodes_fixed():
    text = """
```network
input x
a = x^2
b = a x
loss J = a b + x
```
"""
    network = declared(text)
    (first, second) = [s for s in gradient(network, "x").steps if s.rule == "chain rule" and s.about][-2:]
    assert rule_remark(first, network) == " and directly, other nodes held fixed"  # a, through b and in the loss
    assert rule_remark(second, network) == " and directly, other nodes held fixed"


# SymPy ----------------------------------------------------------------------------------------------------


def test_a_scalar_gradient_is_a_plain_sympy_expression():
    x_1, x_3, y, w_1, w_2 = sympy.symbols("x_1 x_3 y w_1 w_2", real=True)
    network = three_neurons().with_functions({SIGMA: TANH})
    derived = gradient(network, "w_1").sympy()
    assert sympy.simplify(derived - (x_3 - y) * w_2 * x_1 * (1 - sympy.tanh(w_1 * x_1) ** 2)) == 0


def test_a_tensor_gradient_is_a_sum_over_indexed_bases_at_symbolic_sizes():
    derived = gradient(step_autoencoder(), "b^{[2]}").sympy()
    n = sympy.Symbol("n", integer=True, positive=True)
    assert derived.atoms(sympy.Sum)
    assert n in derived.free_symbols
    assert {str(base) for base in derived.atoms(sympy.IndexedBase)} == {"y", "x", "W__3"}


@pytest.mark.parametrize("name", ["W^{[3]}", "w^{[2]}", "w^{[1]}", "x"])
def test_the_sum_at_a_size_is_the_array_at_that_size(name):
    derivation = gradient(step_autoencoder(), name)
    array = derivation.array({"n": 2})
    symbolic = derivation.sympy().subs(sympy.Symbol("n", integer=True, positive=True), 2).doit()
    at_the_first_entry = {s: 1 for s in symbolic.free_symbols if isinstance(s, sympy.Symbol) and s.is_positive}
    assert sympy.expand(symbolic.subs(at_the_first_entry) - array[(0,) * array.rank()]) == 0
    assert array.shape == tuple(i.dim.value({"n": 2}) for i in derivation.indices)


def test_the_array_of_a_scalar_gradient_is_an_expression():
    derivation = gradient(three_neurons(), "w_2")
    assert derivation.array({}) == expand(derivation.program.closed(derivation.tensor), Expansion({}))


def test_an_array_needs_every_size():
    with pytest.raises(FormulaError, match="no size given for n"):
        gradient(step_autoencoder(), "w^{[2]}").array({})


def test_names_that_look_alike_without_their_brackets_stay_apart():
    a, b, l = (Tensor(name) for name in ("w^{[1]}", "w^{(1)}", "l"))
    network = Network("alike", parameters=(a, b), nodes=(Node(l, (), Elem(a) * Elem(b) ** 2),), loss=l)
    assert str(gradient(network, "w^{(1)}").sympy()) == "2*w__1*w__1_2"
