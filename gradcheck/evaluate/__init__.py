"""Evaluating: a NumPy program per network, one statement per named node, shared nodes once."""

from .program import Program as Program
from .program import program as program
