"""Safe names for emitted code: declared names are never printed into it as they are."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

_RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist)


class Names:
    """Hands out distinct identifiers; what is `taken` (names the emitted code uses itself) is never handed out.

    used: every name handed out or taken.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.used: set[str] = set(taken) | _RESERVED

    def new(self, wish: str) -> str:
        r"""An identifier made from the ASCII letters and digits of a wish, and not handed out before.

        >>> names = Names()
        >>> names.new("W^{[3]}"), names.new("W^{(3)}"), names.new(r"\alpha"), names.new("import os; x")
        ('W_3', 'W_3_2', 'alpha', 'import_os_x')
        """
        base = re.sub(r"[^A-Za-z0-9]+", "_", wish).strip("_")[:40]
        if not base or base[0].isdigit():
            base = f"v_{base}".rstrip("_")
        name, k = base, 2
        while name in self.used:
            name, k = f"{base}_{k}", k + 1
        self.used.add(name)
        return name


def comment(text: str, limit: int = 160) -> str:
    """Text that may stand after a `#`: one line, printable, of limited length."""
    line = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 3] + "..."
