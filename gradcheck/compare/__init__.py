"""Comparing: from a claim to its verdict, with the evidence that it must carry.

What compares arrays is imported at its first use: it needs the rooms that evaluate, which formulas do without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .judge import check as check
from .judge import equal as equal
from .verdict import Counterexample as Counterexample
from .verdict import Verdict as Verdict

if TYPE_CHECKING:
    from .arrays.gradients import ArrayRow as ArrayRow
    from .arrays.gradients import ArrayTable as ArrayTable
    from .arrays.gradients import check_arrays as check_arrays


def __getattr__(name: str) -> Any:
    """Import a name that has to do with arrays (PEP 562)."""
    if name not in ("ArrayRow", "ArrayTable", "check_arrays"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.arrays.gradients"), name)
