"""Formulas for people at a terminal: our own LaTeX read back and printed in Unicode, or left as it is."""

from __future__ import annotations

from ..declare.network import Network
from ..errors import GradcheckError
from ..formula import read_expression
from ..printing import unicode, unicode_matrix_form


def readable(latex: str, network: Network) -> str:
    """The formula in Unicode where it can be read against the network's names, else its LaTeX."""
    if not latex:
        return ""
    for notation in (network.notation, *((network.generic.notation,) if network.generic else ())):
        try:
            value = read_expression(latex, notation)
        except GradcheckError:
            continue
        matrix = unicode_matrix_form(value.expr, value.axes, notation) if value.axes else None
        return matrix or unicode(value.expr, notation, value.axes)
    return latex
