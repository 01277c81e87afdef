"""Gradients that somebody's own code computed, held against the derived ones."""
