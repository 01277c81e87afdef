"""Whether an equation fits what is declared: its names, its positions, its free indices."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from ..algebra.dims import ONE, Dim
from ..algebra.expressions import Apply, AtMost, Compare, Delta, Derivative, Elem, Expr, walk
from ..algebra.functions import BUILT_IN, Function
from ..algebra.index import Index, Tensor, slot_offset, slot_terms
from ..errors import DeclarationError


def check_equation(
    name: str,
    indices: tuple[Index, ...],
    formula: Expr,
    tensors: Mapping[str, Tensor],
    functions: Iterable[Function],
    smallest: Mapping[str, int],
) -> None:
    """Raise `DeclarationError` unless the equation name[indices] = formula fits the declarations."""
    where = f"in the equation of {name}"
    known = {*BUILT_IN, *functions}
    masked = any(isinstance(node, AtMost | Delta | Compare) for node in walk(formula))
    for node in walk(formula):
        if isinstance(node, Elem):
            _check_entry(where, name, node, tensors)
            _check_positions(where, node, smallest, masked)
        elif isinstance(node, Apply) and node.function not in known:
            raise DeclarationError(
                f"{where}: the function {node.function.name} is not declared",
                hint=_nearest(node.function.name, [f.name for f in known]) or f"declare function {node.function.name}",
            )
        elif isinstance(node, Derivative):
            raise DeclarationError(
                f"{where}: a network's equation can't contain a derivative",
                got=repr(node),
                hint="give the derivative a name with a line: adjoint NAME = derivative",
            )
    _check_free(where, name, indices, formula)


def _check_entry(where: str, name: str, entry: Elem, tensors: Mapping[str, Tensor]) -> None:
    tensor = entry.tensor
    declared = tensors.get(tensor.name)
    if tensor.name == name:
        raise DeclarationError(f"{where}: {name} stands on both sides", hint="an equation gives a node from others")
    if declared is None:
        raise DeclarationError(
            f"{where}: {tensor.name} is not declared",
            hint=_nearest(tensor.name, tensors) or f"declare {tensor.name}, or write its equation further up",
        )
    if declared.dims != tensor.dims:
        raise DeclarationError(
            f"{where}: {tensor.name} has another shape",
            got=_shape(tensor.dims),
            expected=_shape(declared.dims),
        )


def _check_positions(where: str, entry: Elem, smallest: Mapping[str, int], masked: bool) -> None:
    """An index must run inside its axis. Where a factor masks positions out, only the deciders can tell."""
    for axis, (slot, dim) in enumerate(zip(entry.slots, entry.tensor.dims, strict=True), 1):
        terms = slot_terms(slot)
        if terms and (masked or not isinstance(slot, Index)):
            continue
        last = slot.dim if isinstance(slot, Index) else slot_offset(slot)
        room = dim - last
        below = last.literal is not None and last.literal < 1
        if room.literal is not None and room.literal >= 0 and not below:
            continue
        along = f"{where}: {entry.tensor.name}, axis {axis}"
        if terms or below or room.literal is not None or any(c < 0 for _, c in room.terms):
            got = f"{terms[0][0].name} = 1..{last}" if terms else f"position {last}"
            raise DeclarationError(f"{along}: the sizes differ", got=got, expected=f"1..{dim}")
        if least(room, smallest) < 0:
            raise DeclarationError(
                f"{along}: there may be no position {last}",
                got=f"{dim} >= {least(dim, smallest)}",
                hint=f"declare dims {' + '.join(sorted(dim.symbols()))} >= {last}",
            )


def least(dim: Dim, smallest: Mapping[str, int]) -> int:
    """The smallest size of a dim whose coefficients are not negative."""
    return dim.value({name: smallest.get(name, ONE.constant) for name in dim.symbols()})


def _check_free(where: str, name: str, indices: tuple[Index, ...], formula: Expr) -> None:
    left_over = sorted(formula.free.difference(indices), key=lambda i: i.serial)
    if left_over:
        names = ", ".join(i.name for i in left_over)
        raise DeclarationError(
            f"{where}: free index {names} on the right side only",
            got=f"{name}[{', '.join(i.name for i in indices)}]" if indices else f"{name} without an index",
            hint=f"sum over {names}, or write {name} with it",
        )
    twice = [i.name for n, i in enumerate(indices) if i in indices[:n]]
    if twice:
        raise DeclarationError(f"{where}: index {twice[0]} stands twice on the left side")


def _nearest(name: str, known: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}?" if near else None


def _shape(dims: tuple[Dim, ...]) -> str:
    return ", ".join(map(str, dims)) or "a scalar"
