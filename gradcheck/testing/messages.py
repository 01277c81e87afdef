"""The message: complete in itself, under 600 characters, first line at most 60."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .verdict import LayerFailure

_LONGEST = 590
_HEAD = 60
_ROOM_FOR_VALUES = 170


def failure_message(name: str, failure: LayerFailure, again: str) -> str:
    """Where, how much, in which case, why, and how to run it again."""
    room = _HEAD - len(failure.headline) - 3
    lines = [f"{failure.headline} ({_fitted(name, room)})" if room >= 4 else _fitted(failure.headline, _HEAD)]
    if failure.expected is not None and failure.claimed is not None and failure.kind in ("gradient", "mathematics"):
        lines.append(
            f"  {_entry(failure)}: claimed {_number(failure.claimed, failure.gap)}, expected {_expected(failure)}"
        )
    elif failure.array and failure.index and failure.claimed is not None:
        lines.append(f"  at {_entry(failure)}")
    if failure.detail:
        lines.append(f"  {_fitted(failure.detail, 150)}")
    where = ", ".join(f"{n}={v}" for n, v in failure.sizes.items())
    values = shown(failure.inputs, failure.cotangent)
    if where or values:
        lines.append("  at " + "; ".join(part for part in (where, values) if part))
    if failure.cause:
        lines.append(f"  likely cause: {_fitted(failure.cause, 120)}")
    lines.append(f"  run again: {_fitted(again, 110)}")
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def shown(inputs: Mapping[str, Any], cotangent: Any) -> str:
    """The values of the case as far as there is room for them."""
    parts = [f"{n}={_array(a)}" for n, a in inputs.items()]
    if cotangent is not None:
        many = cotangent if isinstance(cotangent, tuple) else (cotangent,)
        parts.append("dy=" + (_array(many[0]) if len(many) == 1 else "(" + ", ".join(map(_array, many)) + ")"))
    text = ", ".join(parts)
    return text if len(text) <= _ROOM_FOR_VALUES else ""


def _entry(failure: LayerFailure) -> str:
    where = ",".join(map(str, failure.index))
    return f"gradient of {failure.array}[{where}]" if failure.index else f"gradient of {failure.array}"


def _expected(failure: LayerFailure) -> str:
    assert failure.expected is not None
    text = f"{_number(failure.expected, failure.gap)} ± {failure.error or 0.0:.0e}"
    ratio = failure.ratio
    return text if ratio is None or not np.isfinite(ratio) else f"{text}, ratio {_number(ratio, failure.gap)}"


def _number(value: float, gap: float = 1.0) -> str:
    """A number with 7 digits, or as many as show a difference of the part `gap`."""
    digits = 7 if gap <= 0 or not np.isfinite(gap) else max(7, min(17, 2 - int(np.floor(np.log10(gap)))))
    return f"{value:.{digits}g}"


def _array(array: Any) -> str:
    found = np.asarray(array)
    if found.size > 16:
        return "…"
    return (
        str(
            np.vectorize(lambda v: float(f"{v:.4g}"), otypes=[object])(found).tolist() if found.size else found.tolist()
        )
        .replace(".0,", ",")
        .replace(".0]", "]")
    )


def _fitted(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
