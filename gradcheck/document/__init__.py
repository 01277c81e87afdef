"""Derivation documents: Markdown with network blocks and anchored display equations, and what a check finds."""

from .findings import DocumentReport as DocumentReport
from .findings import Finding as Finding
from .findings import Unread as Unread
from .judge import Claim as Claim
from .judge import check_document as check_document
from .judge import judge_claim as judge_claim
from .judge import judge_document as judge_document
from .judge import judge_formula as judge_formula
from .judge import named_claims as named_claims
from .judge import report_of as report_of
from .reading import parse_document as parse_document
from .reading import read_document as read_document
from .values import Document as Document
from .values import Equation as Equation
