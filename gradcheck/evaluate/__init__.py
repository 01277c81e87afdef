"""Evaluating: a NumPy program per network, one statement per named node, shared nodes once."""

from .copies import Batch as Batch
from .copies import batch as batch
from .inputs import Functions as Functions
from .inputs import infer_sizes as infer_sizes
from .running import Program as Program
from .running import program as program
from .slopes import Slopes as Slopes
