"""Facts as they are declared: one spelling, fit for what they are about, free of contradiction."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from itertools import combinations

from ..algebra import facts as f
from ..algebra.dims import Dim
from ..errors import DeclarationError, demand

Known = dict[str, tuple[str, ...]]

_SQUARE = frozenset({f.SYMMETRIC, f.SKEW, f.ORTHOGONAL})
_VECTOR = frozenset({f.ONE_HOT, f.SIMPLEX, f.UNIT_NORM})
_NOT_BELOW_ZERO = (f.NONNEGATIVE, f.UNIT_INTERVAL, f.BINARY, f.ONE_HOT, f.SIMPLEX, f.STOCHASTIC)
_HAS_ZEROS = (f.BINARY, f.ONE_HOT, f.SKEW)

CONTRADICTIONS: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in [
        (f.POSITIVE, f.NEGATIVE),
        *((f.NEGATIVE, other) for other in _NOT_BELOW_ZERO),
        (f.POSITIVE, f.ONE_HOT),
        (f.POSITIVE, f.SKEW),
        (f.NONZERO, f.ONE_HOT),
        (f.NONZERO, f.SKEW),
        *((f.UNIT_INTERVAL, other) for other in (f.BINARY, f.INTEGER, f.ONE_HOT, f.SKEW)),
        (f.SKEW, f.NEGATIVE),
        (f.DISTINCT, f.ONE_HOT),
        (f.INCREASING, f.DECREASING),
        (f.INCREASING, f.EVEN),
        (f.DECREASING, f.EVEN),
        (f.POSITIVE, f.ODD),
        (f.POSITIVE, f.ZERO_AT_ZERO),
        (f.DECREASING, f.LOGISTIC),
        (f.EVEN, f.LOGISTIC),
        (f.ODD, f.LOGISTIC),
        (f.ZERO_AT_ZERO, f.LOGISTIC),
    ]
)
"""Pairs of facts that nothing has at once, or nothing but an array of a single entry or of zeros."""


def read_facts(words: Iterable[str], known: Known) -> frozenset[str]:
    """The canonical spellings; raise `DeclarationError` for an unknown fact or two that contradict.

    >>> read_facts(["pos", "one hot"], f.TENSOR_FACTS)
    Traceback (most recent call last):
        ...
    gradcheck.errors.DeclarationError: two facts contradict each other
       got positive and one-hot
       help: nothing has both: drop one of them
    """
    demand(words, Iterable, "facts=", DeclarationError, expected='words such as ("positive", "integer")')
    found = [_one_spelling(word, known) for word in ((words,) if isinstance(words, str) else words)]
    for pair in combinations(found, 2):
        if frozenset(pair) in CONTRADICTIONS:
            raise DeclarationError(
                "two facts contradict each other",
                got=" and ".join(pair),
                hint="nothing has both: drop one of them",
            )
    return frozenset(found)


def _one_spelling(word: str, known: Known) -> str:
    fact = f.canonical(word, known)
    if fact is not None:
        return fact
    spellings: Mapping[str, str] = {s: name for name, synonyms in known.items() for s in (name, *synonyms)}
    near = difflib.get_close_matches(word.strip().lower(), spellings, n=1)
    other = f.FUNCTION_FACTS if known is f.TENSOR_FACTS else f.TENSOR_FACTS
    about = "an array" if known is f.FUNCTION_FACTS else "a function"
    if f.canonical(word, other) is not None:
        hint: str | None = f"that is a fact about {about}"
    else:
        hint = f"did you mean {spellings[near[0]]}?" if near else None
    raise DeclarationError("unknown fact", got=word.strip() or "nothing", expected=", ".join(known), hint=hint)


def fit_shape(facts: frozenset[str], name: str, dims: tuple[Dim, ...]) -> None:
    """Raise `DeclarationError` if a fact needs another shape; `dims` are those of one sample."""
    shape = ", ".join(map(str, dims)) or "a scalar"
    for fact in sorted(facts):
        if fact in _SQUARE and not (len(dims) == 2 and dims[0] == dims[1]):
            raise DeclarationError(f"only a square matrix can be {fact}", got=f"{name} : {shape}", expected="n, n")
        if fact in _VECTOR and len(dims) not in (1, 2):
            raise DeclarationError(
                f"only a vector, or each row of a matrix, can be {fact}", got=f"{name} : {shape}",
                expected="one dim, or two",
            )  # fmt: skip
        if fact in _VECTOR and facts & _SQUARE:
            other = sorted(facts & _SQUARE)[0]
            raise DeclarationError(f"rows that are {fact} beside {other} are not supported", got=f"{name} : {shape}")
        if fact == f.STOCHASTIC and len(dims) != 2:
            raise DeclarationError("only a matrix can be stochastic", got=f"{name} : {shape}", expected="two dims")
