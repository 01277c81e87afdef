"""The sparse document's answers, read from its page and held against a network written by hand: finite differences
and SymPy's diff of the written-out cost. Nothing here asks the engine for a derivative."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import sympy
from entrywise import Reader

from gradcheck.algebra.functions import SIGMOID
from gradcheck.compare.families.families import Claim
from gradcheck.declare.network import with_functions
from gradcheck.derive.windows import at_depth
from gradcheck.document import read_document
from gradcheck.formula import read_all

DOCUMENT = read_document(Path(__file__).parent.parent / "derivations" / "sparse-backprop.md")
CLAIMS = {e.anchor: e for e in DOCUMENT.claims}
SAMPLES = 3
RHO, BETA = 0.3, 0.7


def forward(weights, biases, x, y, ops, shifts=None):
    """The whole cost by hand, with shifts of pre-activations; also each layer's z, a and mean."""
    exp, log, array = ops
    a, seen, penalty = x, {}, 0
    last = len(weights) + 1
    for l in range(2, last + 1):
        z = a.dot(weights[l - 2]) + biases[l - 2]
        if shifts is not None and l in shifts:
            z = z + shifts[l]
        a = array(1 / (1 + exp(-z)))
        mean = a.sum(axis=0) / len(x)
        seen[l] = (z, a, mean)
        if l < last:
            penalty = penalty + sum(RHO * log(RHO / r) + (1 - RHO) * log((1 - RHO) / (1 - r)) for r in mean)
    return ((y - a) ** 2).sum() / (2 * len(x)) + BETA * penalty, seen


NUMBERS = (np.exp, np.log, np.asarray)
SYMBOLS = (np.vectorize(sympy.exp, otypes=[object]), sympy.log, lambda a: np.asarray(a, dtype=object))


def point(sizes: list[int], samples: int = SAMPLES):
    rng = np.random.default_rng(7)
    weights = [rng.normal(size=pair) for pair in itertools.pairwise(sizes)]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    return weights, biases, rng.normal(size=(samples, sizes[0])), rng.uniform(size=(samples, sizes[-1]))


def arrays(sizes, weights, biases, x, y, seen) -> Reader:
    """The point as the page's names have it; the derivatives delta are still to come."""
    names = {f"S_{n + 1}": size for n, size in enumerate(sizes)} | {"m": len(x)}
    reader = Reader(names, {"a^{(1)}": x, "y": y, r"\rho": RHO, r"\beta": BETA})
    for n, (w, b) in enumerate(zip(weights, biases, strict=True), 1):
        reader.arrays |= {f"W^{{({n})}}": w, f"b^{{({n})}}": b}
    for l, (z, a, mean) in seen.items():
        reader.arrays |= {f"z^{{({l})}}": z, f"a^{{({l})}}": a, rf"\rho^{{({l})}}": mean}
    return reader


def right_side(anchor: str, depth: int, layer: int | None, reader: Reader, row: int = 0) -> np.ndarray:
    """What the page writes behind the =, at every position of the indices of its left side."""
    equation = CLAIMS[anchor]
    assert equation.network is not None
    assert equation.network.family is not None
    network = at_depth(equation.network.family, equation.network.name, depth)
    text = Claim(equation.statement, ()).at(equation.network.family, layer, depth).latex
    statement = read_all(text, network.notation)[row]
    (f,) = network.functions
    free = tuple(sorted(statement.free, key=lambda i: i.name))
    return reader.array(free, with_functions(statement.sides[1].expr, {f: SIGMOID}))


def by_differences(sizes, weights, biases, x, y, layer: int, step: float = 1e-5) -> np.ndarray:
    """The derivative of m times the cost by each entry of the layer's pre-activation."""
    out = np.empty((len(x), sizes[layer - 1]))
    for at in np.ndindex(out.shape):
        shift = np.zeros_like(out)
        shift[at] = step
        up, down = (forward(weights, biases, x, y, NUMBERS, {layer: s})[0] for s in (shift, -shift))
        out[at] = len(x) * (up - down) / (2 * step)
    return out


@pytest.mark.parametrize("sizes", [[2, 3, 4, 2], [3, 2, 3, 4, 2], [2, 4, 3, 2, 3, 2]], ids=lambda s: f"L={len(s)}")
def test_the_rule_for_every_hidden_layer_is_what_finite_differences_see(sizes: list[int]) -> None:
    given = point(sizes)
    depth = len(sizes)
    reader = arrays(sizes, *given, forward(*given, NUMBERS)[1])
    truth = {l: by_differences(sizes, *given, l) for l in range(2, depth + 1)}
    reader.arrays |= {rf"\delta^{{({l})}}": value for l, value in truth.items()}
    np.testing.assert_allclose(right_side("open-output", depth, None, reader).T, truth[depth], atol=1e-8)
    for layer in range(2, depth):
        np.testing.assert_allclose(right_side("open-many-hidden", depth, layer, reader).T, truth[layer], atol=1e-8)


def test_the_rule_applied_from_the_output_back_gives_the_gradients_that_sympy_derives() -> None:
    sizes, samples = [2, 2, 1, 2], 2
    weights, biases, x, y = point(sizes, samples)
    named = [np.array(sympy.symbols(f"w{n}_0:{w.size}")).reshape(w.shape) for n, w in enumerate(weights)]
    tied = [np.array(sympy.symbols(f"b{n}_0:{b.size}")).reshape(b.shape) for n, b in enumerate(biases)]
    cost, _ = forward(named, tied, x, y, SYMBOLS)
    here = {
        s: v
        for n, a in ((named, weights), (tied, biases))
        for p, q in zip(n, a, strict=True)
        for s, v in zip(p.flat, q.flat, strict=True)
    }
    depth = len(sizes)
    reader = arrays(sizes, weights, biases, x, y, forward(weights, biases, x, y, NUMBERS)[1])
    reader.arrays[rf"\delta^{{({depth})}}"] = right_side("open-output", depth, None, reader).T
    for layer in range(depth - 1, 1, -1):
        reader.arrays[rf"\delta^{{({layer})}}"] = right_side("open-many-hidden", depth, layer, reader).T
    for layer in range(1, depth):
        for row, symbols in ((0, named[layer - 1]), (1, tied[layer - 1])):
            truth = np.array([float(sympy.diff(cost, s).subs(here)) for s in symbols.flat]).reshape(symbols.shape)
            np.testing.assert_allclose(right_side("open-gradients", depth, layer, reader, row), truth, atol=1e-10)
