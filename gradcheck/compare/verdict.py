"""Verdicts and the evidence they must carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

VerdictName = Literal["proved", "agrees", "conditional", "wrong", "ill-formed", "undecided"]


@dataclass(frozen=True)
class Counterexample:
    """A point at which a claim fails: exact values, and what was found there.

    values: name -> exact value, a number or a nested list, as strings ("1", "-3/2").
    sizes: dim symbol -> size. functions: declared function -> the concrete function used.
    entry: which entry of an array is compared, 1-based, () for a scalar.
    claimed, derived: the two values there; difference: a ball [low, high] that excludes 0, as strings.
    finite_difference, error: the independent witness and its error bar; None where no derivative occurs.
    """

    values: dict[str, Any]
    sizes: dict[str, int]
    functions: dict[str, str]
    entry: tuple[int, ...]
    claimed: float
    derived: float
    difference: tuple[str, str]
    finite_difference: float | None = None
    error: float | None = None


@dataclass(frozen=True)
class Verdict:
    """What was decided about one claim, and why.

    Truth-testing a verdict is refused, so that it can't be mistaken for a bare bool: ask `.proved`.
    """

    verdict: VerdictName
    kind: str = "gradient"
    evidence: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    claimed: str = ""
    derived: str = ""
    code: str | None = None
    diagnosis: str | None = None
    fix: str | None = None
    counterexample: Counterexample | None = None
    seconds: float = 0.0

    @property
    def proved(self) -> bool:
        """Whether the claim is proved without conditions."""
        return self.verdict == "proved"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """How a notebook shows it: HTML, LaTeX and plain text."""
        from .notebook import verdict_bundle

        del include, exclude
        return verdict_bundle(self)

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a bool: ask .proved or compare .verdict with a word")
