r"""A layer against its declared mathematics: the derived gradient is the oracle, and a missing term gets its name.

The network declares what forward computes. Where the layer's output is an array, the network's loss contracts it with
one more input, the cotangent: `loss l = \sum_{i,k} dy_{ik} y_{ik}`; a layer that is a loss needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..algebra.expressions import Elem, replace_entries, walk
from ..algebra.index import Index, Tensor
from ..compare import ArrayRow, check_arrays
from ..declare.network import Network, Node
from ..errors import GradcheckError, LayerError
from ..evaluate import Program, program
from ..printing import unicode_name
from .cases import Case, planned
from .inputs import Declaration
from .layer import Array, FaultError, Layer, RefusalError, run_forward
from .point import Point, at, copied, draw_cotangents, finite
from .values import realised
from .verdict import LayerFailure

_POINTS = 12
_ALIKE = 1e-6


@dataclass(frozen=True)
class Mathematics:
    """A network, what it calls the layer's inputs, and the input that plays the cotangent (None for a loss)."""

    network: Network
    names: Mapping[str, str]
    cotangent: str | None


def declared_shapes(network: Any, shapes: Mapping[str, Any] | None) -> dict[str, Any]:
    """The shapes of the layer's inputs as the network declares them, where they are not given."""
    if not isinstance(network, Network):
        got = type(network).__name__
        raise LayerError("network= takes a declared network", got=got, hint="gradcheck.network(text) makes one")
    if shapes is not None:
        return dict(shapes)
    leaves = {_plain(t.name): t for t in network.leaves}
    return {name: tuple(str(d) for d in t.dims) for name, t in leaves.items() if name not in _COTANGENTS}


_COTANGENTS = ("dy", "dout", "delta", "v")


def mathematics_of(network: Network, declaration: Declaration) -> Mathematics:
    r"""The network matched with the layer's inputs by name (gamma is \gamma); what is left over is the cotangent."""
    leaves = {_plain(t.name): t.name for t in network.leaves} | {t.name: t.name for t in network.leaves}
    names = {i.name: leaves.get(i.name, "") for i in declaration.inputs}
    unknown = [n for n, leaf in names.items() if not leaf]
    rest = [t.name for t in network.leaves if t.name not in names.values()]
    if unknown or len(rest) > 1:
        what = f"the layer has {', '.join(unknown)}" if unknown else f"the network also has {', '.join(rest)}"
        raise LayerError(
            "the network does not have the inputs of the layer",
            got=what,
            expected=f"inputs and parameters {', '.join(names)}, and dy where the output is an array",
        )
    if network.loss is None:
        raise LayerError("the network has no loss", hint="for an array y declare: loss l = sum of dy · y")
    return Mathematics(network, names, rest[0] if rest else None)


def compared(mathematics: Mathematics, layer: Layer, declaration: Declaration, seed: int) -> LayerFailure | None:
    """The first difference between the layer and its mathematics, at the smallest of some sizes; None if none."""
    made = program(mathematics.network, wrt=[mathematics.names[n] for n in declaration.differentiable])
    for case in _small_first(declaration, seed):
        inputs = realised(case, declaration)
        try:
            done = run_forward(layer, copied(inputs))
            rng = np.random.default_rng([case.seed, 97])
            point = at(layer, declaration, inputs, draw_cotangents(layer, done.outputs, rng))
        except (RefusalError, FaultError):
            continue
        if not finite((*point.done.outputs, *point.claimed.values())):
            continue
        failure = _forward_failure(mathematics, made, point) or _gradient_failure(mathematics, made, point)
        if failure is not None:
            return replace(failure, sizes=dict(case.sizes), inputs=dict(inputs), cotangent=point.cotangents)
    return None


def _small_first(declaration: Declaration, seed: int) -> list[Case]:
    cases = [c for c in planned(declaration, seed) if c.regime in ("normal", "rounded") and c.layout == "plain"]
    shapes = lambda c: sum(np.prod(s) for s in declaration.shapes(dict(c.sizes)).values())  # noqa: E731
    return sorted(cases, key=shapes)[:_POINTS]


def _values(mathematics: Mathematics, point: Point) -> dict[str, Array]:
    values = {mathematics.names[name]: a.astype(np.float64) for name, a in point.inputs.items()}
    if mathematics.cotangent is not None:
        values[mathematics.cotangent] = point.cotangents[0].astype(np.float64)
    return values


def _forward_failure(mathematics: Mathematics, made: Program, point: Point) -> LayerFailure | None:
    """Whether ⟨dy, y⟩ (or the loss) is what the network declares."""
    if mathematics.cotangent is None and point.done.outputs[0].size != 1:
        hint = "give the network an input dy and the loss sum of dy · y"
        raise LayerError("the layer's output is an array, the network's a number", hint=hint)
    try:
        expected = made.loss(_values(mathematics, point))
    except GradcheckError as error:
        raise LayerError("the network does not fit the layer", got=error.what, hint=error.hint) from None
    y, dy = point.done.outputs[0].astype(np.float64), point.cotangents[0].astype(np.float64)
    claimed = float(np.sum(y * dy)) if mathematics.cotangent is not None else float(y)
    size = float(np.sum(np.abs(y * dy))) + abs(expected)
    if abs(claimed - expected) <= _ALIKE * size + 1e-300:
        return None
    text = "forward is not what the network declares"
    return LayerFailure("mathematics", text, detail=f"{claimed:.7g}, declared {expected:.7g}", cause="another forward")


def _gradient_failure(mathematics: Mathematics, made: Program, point: Point) -> LayerFailure | None:
    values = _values(mathematics, point)
    scale = 1.0 if mathematics.cotangent is not None else float(point.cotangents[0].reshape(()))
    if not scale:
        return None
    claimed = {mathematics.names[n]: g / scale for n, g in point.claimed.items()}
    try:
        rows = check_arrays(mathematics.network, values, claimed, names=list(claimed)).rows
    except GradcheckError:
        return None  # not finite there: the checks without the network say what that means
    wrong = [row for row in rows if row.status == "wrong"]
    if not wrong:
        return None
    row = max(wrong, key=lambda r: r.max_absolute)
    name = next(n for n, leaf in mathematics.names.items() if leaf == row.name)
    cause = next(_terms(mathematics.network, made, values, row, claimed[row.name]), row.hint or "")
    return LayerFailure(
        "mathematics",
        f"gradient of {name} is not the derived one",
        name,
        row.worst,
        row.claimed,
        row.derived,
        row.error,
        cause=cause,
        detail=f"expected as derived; finite differences give {row.finite_difference:.7g}",
    )


def _terms(
    network: Network, made: Program, values: Mapping[str, Array], row: ArrayRow, claimed: Array
) -> Iterator[str]:
    """The uses of a tensor in an equation whose part of the gradient is missing, doubled or of the wrong sign."""
    derived = made.gradients(values)[row.name]
    nodes = made.forward(values)
    for node in network.nodes:
        for tensor in dict.fromkeys(e.tensor for e in walk(node.formula) if isinstance(e, Elem)):
            if tensor.name != row.name and tensor.name not in nodes:
                continue
            held = values.get(tensor.name, nodes.get(tensor.name))
            assert held is not None
            without = _without(network, node, tensor, values, held, row.name)
            if without is None or np.allclose(without, derived, rtol=0, atol=_ALIKE * _size(derived)):
                continue
            where = f"{unicode_name(tensor.name)} in the equation of {unicode_name(node.tensor.name)}"
            for text, guess in (
                (f"missing path: through {where}", without),
                (f"the path through {where} is counted twice", 2 * derived - without),
                (f"sign: the path through {where}", 2 * without - derived),
            ):
                if np.allclose(claimed, guess, rtol=0, atol=_ALIKE * max(_size(derived), _size(guess))):
                    yield text


def _without(
    network: Network, node: Node, tensor: Tensor, values: Mapping[str, Array], held: Array, name: str
) -> Array | None:
    """The gradient with `tensor` held constant in the equation of `node`: without the paths through that use of it."""
    constant = Tensor(f"{tensor.name}__held", tensor.dims, tensor.facts)
    indices = tuple(Index(f"i{k}", dim) for k, dim in enumerate(tensor.dims))
    formula = replace_entries(node.formula, {tensor: (indices, Elem(constant, indices))})
    nodes = tuple(replace(n, formula=formula) if n is node else n for n in network.nodes)
    changed = replace(network, nodes=nodes, inputs=(*network.inputs, constant))
    try:
        return program(changed, wrt=[name]).gradients({**values, constant.name: held})[name]
    except GradcheckError:
        return np.zeros_like(values[name])  # the loss no longer depends on it


def _plain(name: str) -> str:
    r"""A name of the mathematics as Python writes it: gamma for \gamma, W1 for W^1."""
    return re.sub(r"\W", "", name)


def _size(array: Array) -> float:
    return float(np.max(np.abs(array), initial=0.0)) or 1.0
