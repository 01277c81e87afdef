"""The command `derive`: the gradients of a document's networks, as formulas or as a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ..algebra.index import Tensor
from ..declare.blocks import by_parity
from ..declare.network import Network
from ..derive import Derivation, gradient
from ..derive.telling import Telling, rule_remark, rule_words
from ..document import read_document
from ..errors import DocumentError, FormulaError, Place
from ..printing import Form
from ..report.lines import Line, Span, line, printable
from .streams import emit, say, width, write

Notation = Literal["latex", "unicode", "python"]
ROOM_FOR_A_RULE = 36
"""Columns that a number in front and the name of a rule take; what a formula may take is the rest of the line."""


def derive_document(source: str, wrt: Sequence[str], *, steps: bool, notation: Notation) -> int:
    """Print gradients: of every parameter, or with respect to the names given."""
    networks = _networks(source)
    outcomes = [[(name, _derivation(n, name)) for name in wrt or _wanted(n)] for n in networks]
    for name in wrt:  # one of the networks has to have it
        found = [outcome for outcomes_here in outcomes for other, outcome in outcomes_here if other == name]
        refused = [outcome for outcome in found if isinstance(outcome, FormulaError)]
        if len(refused) == len(found):
            raise refused[0]
    if notation == "python":
        return _write_programs(networks, source)
    for number, (network, here) in enumerate(zip(networks, outcomes, strict=True)):
        emit([*([()] if number else []), *_heading(network, bool(wrt))])
        shown = Shown(notation, steps)
        blocks = [list(shown.lines(outcome)) for _, outcome in here]
        apart = any(len(block) > 1 for block in blocks)
        for block in blocks:
            emit([*([()] if apart else []), *block])
    return 0


def _wanted(network: Network) -> list[str]:
    """What is derived by unless the user says: what is trained, and where nothing is, the data."""
    return [t.name for t in network.parameters or network.inputs]


def _heading(network: Network, asked: bool) -> Iterator[Line]:
    yield line(Span(printable(network.name), "strong"))
    if network.family is not None:
        yield line("  ", Span(f"for any number {network.family.last} of layers; written out for a few", "quiet"))
    if not network.parameters and not asked:
        yield line("  ", Span("nothing is trained here, so these are the derivatives by its inputs", "quiet"))


def _derivation(network: Network, name: str) -> Derivation | FormulaError:
    try:
        return gradient(network, name)
    except FormulaError as error:
        return error


def _networks(source: str) -> list[Network]:
    """The networks with a loss that DOCUMENT or DOCUMENT#NETWORK names."""
    path, _, name = source.partition("#")
    networks = [n for n in read_document(path).networks if n.loss is not None]
    named = [n for n in networks if not name or n.name == name]
    if not networks:
        hint = "a network block has a line: loss l = formula"
        raise DocumentError("this document has no network with a loss", place=Place(path), hint=hint)
    if not named:
        names = ", ".join(n.name for n in networks)
        raise DocumentError("this document has no such network", place=Place(path), got=name, expected=names)
    return named


def _write_programs(networks: Sequence[Network], source: str) -> int:
    from ..evaluate import program

    every = [case for network in networks for case in _even_and_odd(network)]
    write("\n\n".join(program(network).source for network in every))
    if len(networks) > 1:
        say(
            f"note: {len(networks)} programs; for one alone: gradcheck derive '{source}#{networks[0].name}' --as python"
        )
    return 0


def _even_and_odd(network: Network) -> list[Network]:
    """The network, or where it rounds halves of sizes one for even and one for odd ones."""
    if not (sizes := tuple(network.notation.sizes)):
        return [network]
    return [replace(case, name=f"{network.name}, where {said}") for said, case in by_parity(network, sizes)]


@dataclass
class Shown:
    """What is printed of one network so far: the steps, and the adjoints whose equations stand there, in each form."""

    notation: Literal["latex", "unicode"]
    with_steps: bool
    telling: Telling = field(default_factory=Telling)
    named: set[tuple[Form, Tensor]] = field(default_factory=set)

    def lines(self, outcome: Derivation | FormulaError) -> Iterator[Line]:
        """The steps on request, then the result in index form, and in matrix form where that is another."""
        if isinstance(outcome, FormulaError):
            yield line("  ", Span(printable(outcome.what), "quiet"))
            return
        if outcome.given:
            left = outcome.equations("matrix", self.notation)[0].partition(" = ")[0]
            yield line("  ", printable(left), Span(" is given by the loss, which has no equation", "quiet"))
            return
        if self.with_steps:
            yield from self.steps(outcome)
        whole: Form = "matrix"
        forms: list[Form] = (
            ["index", whole]
            if outcome.equations("index", self.notation) != outcome.equations(whole, self.notation)
            else ["index"]
        )
        for form in forms:
            yield from self.result(outcome, form)

    def steps(self, derivation: Derivation) -> Iterator[Line]:
        """Numbered steps, each with its rule beside it, or below it where the formula is long."""
        known = self.telling.known(derivation)
        if known:
            yield line("  ", Span(f"uses {', '.join(f'({n})' for n in known)}", "quiet"))
        told = [(number, step, printable(step.equation(self.notation)))
                for number, step in self.telling.steps(derivation)]  # fmt: skip
        column = min(max((len(text) for _, _, text in told), default=0), max(8, (width() or 80) - ROOM_FOR_A_RULE))
        for number, step, text in told:
            words = " ".join([rule_words(step), ", ".join(step.names)]).strip()
            rule = Span(printable(words + rule_remark(step, derivation.program.network)), "quiet")
            label = f"{f'({number})':>6}  "
            if len(text) <= column:
                yield line(label, text.ljust(column) + "   ", rule)
            else:
                yield line(label, text)
                yield line(" " * (len(label) + column + 3), rule)

    def result(self, derivation: Derivation, form: Form) -> Iterator[Line]:
        """The gradient, and below it the equations of the adjoints it names, unless they stand further up."""
        first, *named = derivation.equations(form, self.notation)
        yield line("  ", Span(printable(first), "strong" if self.with_steps else "plain"))
        new = [(text, a) for text, a in zip(named, derivation.where, strict=True) if (form, a.tensor) not in self.named]
        label = "where "
        for text, adjoint in reversed(new):
            self.named.add((form, adjoint.tensor))
            yield line("    ", Span(label, "quiet"), printable(text))
            label = " " * len(label)
