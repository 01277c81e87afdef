"""Proofs of equality for every size."""
