"""The kinds of claims besides equality, each with its proof rule."""
