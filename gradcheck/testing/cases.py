"""Which sizes and which kinds of values to try, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ..errors import LayerError
from .inputs import Declaration

Sizes = tuple[tuple[str, int], ...]
Regime = Literal["normal", "rounded", "constant", "zeros", "small", "wide", "large", "huge", "ends", "sorted"]
Layout = Literal["plain", "fortran", "strided", "reversed", "readonly"]

FLOAT_REGIMES: tuple[Regime, ...] = ("rounded", "constant", "zeros", "small", "wide", "large", "huge", "ends", "sorted")
LAYOUTS: tuple[Layout, ...] = ("fortran", "strided", "reversed", "readonly")
_DISTINCT = (3, 4, 2, 5, 6, 7)


@dataclass(frozen=True)
class Case:
    """One point to check, small enough to send to another process: sizes, a kind of values, and a seed.

    focus: the one input that gets the kind of values, the others being normal; "" for all of them.
    kinks: also look for kinks along random lines and check beside them.
    """

    sizes: Sizes
    regime: Regime = "normal"
    seed: int = 0
    focus: str = ""
    layout: Layout = "plain"
    kinks: bool = False


def planned(declaration: Declaration, seed: int) -> list[Case]:
    """The cases that are always tried: every habit of shape first, then every habit of value and layout."""
    shapes = list(_sizes(declaration))
    if not shapes:
        raise LayerError(
            "the shapes contradict: no sizes fit them",
            got=", ".join(f"{i.name}=({', '.join(map(str, i.shape or ()))})" for i in declaration.inputs),
            hint="give the ranges of the dims, for example dims={'n': (3, None)}",
        )
    cases = [Case(shapes[0]), *(Case(s) for s in shapes[1:4])]
    cases += [Case(shapes[0], "rounded"), Case(shapes[0], "rounded"), Case(shapes[0], kinks=True)]
    cases += [Case(shapes[0], regime) for regime in FLOAT_REGIMES[1:]]
    cases += [Case(s) for s in shapes[4:]]
    cases += [Case(s, "rounded") for s in shapes[1:5]]
    floats = [i.name for i in declaration.inputs if not i.integral]
    if len(floats) > 1:
        cases += [Case(shapes[0], regime, focus=name) for name in floats for regime in ("zeros", "large", "rounded")]
    cases += [Case(shapes[-1], "ends"), Case(shapes[-1], "wide"), Case(shapes[0], kinks=True)]
    cases += [Case(shapes[0], layout=layout) for layout in LAYOUTS]
    return [replace(c, seed=_mixed(seed, k)) for k, c in enumerate(cases)]


def _mixed(seed: int, k: int) -> int:
    return (seed * 1_000_003 + k * 7919 + 17) % 2**31


def _sizes(declaration: Declaration) -> Iterator[Sizes]:
    """Sizes worth trying: distinct, smallest, equal, each at its smallest, even, odd, falling, one large."""
    names = [name for name, _, _ in declaration.dims]
    low = {name: least for name, least, _ in declaration.dims}
    distinct = {n: max(_DISTINCT[k % len(_DISTINCT)], low[n]) for k, n in enumerate(names)}
    wanted = [distinct, dict(low), dict.fromkeys(names, 2), dict.fromkeys(names, 3)]
    wanted += [{**distinct, n: low[n]} for n in names]
    wanted += [{n: 2 * (k % 3) + 2 for k, n in enumerate(names)}, {n: 2 * (k % 3) + 3 for k, n in enumerate(names)}]
    wanted += [{n: distinct[m] for n, m in zip(names, reversed(names), strict=True)}]
    wanted += [{**distinct, n: low[n] + 1} for n in names]
    wanted += [{**dict.fromkeys(names, 2), n: large} for n in names for large in (8, 17, 67)]
    wanted += [{n: 7 - k % 3 for k, n in enumerate(names)}, {n: 4 + k % 2 for k, n in enumerate(names)}]
    seen = set()
    for sizes in wanted:
        fitted = _fitted(declaration, sizes)
        if fitted is not None and fitted not in seen:
            seen.add(fitted)
            yield fitted


def _fitted(declaration: Declaration, sizes: dict[str, int]) -> Sizes | None:
    """The sizes moved into their ranges, and up until every shape is possible; None where that does not help."""
    for step in range(12):
        moved = {}
        for name, low, high in declaration.dims:
            value = max(sizes[name] + step, low)
            moved[name] = value if high is None else min(value, high)
        if declaration.allows(moved):
            return tuple(moved.items())
    return _searched(declaration, sizes)


def _searched(declaration: Declaration, sizes: dict[str, int]) -> Sizes | None:
    """The same by raising one dim at a time, for shapes such as n-k that a common step never makes possible."""
    for name, _, high in declaration.dims:
        for value in range(sizes[name] + 1, min(sizes[name] + 40, high if high is not None else 10**9) + 1):
            moved = {
                n: min(max(sizes[n], low), high if high is not None else 10**9) for n, low, high in declaration.dims
            }
            moved[name] = value
            if declaration.allows(moved):
                return tuple(moved.items())
    return None
