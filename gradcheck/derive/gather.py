"""From the uses of a tensor to its adjoint: one formula over one tuple of indices."""

from __future__ import annotations

from ..algebra.expressions import Elem, Expr, add, delta, fresh_binders, mul, substitute, total
from ..algebra.index import Index, Slot, Tensor
from .rules import Scope

Use = tuple[tuple[Slot, ...], Expr, Scope]
"""The slots at which a tensor is used, the cotangent that arrives there, and the indices in scope."""


def gather(tensor: Tensor, uses: list[Use]) -> tuple[tuple[Index, ...], Expr]:
    """The derivative at the entry T[indices]: the sum over all uses, each summed over its scope.

    Where a use stands at plain indices of its scope, as W[j, k], those are the entry's own indices and
    nothing has to be renamed; elsewhere Kronecker deltas say where the use counts.
    """
    if len(uses) == 1 and _is_plain(tensor, *uses[0][::2]):
        slots, cotangent, scope = uses[0]
        return slots, total([i for i in scope if i not in slots], cotangent)  # type: ignore[return-value]
    indices = next((slots for slots, _, scope in uses if _is_plain(tensor, slots, scope)), None)
    at = tuple(i for i in indices if isinstance(i, Index)) if indices is not None else own_indices(tensor)
    return at, add(*[_at(tensor, at, use) for use in uses])


def _is_plain(tensor: Tensor, slots: tuple[Slot, ...], scope: Scope) -> bool:
    for k, slot in enumerate(slots):
        if not isinstance(slot, Index) or slot not in scope or slot in slots[:k]:
            return False
        if slot.dim is not tensor.dims[k] and slot.dim != tensor.dims[k]:
            return False
    return True


def own_indices(tensor: Tensor) -> tuple[Index, ...]:
    """Fresh indices for the entry of a tensor that stands nowhere at plain indices."""
    names = "uvrstpqabcd"
    return tuple(Index(names[k % len(names)], dim) for k, dim in enumerate(tensor.dims))


def _at(tensor: Tensor, at: tuple[Index, ...], use: Use) -> Expr:
    slots, cotangent, scope = use
    if _is_plain(tensor, slots, scope):
        formula = total([i for i in scope if i not in slots], cotangent)
        return formula if slots == at else substitute(formula, dict(zip(slots, at, strict=True)))  # type: ignore[arg-type]
    # An index of the entry may be bound in this use: keep them apart before they meet in the deltas.
    apart: dict[Index, Slot] = {i: i.fresh() for i in scope if i in at}
    places = tuple(substitute(Elem(tensor, slots), apart).slots) if apart else slots  # type: ignore[attr-defined]
    body = mul(substitute(cotangent, apart), *[delta(p, s) for p, s in zip(at, places, strict=True)])
    return fresh_binders(total([apart.get(i, i) for i in scope], body))  # type: ignore[misc]
