"""From the text of a block to a network: the same value that the builder gives.

Declarations may stand in any order, so they are read before the equations; equations give each node
from what stands above them. Adjoints are read last, for they may name any node.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..algebra.expressions import Apply, Elem
from ..algebra.facts import FUNCTION_FACTS, canonical
from ..algebra.functions import Function
from ..algebra.index import Tensor
from ..errors import DeclarationError, demand
from ..formula import read_expression
from ..formula.notation import Entry, Notation
from .builder import Builder
from .equations import declare_equations
from .family import Family, family_of
from .functions import function_from
from .lines import Line, read_lines, split_facts, split_outside
from .names import name_of
from .network import Network
from .parity import EVEN, NAMES, halved_sizes
from .structure import structure
from .window import Window
from .writing import placed, sampled_name

_ORDER = ("newcommand", "layout", "dims", "index", "words", "input", "parameter", "constant", "function")
_BOUND = re.compile(r"(?P<names>.*?)(?:>=|\\geq?(?![A-Za-z])|≥)\s*(?P<minimum>[0-9]{1,4})")
_MACRO = re.compile(r"\\newcommand\s*\{?\s*(?P<name>\\[A-Za-z]+)\s*\}?\s*\{(?P<body>.*)\}")
_DEFINED = re.compile(
    r"(?P<name>(?:\^\s*\{[^{}]*\}|[^=(])+)\(\s*(?P<variable>[^=()]+?)\s*\)\s*=\s*(?P<formula>.+)", re.S
)


def read_network(text: str, *, name: str = "network", file: str | None = None, first_line: int = 1) -> Network:
    r"""Read the text of a network block.

    file, first_line: where the text stands, for errors. Raises `DeclarationError`, which names the
    declaration and says what to do. docs/format.md describes every line that may occur.

    >>> net = read_network('''
    ...     input x_1
    ...     input y
    ...     parameter w_1
    ...     function \\sigma {increasing}
    ...     x_2 = \\sigma(w_1 x_1)
    ...     loss l = \\frac{1}{2} (y - x_2)^2
    ... ''')
    >>> [node.tensor.name for node in net.nodes], net.loss.name
    (['x_2', 'l'], 'l')
    """
    hint = "a Builder declares a network from Python, without a text"
    demand(text, str, "a declaration", DeclarationError, expected="the text of a network block", hint=hint)
    demand(name, str, "a name", DeclarationError, expected="a string")
    lines = read_lines(text, file, first_line)
    family = family_of(lines)
    if family is None:
        return _read_again(tuple(lines), name, _even(lines))
    network = network_of(family.at_depth(max(3, family.first + 1)), name)
    structure(family)
    return replace(network, family=family, generic=_generic(family, network))


def _generic(family: Family, network: Network) -> Network:
    """A few neighbouring layers, for the names that formulas about a generic layer use."""
    loss = network.loss.name if network.loss else ""
    lines = Window(family, family.letter, -1, 1).body(loss)
    try:
        return network_of(lines, network.name, frozenset((family.letter, family.last)))
    except DeclarationError as error:
        place = error.place
        raise DeclarationError(
            f"layers can't be looked at one by one: {error.what}",
            place=place,
            hint=f"what enters the first layer is an input with a number, such as x^{{({family.first - 1})}} : "
            f"n^{{({family.first - 1})}}",
        ) from None


def by_parity(network: Network, sizes: tuple[str, ...]) -> Iterator[tuple[str, Network]]:
    """The network once for each way in which these sizes may be even or odd, and how to say it."""
    for picks in itertools.product(NAMES, repeat=len(sizes)):
        parity = tuple(zip(sizes, picks, strict=True))
        said = " and ".join(f"{size} is {NAMES[pick]}" for size, pick in parity)
        yield said, _read_again(network.lines, network.name, parity)


@functools.lru_cache(maxsize=64)
def _read_again(lines: tuple[Line, ...], name: str, parity: tuple[tuple[str, int], ...]) -> Network:
    return replace(network_of(list(lines), name, parity=parity), lines=lines)


def _even(lines: Sequence[Line]) -> tuple[tuple[str, int], ...]:
    """For the sizes of which a half is rounded in a block: the even ones stand for both until a claim is judged."""
    return tuple((name, EVEN) for name in halved_sizes(line.rest for line in lines))


def network_of(
    lines: list[Line],
    name: str,
    layers: frozenset[str] = frozenset(),
    parity: tuple[tuple[str, int], ...] = (),
) -> Network:
    """The network of a block's lines; layers: letters in parentheses that are labels; parity: of sizes."""
    builder = Builder(name)
    builder.names.parity.update(parity)
    builder.layers = layers
    _declare_names(builder, lines)
    declare_equations(builder, lines)
    return builder.network()


def read_symbols(text: str, *, name: str = "symbols", file: str | None = None, first_line: int = 1) -> Network:
    """Read the text of a symbols block: names only, for identities that need no network.

    >>> symbols = read_symbols("input x : n {positive}")
    >>> symbols.dims, symbols.nodes, symbols.loss
    ((('n', 1),), (), None)
    """
    lines = read_lines(text, file, first_line)
    for line in lines:
        if line.keyword not in _ORDER:
            raise DeclarationError(
                "a symbols block declares names only",
                place=line.place(),
                got=f"{line.keyword} {line.rest}".strip(),
                hint="write ```network for a block with equations",
            )
    return _read_again(tuple(lines), name, _even(lines))


def _declare_names(builder: Builder, lines: list[Line]) -> None:
    for keyword in _ORDER:
        for line in lines:
            if line.keyword == keyword:
                with placed(line):
                    _READERS[keyword](builder, line)


def _names(line: Line) -> list[Line]:
    """The names between commas, at least one and none empty."""
    parts = [line.part(text, start) for text, start in split_outside(line.rest, ",")]
    for part in parts:
        if not part.rest:
            raise DeclarationError("a name is missing", place=part.place(), expected=f"{line.keyword} NAME, NAME")
    return parts


def _read_dims(builder: Builder, line: Line) -> None:
    """Each bound holds for the names since the bound before it, as in n, m >= 2."""
    waiting: list[Line] = []
    for part in _names(line):
        bound = _BOUND.fullmatch(part.rest)
        waiting.append(part.part(bound["names"], 0) if bound else part)
        if bound:
            _add_dims(builder, waiting, int(bound["minimum"]))
            waiting = []
    _add_dims(builder, waiting, 1)


def _add_dims(builder: Builder, names: list[Line], minimum: int) -> None:
    for name in names:
        with placed(name):
            builder.dim(name.rest, minimum, line=name.number)


def _read_index(builder: Builder, line: Line) -> None:
    left, sign, right = line.rest.partition("=")
    limits = re.fullmatch(r"\s*(?P<low>[^.]+?)\s*(?:,?\s*(?:\.\.\.?|\\[lc]?dots|…)\s*,?)\s*(?P<high>.+)", right)
    if not sign or limits is None:
        raise DeclarationError("the range of an index is missing", got=line.rest, expected="index i = 1..n")
    if limits["low"].strip() != "1":
        raise DeclarationError(
            "a declared index runs from 1",
            got=f"{limits['low']}..{limits['high']}",
            expected=f"1..{limits['high']}",
            hint="write another range where the sum stands, as in \\sum_{i=2}^{n}",
        )
    for name in _names(line.part(left, 0)):
        builder.index(name.rest, limits["high"], line=line.number)


def _read_words(builder: Builder, line: Line) -> None:
    builder.words(*(name_of(name.rest) for name in _names(line)))


def _read_macro(builder: Builder, line: Line) -> None:
    found = _MACRO.fullmatch(line.rest)
    if found is None:
        raise DeclarationError("this macro can't be read", got=line.rest, expected=r"\newcommand{\name}{text}")
    builder.names.macros[found["name"]] = found["body"]


def _read_layout(builder: Builder, line: Line) -> None:
    if line.rest not in ("numerator", "denominator"):
        raise DeclarationError("unknown layout", got=line.rest, expected="layout numerator, or layout denominator")
    builder.layout("numerator" if line.rest == "numerator" else "denominator")


def _read_leaf(builder: Builder, line: Line) -> None:
    parts = [line.part(text, start) for text, start in split_outside(line.rest, ":")]
    if len(parts) > 2:
        raise DeclarationError("two shapes", got=line.rest, expected=f"{line.keyword} NAME : n, m")
    names, facts = split_facts(parts[0])
    if "=" in names.rest:
        raise DeclarationError(
            f"{line.keyword} declares a name, not a value",
            got=line.rest,
            hint="write the equation on a line of its own, as a node: NAME = FORMULA",
        )
    shape: list[str] = []
    if len(parts) == 2:
        sizes, more_facts = split_facts(parts[1])
        shape, facts = [text.strip() for text, _ in split_outside(sizes.rest, ",")], [*facts, *more_facts]
    if not all(shape):
        raise DeclarationError("a size is missing", got=line.rest, expected=f"{line.keyword} NAME : n, m")
    declare = {"input": builder.input, "parameter": builder.parameter, "constant": builder.constant}[line.keyword]
    for part in _names(names):
        name, samples = sampled_name(builder, part)
        declare(name, *shape, samples=samples, facts=facts, line=line.number)


def _read_function(builder: Builder, line: Line) -> None:
    if "=" not in line.rest:
        declared, facts = split_facts(line)
        for part in _names(declared):
            if "(" in part.rest:
                raise DeclarationError(
                    "a function is declared by its name, or with its formula",
                    got=part.rest,
                    expected=f"function {part.rest.partition('(')[0].strip()}, or function f(u) = FORMULA",
                )
            builder.function(part.rest, facts=facts, line=line.number)
        return
    declared, facts = _split_known_facts(line)
    if defined := _DEFINED.fullmatch(declared.rest):
        name = defined["name"].strip()
        formula = declared.part(defined["formula"], defined.start("formula"))
        with placed(formula, f"in the definition of {name}"):
            function = _defined_function(builder, name, defined["variable"], formula.rest)
    else:
        name, _, like = declared.rest.partition("=")
        formula = declared.part(like, len(name) + 1)
        with placed(formula):
            function = _known_function(builder, formula.rest)
    builder.function(name, function, facts=facts, line=line.number)


def _split_known_facts(line: Line) -> tuple[Line, list[str]]:
    """Facts behind a formula, which may itself end in braces: only what is a fact counts."""
    behind = re.search(r"\s\{(?P<words>[^{}]*)\}$", line.rest)
    if behind is None or not all(canonical(word, FUNCTION_FACTS) for word in behind["words"].split(",")):
        return line, []
    return line.part(line.rest[: behind.start()], 0), behind["words"].split(",")


def _defined_function(builder: Builder, name: str, variable: str, formula: str) -> Function:
    """f(u) = formula, read with u and the functions declared so far as the only names."""
    if "," in variable:
        raise DeclarationError(f"{name} has several variables", got=variable, expected="a function of one variable")
    u = Tensor(name_of(variable))
    notation = Notation({u.name: Entry(u, "input")}, dict(builder.notation.functions), macros=builder.notation.macros)
    return function_from(name, u, read_expression(formula, notation).expr)


def _known_function(builder: Builder, latex: str) -> Function:
    r"""The function that a name such as \tanh or \operatorname{ReLU} stands for."""
    u = Tensor("u")
    notation = Notation({"u": Entry(u, "input")}, dict(builder.notation.functions))
    value = read_expression(f"{latex}(u)", notation).expr
    if isinstance(value, Apply) and value.argument == Elem(u) and not value.order:
        return value.function
    return function_from(latex, u, value)


_READERS: dict[str, Callable[[Builder, Line], None]] = {
    "newcommand": _read_macro,
    "layout": _read_layout,
    "dims": _read_dims,
    "index": _read_index,
    "words": _read_words,
    "input": _read_leaf,
    "parameter": _read_leaf,
    "constant": _read_leaf,
    "function": _read_function,
}
