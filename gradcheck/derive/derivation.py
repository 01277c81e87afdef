"""The gradient of one parameter, input or node: its formula, its closed form, and the way there."""

from __future__ import annotations

import contextlib
import difflib
import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..algebra.expressions import Derivative, Elem, Expr, Size, walk
from ..algebra.index import Index, Tensor
from ..declare.network import Network
from ..errors import DeclarationError, FormulaError, demand
from ..formula.names import canonical_name
from ..formula.notation import Entry, Notation
from ..printing import Form, Style, show_equation
from .adjoints import Adjoint, Adjoints, adjoints
from .closing import Closing, closings
from .expansion import Expansion, expand_array
from .given import is_given, on_paper
from .scalars import Symbolic, symbol_names
from .steps import Step, equation_steps, needed
from .symbolic import Words, indexed, to_sympy


@dataclass(frozen=True)
class Derivation:
    """The derivative of the loss by one tensor, with every rewrite that led to it.

    tensor, indices: the entry T[indices] by which is derived.
    formula: its derivative in terms of nodes, leaves and adjoints.
    closed: the same in textbook shape, adjoints substituted while that stays short.
    where: the adjoints that closed still names, each with its own equation, in execution order.
    steps: the rewrites in order; the last one ends in `closed`.
    """

    program: Adjoints
    tensor: Tensor
    indices: tuple[Index, ...]
    formula: Expr
    notation: Notation

    @property
    def left(self) -> Expr:
        """The left side, as a derivative to print."""
        return Derivative(self.program.output, Elem(self.tensor, self.indices))

    @functools.cached_property
    def _paper(self) -> Adjoints:
        """The program in the words of a page."""
        return on_paper(self.program, self.tensor)

    @property
    def _equation(self) -> Adjoint:
        equation = self._paper.of(self.tensor)
        assert equation is not None
        return equation

    @functools.cached_property
    def _closings(self) -> tuple[Closing, ...]:
        return closings(self._paper, self._equation, self.left, self.notation)

    @property
    def given(self) -> bool:
        """Whether there is nothing to derive: the loss has no equation, and acts on this tensor directly."""
        return is_given(self.program, self._equation)

    @property
    def closed(self) -> Expr:
        """The gradient in textbook shape."""
        return self._closings[-1].closed

    @functools.cached_property
    def nested(self) -> Expr:
        """The closed form with its sums as the layers nest them, from which the matrix form is read off."""
        return self._closings[-1].nested

    @property
    def where(self) -> tuple[Adjoint, ...]:
        """The equations of the adjoints that the closed form names, and of those that they name."""
        return tuple([replace(c.equation, formula=c.closed) for c in self._closings[:-1]])

    @functools.cached_property
    def steps(self) -> tuple[Step, ...]:
        """Chain rule and local derivatives for every adjoint on the way, then the substitutions."""
        program, closing = self._paper, {c.equation.tensor: c for c in self._closings}
        found: list[Step] = []
        for adjoint in needed(program, self._equation.formula):
            found += equation_steps(program, adjoint, adjoint.entry, self.notation)
            found += closing[adjoint.tensor].steps if adjoint.tensor in closing else ()
        found += equation_steps(program, self._equation, self.left, self.notation)
        return (*found, *self._closings[-1].steps)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """How a notebook shows it: HTML, LaTeX and plain text."""
        from .notebook import derivation_bundle

        del include, exclude
        return derivation_bundle(self)

    def latex(self, form: Form = "index") -> str:
        """The equation of the gradient as LaTeX, followed by those of the adjoints it names.

        form: "index" for entries, "matrix" for whole arrays. A gradient that has no matrix form is
        printed entry by entry.
        """
        return ", \\quad ".join(self.equations(form, "latex"))

    def unicode(self, form: Form = "index") -> str:
        """The same as Unicode text for a terminal, one equation a line."""
        return "\n".join(self.equations(form, "unicode"))

    def equations(self, form: Form, style: Style) -> tuple[str, ...]:
        """The equation of the gradient, and those of the adjoints it names in execution order."""
        *named, own = self._closings
        texts = []
        for closing, left in [(own, self.left), *((c, c.equation.entry) for c in named)]:
            right, axes = closing.nested if form == "matrix" else closing.closed, closing.equation.indices
            text = show_equation(left, right, axes, self.notation, form=form, style=style)
            texts.append(text or show_equation(left, closing.closed, axes, self.notation, style=style) or "")
        return tuple(texts)

    def sympy(self) -> Symbolic:
        """The gradient as a SymPy expression, every adjoint substituted.

        Plain symbols for scalars; IndexedBase, Sum and positive integer indices for tensors. Positions count from 1.
        """
        return to_sympy(self.program.closed(self.tensor), self._words.binding(self.indices))

    def array(self, sizes: Mapping[str, int]) -> Symbolic:
        """The gradient at concrete sizes: a SymPy array over the entries x[1], W[2, 1], ...

        For a scalar it is one expression. Raises FormulaError where a size is missing.
        """
        formula, words = self.program.closed(self.tensor), self._words
        missing = sorted(_sizes_in(formula, self.indices) - set(sizes))
        if missing:
            raise FormulaError(f"no size given for {', '.join(missing)}", expected=f"{missing[0]}=2, say")

        def entry(tensor: Tensor, place: tuple[int, ...]) -> Symbolic:
            return indexed(words.of(tensor.name), [d.value(sizes) for d in tensor.dims], place)

        return expand_array(formula, self.indices, Expansion(sizes, entry))

    @property
    def _words(self) -> Words:
        network = self.program.network
        tensors_known = [t.name for t in (*network.leaves, *(n.tensor for n in network.nodes))]
        return Words({}, symbol_names([*tensors_known, *(f.name for f in network.functions)]))


def _sizes_in(formula: Expr, indices: tuple[Index, ...]) -> set[str]:
    """The size symbols that the formula's indices, tensors and numbers need."""
    dims = [i.dim for i in indices]
    for node in walk(formula):
        dims += [i.dim for i in node.bound()]
        if isinstance(node, Size):
            dims.append(node.dim)
    return {symbol for dim in dims for symbol in dim.symbols()}


def gradient(network: Network, name: str | Tensor) -> Derivation:
    """The derivative of the loss by a parameter, an input, a constant or a node, held as the variable.

    Raises FormulaError for a name that is not declared, and where the loss does not depend on it.

    >>> from gradcheck.declare.network import Node
    >>> w, x, l = Tensor("w"), Tensor("x"), Tensor("l")
    >>> node = Node(l, (), (Elem(w) * Elem(x)) ** 2)
    >>> gradient(Network("net", inputs=(x,), parameters=(w,), nodes=(node,), loss=l), "w").unicode()
    '∂l/∂w = 2·w·x²'
    """
    hint = "gradcheck.network(text) makes one of the text of a network block"
    demand(network, Network, "a network", DeclarationError, expected="a declared network", hint=hint)
    demand(name, (str, Tensor), "a name", FormulaError, expected='what to derive by, such as "w"')
    tensor = _named(network, name) if isinstance(name, str) else name
    program = adjoints(network, hold=tensor)
    equation = program.of(tensor)
    if equation is None:
        loss = network.loss.name if network.loss else "the loss"
        raise FormulaError(
            f"{loss} does not depend on {tensor.name} as declared",
            hint=f"no equation on the way to {loss} contains {tensor.name}",
        )
    return Derivation(program, tensor, equation.indices, equation.formula, with_adjoints(network, program))


def gradients(network: Network) -> dict[str, Derivation]:
    """The derivation of every parameter and input that the loss depends on, from one reverse pass."""
    program = adjoints(network)
    notation = with_adjoints(network, program)
    wanted = {t.name: program.of(t) for t in network.parameters + network.inputs}
    return {
        name: Derivation(program, equation.of, equation.indices, equation.formula, notation)
        for name, equation in wanted.items()
        if equation is not None
    }


def _named(network: Network, name: str) -> Tensor:
    known = {t.name: t for t in (*network.leaves, *(n.tensor for n in network.nodes))}
    if name in known:
        return known[name]
    with contextlib.suppress(FormulaError):
        name = canonical_name(name)
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "declare it in the network block"
    raise FormulaError(f"{network.name} declares no {name}", expected=f"one of {', '.join(known)}", hint=hint)


def with_adjoints(network: Network, program: Adjoints) -> Notation:
    """The network's notation with the adjoints' names, which carry the sample positions of what they belong to."""
    entries = dict(network.notation.entries)
    for equation in program.equations:
        of = entries.get(equation.of.name)
        entries.setdefault(equation.tensor.name, Entry(equation.tensor, "adjoint", of.samples if of else ()))
    return replace(network.notation, entries=entries)
