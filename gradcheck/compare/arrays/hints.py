"""What a wrong gradient array looks like: a factor, a sign, a transpose, rows or columns."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def hint_for(claimed: Array, derived: Array, bar: Array, sizes: Mapping[str, int]) -> str | None:
    """One short phrase, if the claimed array is the derived one changed in a simple way."""
    claimed = claimed.astype(np.float64)
    if not claimed.any():
        return "all zero"
    if claimed.ndim == 2 and claimed.shape[0] == claimed.shape[1] and _same(claimed.T, derived, bar):
        return "the derived gradient transposed"
    if claimed.ndim and _same(claimed[::-1], derived, bar):
        return "the derived gradient with its first axis reversed"
    ratio = _ratio(claimed, derived, bar)
    if ratio is not None:
        return _ratio_text(ratio, sizes)
    return _where(np.abs(claimed - derived) > bar)


def _same(claimed: Array, derived: Array, bar: Array) -> bool:
    return bool((np.abs(claimed - derived) <= bar).all())


def _ratio(claimed: Array, derived: Array, bar: Array) -> float | None:
    """The one factor between the two arrays, if there is one."""
    square = float(np.vdot(derived, derived))
    if not square:
        return None
    ratio = float(np.vdot(claimed, derived)) / square
    return ratio if ratio and _same(claimed, ratio * derived, bar * max(1.0, abs(ratio))) else None


def _ratio_text(ratio: float, sizes: Mapping[str, int]) -> str:
    if abs(ratio + 1) < 1e-6:
        return "the sign is reversed"
    close = Fraction(ratio).limit_denominator(12)
    if abs(float(close) - ratio) <= 1e-6 * abs(ratio):
        ratio_text = str(close)
    else:
        ratio_text = f"{ratio:.6g}"
    for name, size in sizes.items():
        if size > 2 and abs(ratio - size) <= 1e-6 * size:
            return f"{ratio_text} times the derived gradient ({name} = {size}: a mean taken as a sum?)"
        if size > 2 and abs(ratio * size - 1) <= 1e-6:
            return f"{ratio_text} times the derived gradient (1/{name}, {name} = {size}: a sum taken as a mean?)"
    return f"{ratio_text} times the derived gradient"


def _where(wrong: Array) -> str | None:
    """Which part is wrong, if it is not all of it."""
    count = int(wrong.sum())
    if wrong.ndim == 2 and not wrong.all():
        for axis, word in ((1, "row"), (0, "column")):
            lines = np.flatnonzero(wrong.any(axis=axis))
            whole = np.asarray(wrong.all(axis=axis))[lines].all()
            if whole and len(lines) < wrong.shape[1 - axis]:
                shown = ", ".join(map(str, lines[:4])) + (", ..." if len(lines) > 4 else "")
                return f"wrong in {word}{'s' if len(lines) > 1 else ''} {shown} only"
    return f"{count} of {wrong.size} entries are wrong" if count < wrong.size else None
