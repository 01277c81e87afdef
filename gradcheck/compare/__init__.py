"""Comparing: from a claim to its verdict, with the evidence that it must carry."""

from .judge import check as check
from .judge import equal as equal
from .verdict import Counterexample as Counterexample
from .verdict import Verdict as Verdict
