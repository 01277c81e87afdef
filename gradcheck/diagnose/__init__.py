"""Diagnosis: what went wrong in a claim that does not hold, and the smallest edit that mends it."""
