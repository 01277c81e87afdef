"""The size from which on the theorem on independence lets one size speak for all (soundness note).

Terms are independent at every size with at least as many values of a sort as a term has indices of that
sort: the free ones of the equation plus the bound ones of the term, those inside arguments included.
"""

from __future__ import annotations

from collections import Counter

from ...algebra.expressions import Add, Apply, Binder, Expr, Mul, Num, Pow, Size
from ...algebra.index import Index
from ..question import Question
from .prove import Attempt

SMALLEST, LARGEST, MOST = 2, 5, 9


def bound_of(question: Question, attempt: Attempt) -> int:
    """A size at the theorem's bound, kept between 2 and 5; beyond that the search says what it covered."""
    free = Counter(str(i.dim) for i in question.free)
    remaining = attempt.remaining if attempt.remaining is not None else question.difference
    terms = remaining.terms if isinstance(remaining, Add) else (remaining,)
    most = max((max((free + indices_of(t)).values(), default=1) for t in terms), default=1)
    enough = min(LARGEST, max(SMALLEST + 1, most))
    in_sizes = degree_in_sizes(remaining)
    return max(enough, min(MOST, in_sizes + 2)) if in_sizes else enough


def degree_in_sizes(expr: Expr) -> int:
    """A bound on the degree of an expression in its sizes: one size is not enough where coefficients contain them."""
    if isinstance(expr, Size):
        return 1
    if isinstance(expr, Pow):
        times = abs(getattr(expr.exponent, "value", 1)) if isinstance(expr.exponent, Num) else 1
        return degree_in_sizes(expr.base) * max(1, int(times))
    parts = [degree_in_sizes(c) for c in expr.children()]
    return sum(parts) if isinstance(expr, Mul) else max(parts, default=0)


def indices_of(term: Expr) -> Counter[str]:
    """How many bound indices of each sort a term has; powers of sums count each copy, arguments one more."""
    found: Counter[str] = Counter()
    if isinstance(term, Binder):
        found.update(_sort(i) for i in term.indices)
    if isinstance(term, Pow):
        inner = indices_of(term.base)
        times = getattr(term.exponent, "value", 1)
        copies = int(times) if isinstance(times, int) and 0 < times <= LARGEST else 1
        return Counter({k: v * copies for k, v in inner.items()})
    parts = [indices_of(c) for c in term.children()]
    if isinstance(term, Add):
        for p in parts:
            found |= p
        return found
    for p in parts:
        found = found + p if isinstance(term, Mul | Binder | Apply) else found | p
    return found


def _sort(index: Index) -> str:
    return str(index.dim)
