"""Deriving all gradients of a tanh MLP with symbolic sizes, and emitting the program, beside other systems.

The others have no symbolic sizes: SymPy differentiates the loss written out in scalars (width and batch 1 here),
JAX and CasADi build the gradient at width 8 and batch 4, JAX by tracing, without compiling.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from gradcheck.derive import gradients
from gradcheck.evaluate import program

from .networks import indexed, mlp
from .timing import seconds, table, text

DEPTHS = (1, 2, 8, 64, 256)
PEERS: dict[str, tuple[str, int]] = {"SymPy diff": ("sympy", 8), "JAX grad": ("jax", 256), "CasADi MX": ("casadi", 256)}


def run(*, quick: bool) -> None:
    """Print a row for each depth."""
    repeats = 3 if quick else 9
    rows = []
    for depth in DEPTHS:
        network = mlp(depth)
        derived = gradients(network)
        assert set(derived) == {t.name for t in network.parameters}
        made = program(network)
        sizes = {"N": 4, **{indexed("w", level): 8 for level in range(depth + 1)}}
        work = (
            lambda n=network: gradients(n),
            lambda n=network: program(n).source,
            lambda m=made, s=sizes: m.source_at(s),
        )
        took = [text(seconds(w, repeats)) for w in work]
        rows.append([f"{depth}", *took, *[peer(name, depth) for name in PEERS]])
    table(["depth", "derive", "derive and emit", "emit at sizes", *PEERS], rows)


def peer(name: str, depth: int) -> str:
    """The time of a peer, where it is installed and does not take minutes."""
    package, most = PEERS[name]
    if not find_spec(package) or depth > most:
        return "-"
    build: dict[str, Callable[[int], Any]] = {"SymPy diff": with_sympy, "JAX grad": with_jax, "CasADi MX": with_casadi}
    work = build[name](depth)
    work()
    return text(seconds(work, 3))


def with_sympy(depth: int) -> Callable[[], Any]:
    """The loss of a network of one unit a layer, differentiated by every weight and bias."""
    import sympy

    x, y = sympy.symbols("x y")
    weights, biases = sympy.symbols(f"w1:{depth + 1}"), sympy.symbols(f"b1:{depth + 1}")
    a = x
    for level, (w, b) in enumerate(zip(weights, biases, strict=True)):
        z = a * w + b
        a = z if level == depth - 1 else sympy.tanh(z)
    loss = (a - y) ** 2 / 2

    def work() -> Any:
        sympy.core.cache.clear_cache()
        return [sympy.diff(loss, v) for v in (*weights, *biases)]

    return work


def with_jax(depth: int) -> Callable[[], Any]:
    """The gradient traced to a jaxpr, anew every time."""
    import jax
    import jax.numpy as jnp

    x, y = np.ones((4, 8), np.float32), np.ones((4, 8), np.float32)
    parameters = [(np.ones((8, 8), np.float32), np.ones(8, np.float32)) for _ in range(depth)]

    def work() -> Any:
        def loss(layers: Any) -> Any:
            a = x
            for level, (w, b) in enumerate(layers):
                z = a @ w + b
                a = z if level == depth - 1 else jnp.tanh(z)
            return 0.5 * jnp.sum((a - y) ** 2) / 4

        return jax.make_jaxpr(jax.grad(loss))(parameters)

    return work


def with_casadi(depth: int) -> Callable[[], Any]:
    """The gradient as an MX graph."""
    import casadi

    def work() -> Any:
        x, y = casadi.MX.sym("x", 4, 8), casadi.MX.sym("y", 4, 8)
        layers = [(casadi.MX.sym(f"W{k}", 8, 8), casadi.MX.sym(f"b{k}", 1, 8)) for k in range(depth)]
        a = x
        for level, (w, b) in enumerate(layers):
            z = a @ w + casadi.repmat(b, 4, 1)
            a = z if level == depth - 1 else casadi.tanh(z)
        loss = 0.5 * casadi.sumsqr(a - y) / 4
        return casadi.gradient(loss, casadi.vertcat(*[casadi.vec(p) for layer in layers for p in layer]))

    return work
