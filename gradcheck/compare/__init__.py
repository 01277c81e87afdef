"""Comparing: from a claim to its verdict, with the evidence that it must carry."""

from .arrays import ArrayRow as ArrayRow
from .arrays import ArrayTable as ArrayTable
from .arrays import check_arrays as check_arrays
from .judge import check as check
from .judge import equal as equal
from .verdict import Counterexample as Counterexample
from .verdict import Verdict as Verdict
