"""Derivation documents: Markdown with network blocks and anchored display equations."""

from .reading import parse_document as parse_document
from .reading import read_document as read_document
from .values import Document as Document
from .values import Equation as Equation
