"""Derivation documents: Markdown with network blocks and anchored display equations."""
