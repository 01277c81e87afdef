"""The networks that are timed, declared with symbolic sizes."""

from __future__ import annotations

from gradcheck.algebra.expressions import Apply, Num, power, size, total
from gradcheck.algebra.functions import EXP, LOG, RELU, TANH
from gradcheck.algebra.index import Index
from gradcheck.declare import Builder, Network
from gradcheck.declare.layers import activation, dense, squared_error


def indexed(name: str, level: int) -> str:
    """The name with a subscript, as LaTeX writes it: W_1, W_{10}."""
    return f"{name}_{level}" if level < 10 else f"{name}_{{{level}}}"


def mlp(depth: int, function: str = "tanh", loss: str = "sq") -> Network:
    """Rows are samples: a = f(a W + b), the last layer linear; W_l and b_l counted from 1.

    loss: "sq", half the mean square over samples; "ce", the mean cross entropy of the softmax for targets whose
    rows sum to 1, written as log sum exp minus the target's logit.
    """
    b = Builder(f"mlp of depth {depth}")
    i = b.index("i", "N")
    x, y = b.constant("x", "w_0", samples=(i,)), b.constant("y", indexed("w", depth), samples=(i,))
    f = b.function("f", {"tanh": TANH, "relu": RELU}[function])
    a = x
    for level in range(1, depth + 1):
        weight, bias, z_name = (indexed(name, level) for name in ("W", "b", "z"))
        z = dense(b, a, indexed("w", level), output=z_name, weight=weight, bias=bias, rows=True)
        a = z if level == depth else activation(b, z, f, output=indexed("a", level))
    if loss == "sq":
        squared_error(b, a, y, name="L", mean=True)
    else:
        s, j, k = i, Index("j", a.shape[0]), Index("k", a.shape[0])
        logits = Apply(LOG, total([j], Apply(EXP, a[s, j]))) - total([k], y[s, k] * a[s, k])
        b.loss("L", power(size(s.dim), Num(-1)) * total([s], logits))
    return b.network()
