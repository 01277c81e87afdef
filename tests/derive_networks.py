"""Networks for the tests of deriving, declared with the algebra's constructors."""

from fractions import Fraction

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import Apply, Elem, Expr, Num, add, delta, mul, negate, power, size, total
from gradcheck.algebra.functions import EXP, LOG, RELU, SIGMOID, SOFTPLUS, TANH, Function, unspecified
from gradcheck.algebra.index import Index, Tensor
from gradcheck.declare.network import Network, Node
from gradcheck.formula.notation import Entry, Notation

n, m, d, p = (Dim.symbol(s) for s in "nmdp")
HALF = Num(Fraction(1, 2))
SIGMA = unspecified("\\sigma", "\\sigma", frozenset({"increasing"}))
SIZES = ({"n": 2, "m": 1, "d": 3, "p": 2}, {"n": 1, "m": 2, "d": 2, "p": 3})


def tensor(name: str, *dims: Dim) -> Tensor:
    return Tensor(name, dims)


def at(t: Tensor, *slots: Index) -> Expr:
    return Elem(t, slots)


def index(name: str, dim: Dim) -> Index:
    return Index(name, dim)


def network(
    name: str,
    nodes: list[Node],
    inputs: tuple[Tensor, ...],
    parameters: tuple[Tensor, ...],
    samples: dict[str, Index] | None = None,
) -> Network:
    entries = {}
    for t, role in [*((t, "input") for t in inputs), *((t, "parameter") for t in parameters)] + [
        (node.tensor, "node") for node in nodes
    ]:
        sample = (samples or {}).get(t.name)
        entries[t.name] = Entry(t, role, (sample,) if sample else ())
    dims = tuple((s, 1) for s in "nmdp")
    return Network(
        name,
        dims=dims,
        inputs=inputs,
        parameters=parameters,
        nodes=tuple(nodes),
        loss=nodes[-1].tensor,
        notation=Notation(entries=entries, functions={SIGMA.name: SIGMA}, dims=dict(dims)),
    )


def three_neurons(function: Function | None = SIGMA) -> Network:
    x1, y, w1, w2 = (tensor(s) for s in ("x_1", "y", "w_1", "w_2"))
    x2, x3, loss = (tensor(s) for s in ("x_2", "x_3", "l"))
    inner = Elem(w1) * Elem(x1)
    return network(
        "three neurons",
        [
            Node(x2, (), inner if function is None else Apply(function, inner)),
            Node(x3, (), Elem(w2) * Elem(x2)),
            Node(loss, (), HALF * (Elem(y) - Elem(x3)) ** 2),
        ],
        (x1, y),
        (w1, w2),
    )


def step_autoencoder() -> Network:
    i, j, s, q = index("i", n + 1), index("j", n), index("s", n), index("k", n)
    x = tensor("x", n + 1, n)
    w1, w2, b2, w3 = tensor("w^{[1]}", n), tensor("w^{[2]}", n), tensor("b^{[2]}", n), tensor("W^{[3]}", n, n)
    z, y, mse = tensor("z", n + 1), tensor("y", n + 1, n), tensor("MSE")
    inner = at(w2, q) * at(z, i) + at(b2, q)
    e, f = index("i", n + 1), index("j", n)
    return network(
        "step autoencoder",
        [
            Node(z, (i,), total([s], at(w1, s) * at(x, i, s))),
            Node(y, (i, j), total([q], at(w3, j, q) * inner)),
            Node(mse, (), HALF * total([e, f], (at(y, e, f) - at(x, e, f)) ** 2)),
        ],
        (x,),
        (w1, w2, b2, w3),
        {"x": i, "z": i, "y": i},
    )


def mlp(function: Function = TANH, depth: int = 2) -> Network:
    """Rows are samples: a = f(a W + b), squared error summed over samples and outputs."""
    widths = [n, *((d, p) * depth)[: depth - 1], p]
    batch = m
    x, y = tensor("X", batch, widths[0]), tensor("Y", batch, widths[-1])
    nodes, parameters, a = [], [], x
    for level in range(1, depth + 1):
        i, j, o = index("i", batch), index("j", widths[level - 1]), index("k", widths[level])
        w, b = tensor(f"W^{{[{level}]}}", j.dim, o.dim), tensor(f"b^{{[{level}]}}", o.dim)
        z = tensor(f"z^{{[{level}]}}", batch, o.dim)
        parameters += [w, b]
        nodes.append(Node(z, (i, o), total([j], at(a, i, j) * at(w, j, o)) + at(b, o)))
        a = z
        if level < depth:
            i, o = index("i", batch), index("k", widths[level])
            a = tensor(f"a^{{[{level}]}}", batch, widths[level])
            nodes.append(Node(a, (i, o), Apply(function, at(z, i, o))))
    i, o = index("i", batch), index("k", widths[-1])
    nodes.append(Node(tensor("L"), (), HALF * total([i, o], (at(a, i, o) - at(y, i, o)) ** 2)))
    return network("mlp", nodes, (x, y), tuple(parameters))


def softmax_regression() -> Network:
    """Cross-entropy through a log-sum-exp that shares its bound index object with a sum beside it."""
    w, x, y = tensor("W", p, n), tensor("x", n), tensor("y", p)
    z, loss = tensor("z", p), tensor("L")
    a, b, c = index("a", p), index("b", n), index("c", p)
    log_sum_exp = Apply(LOG, total([c], Apply(EXP, at(z, c))))
    return network(
        "softmax regression",
        [
            Node(z, (a,), total([b], at(w, a, b) * at(x, b))),
            Node(loss, (), log_sum_exp - total([c], at(y, c) * at(z, c))),
        ],
        (x, y),
        (w,),
    )


def logistic_loss() -> Network:
    """Sum over samples of log(1 + exp(-y_i x_i^T w)), the target a sign."""
    x, y, w = tensor("X", m, n), tensor("y", m), tensor("w", n)
    i, j = index("i", m), index("j", n)
    margin = negate(mul(at(y, i), total([j], at(x, i, j) * at(w, j))))
    loss = total([i], Apply(LOG, add(Num(1), Apply(EXP, margin))))
    return network("logistic loss", [Node(tensor("L"), (), loss)], (x, y), (w,))


def sparsity_penalty() -> Network:
    """The KL divergence of the mean activation of each hidden unit from rho, added to nothing."""
    x, w, rho = tensor("X", m, n), tensor("W", d, n), tensor("\\rho")
    i, j, u, v = index("i", m), index("j", n), index("u", d), index("u", d)
    a, mean, loss = tensor("a", m, d), tensor("\\hat{\\rho}", d), tensor("L")
    q = at(mean, v)
    return network(
        "sparsity penalty",
        [
            Node(a, (i, u), Apply(SIGMOID, total([j], at(w, u, j) * at(x, i, j)))),
            Node(mean, (u,), power(size(m), Num(-1)) * total([i], at(a, i, u))),
            Node(
                loss,
                (),
                total(
                    [v],
                    Elem(rho) * Apply(LOG, Elem(rho) / q) + (1 - Elem(rho)) * Apply(LOG, (1 - Elem(rho)) / (1 - q)),
                ),
            ),
        ],
        (x, rho),
        (w,),
    )


def skip_and_shared() -> Network:
    """A weight used in two places, a skip connection, and one scalar raised to a power."""
    w, x, c = tensor("W", n, n), tensor("x", n), tensor("c")
    i, j, r, s = index("i", n), index("j", n), index("i", n), index("j", n)
    a, b, loss = tensor("a", n), tensor("b", n), tensor("L")
    return network(
        "skip and shared",
        [
            Node(a, (i,), Apply(SOFTPLUS, total([j], at(w, i, j) * at(x, j)))),
            Node(b, (r,), total([s], at(w, s, r) * at(a, s)) + at(a, r) + Elem(c) * at(x, r)),
            Node(loss, (), power(total([i], at(b, i) ** 2), Num(Fraction(3, 2))) * total([i], at(a, i) * at(b, i))),
        ],
        (x,),
        (w, c),
    )


def quadratic_form() -> Network:
    """x^T A x, the trace of A A, and a diagonal entry: indices that meet three times."""
    a, x = tensor("A", n, n), tensor("x", n)
    i, j = index("i", n), index("j", n)
    form = total([i, j], at(x, i) * at(a, i, j) * at(x, j))
    trace = total([i, j], at(a, i, j) * at(a, j, i))
    diagonal = total([i], at(x, i) ** 3 * at(a, i, i))
    deltas = total([i, j], delta(i, j) * at(x, i) * at(a, j, j))
    return network("quadratic form", [Node(tensor("q"), (), form + trace + diagonal + deltas)], (x,), (a,))


def relu_chain() -> Network:
    return mlp(RELU, 2)


ALL = (
    three_neurons,
    step_autoencoder,
    mlp,
    softmax_regression,
    logistic_loss,
    sparsity_penalty,
    skip_and_shared,
    quadratic_form,
    relu_chain,
)
