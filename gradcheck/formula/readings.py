"""Which reading is taken where a formula has several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Reading:
    r"""How ambiguous notation is read. None means: the first reading under which the shapes fit.

    derivative: "total" through every path of the declared graph, "partial", only where the variable stands, or as
    "written": d total and \partial partial, as notes on the chain rule mean it.
    layout: of derivatives by arrays; None as the notation declares it.
    scope: how far \frac{d}{dx} reaches: over the factors next to it ("implied"), the "first" one, or "wide", up to
    the next + or -; over "terms": before a sum it acts on the first factor of each term, the others go on in the sum,
    as in \frac{\partial}{\partial z} \sum_i a \cdot \frac{\partial z}{\partial w} with samples that are not written.
    division: what a / divides by: the one "factor" behind it, or the whole "run" of factors, 1/2m as 1/(2m).
    extent: whether a sum ends at the next + or - ("term") or goes on over the "terms" behind it in which its
    index still stands, as in \sum_i p_i - y_i, where brackets were forgotten; and whether a product over an index
    stops at the "factors" in which its index does not stand, as in \prod_i x_i s.
    reach: what a function without parentheses applies to: the "run" of names behind it, one "factor", or the
    "quotient" behind it, \sin s/t as \sin(s/t).
    arguments: whether a name in parentheses behind a node, h(x), is its argument or a factor ("product").
    product: what a dot or star between two vectors (or a star between two matrices) is.
    tensor: what a ⊗ b of two vectors is: the "outer" product, a matrix, or the "stacked" vector of its entries.
    square: what u^2 of a vector is: entry by entry, or the sum of squares.
    vectors: whether names of vectors are columns or rows where nothing else tells; "adjoints": names of adjoints are
    rows, the others columns.
    slices: whether a row of a matrix, P_{j,:}, is a row or stands as a column.
    mend: a change that would make a product well formed: "outer" (or "dot") puts the transpose that
    makes u v an outer (or inner) product, "elementwise" multiplies entry by entry, "transpose"
    transposes the matrix that does not fit. Never taken unasked.
    """

    derivative: Literal["total", "partial", "written"] = "total"
    layout: Literal["denominator", "numerator"] | None = None
    scope: Literal["implied", "first", "wide", "terms"] = "implied"
    division: Literal["factor", "run"] = "factor"
    extent: Literal["term", "terms", "factors"] = "term"
    reach: Literal["run", "factor", "quotient"] = "run"
    arguments: Literal["call", "product"] = "call"
    product: Literal["dot", "elementwise"] | None = None
    tensor: Literal["outer", "stacked"] | None = None
    square: Literal["elementwise", "sum"] | None = None
    vectors: Literal["column", "row", "adjoints"] | None = None
    slices: Literal["row", "column"] | None = None
    mend: Literal["", "outer", "dot", "elementwise", "transpose"] = ""


PLAIN = Reading()
"""The default reading."""
_SENTENCES = {
    ("derivative", "partial"): "derivatives are read as partial: only where the variable stands in the formula itself",
    ("derivative", "written"): r"d is read as the total derivative, \partial as the partial one",
    ("layout", "numerator"): "derivatives are read in numerator layout",
    ("layout", "denominator"): "derivatives are read in denominator layout",
    ("scope", "first"): "a derivative operator is read as acting on the first factor only",
    ("scope", "wide"): "a derivative operator is read as acting on everything up to the next + or -",
    ("scope", "terms"): "a derivative operator before a sum is read as acting on the first factor of each term",
    ("division", "run"): "a / is read as dividing by all factors written behind it",
    ("reach", "quotient"): "a function without parentheses is read as applying to the quotient behind it",
    ("extent", "factors"): "a product over an index is read as ending where its index no longer stands",
    ("extent", "terms"): "a sum is read as reaching over the terms behind it in which its index stands",
    ("reach", "factor"): "a function without parentheses is read as applying to one factor only",
    ("arguments", "product"): "a name in parentheses behind another one is read as a factor",
    ("product", "elementwise"): "a dot or star between arrays is read entry by entry",
    ("product", "dot"): "a dot or star between vectors is read as the dot product",
    ("tensor", "stacked"): "the product \\otimes of vectors is read as a stacked vector",
    ("square", "sum"): "the square of a vector is read as its sum of squares",
    ("square", "elementwise"): "the power of a vector is read entry by entry",
    ("vectors", "row"): "vectors are read as rows",
    ("vectors", "adjoints"): "adjoints are read as rows, other vectors as columns",
    ("slices", "column"): "rows taken from a matrix are read as columns",
    ("mend", "outer"): "vectors written next to each other are read as an outer product",
    ("mend", "dot"): "vectors written next to each other are read as a dot product",
    ("mend", "elementwise"): "arrays written next to each other are read entry by entry",
    (
        "mend",
        "transpose",
    ): "a matrix that does not fit is read transposed, as where rows and columns are declared the other way round",
}


def describe(reading: Reading) -> tuple[str, ...]:
    """Sentences on what differs from the default reading.

    >>> describe(Reading(vectors="row"))
    ('vectors are read as rows',)
    """
    out = []
    for name in Reading.__dataclass_fields__:
        value = getattr(reading, name)
        if value != getattr(PLAIN, name) and (name, value) in _SENTENCES:
            out.append(_SENTENCES[name, value])
    return tuple(out)
