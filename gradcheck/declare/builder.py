"""A network declared in Python: the same value as the text of a network block gives."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from types import NoneType
from typing import Literal, overload

from ..algebra.dims import Dim, put
from ..algebra.expressions import Elem, Expr, as_expr
from ..algebra.facts import FUNCTION_FACTS, TENSOR_FACTS
from ..algebra.functions import BUILT_IN, Function, unspecified
from ..algebra.index import Index, Tensor
from ..errors import DeclarationError, demand
from ..formula.notation import Notation, Role
from .checks import check_equation
from .facts import fit_shape, read_facts
from .handles import IN_PYTHON, Activation, Array, Written
from .names import AS, Names, name_of, size_of
from .network import Network, Node

Size = Dim | int | str
_FROM_ZERO = re.compile(r"\s*0\s*(?:\.\.\.?|\\[lc]?dots|…)\s*(?P<last>.+)")


class Builder:
    r"""Declares a network step by step; `network()` gives the frozen value.

    Names are LaTeX, as in a network block. Declarations of scalars give an expression, those of arrays
    an `Array` whose entries are expressions. Every method raises `DeclarationError` for a name declared
    twice, an undeclared symbol, or shapes and indices that don't fit.

    >>> b = Builder("square")
    >>> x, y, w = b.input("x"), b.input("y"), b.parameter("w")
    >>> y_hat = b.node("\\hat y", w * x)
    >>> loss = b.loss("l", (y - y_hat) ** 2 / 2)
    >>> [node.tensor.name for node in b.network().nodes]
    ['\\hat{y}', 'l']
    """

    def __init__(self, name: str = "network") -> None:
        demand(name, str, "the name of a network", DeclarationError, expected="a string")
        self.name = name
        self.names = Names()
        self.layers: frozenset[str] = frozenset()
        """Letters that label layers, as the l of a^{(l)}, and are no indices."""
        self._nodes: list[Node] = []
        self._adjoints: list[Node] = []
        self._loss: Tensor | None = None
        self.input = _Leaves(self, "input")
        self.parameter = _Leaves(self, "parameter")
        self.constant = _Leaves(self, "constant")

    # -- sizes and indices

    def dim(self, name: str, minimum: int = 1, *, line: int | None = None) -> Dim:
        """Declare a size of at least `minimum`."""
        dim = size_of(name, {})
        demand(minimum, int, "the minimum of a size", DeclarationError, expected="a whole number from 1")
        if len(dim.terms) != 1 or dim != Dim.symbol(dim.terms[0][0]):
            raise DeclarationError("this is not the name of a size", got=name, expected="a name such as n or n^{[2]}")
        if minimum < 1:
            raise DeclarationError(
                "a size is at least 1", got=f"{name} >= {minimum}", expected="a minimum of 1 or more"
            )
        self.names.add_dim(dim.terms[0][0], minimum, line)
        return dim

    def dims(self, *names: str, minimum: int = 1) -> tuple[Dim, ...]:
        """Declare several sizes of at least `minimum`."""
        return tuple(self.dim(name, minimum) for name in names)

    def index(self, name: str, size: Size, *, line: int | None = None) -> Index:
        """Declare an index from 1 to `size`, for samples and sums."""
        index = Index(name_of(name), self.size(size))
        self.names.add_index(index, line)
        return index

    def size(self, size: Size) -> Dim:
        """Read a size such as "n+1"; a size not yet declared is declared, with 1 as its minimum."""
        demand(size, (Dim, int, str), "a size", DeclarationError, expected='a number, or a string such as "n+1"')
        if isinstance(size, str):
            dim = size_of(size, self.names.dims)
        else:
            dim = Dim.of(size) if isinstance(size, int) else size
        if dim.literal is not None and dim.literal < 1:
            raise DeclarationError("a size is at least 1", got=str(dim))
        for name in sorted(dim.symbols() - self.names.dims.keys()):
            if name == "e":
                raise DeclarationError(
                    "a size called e would make e^{x} a power of that size",
                    got="e as a size",
                    hint="give the size another name, or declare it on purpose with: dims e",
                )
            self.names.add_dim(name, 1)
        return put(dim, self.names.sizes)

    # -- names

    @property
    def notation(self) -> Notation:
        """The names declared so far; follows further declarations."""
        return self.names.view()

    def words(self, *names: str) -> None:
        """Declare runs of letters that are one name in formulas (declared names are already)."""
        self.names.words.update(names)

    def layout(self, layout: Literal["denominator", "numerator"]) -> None:
        """Declare how derivatives are laid out; "denominator" (the shape of the variable) unless declared."""
        if layout not in ("denominator", "numerator"):
            raise DeclarationError("unknown layout", got=repr(layout), expected="denominator or numerator")
        self.names.layout = layout

    def function(
        self, name: str, like: Function | None = None, *, facts: Iterable[str] = (), line: int | None = None
    ) -> Activation:
        """Declare a function: an arbitrary differentiable one that has these facts, or another name of `like`."""
        name = name_of(name)
        demand(like, (Function, NoneType), "like=", DeclarationError, expected="a function that is known")
        found = read_facts(facts, FUNCTION_FACTS)
        if like is not None and not found <= like.facts:
            raise DeclarationError(
                "facts are declared for a function without a definition only",
                got=f"{name} {{{', '.join(sorted(found - like.facts))}}}",
                hint="the facts of a defined function follow from its definition",
            )
        function = like or unspecified(name, name, found)
        self.names.add_function(name, function, line)
        return Activation(function)

    # -- equations

    @overload
    def node(self, name: str, formula: Expr | int, *, written: Written = ...) -> Elem: ...
    @overload
    def node(
        self,
        name: str,
        formula: Expr | int,
        axes: tuple[Index, ...] | Index,
        *,
        samples: tuple[Index, ...] = ...,
        written: Written = ...,
    ) -> Array: ...
    @overload
    def node(self, name: str, formula: Expr | int, *, samples: tuple[Index, ...], written: Written = ...) -> Array: ...
    def node(
        self,
        name: str,
        formula: Expr | int,
        axes: tuple[Index, ...] | Index = (),
        *,
        samples: tuple[Index, ...] = (),
        written: Written = IN_PYTHON,
    ) -> Elem | Array:
        """Declare a node by its equation name[samples, axes] = formula."""
        demand(formula, (Expr, int), f"the formula of {name}", DeclarationError, expected="an expression of entries")
        indices = (*samples, *((axes,) if isinstance(axes, Index) else axes))
        expr = as_expr(formula)
        self.names.must_be_new(name_of(name), written.line)
        for index in indices:
            self.size(index.dim)
        tensor = Tensor(name_of(name), tuple(i.dim for i in indices))
        known = self.names
        check_equation(tensor.name, indices, expr, known.tensors, known.functions.values(), known.dims)
        known.add_tensor("node", tensor, samples, written.line)
        how = (written.latex, written.line, written.readings, written.vectors)
        self._nodes.append(Node(tensor, indices, expr, *how))
        return Array(tensor, samples) if indices else Elem(tensor)

    def loss(self, name: str, formula: Expr | int | None = None, *, written: Written = IN_PYTHON) -> Elem:
        """Declare the loss: a scalar node, by its equation, by the name of one declared, or abstract."""
        if self._loss is not None:
            raise DeclarationError("a network has one loss", got=f"{self._loss.name} and {name_of(name)}")
        if formula is not None:
            loss = self.node(name, formula, written=written)
        elif (known := self.names.entries.get(name_of(name))) is not None and known.role == "node":
            loss = Elem(known.tensor)
        else:
            loss = Elem(Tensor(name_of(name)))
            self.names.add_tensor("node", loss.tensor, (), written.line)
        if loss.tensor.dims:
            shape = ", ".join(map(str, loss.tensor.dims))
            raise DeclarationError(
                "the loss is one number", got=f"{loss.tensor.name} : {shape}", hint="sum over its entries"
            )
        self._loss = loss.tensor
        return loss

    def adjoint(
        self,
        name: str,
        derivative: Expr,
        axes: tuple[Index, ...] = (),
        *,
        samples: tuple[Index, ...] = (),
        written: Written = IN_PYTHON,
    ) -> Elem | Array:
        """Name a derivative; the name always stands for its true value."""
        demand(derivative, Expr, f"what {name} names is", DeclarationError, expected="a derivative, an expression")
        indices = (*samples, *axes)
        tensor = Tensor(name_of(name), tuple(i.dim for i in indices))
        self.names.add_tensor("adjoint", tensor, samples, written.line)
        self._adjoints.append(Node(tensor, indices, derivative, written.latex, written.line, written.readings))
        return Array(tensor, samples) if indices else Elem(tensor)

    def alias(self, name: str, meant: str, *, line: int | None = None) -> None:
        """Declare another name under which formulas write `meant`, an input, parameter, constant, node or adjoint."""
        meant = name_of(meant)
        if meant not in self.names.entries:
            near = difflib.get_close_matches(meant, self.names.entries, n=1)
            raise DeclarationError(
                f"{meant} is not declared",
                expected="the name of an input, a parameter, a constant, a node or an adjoint",
                hint=f"did you mean {near[0]}?" if near else None,
            )
        self.names.add_alias(name_of(name), meant, line)

    def network(self) -> Network:
        """The network declared so far, as a frozen value."""
        entries = self.names.entries.values()
        of_role = {role: tuple(e.tensor for e in entries if e.role == role) for role in AS}
        return Network(
            self.name,
            tuple((n, least) for n, least in self.names.dims.items() if n not in self.names.sizes),
            of_role["input"],
            of_role["parameter"],
            of_role["constant"],
            tuple(dict.fromkeys(f for f in self.names.functions.values() if f not in BUILT_IN)),
            tuple(self._nodes),
            self._loss,
            self.names.frozen(),
            tuple(self._adjoints),
        )

    def _leaf(
        self,
        role: Role,
        name: str,
        shape: tuple[Size, ...],
        samples: tuple[Index, ...],
        facts: Iterable[str],
        line: int | None,
    ) -> Elem | Array:
        name = name_of(name)
        demand(samples, tuple, "samples=", DeclarationError, expected="a tuple of indices")
        zeros = tuple(n for n, size in enumerate(shape) if isinstance(size, str) and _FROM_ZERO.match(size))
        dims = tuple(self._axis(size) for size in shape)
        found = read_facts(facts, TENSOR_FACTS)
        fit_shape(found, name, dims)
        tensor = Tensor(name, (*(i.dim for i in samples), *dims), found)
        self.names.add_tensor(role, tensor, samples, line, zeros)
        return Array(tensor, samples) if tensor.dims else Elem(tensor)

    def _axis(self, size: Size) -> Dim:
        """A size, or "0..n" for positions from 0 to n."""
        found = _FROM_ZERO.match(size) if isinstance(size, str) else None
        return self.size(found["last"]) + 1 if found else self.size(size)


class _Leaves:
    """Declares leaves of one role: `b.input("x", n)` an array, `b.input("y")` a scalar."""

    def __init__(self, builder: Builder, role: Role) -> None:
        self._builder = builder
        self._role = role

    @overload
    def __call__(self, name: str, /, *, facts: Iterable[str] = ..., line: int | None = ...) -> Elem: ...
    @overload
    def __call__(
        self,
        name: str,
        first: Size,
        /,
        *shape: Size,
        samples: tuple[Index, ...] = ...,
        facts: Iterable[str] = ...,
        line: int | None = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self, name: str, /, *, samples: tuple[Index, ...], facts: Iterable[str] = ..., line: int | None = ...
    ) -> Array: ...
    def __call__(
        self,
        name: str,
        /,
        *shape: Size,
        samples: tuple[Index, ...] = (),
        facts: Iterable[str] = (),
        line: int | None = None,
    ) -> Elem | Array:
        """Declare `name` with this shape, one array for each position of the indices `samples`."""
        return self._builder._leaf(self._role, name, shape, samples, facts, line)
