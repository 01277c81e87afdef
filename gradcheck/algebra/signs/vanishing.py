"""Whether an expression may be 0 on more than a thin set: what is said of gates off their kinks does not hold there."""

from __future__ import annotations

from .. import facts
from ..expressions import Apply, AtMost, Compare, Delta, Elem, Expr, Extremum, Ordinal, Size, substitute, walk
from .knowledge import Knowledge

_REGULAR = frozenset(
    {
        facts.POSITIVE,
        facts.NEGATIVE,
        facts.NONNEGATIVE,
        facts.NONPOSITIVE,
        facts.NONZERO,
        facts.UNIT_INTERVAL,
        facts.DISTINCT,
    }
)


def may_vanish_on_a_region(whole: Expr, known: Knowledge) -> bool:
    """Whether an expression may be 0 on more than a thin set: where it is not analytic in free real values.

    Gates, unspecified functions, positions, sizes and arrays that are discrete or bound by equations
    (one-hot, orthogonal, ...) count as such; so do nodes that are computed with them.
    """
    return any(_irregular(node, known) for node in walk(whole)) or _vanishes_where_indices_meet(whole, known)


def _vanishes_where_indices_meet(whole: Expr, known: Knowledge) -> bool:
    """Whether an expression such as x_i - x_j is 0 at every point where two of its indices coincide."""
    from ..normal_form.normal import normal

    indices = sorted(whole.free, key=lambda i: i.serial)
    pairs = [(i, j) for n, i in enumerate(indices) for j in indices[n + 1 :] if i.dim == j.dim]
    return any(not normal(substitute(whole, {j: i}), known) for i, j in pairs)


def _irregular(node: Expr, known: Knowledge) -> bool:
    if isinstance(node, Elem):
        return node.tensor in known.tensors_on_kinks or bool(node.tensor.facts - _REGULAR)
    if isinstance(node, Apply):
        return node.function.unspecified or node.function.has_kink
    return isinstance(node, Compare | Extremum | Delta | AtMost | Size | Ordinal)
