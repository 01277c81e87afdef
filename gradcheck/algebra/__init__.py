"""Expressions over indexed tensors, and when two of them are equal for all sizes."""
