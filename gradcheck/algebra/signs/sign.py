"""What can be known of the sign of a real value, and what follows for products and for two facts about one value."""

from __future__ import annotations

from enum import Enum


class Sign(Enum):
    """What is known of a real value."""

    POSITIVE = "> 0"
    NONNEGATIVE = ">= 0"
    ZERO = "= 0"
    NONPOSITIVE = "<= 0"
    NEGATIVE = "< 0"
    NONZERO = "≠ 0"
    UNKNOWN = "?"


TURNING = {
    Sign.POSITIVE: Sign.NEGATIVE,
    Sign.NEGATIVE: Sign.POSITIVE,
    Sign.NONNEGATIVE: Sign.NONPOSITIVE,
    Sign.NONPOSITIVE: Sign.NONNEGATIVE,
}


UP = (Sign.POSITIVE, Sign.NONNEGATIVE, Sign.ZERO)


STRICT = (Sign.POSITIVE, Sign.NEGATIVE)


def flipped(sign: Sign) -> Sign:
    """The sign of the negative."""
    return TURNING.get(sign, sign)


def product(a: Sign, b: Sign) -> Sign:
    """The sign of a product of two values of which this is known."""
    if Sign.ZERO in (a, b):
        return Sign.ZERO
    if Sign.UNKNOWN in (a, b):
        return Sign.UNKNOWN
    if Sign.NONZERO in (a, b):
        return Sign.NONZERO if {a, b} <= {*STRICT, Sign.NONZERO} else Sign.UNKNOWN
    up = (a in UP) == (b in UP)
    if a in STRICT and b in STRICT:
        return Sign.POSITIVE if up else Sign.NEGATIVE
    return Sign.NONNEGATIVE if up else Sign.NONPOSITIVE


def together(known: Sign | None, more: Sign) -> Sign:
    """What two facts about one value say; where they contradict each other, the second one."""
    pair = {known, more}
    for weak, strict in ((Sign.NONNEGATIVE, Sign.POSITIVE), (Sign.NONPOSITIVE, Sign.NEGATIVE)):
        if pair in ({weak, Sign.NONZERO}, {weak, strict}, {strict, Sign.NONZERO}):
            return strict
    return Sign.ZERO if pair == {Sign.NONNEGATIVE, Sign.NONPOSITIVE} else more
