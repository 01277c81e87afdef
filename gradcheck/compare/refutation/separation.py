"""What refutes an equality: a point and an entry at which its two sides differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..points.forward import Place


@dataclass(frozen=True)
class Separation:
    """A point and an entry at which the two sides differ for certain."""

    place: Place
    entry: tuple[int, ...]
    left: Any
    right: Any
    difference: Any
