"""What the adjoints are called: as the author declared, else a delta after the node."""

from __future__ import annotations

import functools
import re

from ..algebra.expressions import Derivative, Expr
from ..algebra.index import Tensor
from ..declare.network import Network


class Names:
    r"""The names of one network's adjoints, all distinct and none of them declared for something else.

    A declared name of the derivative of the loss by a whole tensor is used. Otherwise the first node with
    a label lends it, \delta^{[3]} for z^{[3]}, and every other tensor stands in the subscript. If the author
    counts deltas in another way, \delta^{(3)} for x^{(2)}, none of ours is called like one.
    """

    def __init__(self, network: Network, output: Expr) -> None:
        found = [(_whole(a.formula, a.indices), a.tensor.name) for a in network.adjoints]
        self.declared = {d.wrt.tensor: name for d, name in found if d is not None and d.body == output}
        self.taken = {t.name for t in network.leaves} | {n.tensor.name for n in network.nodes}
        self.taken |= {a.tensor.name for a in network.adjoints} | set(network.notation.entries)
        self.short: dict[Tensor, str] = {}
        labels: set[str] = set()
        for node in network.nodes:
            label = _LABEL.search(node.tensor.name)
            if label and label.group() not in labels:
                labels.add(label.group())
                self.short[node.tensor] = rf"\delta{label.group()}"
        counted = [(t, name) for t, name in self.declared.items() if name.startswith(r"\delta^")]
        if any(self.short.get(tensor) != name for tensor, name in counted):
            self.short.clear()

    def of(self, tensor: Tensor) -> str:
        """The adjoint's name."""
        if tensor in self.declared:
            return self.declared[tensor]
        for name in (self.short.get(tensor), adjoint_name(tensor.name)):
            if name and name not in self.taken:
                return name
        name = adjoint_name(tensor.name)
        while name in self.taken:
            name += "'"
        return name


def _whole(formula: object, indices: tuple[object, ...]) -> Derivative | None:
    """The total derivative by an entry at exactly these indices, if the formula is one."""
    whole = isinstance(formula, Derivative) and formula.wrt.slots == indices and formula.reading == "total"
    return formula if isinstance(formula, Derivative) and whole else None


@functools.lru_cache(maxsize=4096)
def adjoint_name(name: str) -> str:
    r"""The name of the adjoint of `name`: its label, if it has one, is carried over.

    >>> adjoint_name("z^{[3]}"), adjoint_name("x_3"), adjoint_name("w_{hy}")
    ('\\delta_z^{[3]}', '\\delta_{x_3}', '\\delta_{w_hy}')
    """
    label = _LABEL.search(name)
    base, above = (name[: label.start()] + name[label.end() :], label.group()) if label else (name, "")
    # Inside a subscript, canonical names group no scripts.
    below = _SCRIPT.sub(r"\1\2", base)
    return rf"\delta_{below}{above}" if len(below) == 1 else rf"\delta_{{{below}}}{above}"


_SCRIPT = re.compile(r"([_^])\{([^{}]*)\}")
_LABEL = re.compile(r"\^\{[\[(][^{}]*[\])]\}")
