"""The complex step: a slope without subtraction, for code that is analytic all the way.

Squire & Trapp, "Using complex variables to estimate derivatives of real functions" (SIAM Review 40, 1998).
abs, max, sign, comparisons and casts to real break it without a word, so it may confirm and never accuse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def complex_step(
    f: Callable[[NDArray[Any]], Any], x: ArrayLike, u: ArrayLike, v: ArrayLike | None = None
) -> float | None:
    """The slope of v·f at x along u as Im f(x + ih u) / h, or None where f does not take complex numbers.

    >>> import numpy as np
    >>> complex_step(np.exp, 0.0, 1.0)
    1.0
    """
    x, u = np.asarray(x, dtype=np.float64), np.asarray(u, dtype=np.float64)
    largest = float(np.max(np.abs(u), initial=0.0))
    if not largest:
        return 0.0
    h = 1e-100 / largest
    try:
        with np.errstate(all="ignore"):
            y = np.asarray(f(x + 1j * h * u))
            if not np.iscomplexobj(y):
                return None
            rise = y.imag.reshape(-1) / h
    except Exception:  # any refusal of complex numbers means the same: no confirmation
        return None
    value = float(rise.sum() if v is None else rise @ np.asarray(v).reshape(-1))
    return value if np.isfinite(value) else None
