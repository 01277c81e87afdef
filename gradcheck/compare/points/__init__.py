"""Concrete points: sizes, functions and exact values at which the assumptions hold, and the network evaluated there."""
