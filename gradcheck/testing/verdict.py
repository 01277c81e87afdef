"""What a layer check found: the verdict, the failure it carries, and the error that `assert_layer` raises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["pass", "fail", "unsure"]


@dataclass(frozen=True)
class LayerFailure:
    """The smallest case found in which a layer is wrong.

    kind: "gradient" (a wrong entry), "purity", "shape", "values" (NaN, None, an object), "linearity",
    "precision", "forward" or "second order". array: the input whose gradient is wrong ("" where none is meant);
    index: its worst entry, 0-based. claimed and expected: the two values; error: the error bar of `expected`.
    sizes: dim -> size. inputs and cotangent: the values of the case. cause: the likely cause, or "".
    """

    kind: str
    headline: str
    array: str = ""
    index: tuple[int, ...] = ()
    claimed: float | None = None
    expected: float | None = None
    error: float | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict, repr=False)
    cotangent: Any = field(default=None, repr=False)
    cause: str = ""
    detail: str = ""

    @property
    def ratio(self) -> float | None:
        """Claimed / expected, where both are known and expected is not zero."""
        if self.claimed is None or not self.expected:
            return None
        return self.claimed / self.expected

    @property
    def gap(self) -> float:
        """How far claimed and expected are apart, as a part of the larger; 1 where they are not both known."""
        if self.claimed is None or self.expected is None:
            return 1.0
        largest = max(abs(self.claimed), abs(self.expected))
        return abs(self.claimed - self.expected) / largest if 0 < largest < float("inf") else 1.0


@dataclass(frozen=True)
class LayerVerdict:
    """The answer of `check_layer`: `status` is "pass", "fail" or "unsure".

    reasons: why it is unsure, and notes on what was not checked. failure: the smallest wrong case, for "fail".
    confidence: how likely a gradient error of one part in a thousand would have been seen (0 to 1).
    points: how many generated points were checked. message: everything a person needs, in a few lines.

    Truth-testing a verdict is refused, so that it can't be dropped or mistaken for a bare bool: ask `.passed`.
    """

    status: Status
    name: str
    reasons: tuple[str, ...] = ()
    failure: LayerFailure | None = None
    confidence: float = 0.0
    points: int = 0
    seed: int = 0
    seconds: float = field(default=0.0, compare=False)
    message: str = field(default="", repr=False)

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return self.status == "pass"

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a bool: ask .passed or compare .status with a word")

    def __str__(self) -> str:
        return self.message or f"{self.name}: {self.status}"


class LayerCheckError(AssertionError):
    """Raised by `assert_layer`: its text is the complete message, `verdict` holds the rest."""

    def __init__(self, verdict: LayerVerdict) -> None:
        super().__init__(str(verdict))
        self.verdict = verdict

    def __reduce__(self) -> tuple[type[LayerCheckError], tuple[LayerVerdict]]:
        return type(self), (self.verdict,)
