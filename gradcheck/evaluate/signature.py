"""The arguments of emitted functions, and a safe identifier for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..algebra.dims import Dim
from ..algebra.functions import Function
from ..algebra.index import Tensor
from .names import Names
from .values import Value

Call = tuple[Function, int]
_USED = (
    "np", "erf", "sigmoid", "softplus", "math", "forward", "gradients", "loss", "make", "bind", "run", "results",
    "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "negative", "sqrt", "exp", "log", "log1p",
    "expm1", "sin", "cos", "tan", "arctan", "arcsin", "arccos", "sinh", "cosh", "tanh", "sign", "greater", "dot",
    "vdot", "matmul", "einsum",
)  # fmt: skip
"""Names that emitted code uses itself."""


class Signature:
    """The arguments of the emitted functions: one per leaf, then the callables of unspecified functions.

    names: tensor -> identifier. calls: (function, order) -> identifier. sizes: size symbol -> identifier.
    """

    def __init__(self, leaves: Sequence[Tensor], values: Sequence[Value], calls: Iterable[Call]) -> None:
        self.identifiers = Names(_USED)
        self.names: dict[Tensor, str] = {t: self.identifiers.new(t.name) for t in leaves}
        self.calls: dict[tuple[Function, int], str] = {}
        for function, order in sorted(calls, key=lambda c: (c[0].name, c[1])):
            wish = function.name if order == 0 else f"{function.name}_derivative_{order}"
            self.calls[function, order] = self.identifiers.new(wish)
        symbols = {s for v in values for d in v.dims for s in symbols_of(d)}
        symbols |= {s for v in values if v.op == "size" for s in v.data.symbols()}
        self.sizes: dict[str, str] = {s: self.identifiers.new(s) for s in sorted(symbols)}
        shown = {s for t in leaves for d in t.dims for s in ([d.terms[0][0]] if len(d.terms) == 1 else [])}
        self.unseen = [s for s in self.sizes if s not in shown]

    @property
    def arguments(self) -> list[str]:
        """All arguments, in order; sizes that no array shows come last."""
        return [*self.names.values(), *self.calls.values(), *[self.sizes[s] for s in self.unseen]]


def symbols_of(dim: Dim) -> Iterable[str]:
    """The size symbols of a dim, of the axes that a merged one stands for too."""
    factors = getattr(dim, "factors", None)
    return dim.symbols() if factors is None else {s for f in factors for s in f.symbols()}
