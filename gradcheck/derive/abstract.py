"""A loss declared without an equation: any differentiable function of the network's ends.

At one point such a loss is known by its slopes alone, and these may be anything. So a stand-in with
arbitrary constant slopes, J = sum of g * end, has the same first derivatives; what is proved of it for
every g holds for every such loss. Its second derivatives mean nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

from ..algebra.expressions import Elem, Expr, add, tensors, total
from ..algebra.index import Index, Tensor
from ..declare.network import Network, Node
from ..formula.notation import Entry


def is_abstract(network: Network) -> bool:
    """Whether the loss has no equation."""
    return network.loss is not None and network.node(network.loss) is None


def is_stand_in(network: Network) -> bool:
    """Whether the loss's equation is the stand-in that `grounded` made."""
    return any(constant.name.startswith(_UPSTREAM) for constant in network.constants)


def grounded(network: Network) -> Network:
    r"""The network with the stand-in for an abstract loss; any other network as it is.

    The slopes are new constants, one for each end (a node that no other node uses).

    >>> z, J = Tensor("z"), Tensor("J")
    >>> net = grounded(Network("net", nodes=(Node(z, (), Elem(Tensor("w"))),), loss=J))
    >>> net.constants, net.nodes[-1].formula
    ((\upsilon_{z}[],), \upsilon_{z}*z)
    """
    return _with_stand_in(network) if is_abstract(network) else network


@functools.lru_cache(maxsize=64)
def _with_stand_in(network: Network) -> Network:
    used = {tensor for node in network.nodes for tensor in tensors(node.formula)}
    return stand_in(network, [node.tensor for node in network.nodes if node.tensor not in used])


def stand_in(network: Network, ends: Sequence[Tensor]) -> Network:
    """The network whose abstract loss is a function of these nodes alone: the sum of an arbitrary slope times each."""
    assert network.loss is not None
    slopes, terms = [], []
    for end in ends:
        slope = Tensor(_slope_name(end), end.dims)
        slopes.append(slope)
        terms.append(_inner_product(slope, end))
    node = Node(network.loss, (), add(*terms))
    entries = dict(network.notation.entries)
    for slope, end in zip(slopes, ends, strict=True):
        known = entries.get(end.name)
        entries[slope.name] = Entry(slope, "constant", known.samples if known else ())
    notation = replace(network.notation, entries=entries)
    constants = (*network.constants, *slopes)
    return replace(network, constants=constants, nodes=(*network.nodes, node), notation=notation)


def slopes(network: Network) -> dict[Tensor, Node]:
    r"""The stand-in's constants, each with the end whose slope it is.

    >>> z, J = Tensor("z"), Tensor("J")
    >>> net = grounded(Network("net", nodes=(Node(z, (), Elem(Tensor("w"))),), loss=J))
    >>> [(slope.name, node.tensor.name) for slope, node in slopes(net).items()]
    [('\\upsilon_{z}', 'z')]
    """
    ends = {_slope_name(node.tensor): node for node in network.nodes}
    return {constant: ends[constant.name] for constant in network.constants if constant.name in ends}


_UPSTREAM = "\\upsilon"


def _slope_name(end: Tensor) -> str:
    return f"{_UPSTREAM}_{{{end.name}}}"


def _inner_product(slope: Tensor, end: Tensor) -> Expr:
    indices = tuple(Index("uvrst"[k % 5], dim) for k, dim in enumerate(end.dims))
    return total(indices, Elem(slope, indices) * Elem(end, indices))
