"""The facts that a declaration may state in braces, one spelling each, with the synonyms people write."""

from __future__ import annotations

POSITIVE, NEGATIVE, NONZERO = "positive", "negative", "nonzero"
NONNEGATIVE, NONPOSITIVE = "nonnegative", "nonpositive"
UNIT_INTERVAL, BINARY, INTEGER = "in-(0,1)", "binary", "integer"
ONE_HOT, SIMPLEX, STOCHASTIC, UNIT_NORM = "one-hot", "simplex", "stochastic", "unit-norm"
SYMMETRIC, SKEW, ORTHOGONAL = "symmetric", "skew-symmetric", "orthogonal"
DISTINCT = "distinct"
INCREASING, DECREASING, EVEN, ODD, ZERO_AT_ZERO, LOGISTIC = (
    "increasing", "decreasing", "even", "odd", "zero-at-zero", "logistic",
)  # fmt: skip

TENSOR_FACTS: dict[str, tuple[str, ...]] = {
    POSITIVE: ("pos", "> 0", ">0"),
    NEGATIVE: ("neg", "< 0", "<0"),
    NONNEGATIVE: ("non-negative", ">= 0", ">=0"),
    NONPOSITIVE: ("non-positive", "<= 0", "<=0"),
    NONZERO: ("non-zero", "!= 0"),
    UNIT_INTERVAL: ("unit", "unit-interval", "in (0,1)", "in (0, 1)", "(0,1)", "(0, 1)", "probability"),
    BINARY: ("bit", "mask", "0/1", "in {0,1}"),
    INTEGER: ("int",),
    ONE_HOT: ("onehot", "one hot"),
    SIMPLEX: ("sums to 1", "distribution"),
    STOCHASTIC: ("stoch", "row-stochastic", "rows sum to 1"),
    UNIT_NORM: ("unitnorm", "unit norm", "normalised", "normalized"),
    SYMMETRIC: ("sym",),
    SKEW: ("skew", "antisymmetric", "skew symmetric"),
    ORTHOGONAL: ("orth",),
    DISTINCT: ("no ties",),
}
"""Facts about the entries of an array (a matrix fact needs a square matrix, a vector fact one axis)."""

FUNCTION_FACTS: dict[str, tuple[str, ...]] = {
    INCREASING: ("monotone", "monotonically increasing", "strictly increasing"),
    DECREASING: ("monotonically decreasing", "strictly decreasing"),
    POSITIVE: ("> 0",),
    EVEN: (),
    ODD: (),
    ZERO_AT_ZERO: ("zero_at_zero", "zero at zero", "f(0)=0", "f(0) = 0"),
    LOGISTIC: ("sigmoid",),
}
"""Facts about a declared function; "increasing" means f' > 0 everywhere, "logistic" that f(t) = 1/(1 + e^{-t})."""


def canonical(word: str, known: dict[str, tuple[str, ...]]) -> str | None:
    """The one spelling of a fact, or None if it is not known."""
    plain = " ".join(word.strip().lower().split())
    for name, synonyms in known.items():
        if plain == name or plain in synonyms or plain.replace("_", "-") == name:
            return name
    return None
