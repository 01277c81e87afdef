"""Formulas for a terminal: our own LaTeX read back and printed in Unicode, or left as it is."""

from __future__ import annotations

from ..declare.network import Network
from ..errors import GradcheckError
from ..formula import read_expression
from ..printing import unicode
from .lines import printable


def readable(latex: str, network: Network | None) -> str:
    """The formula in Unicode where it can be read against the network's names, else its LaTeX."""
    if network is None:
        return printable(latex)
    try:
        value = read_expression(latex, network.notation)
    except GradcheckError:
        return printable(latex)
    return printable(unicode(value.expr, network.notation))
