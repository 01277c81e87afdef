"""Deriving: an adjoint per node, a gradient per parameter, in reverse mode over the named nodes."""

from .adjoints import Adjoint as Adjoint
from .adjoints import Adjoints as Adjoints
from .adjoints import adjoints as adjoints
from .derivation import Derivation as Derivation
from .derivation import gradient as gradient
from .derivation import gradients as gradients
from .resolve import differentiate as differentiate
from .resolve import resolve as resolve
from .steps import Step as Step
from .steps import program_steps as program_steps
from .tidy import tidy as tidy
