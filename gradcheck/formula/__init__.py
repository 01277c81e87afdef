"""Formula input: what a person wrote, as LaTeX or plain text, read against the declared names."""

from .names import SplitName, canonical_name, split_name
from .notation import Entry, Notation
from .parser import parse, parse_lines
from .statement import Statement, Value

__all__ = [
    "Entry",
    "Notation",
    "SplitName",
    "Statement",
    "Value",
    "canonical_name",
    "parse",
    "parse_lines",
    "split_name",
]
