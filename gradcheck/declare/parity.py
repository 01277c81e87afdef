r"""Sizes of which a half is rounded, \lceil k/2 \rceil: the block is read for an even one and for an odd one.

With p = \lceil k/2 \rceil an even k is 2p and an odd one is 2p - 1, and so both halves of k are sizes like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..algebra.dims import Dim
from ..errors import GradcheckError
from ..formula import read_dim

_HALF = re.compile(
    r"\\l(?P<which>ceil|floor)(?![A-Za-z])\s*(?:\\[dt]?frac\s*(?:\{(?P<top>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|(?P<bare>\w))\s*"
    r"(?:\{\s*2\s*\}|2)|(?P<plain>[^/]*?)\s*/\s*2)\s*(?:\\right\s*)?\\r(?P=which)(?![A-Za-z])"
)
EVEN, ODD = 0, 1
NAMES = {EVEN: "even", ODD: "odd"}


def halved_sizes(texts: Iterable[str], dims: Iterable[str] | None = None) -> tuple[str, ...]:
    r"""The sizes whose half is rounded in some of these texts, sorted. dims: the names of sizes, if they are known.

    >>> halved_sizes([r"p = \lceil \frac{k}{2} \rceil + \lfloor n/2 \rfloor + \lfloor 4 / 2 \rfloor"], ["k", "n", "m"])
    ('k', 'n')
    """
    known = None if dims is None else set(dims)
    found: set[str] = set()
    for text in texts:
        for half in _HALF.finditer(text):
            try:
                dim = read_dim(half["top"] or half["bare"] or half["plain"] or "")
            except GradcheckError:
                continue
            found.update(name for name, c in dim.terms if c % 2 and (known is None or name in known))
    return tuple(sorted(found))


def half(name: str) -> str:
    r"""The name of the size p of which `name` is 2p or 2p - 1."""
    return rf"\lceil {name}/2 \rceil"


def whole(name: str, parity: int) -> Dim:
    """What a size is in terms of its half."""
    return Dim.symbol(half(name)) * 2 - parity


def least_half(least: int, parity: int) -> int:
    """The smallest half that an even or odd size of at least `least` has."""
    return max(1, -(-(least + parity) // 2))
