"""Formula input: what a person wrote, as LaTeX or plain text, read against the declared names.

`read` gives a `Statement` (values with axes, relations between them), `definition` the node equation
that a line defines, `parse` the bare syntax tree. Nothing is ever evaluated.
"""

from .defining import Definition, definition
from .names import SplitName, canonical_name, split_name
from .notation import Entry, Notation, Role
from .parser import parse, parse_lines
from .reading_text import mends, read, read_all, read_dim, read_expression, readings
from .readings import Reading, describe
from .statement import RelationSign, Statement, Value

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
