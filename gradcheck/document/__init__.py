"""Derivation documents: Markdown with network blocks and anchored display equations, and what a check finds."""

from .findings import DocumentReport as DocumentReport
from .findings import Finding as Finding
from .findings import Unread as Unread
from .judge import check_document as check_document
from .judge import judge_document as judge_document
from .judge import judge_formula as judge_formula
from .reading import parse_document as parse_document
from .reading import read_document as read_document
from .values import Document as Document
from .values import Equation as Equation
