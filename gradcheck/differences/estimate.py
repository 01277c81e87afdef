"""What finite differences can say about one slope: a value, its measured error bar, and how smooth it looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["smooth", "kink", "jump", "unknown"]


@dataclass(frozen=True)
class Estimate:
    """A slope found by finite differences: value ± error.

    kind: "smooth"; "kink" (the slopes of the two sides differ, `value` is their mean); "jump" (the function
    itself does not settle as the step shrinks, or its slope grows without bound); "unknown" (not finite there).
    left and right are the one-sided slopes (both equal `value` where it is smooth); step: the step used.
    """

    value: float
    error: float
    kind: Kind = "smooth"
    left: float = 0.0
    right: float = 0.0
    step: float = 0.0

    @property
    def relative_error(self) -> float:
        """Error / |value|; infinite where the value is 0 and the error is not."""
        if not self.error:
            return 0.0
        return self.error / abs(self.value) if self.value else float("inf")

    def agrees(self, claimed: float, times: float = 4.0, floor: float = 0.0) -> bool:
        """Whether `claimed` lies within `times` error bars plus `floor`; at a kink, between the two slopes."""
        slack = times * self.error + floor
        if self.kind == "kink":
            low, high = min(self.left, self.right), max(self.left, self.right)
            return low - slack <= claimed <= high + slack
        return self.kind == "smooth" and abs(claimed - self.value) <= slack
