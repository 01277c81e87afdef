"""The command `derive`: the gradients of a document's networks, as formulas or as a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from ..declare.network import Network
from ..derive import Derivation, gradient
from ..document import read_document
from ..errors import DocumentError, FormulaError, Place
from ..report.lines import Line, Span, line, printable
from .streams import emit, say, write

Notation = Literal["latex", "unicode", "python"]


def derive_document(source: str, wrt: Sequence[str], *, steps: bool, notation: Notation) -> int:
    """Print gradients: of every parameter, or with respect to the names given."""
    networks = _networks(source)
    outcomes = [[(name, _derivation(n, name)) for name in wrt or [t.name for t in n.parameters]] for n in networks]
    for name in wrt:  # one of the networks has to have it
        found = [outcome for outcomes_here in outcomes for other, outcome in outcomes_here if other == name]
        refused = [outcome for outcome in found if isinstance(outcome, FormulaError)]
        if len(refused) == len(found):
            raise refused[0]
    if notation == "python":
        return _write_programs(networks, source)
    for number, (network, here) in enumerate(zip(networks, outcomes, strict=True)):
        head: list[Line] = [()] if number else []
        emit([*head, line(Span(printable(network.name), "strong"))])
        for _, outcome in here:
            emit(_lines(outcome, steps, notation))
    return 0


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

    write("\n\n".join(program(network).source for network in networks))
    if len(networks) > 1:
        say(
            f"note: {len(networks)} programs; for one alone: gradcheck derive '{source}#{networks[0].name}' --as python"
        )
    return 0


def _lines(outcome: Derivation | FormulaError, steps: bool, notation: Literal["latex", "unicode"]) -> Iterator[Line]:
    """The result in index form, in matrix form where that is another, and the steps above it on request."""
    if isinstance(outcome, FormulaError):
        yield line("  ", Span(printable(outcome.what), "quiet"))
        return
    if steps:
        for step in outcome.steps:
            names = f" ({', '.join(step.names)})" if step.names else ""
            yield line("  ", Span(printable(step.rule + names), "quiet"))
            yield line("    ", printable(step.text(notation)))
    show = outcome.latex if notation == "latex" else outcome.unicode
    for form in dict.fromkeys([show("index"), show("matrix")]):
        for row in form.splitlines():
            yield line("  ", Span(printable(row), "strong" if steps else "plain"))
