"""Claims about any depth, and about sizes that matter as even or odd ones."""
