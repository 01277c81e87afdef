"""Expressions over indexed tensors, and when two of them are equal for all sizes."""

from . import expressions as expressions  # first: nodes and their constructors need each other
