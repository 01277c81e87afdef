"""Network and symbols blocks: what they declare, and what a bad one is told."""

import pytest

from gradcheck.algebra.functions import ABS, RELU, STEP, TANH, unspecified
from gradcheck.declare import read_network, read_symbols
from gradcheck.errors import DeclarationError


def leaf(network, name):
    return next(t for t in network.leaves if t.name == name)


@pytest.mark.parametrize(
    ("line", "dims"),
    [
        ("dims n", {"n": 1}),
        ("dims n, m", {"n": 1, "m": 1}),
        ("dims n, m >= 2", {"n": 2, "m": 2}),
        ("dims n >= 3, m", {"n": 3, "m": 1}),
        ("dims n >= 1, m, k \\geq 4", {"n": 1, "m": 4, "k": 4}),
        ("dims n^{[2]}, d_0 ≥ 2", {"n^{[2]}": 2, "d_0": 2}),
        ("input x : n", {"n": 1}),
        ("input x : n+1, 2m, 3", {"n": 1, "m": 1}),
        ("index i = 1..N", {"N": 1}),
    ],
)
def test_sizes_are_declared_or_implied(line, dims):
    assert dict(read_symbols(line).dims) == dims


@pytest.mark.parametrize(
    ("line", "name", "dims"),
    [
        ("input x", "x", ""),
        ("input x_1", "x_1", ""),
        ("input x : n", "x", "n"),
        ("input \\mathbf{x} : n+1", "x", "n+1"),
        ("input W^{[3]} : n, m", "W^{[3]}", "n m"),
        ("input \\hat y : 2", "\\hat{y}", "2"),
        ("index i = 1..n+1\ninput x^{(i)} : m", "x", "n+1 m"),
        ("input x^{(i)} : m\nindex i = 1..n+1", "x", "n+1 m"),
        ("index i = 1,\\dots,N\ninput z^{(i)}", "z", "N"),
        ("index i = 1..N\ninput a^{[2](i)} : h", "a^{[2]}", "N h"),
        ("input z^{(2)} : m", "z^{(2)}", "m"),
        ("input w_{hy}", "w_{hy}", ""),
        ("input MSE", "MSE", ""),
    ],
)
def test_a_shape_stands_behind_a_colon_and_samples_on_the_name(line, name, dims):
    assert " ".join(map(str, leaf(read_symbols(line), name).dims)) == dims


@pytest.mark.parametrize(
    ("line", "name", "facts"),
    [
        ("input x {positive}", "x", {"positive"}),
        ("input x : n {pos, integer}", "x", {"positive", "integer"}),
        ("input y {one-hot} : n", "y", {"one-hot"}),
        ("input y : n {onehot}", "y", {"one-hot"}),
        ("parameter S : n, n {symmetric}", "S", {"symmetric"}),
        ("constant p {in (0, 1)}", "p", {"in-(0,1)"}),
        ("index i = 1..N\ninput t^{(i)} : n {simplex}", "t", {"simplex"}),
    ],
)
def test_facts_are_kept_in_their_one_spelling(line, name, facts):
    assert leaf(read_symbols(line), name).facts == facts


def test_several_names_share_a_shape_and_facts():
    network = read_symbols("input x, y_{1,2} : n {positive}\nparameter v, w\nconstant \\alpha, \\beta")
    assert [(t.name, len(t.dims), bool(t.facts)) for t in network.leaves] == [
        ("x", 1, True), ("y_{1,2}", 1, True), ("v", 0, False), ("w", 0, False),
        ("\\alpha", 0, False), ("\\beta", 0, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "name", "function"),
    [
        ("function \\sigma", "\\sigma", unspecified("\\sigma")),
        ("function \\sigma {increasing}", "\\sigma", unspecified("\\sigma", facts=frozenset({"increasing"}))),
        ("function f, g {odd}", "g", unspecified("g", facts=frozenset({"odd"}))),
        ("function \\sigma = \\tanh", "\\sigma", TANH),
        ("function \\sigma = \\tanh {increasing}", "\\sigma", TANH),
        ("function g^{[2]} = \\operatorname{ReLU}", "g^{[2]}", RELU),
        ("function \\sigma(x) = \\max(0, x)", "\\sigma", RELU),
        ("function f(u) = [u > 0]", "f", STEP),
        ("function f(u) = \\mathbb{1}[u > 0]", "f", STEP),
        ("function f(u) = \\begin{cases} 1 & \\text{if } u > 0 \\\\ 0 & \\text{otherwise} \\end{cases}", "f", STEP),
        ("function f(u) = |u|", "f", ABS),
        ("function f^{(2)}(u) = |u|", "f^{(2)}", ABS),
        ("function g\nfunction h = g", "h", unspecified("g")),
    ],
)
def test_functions_are_arbitrary_known_or_defined(line, name, function):
    assert read_symbols(line).notation.functions[name] == function


def test_a_defined_function_may_use_another_one():
    notation = read_symbols("function f(u) = \\frac{1}{1 + e^{-u}}\nfunction g(v) = v f(v)").notation
    assert str(notation.functions["g"].definition) == "t/(1 + exp(-t))"


def test_nodes_get_their_shapes_from_their_equations():
    network = read_network(r"""
        index i = 1..m
        input x^{(i)} : n
        parameter W : h, n
        parameter b : h
        parameter v : h
        z^{(i)} = W x^{(i)} + b             # vectors
        a_j^{(i)} = \tanh(z_j^{(i)})        # entries
        s^{(i)} = v^T a^{(i)}
        loss MSE = \frac{1}{m} \sum_{i=1}^m (s^{(i)})^2
    """)
    shapes = [(n.tensor.name, " ".join(map(str, n.tensor.dims))) for n in network.nodes]
    assert shapes == [("z", "m h"), ("a", "m h"), ("s", "m"), ("MSE", "")]
    assert network.loss.name == "MSE"
    assert [len(network.notation.entries[name].samples) for name, _ in shapes] == [1, 1, 1, 0]
    assert [n.line for n in network.nodes] == [7, 8, 9, 10]


def test_a_loss_may_name_its_arguments_be_declared_before_or_be_abstract():
    explicit = read_network("input y\nparameter w\nloss l(y, w) = (y - w)^2")
    before = read_network("input y\nparameter w\nl = (y - w)^2\nloss l")
    abstract = read_network("parameter w\na = w^2\nloss J")
    assert explicit == before
    assert abstract.loss.name == "J"
    assert abstract.node(abstract.loss) is None


def test_an_adjoint_names_a_derivative():
    network = read_network(r"""
        input x : n
        parameter W : m, n
        adjoint \delta = \frac{\partial l}{\partial z}
        z = W x
        loss l = \sum_j z_j^2
    """)
    (delta,) = network.adjoints
    assert (delta.tensor.name, str(delta.tensor.dims[0])) == ("\\delta", "m")
    assert network.notation.entries["\\delta"].role == "adjoint"


def test_one_letter_may_be_a_function_and_something_else():
    network = read_symbols("function \\delta\ninput \\delta")
    assert "\\delta" in network.notation.functions
    assert "\\delta" in network.notation.entries


BAD = [
    # (block, line, what, got or hint)
    ("input x\nparameter x", 2, "x is declared twice", "an input, declared in line 1"),
    ("dims n\ninput n", 2, "n is declared twice", "a dim, declared in line 1"),
    ("index i = 1..n\nindex i = 1..m", 2, "i is declared twice", "an index, declared in line 1"),
    ("input x\nx = 2", 2, "x is declared twice", "an input"),
    ("function f\nfunction f", 2, "f is declared twice", "a function"),
    ("input x\nx = x + 1", 2, "x is declared twice", "an input"),
    ("input x\na = x\na = a + 1", 3, "a is declared twice", "a node"),
    ("input x\ny = frac{x}{2}", 2, "in the equation of y: this can't be read as it stands", "\\frac"),
    ("input x\na = x\na = x + 1", 3, "a is declared twice", "a node"),
    ("input x {positiv}", 1, "unknown fact", "did you mean positive?"),
    ("input x {increasing}", 1, "unknown fact", "that is a fact about a function"),
    ("function f {one-hot}", 1, "unknown fact", "that is a fact about an array"),
    ("input x {}", 1, "unknown fact", "nothing"),
    ("input x {positive, negative}", 1, "two facts contradict each other", "positive and negative"),
    ("input W : n, m {symmetric}", 1, "only a square matrix can be symmetric", "W : n, m"),
    ("input x {one-hot}", 1, "only a vector, or each row of a matrix, can be one-hot", "a scalar"),
    ("function f = \\tanh {even}", 1, "facts are declared for a function without a definition only", "even"),
    ("function f(u) = u w", 1, "in the definition of f: w is not declared", ""),
    ("function f(u, v) = u v", 1, "in the definition of f: f has several variables", "of one variable"),
    ("function \\sigma(x)", 1, "a function is declared by its name, or with its formula", "function \\sigma, or"),
    ("constant c = 3", 1, "constant declares a name, not a value", "NAME = FORMULA"),
    ("input W : n x m", 1, "'n x m' is not a size", "sizes parted by commas"),
    ("input x : n; m", 1, "is not a size", "sizes parted by commas"),
    ("input x : n\nx_1 = 3", 2, "x_1 would be two things", "an entry of the array x"),
    ("input x_1\ninput x : n", 2, "x_1 would be two things", "an entry of the array x"),
    ("loss", 1, "a name is missing", "NAME = FORMULA"),
    ("input 3x", 1, "'3x' is not a name", ""),
    ("input x y", 1, "'x y' is not one name", ""),
    ("input x : n\ninput z : m\ny = \\sum_j x_j z_j", 3, "in the equation of y: the index j runs over two ranges", "m"),
    ("input W : n, m\ny = \\sum_j W_{jj}", 2, "in the equation of y: the index j runs over two ranges", "m"),
    ("input x : n\ny_k = x_j", 2, "in the equation of y_k: the index j stands on the right side only", "sum over j"),
    ("function f = \\tan", 1, "", "tan"),
    ("paramter W : n", 1, "unknown declaration", "did you mean parameter?"),
    ("input x : n : m", 1, "two shapes", "input NAME"),
    ("input x : n,", 1, "a size is missing", "input NAME"),
    ("input x : 0", 1, "a size is at least 1", "0"),
    ("input", 1, "", "input"),
    ("dims n >= 0", 1, "a size is at least 1", "n >= 0"),
    ("dims 2n", 1, "this is not the name of a size", "2n"),
    ("index i", 1, "the range of an index is missing", "index i = 1..n"),
    ("index i = 2..n", 1, "a declared index runs from 1", "\\sum_{i=2}^{n}"),
    ("input x^{(i)} : n", 1, "i is no declared index", "index i = 1..n"),
    ("index j = 1..n\ninput x_j", 2, "x_j is one entry", "input x : n"),
    ("layout sideways", 1, "unknown layout", "numerator"),
    ("\\newcommand{x}{y}", 1, "this macro can't be read", ""),
    ("family l = 2..L", 1, "no equation mentions the layer l", ""),
    ("input x\nx_2 = w_1 x", 2, "in the equation of x_2: w_1 is not declared", ""),
    ("input x_1\nx_3 = x_2 x_1\nx_2 = x_1", 2, "x_2 is used before its equation", "line 3"),
    (
        "input x\na = b x\nb = a x",
        2,
        "cycle: these equations need each other",
        "a (line 2) -> b (line 3) -> a (line 2)",
    ),
    ("input x\na = b\nb = c\nc = a + x", 2, "cycle", "a (line 2) -> b (line 3) -> c (line 4) -> a (line 2)"),
    ("input x\na = a + x", 2, "cycle: an equation needs itself", "a (line 2) -> a (line 2)"),
    ("input x : n\nparameter W : m, k\nz = W x", 3, "in the equation of z", "n"),
    ("input x : n\ninput y : m\nz = x + y", 3, "in the equation of z", "m"),
    ("input x : n\nloss l = x", 2, "the loss is one number", "sum over its entries"),
    ("input x\nloss l = x\nloss m = x", 3, "a network has one loss", "l and m"),
    ("input x\ny = (x", 2, "in the equation of y", ""),
    ("input x : n\ny = x_2", 2, "in the equation of y", "n >= 2"),
    ("input x\nparameter w\ny = w x\ng = \\frac{\\partial y}{\\partial w}", 4, "can't contain a derivative", "adjoint"),
]


@pytest.mark.parametrize(("block", "line", "what", "detail"), BAD, ids=[b[0].replace("\n", " | ") for b in BAD])
def test_a_bad_declaration_is_told_what_to_do(block, line, what, detail):
    with pytest.raises(DeclarationError) as caught:
        read_network(block, file="a.md", first_line=1)
    error = caught.value
    message = str(error)
    assert what in message
    assert detail in message
    assert (error.place.file, error.place.line) == ("a.md", line)
    assert error.place.text == block.split("\n")[line - 1]


def test_places_count_from_the_first_line_of_the_block():
    with pytest.raises(DeclarationError) as caught:
        read_network("input x\n\n  y = v x", file="doc.md", first_line=17)
    place = caught.value.place
    assert (place.line, place.column, place.text) == (19, 7, "  y = v x")


@pytest.mark.parametrize("line", ["y = x", "loss l = x", "loss l", "adjoint \\delta = x", "family l = 1..L"])
def test_a_symbols_block_has_no_equations(line):
    with pytest.raises(DeclarationError, match="a symbols block declares names only"):
        read_symbols("input x\n" + line)


def test_an_empty_block_is_an_empty_network():
    network = read_network("# nothing here\n")
    assert (network.leaves, network.nodes, network.loss) == ((), (), None)


def test_a_node_keeps_how_its_equation_was_read():
    dot, square = read_network("input a, b : n\ns = a \\cdot b\nq = a^2").nodes
    assert dot.readings == ("the product sign before b is read as the dot product",)
    assert square.readings == ("a^2 is read entry by entry",)
