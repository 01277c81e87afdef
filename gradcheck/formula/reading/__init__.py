"""Whole texts read: statements and definitions, in the reading whose shapes fit."""
