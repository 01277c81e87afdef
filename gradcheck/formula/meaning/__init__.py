"""From the syntax tree to expressions: entries of arrays, written over their axes."""
