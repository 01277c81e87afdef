r"""Proves a hand-derived gradient for every size, or refutes it with a counterexample.

Declare a network once, as the text of a network block or with the `Builder`; then check what a person wrote.

>>> import gradcheck
>>> net = gradcheck.network(r'''
... input x, y
... parameter w
... loss l = \frac{1}{2} (y - w x)^2
... ''')
>>> gradcheck.check(net, r"\frac{\partial l}{\partial w} = (w x - y) x").verdict
'proved'

Names are imported when they are first used, so that `import gradcheck` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .compare import check as check
    from .compare import check_arrays as check_arrays
    from .compare import equal as equal
    from .compare.verdict import Counterexample as Counterexample
    from .compare.verdict import Verdict as Verdict
    from .declare import Builder as Builder
    from .declare import Network as Network
    from .declare import read_network as network
    from .derive import Derivation as Derivation
    from .derive import gradient as gradient
    from .document import DocumentReport as DocumentReport
    from .document import check_document as check_document
    from .errors import DeclarationError as DeclarationError
    from .errors import DocumentError as DocumentError
    from .errors import FormulaError as FormulaError
    from .errors import GradcheckError as GradcheckError
    from .errors import IllFormedError as IllFormedError
    from .errors import LayerError as LayerError
    from .testing import assert_layer as assert_layer
    from .testing import check_layer as check_layer

__version__ = "0.1.0"

_ROOM = {
    "network": "declare",
    "Network": "declare",
    "Builder": "declare",
    "gradient": "derive",
    "Derivation": "derive",
    "check": "compare",
    "equal": "compare",
    "check_arrays": "compare",
    "Verdict": "compare",
    "Counterexample": "compare",
    "check_document": "document",
    "DocumentReport": "document",
    "check_layer": "testing",
    "assert_layer": "testing",
    "GradcheckError": "errors",
    "FormulaError": "errors",
    "IllFormedError": "errors",
    "DeclarationError": "errors",
    "DocumentError": "errors",
    "LayerError": "errors",
}

__all__ = [
    "Builder",
    "Counterexample",
    "DeclarationError",
    "Derivation",
    "DocumentError",
    "DocumentReport",
    "FormulaError",
    "GradcheckError",
    "IllFormedError",
    "LayerError",
    "Network",
    "Verdict",
    "__version__",
    "assert_layer",
    "check",
    "check_arrays",
    "check_document",
    "check_layer",
    "equal",
    "gradient",
    "network",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its room at its first use (PEP 562)."""
    if name not in _ROOM:
        raise AttributeError(f"module 'gradcheck' has no attribute {name!r}")
    room = import_module(f".{_ROOM[name]}", __name__)
    value = getattr(room, "read_network" if name == "network" else name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
