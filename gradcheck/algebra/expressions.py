"""Expressions over indexed tensors.

A value is a tree of nodes. Every index in it is either free or bound by exactly one `Sum`, `Product` or
`Extremum`. Nothing here expands: `normal` does that, on the way to a verdict. This is the one place that
other rooms import expressions from.
"""

from .binders import Binder as Binder
from .binders import Derivative as Derivative
from .binders import Extremum as Extremum
from .binders import Product as Product
from .binders import Rank as Rank
from .binders import Sum as Sum
from .construct import (
    add as add,
)  # fmt: skip
from .construct import (
    as_expr as as_expr,
)
from .construct import (
    at_most as at_most,
)
from .construct import (
    delta as delta,
)
from .construct import (
    mul as mul,
)
from .construct import (
    negate as negate,
)
from .construct import (
    ordinal as ordinal,
)
from .construct import (
    power as power,
)
from .construct import (
    size as size,
)
from .nodes import (
    MINUS_ONE as MINUS_ONE,
)  # fmt: skip
from .nodes import (
    PI as PI,
)
from .nodes import (
    UNIT as UNIT,
)
from .nodes import (
    ZERO as ZERO,
)
from .nodes import (
    Add as Add,
)
from .nodes import (
    Apply as Apply,
)
from .nodes import (
    AtMost as AtMost,
)
from .nodes import (
    Compare as Compare,
)
from .nodes import (
    Const as Const,
)
from .nodes import (
    Delta as Delta,
)
from .nodes import (
    Elem as Elem,
)
from .nodes import (
    Expr as Expr,
)
from .nodes import (
    Mul as Mul,
)
from .nodes import (
    Num as Num,
)
from .nodes import (
    Number as Number,
)
from .nodes import (
    Ordinal as Ordinal,
)
from .nodes import (
    Pow as Pow,
)
from .nodes import (
    Size as Size,
)
from .substitution import (
    fresh_binders as fresh_binders,
)  # fmt: skip
from .substitution import (
    move as move,
)
from .substitution import (
    refresh as refresh,
)
from .substitution import (
    replace_entries as replace_entries,
)
from .substitution import (
    substitute as substitute,
)
from .substitution import (
    tensors as tensors,
)
from .substitution import (
    walk as walk,
)
from .totals import total as total
from .totals import within as within
