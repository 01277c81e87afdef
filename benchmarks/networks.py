"""The networks that are timed, declared with symbolic sizes."""

from __future__ import annotations

from gradcheck.algebra.expressions import Apply, Num, power, size, total
from gradcheck.algebra.functions import EXP, LOG, RELU, TANH
from gradcheck.algebra.index import Index
from gradcheck.declare import Builder, Network
from gradcheck.declare.layers import activation, dense, squared_error


def mlp(depth: int, function: str = "tanh", loss: str = "sq") -> Network:
    """Rows are samples: a = f(a W + b), the last layer linear; W{l} and b{l} counted from 1.

    loss: "sq", half the mean square over samples; "ce", the mean cross entropy of the softmax for targets whose
    rows sum to 1, written as log sum exp minus the target's logit.
    """
    b = Builder(f"mlp of depth {depth}")
    i = b.index("i", "N")
    x, y = b.constant("x", "w_0", samples=(i,)), b.constant("y", f"w_{depth}", samples=(i,))
    f = b.function("f", {"tanh": TANH, "relu": RELU}[function])
    a = x
    for level in range(1, depth + 1):
        z = dense(b, a, f"w_{level}", output=f"z_{level}", weight=f"W_{level}", bias=f"b_{level}", rows=True)
        a = z if level == depth else activation(b, z, f, output=f"a_{level}")
    if loss == "sq":
        squared_error(b, a, y, name="L", mean=True)
    else:
        s, j, k = i, Index("j", a.shape[0]), Index("k", a.shape[0])
        logits = Apply(LOG, total([j], Apply(EXP, a[s, j]))) - total([k], y[s, k] * a[s, k])
        b.loss("L", power(size(s.dim), Num(-1)) * total([s], logits))
    return b.network()
