"""The numbers behind the plots: finite differences beside derived gradients, and how gradients flow through the nodes.

Numbers illustrate here and decide nothing; a network that has no values at a drawn point simply gets no plot.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...algebra.binders import Binder
from ...algebra.expressions import Apply, Elem, Expr, walk
from ...algebra.index import Tensor
from ...compare.points.draws import Numbers, concrete_functions, distinct_sizes, draw
from ...compare.question import Question
from ...compare.verdict import Counterexample
from ...declare.network import Network, Node
from ...evaluate import Program, batch, program

Array = NDArray[Any]
STEPS = 10.0 ** np.arange(-12, 0.01, 0.5)
"""The steps of a V curve."""

SAMPLES = 24
"""Points over which the flow of gradients is averaged."""

ATTEMPTS = 5
"""Draws for each point wanted: where logarithms and roots have no values, the next one may have."""

MOST_ENTRIES = 200


@dataclass(frozen=True)
class Ground:
    """A network with concrete functions, its program, and a point at which it has values."""

    network: Network
    program: Program
    point: dict[str, Array]
    sizes: Mapping[str, int]

    def loss(self, name: str, value: Array) -> float:
        """The loss with one leaf moved to another value."""
        return self.program.loss({**self.point, name: value}, self.sizes)

    def gradients(self) -> dict[str, Array]:
        """The derived gradients at the point."""
        return self.program.gradients(self.point, self.sizes)


def ground(network: Network, seed: int) -> Ground | None:
    """A point to measure at; None where the network has no loss to evaluate, or no point was found."""
    if network.loss is None or network.node(network.loss) is None:
        return None
    question = Question(network, Elem(network.loss), Elem(network.loss), ())
    chosen = next(concrete_functions(question), None)
    if chosen is None:
        return None
    concrete = network.with_functions(chosen)
    point = next(_points(concrete, seed, 1), None)
    if point is None:
        return None
    made = program(concrete, wrt=[t.name for t in network.parameters])
    return Ground(concrete, made, point, _sizes(concrete))


def _sizes(network: Network) -> dict[str, int]:
    """Small sizes, all distinct."""
    return distinct_sizes(sorted(dict(network.dims)), dict(network.dims), 3)


def _points(network: Network, seed: int, count: int) -> Iterator[dict[str, Array]]:
    """Points of a network with concrete functions: standard normal entries, and what has facts as they demand."""
    assert network.loss is not None
    sizes, rng, made = _sizes(network), random.Random(seed), program(network, wrt=())
    for _ in range(ATTEMPTS * count):
        point = {t.name: _drawn(t, sizes, rng) for t in network.leaves}
        with np.errstate(all="ignore"):
            usable = all(np.all(np.isfinite(value)) for value in made.forward(point, sizes).values())
        if usable:
            yield point
            count -= 1
        if not count:
            return


def _drawn(tensor: Tensor, sizes: Mapping[str, int], rng: random.Random) -> Array:
    if tensor.facts:
        return np.asarray(draw(tensor, sizes, Numbers(3, rng)), dtype=object).astype(float)
    shape = tuple(d.value(sizes) for d in tensor.dims)
    return np.array([rng.gauss(0, 1) for _ in range(math.prod(shape))]).reshape(shape)


def held(network: Network, tensor: Tensor) -> Network:
    """The network with a node turned into an input, so that it can be moved by itself."""
    if network.node(tensor) is None:
        return network
    nodes = tuple(n for n in network.nodes if n.tensor != tensor)
    return replace(network, nodes=nodes, inputs=(*network.inputs, tensor))


def at_counterexample(network: Network, found: Counterexample, tensor: Tensor) -> tuple[Ground, Array] | None:
    """The point of a counterexample with `tensor` held, and the values of `tensor` there."""
    question = Question(network, Elem(network.loss), Elem(network.loss), ()) if network.loss else None
    if question is None:
        return None
    for chosen in concrete_functions(question):
        if all(c.name == found.functions.get(f.name, c.name) for f, c in chosen.items()):
            break
    else:
        return None
    concrete = network.with_functions(chosen)
    point = {t.name: _floats(found.values.get(t.name), t, found.sizes) for t in network.leaves}
    if any(v is None for v in point.values()):
        return None
    known = {n: v for n, v in point.items() if v is not None}
    if network.node(tensor) is not None:
        known[tensor.name] = np.asarray(program(concrete).forward(known, found.sizes)[tensor.name])
    cut = held(concrete, tensor)
    return Ground(cut, program(cut), known, found.sizes), known[tensor.name]


def _floats(values: Any, tensor: Tensor, sizes: Mapping[str, int]) -> Array | None:
    """Exact values, given as strings, as an array; zeros for a leaf that the counterexample does not need."""
    if values is None:
        shape = tuple(d.value(sizes) for d in tensor.dims)
        return np.zeros(shape)
    flat = np.array(values, dtype=object)
    out = np.empty(flat.shape)
    for at in np.ndindex(flat.shape):
        top, _, bottom = str(flat[at]).partition("/")
        try:
            out[at] = float(top) / float(bottom or 1)
        except ValueError:
            return None
    return out


def v_curve(base: Ground, name: str, entry: tuple[int, ...], value: float) -> tuple[tuple[float, float], ...]:
    """(step, |central difference − value| relative to the larger of the two) for one entry of the tensor `name`."""
    start = base.point[name]

    def loss(amount: float) -> float:
        moved = np.array(start, dtype=float)
        moved[entry] += amount
        return base.loss(name, moved)

    out = []
    with np.errstate(all="ignore"):
        for step in STEPS * max(1.0, abs(float(start[entry]))):
            slope = (loss(step) - loss(-step)) / (2 * step)
            scale = max(abs(slope), abs(value), 1e-300)
            apart = abs(slope - value) / scale
            if np.isfinite(apart):
                out.append((float(step), max(float(apart), 1e-17)))
    return tuple(out)


def margins(base: Ground) -> dict[Tensor, tuple[float, ...]]:
    """For every parameter, |derived − finite difference| / tolerance of each entry; below 1 is agreement."""
    derived = base.gradients()
    small = [t for t in base.network.parameters if base.point[t.name].size <= MOST_ENTRIES]
    slopes = batch(base.network).differences(base.point, [t.name for t in small])
    out: dict[Tensor, tuple[float, ...]] = {}
    for tensor in small:
        found = slopes[tensor.name]
        tolerance = 4 * found.errors + 1e-9 * max(1.0, float(np.max(np.abs(found.values), initial=0.0)))
        ratio = np.abs(np.asarray(derived[tensor.name]) - found.values) / tolerance
        out[tensor] = tuple(ratio[np.isfinite(ratio)].tolist())
    return out


@dataclass(frozen=True)
class Flow:
    """How much gradient arrives at a node: root mean square, and the share of its units whose gate is closed."""

    node: Tensor
    size: float
    dead: float | None


def flow(base: Ground, seed: int) -> tuple[Flow, ...]:
    """The flow through every node but the loss, averaged over some points."""
    network = base.network
    nodes = [n for n in network.nodes if n.tensor != network.loss]
    if not nodes:
        return ()
    gates = {n.tensor: Node(Tensor(f"{n.tensor.name}^{{slope}}", n.tensor.dims), n.indices, gate)
             for n in nodes if (gate := _gate(n)) is not None}  # fmt: skip
    backward = program(network, wrt=[n.tensor.name for n in nodes])
    gated = program(replace(network, nodes=(*network.nodes, *gates.values())))
    squares: dict[Tensor, list[float]] = {n.tensor: [] for n in nodes}
    closed: dict[Tensor, list[float]] = {t: [] for t in gates}
    for point in _points(network, seed, SAMPLES):
        found = backward.gradients(point, base.sizes)
        for t, kept in squares.items():
            kept.append(float(np.mean(np.square(found[t.name]))))
        slopes = gated.forward(point, base.sizes) if gates else {}
        for t, slope in gates.items():
            closed[t].append(float(np.mean(slopes[slope.tensor.name] == 0)))
    return tuple(
        Flow(t, float(np.sqrt(np.mean(kept))), float(np.mean(closed[t])) if t in closed else None)
        for t, kept in squares.items()
        if kept
    )


def _gate(node: Node) -> Expr | None:
    """The slope of the kinked function that a node applies to each of its entries, if it applies one."""
    bound = {i for b in walk(node.formula) if isinstance(b, Binder) for i in b.indices}
    for part in walk(node.formula):
        if isinstance(part, Apply) and part.function.has_kink and part.order == 0 and not part.free & bound:
            return Apply(part.function, part.argument, 1)
    return None
