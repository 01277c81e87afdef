"""The likely cause."""

from __future__ import annotations

from typing import Any


def likely_cause(layer: Any, declaration: Any, case: Any, original: Any, failure: Any) -> str:
    """Nothing yet."""
    del layer, declaration, case, original, failure
    return ""
