"""HTML: one file a page, with its formulas as MathML, its drawings as SVG, its style and its math font inside."""
