"""The command `derive`: the gradients of a document's networks, as formulas or as a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..declare.network import Network
from ..derive import Derivation, gradient
from ..document import read_document
from ..errors import DocumentError, Place
from ..report.lines import Line, Span, line, printable
from .streams import emit, write


def derive_document(source: str, wrt: Sequence[str], *, steps: bool, notation: str) -> int:
    """Print gradients: of every parameter, or with respect to the names given."""
    path, _, name = source.partition("#")
    networks = [n for n in read_document(path).networks if n.loss is not None and (not name or n.name == name)]
    if not networks:
        what = f'no network named "{name}" with a loss' if name else "this document has no network with a loss"
        raise DocumentError(what, place=Place(file=path), hint="a network block ends in a line: loss l = formula")
    if notation == "python":
        from ..evaluate import program

        for network in networks:
            write(program(network).source)
        return 0
    for network in networks:
        emit(_network_lines(network, wrt, steps, notation))
    return 0


def _network_lines(network: Network, wrt: Sequence[str], steps: bool, notation: str) -> Iterator[Line]:
    yield line(Span(printable(network.name), "strong"))
    for name in wrt or [tensor.name for tensor in network.parameters]:
        yield from _derivation_lines(gradient(network, name), steps, notation)


def _derivation_lines(derivation: Derivation, steps: bool, notation: str) -> Iterator[Line]:
    if steps:
        for step in derivation.steps:
            yield line(Span(f"  {step.rule:<24}", "quiet"), printable(step.text(notation)))
    text = derivation.latex() if notation == "latex" else derivation.unicode()
    yield line("  ", Span(printable(text), "plain"))
