"""A network: a frozen value, declared once, from which everything else follows."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..algebra.expressions import Apply, Expr
from ..algebra.functions import Function
from ..algebra.index import Index, Tensor
from ..formula.meaning.terms import Side
from ..formula.notation import Notation
from .equality import Key, network_key, node_key
from .family import Family
from .lines import Line


@dataclass(frozen=True, eq=False)
class Node:
    """One named equation: tensor[indices] = formula, the formula written over `indices`.

    latex: the equation as it was declared, or "" when built in Python. line: its line in the document.
    readings: sentences on how something ambiguous in it was read. vectors: whether its text has columns or rows.
    Two nodes are equal if they say the same, whatever their indices are called.
    """

    tensor: Tensor
    indices: tuple[Index, ...]
    formula: Expr
    latex: str = ""
    line: int | None = None
    readings: tuple[str, ...] = ()
    vectors: Side | None = None

    @functools.cached_property
    def _key(self) -> Key:
        return node_key(self)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Node) and self._key == other._key)

    def __hash__(self) -> int:
        return hash(self._key)


@dataclass(frozen=True, eq=False)
class Network:
    """Inputs, parameters and constants, one equation per named node in topological order, one loss.

    A `symbols` block is a network without nodes and loss. `loss` is the tensor of a scalar node, or,
    for an abstract loss, a scalar that no node defines.
    dims: size symbols with their smallest admitted size, in the order of declaration.
    adjoints: names for derivatives of the loss; the formula of such a node is a `Derivative`.
    family: for a network of any depth its generic lines; what else stands here is its network of three layers
        (or of one layer more than the family's first one, if that is more). generic: a few layers around one of it.
    lines: the text that it was read from, to read it again with a size taken to be even or odd.
    Two networks are equal if they declare the same, in Python or in a text, whatever their indices
    are called.
    """

    name: str
    dims: tuple[tuple[str, int], ...] = ()
    inputs: tuple[Tensor, ...] = ()
    parameters: tuple[Tensor, ...] = ()
    constants: tuple[Tensor, ...] = ()
    functions: tuple[Function, ...] = ()
    nodes: tuple[Node, ...] = ()
    loss: Tensor | None = None
    notation: Notation = field(default_factory=Notation, repr=False)
    adjoints: tuple[Node, ...] = ()
    family: Family | None = field(default=None, repr=False)
    generic: Network | None = field(default=None, repr=False)
    lines: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def leaves(self) -> tuple[Tensor, ...]:
        """The tensors that have no equation: inputs, parameters and constants."""
        return self.inputs + self.parameters + self.constants

    @functools.cached_property
    def _node_of(self) -> dict[Tensor, Node]:
        return {n.tensor: n for n in self.nodes}

    def node(self, tensor: Tensor) -> Node | None:
        """The node that defines this tensor, or None for a leaf."""
        return self._node_of.get(tensor)

    def with_functions(self, chosen: Mapping[Function, Function]) -> Network:
        """The same network with unspecified functions replaced by concrete ones, for evaluation."""
        nodes = tuple(replace(n, formula=with_functions(n.formula, chosen)) for n in self.nodes)
        return replace(self, nodes=nodes, functions=tuple(chosen.get(f, f) for f in self.functions))

    @functools.cached_property
    def _key(self) -> Key:
        return network_key(self)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Network) and self._key == other._key)

    def __hash__(self) -> int:
        return hash(self._key)


def with_functions(expr: Expr, chosen: Mapping[Function, Function]) -> Expr:
    """The expression with functions replaced, derivatives of every order included."""
    children = expr.children()
    if not children:
        return expr
    changed = tuple([with_functions(c, chosen) for c in children])
    if isinstance(expr, Apply) and expr.function in chosen:
        return Apply(chosen[expr.function], changed[0], expr.order)
    return expr.rebuild(changed)
