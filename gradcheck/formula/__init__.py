"""Formula input: what a person wrote, as LaTeX or plain text, read against the declared names.

`read` gives a `Statement` (values with axes, relations between them), `definition` the node equation
that a line defines, `parse` the bare syntax tree. Nothing is ever evaluated.
"""

from .names import SplitName, canonical_name, split_name
from .notation import Entry, Notation, Role
from .reading.defining import Definition, definition
from .reading.texts import mends, read, read_all, read_dim, read_expression, readings
from .readings import Reading, describe
from .statement import RelationSign, Statement, Value
from .syntax.parser import parse, parse_lines

__all__ = [
    "Definition",
    "Entry",
    "Notation",
    "Reading",
    "RelationSign",
    "Role",
    "SplitName",
    "Statement",
    "Value",
    "canonical_name",
    "definition",
    "describe",
    "mends",
    "parse",
    "parse_lines",
    "read",
    "read_all",
    "read_dim",
    "read_expression",
    "readings",
    "split_name",
]
