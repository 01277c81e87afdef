"""From tokens to the syntax tree: what was written, before it means anything."""
