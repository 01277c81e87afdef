"""Deriving: an adjoint per node, a gradient per parameter, in reverse mode over the named nodes."""

from .adjoints import Adjoint as Adjoint
from .adjoints import Adjoints as Adjoints
from .adjoints import adjoints as adjoints
from .resolve import differentiate as differentiate
from .resolve import resolve as resolve
