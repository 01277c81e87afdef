"""Evaluating: a NumPy program per network, one statement per named node, shared nodes once."""

from .batch import Batch as Batch
from .batch import Slopes as Slopes
from .batch import batch as batch
from .inputs import Functions as Functions
from .inputs import infer_sizes as infer_sizes
from .program import Program as Program
from .program import program as program
